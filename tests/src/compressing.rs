//! A disk that hits the thread that compresses and no other, and segments read in whatever form.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use event_log::{FileStatus, SegmentFile, Storage, StoredFile, SystemStorage};

use crate::sys::kill_self;

/// What happens to an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// It fails; an append has been half done.
    Fail(io::ErrorKind),
    /// The process is killed before it; within it, if it is an append.
    Kill,
}

#[derive(Debug, Default)]
struct State {
    /// The operations so far.
    done: Vec<&'static str>,
    /// At which operation, counted from 1, what happens.
    once: Option<(usize, Blow)>,
    /// Which operation always fails.
    always: Option<(&'static str, io::ErrorKind)>,
    /// Which operation hangs.
    stuck: Option<&'static str>,
}

/// The system's disk, but for the thread that compresses; clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct ZipDisk(Arc<(Mutex<State>, Condvar)>);

impl ZipDisk {
    /// A disk that hits the operation of this number, counted from 1.
    #[must_use]
    pub fn hitting(number: usize, blow: Blow) -> Self {
        let disk = Self::default();
        disk.state().once = Some((number, blow));
        disk
    }

    /// Has every operation of this name fail.
    pub fn fail(&self, operation: &'static str, kind: io::ErrorKind) {
        self.state().always = Some((operation, kind));
    }

    /// Has every operation of this name hang.
    pub fn stick(&self, operation: &'static str) {
        self.state().stuck = Some(operation);
    }

    /// Makes everything right.
    pub fn heal(&self) {
        let mut state = self.state();
        *state = State { done: std::mem::take(&mut state.done), ..State::default() };
        drop(state);
        self.0.1.notify_all();
    }

    /// How often the operation of this name was begun.
    #[must_use]
    pub fn count(&self, operation: &str) -> usize {
        self.state().done.iter().filter(|done| **done == operation).count()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().expect("no panic under the lock")
    }

    /// Notes an operation, and says what happens to it.
    fn begin(&self, operation: &'static str) -> Option<Blow> {
        if std::thread::current().name() != Some("event-log-zip") {
            return None;
        }
        let mut state = self.state();
        state.done.push(operation);
        let number = state.done.len();
        let stuck = |state: &mut State| state.stuck == Some(operation);
        // A test that forgets to heal ends all the same.
        let waited = self.0.1.wait_timeout_while(state, Duration::from_secs(60), stuck);
        let (state, _) = waited.expect("no panic under the lock");
        match (state.once, state.always) {
            (Some((at, blow)), _) if at == number => Some(blow),
            (_, Some((name, kind))) if name == operation => Some(Blow::Fail(kind)),
            _ => None,
        }
    }

    fn run<T>(
        &self,
        operation: &'static str,
        run: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        match self.begin(operation) {
            None => run(),
            Some(Blow::Fail(kind)) => Err(kind.into()),
            Some(Blow::Kill) => {
                kill_self();
                run()
            }
        }
    }
}

impl Storage for ZipDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let file = self.run("create", || SystemStorage.create(path))?;
        Ok(Box::new(ZipFile { disk: self.clone(), file }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let file = self.run("open", || SystemStorage.open(path))?;
        Ok(Box::new(ZipFile { disk: self.clone(), file }))
    }

    fn read_part(&self, path: &Path, offset: u64, bytes: usize) -> io::Result<Vec<u8>> {
        self.run("read_part", || SystemStorage.read_part(path, offset, bytes))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.run("rename", || SystemStorage.rename(from, to))
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<StoredFile>> {
        self.run("list", || SystemStorage.list(directory))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.run("remove", || SystemStorage.remove(path))
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.run("sync_directory", || SystemStorage.sync_directory(path))
    }
}

struct ZipFile {
    disk: ZipDisk,
    file: Box<dyn SegmentFile>,
}

impl SegmentFile for ZipFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(blow) = self.disk.begin("append") else { return self.file.append(bytes) };
        self.file.append(&bytes[..bytes.len().div_ceil(2)])?;
        match blow {
            Blow::Fail(kind) => Err(kind.into()),
            Blow::Kill => {
                kill_self();
                Ok(0)
            }
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let Self { disk, file } = self;
        disk.run("sync", || file.sync())
    }

    fn status(&self) -> io::Result<FileStatus> {
        self.disk.run("status", || self.file.status())
    }
}

impl fmt::Debug for ZipFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ZipFile")
    }
}

/// Waits until `holds`, longer than others do: the thread that compresses has the lowest priority, so on
/// a machine that is busy with other tests it is the last to run.
///
/// # Panics
/// If that takes longer than two minutes.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The names in a directory that end so, in order.
///
/// # Panics
/// If it cannot be read.
#[must_use]
pub fn names(directory: &Path, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("the log directory can be read");
    let name = |entry: io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let names = entries.map(|entry| name(entry).to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(ending)).collect();
    names.sort();
    names
}

/// Every line of a log directory in order, from segments in whatever form. Of a segment that is there
/// twice both are read and must be the same.
///
/// # Panics
/// If a file cannot be read or decompressed, or the two differ.
#[must_use]
pub fn lines_in_any_form(directory: &Path) -> Vec<String> {
    let mut texts: Vec<(String, String)> = Vec::new();
    for file_name in [names(directory, ".jsonl"), names(directory, "z"), names(directory, ".zst")]
        .concat()
        .into_iter()
        .filter(|name| !name.starts_with('.'))
    {
        let (text, segment) = read(&directory.join(&file_name));
        match texts.iter().find(|(known, _)| *known == segment) {
            Some((_, known)) => assert_eq!(known, &text, "{file_name} differs from its segment"),
            None => texts.push((segment, text)),
        }
    }
    texts.sort();
    texts.iter().flat_map(|(_, text)| text.lines()).map(str::to_owned).collect()
}

/// The text of a segment in whatever form, and its name without that.
fn read(path: &Path) -> (String, String) {
    let file = File::open(path).expect("a segment");
    let extension = path.extension().unwrap_or_default();
    let mut input: Box<dyn Read> = match extension.to_str() {
        Some("gz") => Box::new(flate2::read::GzDecoder::new(file)),
        Some("zst") => Box::new(zstd::Decoder::new(file).expect("a decoder")),
        _ => Box::new(file),
    };
    let mut text = String::new();
    let read = input.read_to_string(&mut text);
    read.unwrap_or_else(|error| panic!("{} is not whole: {error}", path.display()));
    let segment: PathBuf = if extension == "jsonl" { path.into() } else { path.with_extension("") };
    (text, segment.to_string_lossy().into_owned())
}
