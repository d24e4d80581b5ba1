//! One round of killing: a child emits, dies, and its log is opened again.
//!
//! The [`child`] has threads that emit numbered events and, after each emit that
//! returned, append one byte to a file of their own, and after a commit one for each event of the
//! transaction: the file's length is the number of events whose emit or commit returned, and it
//! survives `SIGKILL` as the log does. Whatever kills the child, its log must then hold each of these events exactly once, and of each thread at most the one event more whose emit
//! returned before its byte was written, or the events of one transaction. Of a transaction it holds all
//! or nothing.
//!
//! The kill comes at a moment of its own, or [at a file operation](crate::trap) of the child.

pub mod child;
mod verdict;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use event_log::{Event, Logger, LoggerBuilder, Overflow};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use crate::clock::FastClock;
use crate::kill::child::Orders;
use crate::random::Random;
use crate::trap::{Aim, TrapStorage};
use crate::wait::{PATIENCE, wait_until};

/// Threads that emit in each child, unless a round wants another number.
pub const THREADS: u32 = 4;

/// The most events in a transaction of a child.
pub const LONGEST_TRANSACTION: u64 = 12;

/// In the environment of every child: a program that is more than the child is the child then.
pub const CHILD_VARIABLE: &str = "EVENT_LOG_KILL_CHILD";

/// How the child's life ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The parent sends `SIGKILL`.
    Kill,
    /// The parent sends `SIGSTOP`, waits until the child has stopped, and sends `SIGKILL`.
    StopAndKill,
    /// The child calls `abort`.
    Abort,
    /// The child's main thread panics.
    Panic,
    /// The child calls `process::exit`, while its threads emit.
    Exit,
    /// The child takes all the memory that its `RLIMIT_AS` leaves, until the allocator aborts.
    Oom,
}

impl Ending {
    /// The word on the child's command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill | Self::StopAndKill => "kill",
            Self::Abort => "abort",
            Self::Panic => "panic",
            Self::Exit => "exit",
            Self::Oom => "oom",
        }
    }
}

/// A kind of rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `SIGKILL` at any moment.
    Sigkill,
    /// `abort`
    Abort,
    /// `process::exit`
    Exit,
    /// A panic in `main`.
    Panic,
    /// No memory left.
    Oom,
    /// `SIGSTOP` at any moment, then `SIGKILL`.
    Stop,
    /// Killed, or stopped and killed, while a segment follows another.
    Rotation,
    /// Killed, or stopped and killed, while old segments are removed; sometimes beside another
    /// process.
    Retention,
    /// The recoverer is killed, and the one that recovers after it, and so on.
    Recovery,
    /// Killed beside other processes on the same directory.
    Second,
    /// Killed, or stopped and killed, at any moment or while a segment follows another, while the
    /// threads emit in transactions as well; sometimes the recoverer is killed too.
    Transaction,
}

