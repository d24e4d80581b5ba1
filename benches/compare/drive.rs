//! The loops that emit: timed or not, paced or not, each on every thread at once.

use std::hint;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use benches::figures::sample;

use crate::contenders::{Contender, Take};
use crate::cpu;
use crate::task::{PACED_RATE, Size};

/// What one thread did.
#[derive(Default)]
pub(crate) struct Done {
    pub(crate) emitted: u64,
    /// Nanoseconds; empty if single emits were not timed.
    pub(crate) samples: Vec<u32>,
    pub(crate) cpu: Duration,
}

/// One thread's part in the work.
#[derive(Clone, Copy)]
pub(crate) struct Share {
    index: u32,
    threads: u32,
    pub(crate) events: u32,
}

/// Relaxed suffices: a thread may see it some events late.
static STOP: AtomicBool = AtomicBool::new(false);

/// The moment that all threads began, and the CPU time that the process had used by then.
pub(crate) struct Start {
    pub(crate) time: Instant,
    pub(crate) cpu: Duration,
}

/// Runs the work on all threads at once; returns when they began, and what they did together.
pub(crate) fn on_threads<C: Contender>(
    contender: &C,
    threads: usize,
    size: Size,
    work: impl Fn(&mut C::Taker, Share) -> Done + Sync,
) -> (Start, Done) {
    let barrier = Barrier::new(threads + 1);
    let count = u32::try_from(threads).expect("few threads");
    thread::scope(|scope| {
        let running: Vec<_> = (0..count)
            .map(|index| {
                let mut taker = contender.taker();
                let share = Share { index, threads: count, events: size.events / count };
                let (barrier, work) = (&barrier, &work);
                scope.spawn(move || {
                    C::Taker::surround(|| {
                        barrier.wait();
                        let before = cpu::of_thread();
                        let done = work(&mut taker, share);
                        Done { cpu: cpu::of_thread().saturating_sub(before), ..done }
                    })
                })
            })
            .collect();
        stop_after(Duration::from_millis(size.millis));
        let cpu = cpu::of_process();
        barrier.wait();
        let start = Start { time: Instant::now(), cpu };
        let done = running.into_iter().map(|thread| thread.join().expect("no panic"));
        (start, done.fold(Done::default(), together))
    })
}

fn together(mut sum: Done, done: Done) -> Done {
    sum.samples.extend(done.samples);
    Done { emitted: sum.emitted + done.emitted, cpu: sum.cpu + done.cpu, ..sum }
}

fn stop_after(duration: Duration) {
    STOP.store(false, Ordering::Relaxed);
    thread::spawn(move || {
        thread::sleep(duration);
        STOP.store(true, Ordering::Relaxed);
    });
}

fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// Emits without a pause, untimed.
pub(crate) fn untimed(taker: &mut impl Take, share: Share) -> Done {
    let mut number = 0;
    while number < share.events && !stopped() {
        taker.take(number);
        number += 1;
    }
    Done { emitted: number.into(), ..Done::default() }
}

/// Emits without a pause; the reading of the clock after one is the one before the next.
pub(crate) fn saturated(taker: &mut impl Take, share: Share) -> Done {
    // Written once, so that no page fault falls into the measurement.
    let mut samples = vec![1; share.events as usize];
    let mut number = 0;
    let mut before = Instant::now();
    while number < share.events && !stopped() {
        taker.take(number);
        let after = Instant::now();
        samples[number as usize] = sample(after - before);
        before = after;
        number += 1;
    }
    samples.truncate(number as usize);
    Done { emitted: number.into(), samples, ..Done::default() }
}

/// Emits at this thread's part of [`PACED_RATE`]; an emit that is late follows at once.
pub(crate) fn paced(taker: &mut impl Take, share: Share, mut each: impl FnMut(u32)) -> Done {
    let period = Duration::from_secs(1) / PACED_RATE;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    // So that the background thread need not take the core in the middle of an emit.
    let crowded = share.threads as usize >= cores;
    let mut samples = vec![1; 1 << 20];
    let mut number = 0;
    let mut due = Instant::now() + period * share.index;
    while number < share.events && !stopped() {
        let before = wait_until(due, crowded);
        taker.take(number);
        let duration = before.elapsed();
        if let Some(slot) = samples.get_mut(number as usize) {
            *slot = sample(duration);
        }
        number += 1;
        each(number);
        due += period * share.threads;
    }
    samples.truncate(number as usize);
    Done { emitted: number.into(), samples, ..Done::default() }
}

/// Spins; returns the clock's last reading.
fn wait_until(due: Instant, crowded: bool) -> Instant {
    loop {
        let now = Instant::now();
        if now >= due {
            return now;
        }
        if crowded {
            thread::yield_now();
        } else {
            hint::spin_loop();
        }
    }
}
