//! One round of killing: a child emits, dies, and its log is opened again.
//!
//! The child (`bin/emitter.rs`) has threads that emit numbered events and, after each emit that
//! returned, append one byte to a file of their own: the file's length is the number of emits that
//! returned, and it survives `SIGKILL` as the log does. Whatever kills the child, its log must then
//! hold each of these events exactly once, and of each thread at most the one event more whose emit
//! returned before its byte was written.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use event_log::{Event, Logger, LoggerBuilder, Overflow};
use serde_json::Value;

use crate::clock::FastClock;
use crate::random::Random;
use crate::wait::{PATIENCE, wait_until};

/// Threads that emit in each child.
pub const THREADS: u32 = 4;

/// How the child's life ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The parent sends `SIGKILL`.
    Kill,
    /// The child calls `abort`.
    Abort,
    /// The child's main thread panics.
    Panic,
    /// The child calls `process::exit`, while its threads emit.
    Exit,
}

impl Ending {
    /// The word on the child's command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Abort => "abort",
            Self::Panic => "panic",
            Self::Exit => "exit",
        }
    }
}

/// What is done in one round, apart from what the seed decides.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// Decides sizes, intervals and moments.
    pub seed: u64,
    /// How the first child ends.
    pub ending: Ending,
    /// Children on the same directory; the first one dies, the others end in good order after it.
    pub processes: u32,
    /// So many recoverers are killed too before one is left alone.
    pub killed_recoveries: u32,
}

/// What a round saw.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// Emits that returned before the end.
    pub returned: u64,
    /// Lines in the log at the end.
    pub lines: u64,
    /// Segments at the end.
    pub segments: u64,
    /// Lines that the last opening found in spools.
    pub recovered: u64,
}

/// The event of the children.
#[derive(Debug, Event)]
#[event(type = "numbered")]
pub struct Numbered<'a> {
    /// Which child.
    pub process: u32,
    /// Which of its threads.
    pub thread: u32,
    /// Counts the thread's emits from 0.
    pub number: u64,
    /// Makes lines of different lengths.
    pub filling: &'a str,
}

/// The options of the logger, as the seed wants them.
pub fn builder(directory: &Path, seed: u64) -> LoggerBuilder {
    let mut random = Random::new(seed);
    let spool_bytes = random.pick(&[64 << 10, 256 << 10, 1 << 20, 8 << 20]);
    let interval = random.pick(&[1, 2, 10, 1_000]);
    let segment_bytes = random.pick(&[2_000, 20_000, 200_000, 64 << 20]);
    Logger::builder(directory)
        .max_line_bytes(1_500)
        .spool_bytes(spool_bytes)
        .drain_interval(Duration::from_millis(interval))
        .segment_bytes(segment_bytes)
        .rotate_every(Duration::from_secs(random.pick(&[1, 3, 60])))
        .overflow(Overflow::Block)
        .clock(FastClock::start())
}

/// The file whose length says how many emits of a thread returned.
#[must_use]
pub fn record_path(records: &Path, process: u32, thread: u32) -> PathBuf {
    records.join(format!("{process}-{thread}"))
}

fn returned(records: &Path, process: u32, thread: u32) -> u64 {
    fs::metadata(record_path(records, process, thread)).map_or(0, |metadata| metadata.len())
}

fn returned_of(records: &Path, process: u32) -> u64 {
    (0..THREADS).map(|thread| returned(records, process, thread)).sum()
}