impl Mode {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Sigkill,
        Self::Abort,
        Self::Exit,
        Self::Panic,
        Self::Oom,
        Self::Stop,
        Self::Rotation,
        Self::Retention,
        Self::Recovery,
        Self::Second,
        Self::Transaction,
    ];

    /// The word on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sigkill => "sigkill",
            Self::Abort => "abort",
            Self::Exit => "exit",
            Self::Panic => "panic",
            Self::Oom => "oom",
            Self::Stop => "stop",
            Self::Rotation => "rotation",
            Self::Retention => "retention",
            Self::Recovery => "recovery",
            Self::Second => "second",
            Self::Transaction => "transaction",
        }
    }

    /// The round of this mode that the seed decides.
    #[must_use]
    pub fn round(self, seed: u64, threads: u32) -> Round {
        let mut random = Random::new(seed ^ 0x6d6f_6465);
        let sudden = random.pick(&[Ending::Kill, Ending::Kill, Ending::StopAndKill]);
        let some = |most: u64| u32::try_from(most).unwrap_or(0);
        let plain = Round {
            seed,
            threads,
            ending: Ending::Kill,
            aim: None,
            is_retaining: false,
            has_transactions: false,
            processes: 1,
            killed_recoveries: 0,
        };
        match self {
            Self::Sigkill => plain,
            Self::Abort => Round { ending: Ending::Abort, ..plain },
            Self::Exit => Round { ending: Ending::Exit, ..plain },
            Self::Panic => Round { ending: Ending::Panic, ..plain },
            Self::Oom => Round { ending: Ending::Oom, ..plain },
            Self::Stop => Round { ending: Ending::StopAndKill, ..plain },
            Self::Rotation => Round { ending: sudden, aim: Some(Aim::Rotation), ..plain },
            Self::Retention => Round {
                ending: sudden,
                aim: Some(Aim::Retention),
                is_retaining: true,
                processes: 1 + some(random.below(2)),
                killed_recoveries: some(random.below(2)),
                ..plain
            },
            Self::Recovery => Round {
                ending: sudden,
                is_retaining: random.below(4) == 0,
                killed_recoveries: 1 + some(random.below(5)),
                ..plain
            },
            Self::Second => Round { ending: sudden, processes: 2 + some(random.below(2)), ..plain },
            Self::Transaction => Round {
                ending: sudden,
                has_transactions: true,
                aim: (random.below(2) == 0).then_some(Aim::Rotation),
                killed_recoveries: some(random.below(3)),
                ..plain
            },
        }
    }
}

/// What is done in one round, apart from what the seed decides.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// Decides sizes, intervals and moments.
    pub seed: u64,
    /// Threads that emit in each child.
    pub threads: u32,
    /// How the first child ends.
    pub ending: Ending,
    /// What the first child's own storage kills it at, if that comes first.
    pub aim: Option<Aim>,
    /// Whether retention is on, and what it removes is kept aside.
    pub is_retaining: bool,
    /// Whether the children's threads emit in transactions, too.
    pub has_transactions: bool,
    /// Children on the same directory; the first one dies, the others end in good order after it.
    pub processes: u32,
    /// So many recoverers are killed too before one is left alone; some emit as well.
    pub killed_recoveries: u32,
}

/// What a round saw, or several.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Emits that returned before the end.
    pub returned: u64,
    /// Lines in the log at the end.
    pub lines: u64,
    /// Events whose emit returned and whose line is missing.
    pub lost: u64,
    /// Lines of an event that has another one.
    pub duplicated: u64,
    /// Lines that are cut, or no JSON, or not as a line must be.
    pub torn: u64,
    /// Transactions in the log at the end.
    pub transactions: u64,
    /// Those of them that are not whole, in order, in one segment, with nothing in between.
    pub partial: u64,
    /// Segments at the end, and those that retention removed.
    pub segments: u64,
    /// Lines that the last opening found in spools.
    pub recovered: u64,
    /// Children that were hit at the very operation that was aimed at.
    pub hits: u64,
    /// Whatever else is not as it must be, and the losses in words.
    pub wrong: Vec<String>,
}

impl Seen {
    /// Adds what another round saw.
    pub fn add(&mut self, other: Self) {
        self.returned += other.returned;
        self.lines += other.lines;
        self.lost += other.lost;
        self.duplicated += other.duplicated;
        self.torn += other.torn;
        self.transactions += other.transactions;
        self.partial += other.partial;
        self.segments += other.segments;
        self.recovered += other.recovered;
        self.hits += other.hits;
        self.wrong.extend(other.wrong);
    }
}

/// The event of the children.
#[derive(Debug, Event)]
#[event(type = "numbered", unlisted)]
pub struct Numbered<'a> {
    /// Which child.
    pub process: u32,
    /// Which of its threads.
    pub thread: u32,
    /// Counts the thread's emits from 0.
    pub number: u64,
    /// How many events its transaction has, or 1.
    pub of: u64,
    /// Which of them it is, from 0.
    pub part: u64,
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

