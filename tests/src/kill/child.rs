//! The child of a round: emits from several threads until it dies.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use event_log::{Logger, LoggerBuilder};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::kill::{LONGEST_TRANSACTION, Numbered, THREADS, builder, record_path};
use crate::random::Random;
use crate::trap::{Aim, Point, TrapStorage};
use crate::wait::{PATIENCE, wait_until};

/// What a child is told by its command line:
/// `LOG RECORDS PROCESS SEED ENDING TARGET [THREADS SIDE KIND [AIM AIM_SEED]]`.
#[derive(Clone, Debug)]
pub struct Orders {
    /// The log directory.
    pub directory: PathBuf,
    /// Where each thread notes how many emits returned.
    pub records: PathBuf,
    /// Its number among the children.
    pub process: u32,
    /// Decides the options of the logger.
    pub seed: u64,
    /// How it ends: the name of an [`Ending`](crate::kill::Ending), `stop` when its input ends, or
    /// `recover` as soon as everything is recovered.
    pub ending: String,
    /// How many emits return before it ends itself.
    pub target: u64,
    /// How many threads emit.
    pub threads: u32,
    /// Where segments go that retention removes; without it, retention is off.
    pub side: Option<PathBuf>,
    /// Whether its threads emit in transactions, too.
    pub has_transactions: bool,
    /// What its storage kills it at, and the seed of that choice.
    pub aim: Option<(Aim, u64)>,
}

impl Orders {
    /// As arguments.
    #[must_use]
    pub fn arguments(&self) -> Vec<OsString> {
        let mut arguments = vec![
            self.directory.clone().into_os_string(),
            self.records.clone().into_os_string(),
            self.process.to_string().into(),
            self.seed.to_string().into(),
            self.ending.clone().into(),
            self.target.to_string().into(),
            self.threads.to_string().into(),
            self.side.clone().map_or_else(|| "-".into(), PathBuf::into_os_string),
            if self.has_transactions { "transactions" } else { "-" }.into(),
        ];
        if let Some((aim, seed)) = self.aim {
            arguments.extend([aim.name().into(), seed.to_string().into()]);
        }
        arguments
    }

    /// From arguments, without the program's name.
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        Some(Self {
            directory: arguments.next()?.into(),
            records: arguments.next()?.into(),
            process: arguments.next()?.parse().ok()?,
            seed: arguments.next()?.parse().ok()?,
            ending: arguments.next()?,
            target: arguments.next()?.parse().ok()?,
            threads: arguments.next().map_or(Some(THREADS), |text| text.parse().ok())?,
            side: arguments.next().filter(|side| side != "-").map(PathBuf::from),
            has_transactions: arguments.next().is_some_and(|kind| kind == "transactions"),
            aim: match arguments.next() {
                None => None,
                Some(name) => Some((Aim::from_name(&name)?, arguments.next()?.parse().ok()?)),
            },
        })
    }

    fn builder(&self) -> LoggerBuilder {
        let builder = with_side(builder(&self.directory, self.seed), self);
        let builder = match self.aim {
            // So that what is aimed at happens often.
            Some((Aim::Rotation | Aim::Retention, _)) => {
                builder.segment_bytes(2_000).drain_interval(Duration::from_millis(1))
            }
            _ => builder,
        };
        // The longest transaction has to fit into a segment.
        if self.has_transactions { builder.segment_bytes(6_000) } else { builder }
    }
}

/// Turns retention on if what it removes is kept.
fn with_side(builder: LoggerBuilder, orders: &Orders) -> LoggerBuilder {
    let point = orders.aim.map(|(aim, seed)| Point::choose(aim, seed));
    match &orders.side {
        Some(side) => {
            retaining(builder, orders.seed).storage(TrapStorage::new(side.clone(), point))
        }
        None => builder.storage(TrapStorage::new(PathBuf::new(), point)),
    }
}

/// Turns on a strict retention.
pub(super) fn retaining(builder: LoggerBuilder, seed: u64) -> LoggerBuilder {
    let mut random = Random::new(seed ^ 0x7265_7461);
    let builder = builder.retain_at_least(Duration::ZERO);
    match random.below(3) {
        0 => builder.retain_count(usize::try_from(random.below(4)).unwrap_or(0)),
        1 => builder.retain_bytes(random.below(20_000)),
        _ => builder.retain_age(Duration::from_secs(random.below(5))),
    }
}