/// Does one round with `child`, the program `emitter`.
///
/// # Panics
/// If the log does not hold what it must; the message begins with the round.
#[must_use]
pub fn round(child: &Path, round: Round) -> Seen {
    let place = tempfile::tempdir().expect("a temporary directory");
    let (directory, records) = (place.path().join("log"), place.path().join("records"));
    fs::create_dir(&records).expect("a directory for the records");
    let mut random = Random::new(round.seed ^ 0x6b69_6c6c);
    let early = random.below(5) == 0;
    let target = 1 + random.below(4_000);
    let start = |process: u32, ending: &str, target: u64| {
        Command::new(child)
            .args([directory.as_os_str(), records.as_os_str()])
            .args([
                process.to_string(),
                round.seed.to_string(),
                ending.to_owned(),
                target.to_string(),
            ])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the child starts")
    };
    let mut first = start(0, round.ending.name(), target);
    let others: Vec<Child> = (1..round.processes).map(|other| start(other, "stop", 0)).collect();
    if round.ending == Ending::Kill {
        if early {
            // Before, while or after it builds its logger.
            std::thread::sleep(Duration::from_micros(random.below(20_000)));
        } else {
            wait_until("enough was emitted", || returned_of(&records, 0) >= target);
        }
        first.kill().expect("the child can be killed");
    }
    wait_for_end(&mut first);
    for (other, mut child) in (1..).zip(others) {
        // They go on beside the dead one for a while, and end in good order when their input ends.
        let emitted = returned_of(&records, other);
        wait_until("another goes on", || returned_of(&records, other) > emitted);
        drop(child.stdin.take());
        assert!(wait_for_end(&mut child), "{round:?}: a child that was not killed failed");
    }
    for _ in 0..round.killed_recoveries {
        let mut recoverer = start(round.processes, "recover", 0);
        std::thread::sleep(Duration::from_micros(random.below(30_000)));
        recoverer.kill().expect("the recoverer can be killed");
        wait_for_end(&mut recoverer);
    }
    let recovered = reopen(&directory, round.seed);
    let mut seen = check(&directory, &records, round);
    seen.recovered = recovered;
    seen
}

/// Builds, flushes and drops a logger; returns how many lines it found in spools.
fn reopen(directory: &Path, seed: u64) -> u64 {
    let logger = builder(directory, seed).build().expect("the log opens again");
    logger.flush(PATIENCE).expect("everything can be written");
    logger.stats().recovered_lines
}

/// Waits for the end of a child; returns whether it succeeded.
fn wait_for_end(child: &mut Child) -> bool {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("a child of ours") {
            return status.success();
        }
        if Instant::now() >= deadline {
            let _ = child.kill();
            panic!("the child does not end");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn check(directory: &Path, records: &Path, round: Round) -> Seen {
    let segments = crate::segments(directory);
    for segment in &segments {
        let bytes = fs::metadata(segment).expect("a segment").len();
        assert!(bytes > 0, "{round:?}: {} is empty", segment.display());
    }
    let spools = fs::read_dir(directory.join(".spool")).expect("the spools").count();
    assert_eq!(spools, 0, "{round:?}: spools are left");
    let lines = crate::lines(directory);
    let mut ids = HashMap::new();
    let mut found: HashMap<(u64, u64), Vec<u64>> = HashMap::new();
    for line in &lines {
        let value = crate::checked(line);
        let id = value["id"].as_str().expect("a text").to_owned();
        if let Some(other) = ids.insert(id, line) {
            panic!("{round:?}: one id twice:\n{other}\n{line}");
        }
        let number = |key: &str| value["params"][key].as_u64().expect("a number");
        assert_eq!(value["type"], Value::from("numbered"), "{round:?}: {line}");
        found.entry((number("process"), number("thread"))).or_default().push(number("number"));
    }
    let mut all = 0;
    for process in 0..round.processes {
        for thread in 0..THREADS {
            let returned = returned(records, process, thread);
            let mut numbers = found.remove(&(process.into(), thread.into())).unwrap_or_default();
            let in_order = numbers.is_sorted();
            numbers.sort_unstable();
            let count = numbers.len() as u64;
            assert!(
                numbers.into_iter().eq(0..count) && (returned..=returned + 1).contains(&count),
                "{round:?}: lost or doubled in thread {thread} of {process}: {returned} emits \
                 returned, {count} lines found"
            );
            assert!(in_order, "{round:?}: out of order in thread {thread} of {process}");
            all += returned;
        }
    }
    Seen { returned: all, lines: lines.len() as u64, segments: segments.len() as u64, recovered: 0 }
}
