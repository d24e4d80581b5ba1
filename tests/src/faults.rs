//! One life of a logger in which one file operation fails: what the fault rig plays over and over.
//!
//! The life is always the same: events in three groups, the second one a transaction, a flush or a sync
//! after each, rotations in between, retention on, a close, and a second logger on the same directory.
//! One operation fails, so many times in a row; an append may take some bytes first. Then everything
//! must be right again:
//!
//! - each accepted event is in exactly one whole line, in order, and the transaction in one segment;
//! - the ledger balances, and nothing is left in the spool;
//! - a segment ends within a line, or within the transaction, only if the disk refused to take the rest
//!   for another reason than that it was full; then the transaction is whole in the next one.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use event_log::{
    Event, FileStatus, Logger, LoggerBuilder, SegmentFile, Storage, StoredFile, SystemStorage,
};
use rustix::io::Errno;
use serde_json::Value;

use crate::clock::FastClock;
use crate::segments;

/// A file operation of the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// `Storage::create_directory`
    CreateDirectory,
    /// `Storage::create`
    Create,
    /// `Storage::open`
    Open,
    /// `Storage::read_from`
    ReadFrom,
    /// `Storage::list`
    List,
    /// `Storage::remove`
    Remove,
    /// `Storage::sync_directory`
    SyncDirectory,
    /// `SegmentFile::append`
    Append,
    /// `SegmentFile::sync`
    Sync,
    /// `SegmentFile::status`
    Status,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::CreateDirectory,
        Self::Create,
        Self::Open,
        Self::ReadFrom,
        Self::List,
        Self::Remove,
        Self::SyncDirectory,
        Self::Append,
        Self::Sync,
        Self::Status,
    ];
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Which operation fails.
    pub operation: Operation,
    /// How many of its kind succeed before.
    pub after: u64,
    /// How many fail in a row.
    pub times: u64,
    /// Of the first one, if it is an append: how many bytes are taken before.
    pub short_bytes: usize,
    /// With which error number.
    pub errno: i32,
}

const ERRORS: [Errno; 8] = [
    Errno::NOSPC,
    Errno::IO,
    Errno::INTR,
    Errno::DQUOT,
    Errno::NOENT,
    Errno::MFILE,
    Errno::ROFS,
    Errno::STALE,
];

/// In a row: once; as often as the writer tries before it turns to a new segment; and longer.
const TIMES: [u64; 3] = [1, 3, 5];

/// The first occurrences of each operation fail in turn.
const OCCURRENCES: u64 = 6;

/// Longer than the first batch of a life.
const BATCH_BYTES: usize = 1_400;

/// Every operation, occurrence, error and number of failures; and appends that stop after every
/// `step`th byte of the first two batches.
#[must_use]
pub fn every_fault(step: usize) -> Vec<Fault> {
    let mut faults = Vec::new();
    for errno in ERRORS.map(Errno::raw_os_error) {
        for times in TIMES {
            for operation in Operation::ALL {
                for after in 0..OCCURRENCES {
                    faults.push(Fault { operation, after, times, short_bytes: 0, errno });
                }
            }
        }
        for short_bytes in (1..BATCH_BYTES).step_by(step) {
            for (after, times) in [(0, 1), (1, 3)] {
                let operation = Operation::Append;
                faults.push(Fault { operation, after, times, short_bytes, errno });
            }
        }
    }
    faults
}

/// Plays a life with each of these faults, and one without; returns what was wrong.
///
/// # Panics
/// If a life panics.
#[must_use]
pub fn play(faults: &[Fault]) -> Vec<String> {
    let wrong = Mutex::new(Vec::new());
    let note = |error: String| wrong.lock().expect("no panic under the lock").push(error);
    if let Err(error) = life_with(None) {
        note(format!("without a fault: {error}"));
    }
    let next = AtomicUsize::new(0);
    // More threads than processors, as a life mostly waits for the pauses of its writer.
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(error) = life_with(Some(*fault)) {
                        note(format!("{fault}: {error}"));
                    }
                }
            });
        }
    });
    wrong.into_inner().expect("no panic under the lock")
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, after, times, short_bytes, errno } = self;
        let error = io::Error::from_raw_os_error(*errno);
        write!(
            f,
            "{operation:?} number {after} fails {times} times, {short_bytes} bytes in: {error}"
        )
    }
}

/// The system's files, one operation of which fails.
#[derive(Clone)]
struct FaultyStorage(Arc<Mutex<Plan>>);

struct Plan {
    fault: Option<Fault>,
    done: BTreeMap<Operation, u64>,
    is_short_write_done: bool,
}

impl FaultyStorage {
    fn new(fault: Option<Fault>) -> Self {
        let plan = Plan { fault, done: BTreeMap::new(), is_short_write_done: false };
        Self(Arc::new(Mutex::new(plan)))
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().expect("no panic under the lock")
    }

    fn attempt(&self, operation: Operation) -> io::Result<()> {
        let mut plan = self.plan();
        let done = plan.done.entry(operation).or_default();
        let number = *done;
        *done += 1;
        match plan.fault {
            Some(Fault { operation: failing, after, times, errno, .. })
                if failing == operation && (after..after + times).contains(&number) =>
            {
                Err(io::Error::from_raw_os_error(errno))
            }
            _ => Ok(()),
        }
    }

    /// How many bytes of this append are taken before the failure, once.
    fn short_write(&self, bytes: usize) -> Option<usize> {
        let mut plan = self.plan();
        let fault = plan.fault.filter(|fault| fault.operation == Operation::Append)?;
        let number = plan.done.get(&Operation::Append).copied().unwrap_or(0);
        let is_due = number == fault.after && fault.short_bytes > 0 && !plan.is_short_write_done;
        plan.is_short_write_done |= is_due;
        is_due.then(|| fault.short_bytes.min(bytes))
    }

