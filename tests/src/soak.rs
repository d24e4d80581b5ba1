//! A soak: a log whose disk goes wrong at random, and that is closed and built again at random, while
//! threads emit and a collector takes the segments; then everything must be there exactly once.
//!
//! - Each thread numbers the events that were accepted from 0, without a hole: a number that was
//!   refused is given again. So what was found is a few ranges, however long the soak is.
//! - The ledger is looked at all the time, and added up when a logger's life is over.
//! - What was dropped, but for what a closed logger refused, must be told of by gap lines, in its own
//!   life or a later one.
//! - A segment that a failing disk made the writer leave may end within a line; that is no line.

mod collector;
mod ranges;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::thread;
use std::time::{Duration, Instant};

use event_log::testing::{FailingDisk, Operation};
use event_log::{Context, DropReason, Event, LogError, Logger, Overflow, Stats};

use crate::clock::FastClock;
use crate::random::Random;
use crate::soak::collector::{Collector, Found};
use crate::wait::PATIENCE;

/// What to do.
#[derive(Clone, Debug)]
pub struct Soak {
    /// How long, without the closing account.
    pub duration: Duration,
    /// Threads that emit.
    pub threads: u32,
    /// Decides everything but the moments.
    pub seed: u64,
    /// The log directory; it must be empty.
    pub directory: PathBuf,
}

/// What came of it so far.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Events handed to loggers, and what became of them.
    pub attempts: u64,
    /// Of those: accepted.
    pub accepted: u64,
    /// Accepted events that were found in segments.
    pub found: u64,
    /// Events that a gap line must tell of.
    pub owed: u64,
    /// Events that gap lines told of.
    pub told: u64,
    /// Loggers built.
    pub lives: u64,
    /// Segments collected.
    pub segments: u64,
    /// Of those: ended within a line.
    pub fragments: u64,
    /// Failed file operations and recoveries that the error handler was told of.
    pub troubles: u64,
    /// What must not be.
    pub wrong: Vec<String>,
}

#[derive(Event)]
#[event(type = "soaked", unlisted)]
struct Soaked<'a> {
    thread: u32,
    number: u64,
    filling: &'a str,
}

/// What the threads share.
struct State {
    logger: RwLock<Arc<Logger>>,
    stop: AtomicBool,
    threads: Vec<ThreadCounts>,
    found: Mutex<Found>,
    troubles: AtomicU64,
    wrong: Mutex<Vec<String>>,
}

/// Written by one emitting thread.
#[derive(Default)]
struct ThreadCounts {
    attempts: AtomicU64,
    accepted: AtomicU64,
    owed: AtomicU64,
}

