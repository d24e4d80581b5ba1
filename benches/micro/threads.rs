//! Emits of many threads at once, in nanoseconds of wall time per event of all threads together.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use benches::floor::Copier;
use benches::sink::Sink;
use benches::workload::{context, event};
use criterion::{Criterion, Throughput};

use crate::rig::{PATIENCE, builder, directory, scaled};

/// How long it takes per event until all that 1 to 64 threads emit has left the spool, beside as many
/// threads that render lines by hand and copy them to memory of their own.
pub(crate) fn bench(criterion: &mut Criterion) {
    let directory = directory();
    let logger = builder(&directory).storage(Sink).build().expect("a logger in a fresh directory");
    for threads in [1, 2, 4, 8, 16, 32, 64] {
        let mut group = criterion.benchmark_group(format!("threads {threads}"));
        group.throughput(Throughput::Elements(1));
        group.bench_function("floor", |bencher| {
            bencher.iter_custom(|events| {
                let share = events.div_ceil(threads as u64);
                let work = || {
                    let mut copier = Copier::one_of(threads);
                    move || copier.take(&event(7))
                };
                scaled(time(threads, share, work, || ()), events, share * threads as u64)
            });
        });
        group.bench_function("event-log", |bencher| {
            bencher.iter_custom(|events| {
                let share = events.div_ceil(threads as u64);
                let before = logger.stats().total.written;
                let flush = || logger.flush(PATIENCE).expect("the writer keeps up");
                let time = time(threads, share, || || logger.emit(event(7)), flush);
                let written = logger.stats().total.written - before;
                assert_eq!(written, share * threads as u64, "every event must have left the spool");
                scaled(time, events, written)
            });
        });
        group.finish();
    }
}

/// From when all threads are ready until they are through and `end` has returned.
fn time<W: FnMut()>(
    threads: usize,
    share: u64,
    make: impl Fn() -> W + Sync,
    end: impl FnOnce(),
) -> Duration {
    let ready = Barrier::new(threads + 1);
    let start = thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut work = make();
                context().enter(|| {
                    ready.wait();
                    (0..share).for_each(|_| work());
                });
            });
        }
        ready.wait();
        Instant::now()
    });
    end();
    start.elapsed()
}