/// Does one round with `child`, a program that runs [`child::run`], in a fresh directory below
/// `place`. If something is wrong the directory stays, and `Seen::wrong` says where it is.
///
/// # Panics
/// If a child cannot be started, or something takes far too long.
#[must_use]
pub fn round(child: &Path, place: &Path, round: Round) -> Seen {
    let place = tempfile::tempdir_in(place).expect("a temporary directory");
    let mut seen = Play::new(child, place.path(), round).play();
    if !seen.wrong.is_empty() {
        let kept = place.keep();
        seen.wrong.push(format!("see {} of {round:?}", kept.display()));
    }
    seen
}

/// A round that is being played.
struct Play<'a> {
    child: &'a Path,
    directory: PathBuf,
    records: PathBuf,
    side: PathBuf,
    round: Round,
    random: Random,
    hits: u64,
    wrong: Vec<String>,
}

impl<'a> Play<'a> {
    fn new(child: &'a Path, place: &Path, round: Round) -> Self {
        let below = |name: &str| place.join(name);
        let (directory, records, side) = (below("log"), below("records"), below("removed"));
        for path in [&records, &side] {
            fs::create_dir(path).expect("a directory");
        }
        let random = Random::new(round.seed ^ 0x6b69_6c6c);
        Self { child, directory, records, side, round, random, hits: 0, wrong: Vec::new() }
    }

    fn play(mut self) -> Seen {
        let is_early = self.random.below(5) == 0 && self.round.aim.is_none();
        let target = 1 + self.random.below(4_000);
        let aim = self.round.aim.map(|aim| (aim, self.round.seed));
        let mut first = self.start(0, self.round.ending.name(), target, aim);
        let others: Vec<Child> =
            (1..self.round.processes).map(|other| self.start(other, "stop", 0, None)).collect();
        if matches!(self.round.ending, Ending::Kill | Ending::StopAndKill) {
            if is_early {
                // Before, while or after it builds its logger.
                std::thread::sleep(Duration::from_micros(self.random.below(20_000)));
            } else {
                // What is aimed at comes first, as a rule.
                let target = if aim.is_some() { 2 * target + 4_000 } else { target };
                let is_over = |play: &Self| play.returned_of(0) >= target;
                self.wait_for_hit(&mut first, PATIENCE, is_over);
            }
            self.strike(&mut first);
        } else {
            wait_for_end(&mut first);
        }
        for (other, child) in (1..).zip(others) {
            self.end_in_good_order(other, child);
        }
        for number in 0..self.round.killed_recoveries {
            self.kill_a_recoverer(self.round.processes + number);
        }
        let recovered = self.reopen();
        let mut seen = verdict::check(&self.directory, &self.side, &self.records, &self.round);
        (seen.recovered, seen.hits) = (recovered, self.hits);
        seen.wrong.extend(self.wrong);
        seen
    }

    fn start(&self, process: u32, ending: &str, target: u64, aim: Option<(Aim, u64)>) -> Child {
        let orders = Orders {
            directory: self.directory.clone(),
            records: self.records.clone(),
            process,
            seed: self.round.seed,
            ending: ending.to_owned(),
            target,
            threads: self.round.threads,
            side: self.round.is_retaining.then(|| self.side.clone()),
            has_transactions: self.round.has_transactions,
            aim,
        };
        Command::new(self.child)
            .args(orders.arguments())
            .env(CHILD_VARIABLE, "1")
            // A panic that looks up symbols takes half a second.
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the child starts")
    }

