//! A storage that kills its own process at a chosen file operation, so that a kill hits just there.
//!
//! It also keeps what retention removes, in a directory beside the log, so that a removed line is not
//! taken for a lost one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use event_log::{FileStatus, SegmentFile, Storage, StoredFile, SystemStorage};

use crate::faults::Operation;
use crate::random::Random;
use crate::sys::{kill_self, stop_self};

/// What the kill is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// The creation of a segment and what follows it.
    Rotation,
    /// The removal of a segment and what follows it.
    Retention,
    /// The first operations of a life.
    Recovery,
}

impl Aim {
    /// The word on a child's command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rotation => "rotation",
            Self::Retention => "retention",
            Self::Recovery => "recovery",
        }
    }

    /// The aim with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Rotation, Self::Retention, Self::Recovery].into_iter().find(|aim| aim.name() == name)
    }
}

/// At which operation, when in it, and how the process is hit.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// The operation to wait for; `None`: any.
    anchor: Option<Operation>,
    /// So many of those pass before.
    passes: u64,
    /// The blow falls so many operations of whatever kind after it.
    then: u64,
    when: When,
    blow: Blow,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Before,
    /// When so many thousandths of an append are done; before every other operation.
    Within(u64),
    After,
}

#[derive(Clone, Copy, Debug)]
enum Blow {
    Kill,
    /// The process stops; whoever waits for it kills it then.
    Stop,
}

impl Point {
    /// A point that the seed chooses.
    #[must_use]
    pub fn choose(aim: Aim, seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x7472_6170);
        let (anchor, passes, then) = match aim {
            Aim::Rotation => (Some(Operation::Create), random.below(8), random.below(7)),
            Aim::Retention => (Some(Operation::Remove), random.below(8), random.below(5)),
            Aim::Recovery => {
                let anchors = [
                    None,
                    Some(Operation::Open),
                    Some(Operation::ReadFrom),
                    Some(Operation::Create),
                    Some(Operation::Append),
                    Some(Operation::SyncDirectory),
                ];
                (random.pick(&anchors), random.below(4), random.below(6))
            }
        };
        let within = When::Within(random.below(1_000));
        let when = random.pick(&[When::Before, within, within, When::After]);
        let blow = random.pick(&[Blow::Kill, Blow::Kill, Blow::Stop]);
        Self { anchor, passes, then, when, blow }
    }
}

impl Blow {
    fn fall(self) {
        match self {
            Self::Kill => kill_self(),
            Self::Stop => stop_self(),
        }
    }
}

/// The system's files, with a trap; clones are the same.
#[derive(Clone, Debug)]
pub struct TrapStorage {
    side: PathBuf,
    trap: Option<Arc<Trap>>,
}

#[derive(Debug)]
struct Trap {
    point: Point,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
enum Progress {
    /// Anchors that passed.
    Waiting(u64),
    /// Operations since the anchor.
    Near(u64),
}

impl Trap {
    /// Counts an operation; returns what is to happen in it.
    fn step(&self, operation: Operation) -> Option<(When, Blow)> {
        let Point { anchor, passes, then, when, blow } = self.point;
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        *progress = match *progress {
            Progress::Near(since) => Progress::Near(since + 1),
            Progress::Waiting(passed) if anchor.is_none_or(|anchor| anchor == operation) => {
                if passed == passes {
                    Progress::Near(0)
                } else {
                    Progress::Waiting(passed + 1)
                }
            }
            Progress::Waiting(passed) => Progress::Waiting(passed),
        };
        matches!(*progress, Progress::Near(since) if since == then).then_some((when, blow))
    }
}

impl TrapStorage {
    /// Keeps removed segments in `side`, and kills its process at the point, if there is one.
    #[must_use]
    pub fn new(side: PathBuf, point: Option<Point>) -> Self {
        let trap =
            point.map(|point| Arc::new(Trap { point, progress: Mutex::new(Progress::Waiting(0)) }));
        Self { side, trap }
    }

    fn hit<T>(&self, operation: Operation, run: impl FnOnce() -> T) -> T {
        match self.trap.as_ref().and_then(|trap| trap.step(operation)) {
            None => run(),
            Some((When::After, blow)) => {
                let done = run();
                blow.fall();
                done
            }
            Some((When::Before | When::Within(_), blow)) => {
                blow.fall();
                run()
            }
        }
    }

    fn file(&self, path: &Path, file: Box<dyn SegmentFile>) -> Box<dyn SegmentFile> {
        Box::new(TrapFile { storage: self.clone(), path: path.to_owned(), file })
    }

    /// Gives a file that is about to be removed a name in the side directory.
    fn keep(&self, path: &Path) -> io::Result<()> {
        let name = path.file_name().unwrap_or_default();
        match fs::hard_link(path, self.side.join(name)) {
            // A kill came between an earlier link and its removal.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    }
}

impl Storage for TrapStorage {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        self.hit(Operation::CreateDirectory, || SystemStorage.create_directory(path))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let created = self.hit(Operation::Create, || SystemStorage.create(path))?;
        Ok(self.file(path, created))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let opened = self.hit(Operation::Open, || SystemStorage.open(path))?;
        Ok(self.file(path, opened))
    }

    fn read_from(&self, path: &Path, offset: u64) -> io::Result<Vec<u8>> {
        self.hit(Operation::ReadFrom, || SystemStorage.read_from(path, offset))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<StoredFile>> {
        self.hit(Operation::List, || SystemStorage.list(directory))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.hit(Operation::Remove, || {
            if fs::metadata(path)?.len() > 0 {
                self.keep(path)?;
            }
            SystemStorage.remove(path)
        })
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.hit(Operation::SyncDirectory, || SystemStorage.sync_directory(path))
    }
}

struct TrapFile {
    storage: TrapStorage,
    path: PathBuf,
    file: Box<dyn SegmentFile>,
}

impl SegmentFile for TrapFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let step = self.storage.trap.as_ref().and_then(|trap| trap.step(Operation::Append));
        let Some((when, blow)) = step else { return self.file.append(bytes) };
        let taken = match when {
            When::Before => 0,
            When::Within(thousandths) => {
                bytes.len() * usize::try_from(thousandths).unwrap_or(0) / 1_000
            }
            When::After => bytes.len(),
        };
        let appended = if taken > 0 { self.file.append(&bytes[..taken])? } else { 0 };
        blow.fall();
        // Reached only if whoever stopped us lets us go on.
        if appended > 0 { Ok(appended) } else { self.file.append(bytes) }
    }

    fn sync(&mut self) -> io::Result<()> {
        let Self { storage, file, .. } = self;
        storage.hit(Operation::Sync, || file.sync())
    }

    fn status(&self) -> io::Result<FileStatus> {
        let status = self.storage.hit(Operation::Status, || self.file.status())?;
        // The name in the side directory does not count.
        Ok(FileStatus::new(status.bytes, u64::from(self.path.exists())))
    }
}
