//! How far the cores lie apart: what a cache line takes from one to another.
//!
//! On a virtual machine that changes while it runs, as the host moves its cores about, and with it
//! changes what threads pay for sharing anything.

use std::hint;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use benches::figures::median;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::Error;

/// Below it, cores share a cache.
const NEAR_NANOS: f64 = 80.0;

const BATCHES: u64 = 11;
/// Round trips of one batch.
const TRIPS: u64 = 1_000;

/// Nanoseconds from the store of one core until another one has loaded it, at the median.
///
/// # Errors
/// If this process may not run on two cores.
pub(crate) fn transfer_nanos() -> Result<f64, Error> {
    let allowed = sched_getaffinity(None)?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
    let (Some(first), Some(second)) = (cores.next(), cores.next()) else {
        return Err("there is but one core".into());
    };
    let word = AtomicU64::new(0);
    thread::scope(|scope| {
        let one = scope.spawn(|| {
            let pinned = run_on(first);
            let nanos = batches(&word);
            pinned.map(|()| nanos)
        });
        let other = scope.spawn(|| {
            let pinned = run_on(second);
            (0..BATCHES * TRIPS).for_each(|trip| pass(&word, 2 * trip + 1));
            pinned
        });
        other.join().expect("no panic")?;
        Ok(median(one.join().expect("no panic")?))
    })
}

/// How far the cores lay apart during a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distance {
    Near,
    Far,
}

impl Distance {
    /// By the transfers before and after it; `None` if the cores were moved in between.
    pub(crate) fn of(transfers: [f64; 2]) -> Option<Self> {
        match transfers.map(|nanos| nanos < NEAR_NANOS) {
            [true, true] => Some(Self::Near),
            [false, false] => Some(Self::Far),
            _ => None,
        }
    }
}

/// Two threads on one core would wait for each other's time slices.
fn run_on(core: usize) -> rustix::io::Result<()> {
    let mut only = CpuSet::new();
    only.set(core);
    sched_setaffinity(None, &only)
}

/// Nanoseconds of one way, by batches.
#[expect(clippy::cast_precision_loss, reason = "nanoseconds of a batch are far below 2^52")]
fn batches(word: &AtomicU64) -> Vec<f64> {
    let batch = |batch: u64| {
        let start = Instant::now();
        (0..TRIPS).for_each(|trip| pass(word, 2 * (batch * TRIPS + trip)));
        start.elapsed().as_nanos() as f64 / (2 * TRIPS) as f64
    };
    (0..BATCHES).map(batch).collect()
}

/// Waits until the word is `turn`, and gives it to the other thread.
fn pass(word: &AtomicU64, turn: u64) {
    while word.load(Ordering::Acquire) != turn {
        hint::spin_loop();
    }
    word.store(turn + 1, Ordering::Release);
}