    /// The others go on beside the dead one for a while, and end in good order when their input ends.
    fn end_in_good_order(&mut self, other: u32, mut child: Child) {
        let emitted = self.returned_of(other);
        wait_until("another goes on", || self.returned_of(other) > emitted);
        if self.round.is_retaining {
            // Until its retention has been over what the dead one left.
            wait_until("another rotates", || self.returned_of(other) > emitted + 500);
        }
        drop(child.stdin.take());
        if !wait_for_end(&mut child) {
            self.wrong.push("a child that was not killed failed".to_owned());
        }
    }

    fn kill_a_recoverer(&mut self, process: u32) {
        let ending = self.random.pick(&["recover", "kill"]);
        let aim = (self.random.below(4) > 0).then(|| (Aim::Recovery, self.random.next()));
        let longest = self.random.pick(&[4_000, 30_000]);
        let moment = Duration::from_micros(self.random.below(longest));
        let mut recoverer = self.start(process, ending, 0, aim);
        let patience = if aim.is_some() { moment * 4 } else { moment };
        self.wait_for_hit(&mut recoverer, patience, |_| false);
        self.strike(&mut recoverer);
    }

    /// Waits until the child has been hit by its own trap, or has ended, or it `is_over`, for
    /// `patience` at most.
    fn wait_for_hit(
        &mut self,
        child: &mut Child,
        patience: Duration,
        is_over: impl Fn(&Self) -> bool,
    ) {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline && !is_over(self) {
            if has_stopped(child) || has_ended(child).is_some() {
                self.hits += 1;
                return;
            }
            std::thread::sleep(Duration::from_micros(300));
        }
    }

    /// Kills a child, and waits for its end.
    fn strike(&self, child: &mut Child) {
        if self.round.ending == Ending::StopAndKill
            && has_ended(child).is_none()
            && !has_stopped(child)
        {
            // It may have ended by itself just now.
            let _ = kill_process(Pid::from_child(child), Signal::STOP);
            wait_until("it has stopped", || has_stopped(child) || has_ended(child).is_some());
        }
        let _ = child.kill();
        wait_for_end(child);
    }

    fn returned_of(&self, process: u32) -> u64 {
        (0..self.round.threads).map(|thread| returned(&self.records, process, thread)).sum()
    }

    /// Builds, flushes and drops a logger; returns how many lines it found in spools.
    fn reopen(&mut self) -> u64 {
        let builder = builder(&self.directory, self.round.seed);
        let builder = if self.round.is_retaining {
            child::retaining(builder, self.round.seed)
                .storage(TrapStorage::new(self.side.clone(), None))
        } else {
            builder
        };
        let told = Arc::new(Mutex::new(Vec::new()));
        let told_to = Arc::clone(&told);
        let builder = builder.on_error(move |error| {
            told_to.lock().expect("no panic under the lock").push(format!("{error}: {error:?}"));
        });
        let logger = builder.build().expect("the log opens again");
        if let Err(error) = logger.flush(PATIENCE) {
            self.wrong.push(format!("the last flush: {error}"));
        }
        self.wrong.append(&mut told.lock().expect("no panic under the lock"));
        logger.stats().recovered_lines
    }
}

/// Waits for the end of a child; returns whether it succeeded.
fn wait_for_end(child: &mut Child) -> bool {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(success) = has_ended(child) {
            return success;
        }
        if Instant::now() >= deadline {
            let _ = child.kill();
            panic!("the child does not end");
        }
        std::thread::sleep(Duration::from_micros(300));
    }
}

/// Whether a child succeeded, if it has ended.
fn has_ended(child: &mut Child) -> Option<bool> {
    child.try_wait().expect("a child of ours").map(|status| status.success())
}

/// Whether a child is stopped.
fn has_stopped(child: &Child) -> bool {
    let options = WaitIdOptions::STOPPED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    match waitid(WaitId::Pid(Pid::from_child(child)), options) {
        Ok(status) => status.is_some(),
        // It has ended and was waited for.
        Err(error) => {
            assert_eq!(error, rustix::io::Errno::CHILD, "{}", io::Error::from(error));
            false
        }
    }
}