struct Progress {
    returned: AtomicU64,
    stop: AtomicBool,
}

/// The whole program `emitter`.
///
/// # Panics
/// As the orders want it, or if it cannot follow them.
pub fn run() {
    let orders = Orders::parse(std::env::args().skip(1)).expect("arguments as documented");
    // An abort is to leave no core behind.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let logger = orders.builder().build().expect("a logger");
    if orders.ending == "recover" {
        logger.flush(PATIENCE).expect("everything can be written");
        return;
    }
    let progress = Arc::new(Progress { returned: AtomicU64::new(0), stop: AtomicBool::new(false) });
    let threads: Vec<_> = (0..orders.threads)
        .map(|thread| {
            let (logger, orders) = (logger.clone(), orders.clone());
            let progress = Arc::clone(&progress);
            std::thread::spawn(move || emit(&logger, &orders, thread, &progress))
        })
        .collect();
    match &*orders.ending {
        "stop" => {
            // Ends when the parent closes our input, or dies.
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            progress.stop.store(true, Ordering::Relaxed);
            for thread in threads {
                thread.join().expect("a thread that only emits");
            }
        }
        "kill" => std::thread::park_timeout(PATIENCE),
        other => {
            wait_until("enough was emitted", || {
                progress.returned.load(Ordering::Relaxed) >= orders.target
            });
            match other {
                "abort" => std::process::abort(),
                "exit" => std::process::exit(0),
                "oom" => run_out_of_memory(),
                _ => panic!("as the test wants it"),
            }
        }
    }
}

fn emit(logger: &Logger, orders: &Orders, thread: u32, progress: &Progress) {
    let Orders { records, process, seed, .. } = orders;
    let path = record_path(records, *process, thread);
    let mut record = OpenOptions::new().create(true).append(true).open(path).expect("a record");
    let filling = "=".repeat(1_000);
    let mut random = Random::new(seed ^ u64::from(process * orders.threads + thread));
    let mut number = 0;
    while !progress.stop.load(Ordering::Relaxed) {
        let of = if orders.has_transactions { size_of_transaction(&mut random) } else { 1 };
        let mut event = |part| {
            let length = usize::try_from(random.below(1_000 / of)).expect("a length");
            let filling = &filling[..if random.below(4) == 0 { length } else { length / 50 }];
            let number = number + part;
            Numbered { process: *process, thread, number, of, part, filling }
        };
        if of == 1 {
            logger.emit(event(0));
        } else {
            // One that is dropped, now and then: none of its events may be found.
            let mut dropped = logger.transaction();
            dropped.emit(event(of));
            drop(dropped);
            let mut events = logger.transaction();
            (0..of).for_each(|part| events.emit(event(part)));
            events.try_commit().expect("a logger that waits for room");
        }
        let returned = usize::try_from(of).expect("a short transaction");
        record.write_all(&b".".repeat(returned)).expect("the record can be written");
        number += of;
        progress.returned.fetch_add(of, Ordering::Relaxed);
    }
}

/// How many events the next transaction has, or 1 for an emit without one.
fn size_of_transaction(random: &mut Random) -> u64 {
    if random.below(2) == 0 { 1 } else { 2 + random.below(LONGEST_TRANSACTION - 1) }
}

/// Takes all the memory that `RLIMIT_AS` leaves, and more: the allocator aborts the process, in
/// whichever thread asks next.
fn run_out_of_memory() -> ! {
    const PAGE_BYTES: u64 = 4_096;
    const LEFT_BYTES: u64 = 4 << 20;
    let statm = std::fs::read_to_string("/proc/self/statm").expect("the size of this process");
    let pages: u64 = statm.split(' ').next().and_then(|text| text.parse().ok()).expect("a number");
    let limit = Some(pages * PAGE_BYTES + LEFT_BYTES);
    setrlimit(Resource::As, Rlimit { current: limit, maximum: limit }).expect("a lower limit");
    let mut taken: Vec<Vec<u8>> = Vec::new();
    let mut bytes = 1 << 20;
    loop {
        let mut more = Vec::new();
        match more.try_reserve_exact(bytes) {
            Ok(()) => taken.push(more),
            // Smaller and smaller, until nothing is left; then one that may not fail.
            Err(_) if bytes > 64 => bytes /= 2,
            Err(_) => taken.push(Vec::with_capacity(1 << 20)),
        }
    }
}