impl State {
    fn wrong(&self, text: String) {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    fn logger(&self) -> Arc<Logger> {
        Arc::clone(&self.logger.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_logger(&self, logger: Arc<Logger>) {
        *self.logger.write().unwrap_or_else(PoisonError::into_inner) = logger;
    }

    fn sum(&self, count: impl Fn(&ThreadCounts) -> &AtomicU64) -> u64 {
        self.threads.iter().map(|thread| count(thread).load(Ordering::SeqCst)).sum()
    }

    /// How many events of each thread were accepted.
    fn accepted(&self) -> Vec<u64> {
        self.threads.iter().map(|thread| thread.accepted.load(Ordering::SeqCst)).collect()
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Soak {
    /// Soaks; calls `report` every ten seconds with what came of it so far.
    ///
    /// # Panics
    /// If a logger cannot be built.
    #[must_use]
    pub fn run(&self, report: impl FnMut(&Account)) -> Account {
        Driver::new(self).run(report)
    }
}

/// The thread that spoils the disk, and closes and builds the logger.
struct Driver<'a> {
    soak: &'a Soak,
    random: Random,
    disk: FailingDisk,
    clock: FastClock,
    lives: u64,
    /// Loggers that were closed and that a thread may still be using.
    retired: Vec<Arc<Logger>>,
    /// What the ledgers of ended lives say: emitted and dropped.
    ended: (u64, u64),
}

impl<'a> Driver<'a> {
    fn new(soak: &'a Soak) -> Self {
        Self {
            soak,
            random: Random::new(soak.seed),
            disk: FailingDisk::new(),
            clock: FastClock::start(),
            lives: 0,
            retired: Vec::new(),
            ended: (0, 0),
        }
    }

    fn run(mut self, mut report: impl FnMut(&Account)) -> Account {
        let state = Arc::new_cyclic(|weak| {
            let logger = self.build(weak.clone());
            State {
                logger: RwLock::new(logger),
                stop: AtomicBool::new(false),
                threads: (0..self.soak.threads).map(|_| ThreadCounts::default()).collect(),
                found: Mutex::default(),
                troubles: AtomicU64::new(0),
                wrong: Mutex::default(),
            }
        });
        let mut threads = Vec::new();
        for number in 0..self.soak.threads {
            let (state, seed) = (Arc::clone(&state), self.soak.seed);
            threads.push(thread::spawn(move || emit(&state, number, seed)));
        }
        let collector = {
            let state = Arc::clone(&state);
            let mut collector = Collector::new(&self.soak.directory);
            thread::spawn(move || {
                while !state.stop.load(Ordering::SeqCst) {
                    collector.collect(&state.found);
                    thread::sleep(Duration::from_millis(20));
                }
                collector
            })
        };
        self.drive(&state, &mut report);
        state.stop.store(true, Ordering::SeqCst);
        self.disk.heal();
        let mut is_whole = true;
        for thread in threads {
            is_whole &= thread.join().is_ok();
        }
        let collector = collector.join();
        if !is_whole || collector.is_err() {
            state.wrong("a thread panicked".to_owned());
        }
        self.close_the_books(&state);
        if let Ok(mut collector) = collector {
            collector.collect(&state.found);
            collector.must_be_empty(&state.found);
            state.found().must_be_whole(&state.accepted());
        }
        self.account(&state, true)
    }

    /// Does random things until the time is up.
    fn drive(&mut self, state: &Arc<State>, report: &mut impl FnMut(&Account)) {
        let end = Instant::now() + self.soak.duration;
        let mut reported = Instant::now();
        let mut before = Stats::default();
        while Instant::now() < end {
            let logger = state.logger();
            spoil(&self.disk, &mut self.random);
            match self.random.below(12) {
                0 | 1 => check_flush(state, &logger, self.random.below(20)),
                2 | 3 => {
                    let _ = logger.sync(Duration::from_millis(self.random.below(20)));
                }
                4 => {
                    self.rebuild(state);
                    before = Stats::default();
                }
                _ => {}
            }
            let until = Instant::now() + Duration::from_millis(self.random.below(20));
            loop {
                let now = state.logger().stats();
                check_ledger(state, &before, &now);
                before = now;
                if Instant::now() >= until {
                    break;
                }
                thread::sleep(Duration::from_millis(1));
            }
            self.end_lives(state);
            if reported.elapsed() >= Duration::from_secs(10) {
                reported = Instant::now();
                report(&self.account(state, false));
            }
        }
    }

    fn build(&mut self, state: Weak<State>) -> Arc<Logger> {
        self.lives += 1;
        let random = &mut self.random;
        let overflow = [Overflow::Drop, Overflow::Wait(Duration::from_millis(5)), Overflow::Block];
        let logger = Logger::builder(&self.soak.directory)
            .storage(self.disk.clone())
            .clock(self.clock)
            .max_line_bytes(2_000)
            .spool_bytes(random.pick(&[64 << 10, 256 << 10, 1 << 20]))
            .drain_interval(Duration::from_millis(random.pick(&[1, 2, 10, 50])))
            .segment_bytes(random.pick(&[2_000, 50_000, 1 << 20]))
            .overflow(random.pick(&overflow))
            .close_timeout(Duration::ZERO)
            .on_error(move |error| {
                if let Some(state) = state.upgrade() {
                    note(&state, error);
                }
            });
        let logger = logger.build().expect("the directory and the spool are on a healthy disk");
        Arc::new(logger)
    }

    /// Closes the logger, in good order or at once, and builds the next one.
    fn rebuild(&mut self, state: &Arc<State>) {
        let logger = state.logger();
        match self.random.below(3) {
            0 => {
                self.disk.heal();
                if let Err(error) = logger.close(PATIENCE) {
                    state.wrong(format!("a close on a healthy disk: {error}"));
                }
            }
            1 => {
                let _ = logger.close(Duration::ZERO);
            }
            _ => {
                let _ = logger.close(Duration::from_millis(self.random.below(20)));
            }
        }
        if self.random.below(2) == 0 {
            self.disk.resume(Operation::Append);
            self.disk.resume(Operation::Sync);
        } else {
            self.disk.heal();
        }
        let next = self.build(Arc::downgrade(state));
        state.set_logger(next);
        self.retired.push(logger);
    }

    /// Adds up the ledgers of loggers that nobody uses any more.
    fn end_lives(&mut self, state: &State) {
        let ended = &mut self.ended;
        self.retired.retain_mut(|logger| {
            if Arc::strong_count(logger) > 1 {
                return true;
            }
            let last = logger.stats();
            check_ledger(state, &Stats::default(), &last);
            ended.0 += last.total.emitted;
            ended.1 += last.total.dropped;
            false
        });
    }

    /// Ends the last life and has the spools that are left recovered.
    fn close_the_books(&mut self, state: &Arc<State>) {
        let logger = state.logger();
        if let Err(error) = logger.close(PATIENCE) {
            state.wrong(format!("the last close: {error}"));
        }
        self.retired.push(logger);
        let last = self.build(Arc::downgrade(state));
        state.set_logger(last);
        self.end_lives(state);
        if !self.retired.is_empty() {
            state.wrong(format!("{} loggers are still in use", self.retired.len()));
        }
        let (emitted, dropped) = self.ended;
        let (attempts, accepted) = (state.sum(|t| &t.attempts), state.sum(|t| &t.accepted));
        if (emitted, emitted - dropped) != (attempts, accepted) {
            state.wrong(format!(
                "the ledgers say {emitted} emitted, {dropped} dropped; it were {attempts} attempts, \
                 {accepted} accepted"
            ));
        }
        let deadline = Instant::now() + PATIENCE;
        let spools = self.soak.directory.join(".spool");
        loop {
            let logger = state.logger();
            if let Err(error) = logger.close(PATIENCE) {
                state.wrong(format!("a close of the books: {error}"));
            }
            let left = std::fs::read_dir(&spools).map_or(0, Iterator::count);
            if left == 0 {
                return;
            }
            if Instant::now() >= deadline {
                return state.wrong(format!("{left} spools are left"));
            }
            let next = self.build(Arc::downgrade(state));
            state.set_logger(next);
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn account(&self, state: &State, is_over: bool) -> Account {
        let found = state.found();
        let mut account = Account {
            attempts: state.sum(|t| &t.attempts),
            accepted: state.sum(|t| &t.accepted),
            found: found.events,
            owed: state.sum(|t| &t.owed),
            told: found.told,
            lives: self.lives,
            segments: found.segments,
            fragments: found.fragments,
            troubles: state.troubles.load(Ordering::SeqCst),
            wrong: state.wrong.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        };
        account.wrong.extend(found.wrong.iter().cloned());
        let Account { owed, told, .. } = account;
        if is_over && told != owed {
            account.wrong.push(format!("gap lines tell of {told} events, {owed} were dropped"));
        }
        account
    }
}

fn spoil(disk: &FailingDisk, random: &mut Random) {
    const ENOSPC: i32 = 28;
    const EIO: i32 = 5;
    match random.below(14) {
        0 => disk.hang(Operation::Append),
        1 => disk.leave_room(random.below(20_000)),
        2 => disk.fail(Operation::Append, EIO),
        3 => disk.fail(Operation::Append, ENOSPC),
        4 => disk.fail(Operation::Create, random.pick(&[EIO, ENOSPC])),
        5 => disk.fail(Operation::Sync, EIO),
        6 => disk.hang(Operation::Sync),
        7 => {}
        _ => disk.heal(),
    }
}

/// A flush that succeeds has everything written that was accepted before it.
fn check_flush(state: &State, logger: &Logger, millis: u64) {
    let before = logger.stats().total;
    if logger.flush(Duration::from_millis(millis)).is_ok() {
        let after = logger.stats().total;
        if after.written < before.written + before.in_spool {
            // What counts as accepted before its record is reserved may come after the flush.
            let late = before.written + before.in_spool - after.written;
            if late > state.threads.len() as u64 {
                state.wrong(format!("a flush left {late} events: {before:?}, {after:?}"));
            }
        }
    }
}

fn check_ledger(state: &State, before: &Stats, now: &Stats) {
    let rows = now.by_type.values().chain([&now.total]);
    for row in rows {
        if row.emitted != row.written + row.dropped + row.in_spool {
            state.wrong(format!("the ledger does not balance: {row:?}"));
        }
    }
    let dropped: u64 = now.dropped.values().sum();
    if dropped != now.total.dropped {
        state.wrong(format!("dropped {} in all, by reason {dropped}", now.total.dropped));
    }
    if now.total.emitted < before.total.emitted || now.total.written < before.total.written {
        state.wrong(format!("the ledger goes back: {before} to {now}"));
    }
}

fn note(state: &State, error: &LogError) {
    match error {
        LogError::Dropped(_) => {}
        // The second is told where the collector took what a recovery wrote before it failed.
        LogError::Segment(_) | LogError::LinesRepeated { .. } | LogError::NotRecovered { .. } => {
            state.troubles.fetch_add(1, Ordering::SeqCst);
        }
        other => state.wrong(format!("told of: {other}")),
    }
}

/// What a thread does until the soak is over.
fn emit(state: &State, thread: u32, seed: u64) {
    let mut random = Random::new(seed ^ (u64::from(thread) + 1).wrapping_mul(0x9E37));
    let long = "x".repeat(3_000);
    let counts = &state.threads[thread as usize];
    let mut number = 0;
    while !state.stop.load(Ordering::SeqCst) {
        let logger = state.logger();
        let context = random_context(&mut random);
        for _ in 0..random.below(200) {
            let bytes = match random.below(200) {
                0 => 3_000,
                1..10 => random.below(1_500),
                _ => random.below(60),
            };
            let filling = &long[..usize::try_from(bytes).unwrap_or(0)];
            let event = Soaked { thread, number, filling };
            let outcome = match &context {
                Some(context) if number % 2 == 0 => logger.with(context).try_emit(event),
                Some(context) => context.enter(|| logger.try_emit(event)),
                None => logger.try_emit(event),
            };
            match outcome {
                Ok(_) => {
                    number += 1;
                    counts.accepted.store(number, Ordering::SeqCst);
                }
                Err(error) if error.reason() == DropReason::Closed => {}
                Err(_) => {
                    counts.owed.fetch_add(1, Ordering::SeqCst);
                }
            }
            counts.attempts.fetch_add(1, Ordering::SeqCst);
        }
        drop(logger);
        thread::sleep(Duration::from_micros(random.below(3_000)));
    }
}

fn random_context(random: &mut Random) -> Option<Context> {
    let number = random.below(100);
    match number % 4 {
        0 => None,
        1 => Some(Context::new().user_id(number)),
        2 => Context::new().field("session", number).ok(),
        _ => Context::new().user_id(number).field("request", "x".repeat(20)).ok(),
    }
}

/// Where a soak puts its log by default: in memory, if there is such a file system.
#[must_use]
pub fn default_place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}
