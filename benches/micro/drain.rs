//! The way from the spool to a segment, in nanoseconds of wall time per event.

use std::hint::black_box;
use std::time::{Duration, Instant};

use benches::sink::{Gate, Sink};
use benches::workload::{context, event};
use criterion::{Criterion, Throughput};

use crate::rig::{PATIENCE, SPOOL_BYTES, builder, directory, line_of, scaled};

/// The size of the writer's batches.
const PIECE_BYTES: usize = 256 * 1024;

/// What the writer takes per event to empty a full spool into segments that keep nothing, beside a
/// copy of the lines in pieces as large as its batches.
pub(crate) fn bench(criterion: &mut Criterion) {
    let line = context().enter(|| line_of(&event(7)));
    // A record has a header and padding.
    let events = (SPOOL_BYTES / (line.len() + 32)) as u64;
    let mut group = criterion.benchmark_group("drain a full spool");
    group.throughput(Throughput::Elements(1));
    let memory = vec![b'x'; line.len() * usize::try_from(events).expect("a part of the spool")];
    let mut piece = vec![0; PIECE_BYTES];
    group.bench_function("floor", |bencher| {
        bencher.iter_custom(|wanted| {
            in_laps(wanted, events, || {
                let start = Instant::now();
                for from in memory.chunks(PIECE_BYTES) {
                    piece[..from.len()].copy_from_slice(from);
                    black_box(&piece);
                }
                start.elapsed()
            })
        });
    });
    group.bench_function("event-log", |bencher| {
        bencher.iter_custom(|wanted| in_laps(wanted, events, || drain(events)));
    });
    group.finish();
}

/// Fills a spool whose writer stands before a gate, opens it, and waits until the spool is empty.
fn drain(events: u64) -> Duration {
    let directory = directory();
    let gate = Gate::<Sink>::default();
    let logger = builder(&directory).storage(gate.clone()).build();
    let logger = logger.expect("a logger in a fresh directory");
    context().enter(|| (0..events).for_each(|_| logger.emit(event(7))));
    let start = Instant::now();
    gate.open();
    logger.flush(PATIENCE).expect("the writer is let through");
    let time = start.elapsed();
    assert_eq!(logger.stats().total.written, events, "every event must have been drained");
    time
}

/// Runs whole laps until there were so many events, and scales the time to as many as were wanted.
fn in_laps(wanted: u64, per_lap: u64, mut lap: impl FnMut() -> Duration) -> Duration {
    let laps = wanted.div_ceil(per_lap);
    let time: Duration = (0..laps).map(|_| lap()).sum();
    scaled(time, wanted, laps * per_lap)
}