    fn file(&self, file: Box<dyn SegmentFile>) -> Box<dyn SegmentFile> {
        Box::new(FaultyFile { storage: self.clone(), file })
    }
}

impl Storage for FaultyStorage {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        self.attempt(Operation::CreateDirectory)?;
        SystemStorage.create_directory(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        self.attempt(Operation::Create)?;
        Ok(self.file(SystemStorage.create(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        self.attempt(Operation::Open)?;
        Ok(self.file(SystemStorage.open(path)?))
    }

    fn read_from(&self, path: &Path, offset: u64) -> io::Result<Vec<u8>> {
        self.attempt(Operation::ReadFrom)?;
        SystemStorage.read_from(path, offset)
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<StoredFile>> {
        self.attempt(Operation::List)?;
        SystemStorage.list(directory)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.attempt(Operation::Remove)?;
        SystemStorage.remove(path)
    }

    // No real sync: what a power cut leaves is another test's concern, and this one has many lives.
    fn sync_directory(&self, _path: &Path) -> io::Result<()> {
        self.attempt(Operation::SyncDirectory)
    }
}

struct FaultyFile {
    storage: FaultyStorage,
    file: Box<dyn SegmentFile>,
}

impl SegmentFile for FaultyFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(taken) = self.storage.short_write(bytes.len()) {
            return self.file.append(&bytes[..taken]);
        }
        self.storage.attempt(Operation::Append)?;
        self.file.append(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.storage.attempt(Operation::Sync)
    }

    fn status(&self) -> io::Result<FileStatus> {
        self.storage.attempt(Operation::Status)?;
        self.file.status()
    }
}

#[derive(Event)]
#[event(type = "numbered", unlisted)]
struct Numbered<'a> {
    number: u32,
    filling: &'a str,
}

/// Events in each of the three groups.
const GROUP: u32 = 5;

/// The group that is a transaction.
const TRANSACTION: u32 = 1;

const PATIENCE: Duration = Duration::from_secs(20);

fn builder(directory: &Path, storage: FaultyStorage) -> LoggerBuilder {
    Logger::builder(directory)
        .spool_bytes(64 * 1024)
        .max_line_bytes(1_024)
        .segment_bytes(1_500)
        .retain_count(1_000)
        .retain_at_least(Duration::ZERO)
        .drain_interval(Duration::from_millis(1))
        .clock(FastClock::start())
        .storage(storage)
}

/// Plays the life with this fault; returns what is wrong afterwards.
fn life_with(fault: Option<Fault>) -> Result<(), String> {
    let place = tempfile::tempdir().map_err(|error| error.to_string())?;
    let storage = FaultyStorage::new(fault);
    let Ok(logger) = builder(place.path(), storage.clone()).build() else {
        // The error of the builder: nothing was emitted, so nothing is missing.
        return Ok(());
    };
    let filling = "x".repeat(60);
    for group in 0..3 {
        let events = (group * GROUP..(group + 1) * GROUP)
            .map(|number| Numbered { number, filling: &filling });
        if group == TRANSACTION {
            let mut transaction = logger.transaction();
            events.for_each(|event| transaction.emit(event));
            transaction.try_commit().map_err(|error| error.to_string())?;
        } else {
            events
                .map(|event| logger.try_emit(event))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| error.to_string())?;
        }
        logger.flush(PATIENCE).map_err(|error| format!("flush: {error}"))?;
        // A refused sync is an error for its caller, and no more.
        let _refused = logger.sync(PATIENCE);
    }
    logger.close(PATIENCE).map_err(|error| format!("close: {error}"))?;
    let total = logger.stats().total;
    let expected = u64::from(3 * GROUP);
    if (total.emitted, total.written, total.in_spool) != (expected, expected, 0) {
        return Err(format!("the ledger says {total:?}"));
    }
    drop(logger);
    // The next start finds nothing to do, whatever happened.
    drop(builder(place.path(), FaultyStorage::new(None)).build().map_err(|e| e.to_string())?);
    check(place.path(), fault)
}

fn check(directory: &Path, fault: Option<Fault>) -> Result<(), String> {
    let mut all = Vec::new();
    for path in segments(directory) {
        let mut numbers = Vec::new();
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        if text.is_empty() {
            return Err(format!("{} is empty", path.display()));
        }
        for line in text.split_inclusive('\n') {
            if !line.ends_with('\n') {
                may_be_given_up(fault)?;
                continue;
            }
            let value: Value =
                serde_json::from_str(line).map_err(|error| format!("{error}: {line:?}"))?;
            numbers.push(value["params"]["number"].as_u64());
        }
        let is_of_transaction = |number: &Option<u64>| {
            number.is_some_and(|n| n / u64::from(GROUP) == u64::from(TRANSACTION))
        };
        let there = numbers.iter().filter(|number| is_of_transaction(number)).count();
        if there > 0 && there < GROUP as usize {
            may_be_given_up(fault)?;
            numbers.retain(|number| !is_of_transaction(number));
        }
        all.extend(numbers);
    }
    let expected: Vec<Option<u64>> = (0..u64::from(3 * GROUP)).map(Some).collect();
    if all != expected {
        return Err(format!("the lines are {all:?}"));
    }
    Ok(())
}

fn may_be_given_up(fault: Option<Fault>) -> Result<(), String> {
    let full = [Errno::NOSPC.raw_os_error(), Errno::DQUOT.raw_os_error()];
    match fault {
        Some(fault) if !full.contains(&fault.errno) => Ok(()),
        _ => Err("a segment ends within a line, or within a transaction".to_owned()),
    }
}
