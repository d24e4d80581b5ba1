//! The recovery of a full spool, in milliseconds of wall time.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use benches::sink::Gate;
use benches::workload::{context, event};
use criterion::{Criterion, Throughput};
use event_log::Logger;
use tempfile::TempDir;

use crate::rig::directory;

const SPOOL_BYTES: usize = 64 << 20;
const PIECE_BYTES: usize = 256 * 1024;

/// How long `build` takes where a dead process left a full spool of 64 MiB, with segments on the real
/// disk, beside reading the spool and writing as much to one file.
pub(crate) fn bench(criterion: &mut Criterion) {
    let (_keep, spool, lines) = full_spool();
    let mut group = criterion.benchmark_group("recover a full spool of 64 MiB");
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    group.throughput(Throughput::Bytes(SPOOL_BYTES as u64));
    group.bench_function("floor", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| copy(&spool)).sum());
    });
    group.bench_function("event-log", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| recover(&spool, lines)).sum());
    });
    group.finish();
}

/// A spool as full as it gets, whose lines are in no segment, and how many there are. It is in use,
/// so it is its copies that can be recovered.
fn full_spool() -> (TempDir, PathBuf, u64) {
    let directory = directory();
    let gate: Gate = Gate::default();
    let logger = Logger::builder(directory.path()).spool_bytes(SPOOL_BYTES).storage(gate).build();
    let logger = logger.expect("a logger in a fresh directory");
    let lines = context().enter(|| (0..u64::MAX).find(|_| logger.try_emit(event(7)).is_err()));
    // Its writer stands before the gate for good, so it must not be waited for.
    std::mem::forget(logger);
    let spools = fs::read_dir(directory.path().join(".spool")).expect("the spools are there");
    let mut paths = spools.map(|entry| entry.expect("an entry").path());
    let spool = paths.find(|path| path.extension().is_some_and(|e| e == "spool"));
    (directory, spool.expect("one spool"), lines.expect("it gets full"))
}

fn recover(spool: &Path, lines: u64) -> Duration {
    let directory = directory();
    let spools = directory.path().join(".spool");
    fs::create_dir(&spools).expect("a fresh directory");
    fs::copy(spool, spools.join(spool.file_name().expect("a file"))).expect("the disk has room");
    let start = Instant::now();
    let logger = Logger::builder(directory.path()).build().expect("the spool can be recovered");
    let time = start.elapsed();
    assert_eq!(logger.stats().recovered_lines, lines, "every line must have been recovered");
    time
}

fn copy(spool: &Path) -> Duration {
    let directory = directory();
    let start = Instant::now();
    let mut from = File::open(spool).expect("the spool is there");
    let mut to = File::create(directory.path().join("copy")).expect("a fresh directory");
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        match from.read(&mut piece).expect("a healthy disk") {
            0 => break start.elapsed(),
            bytes => to.write_all(&piece[..bytes]).expect("the disk has room"),
        }
    }
}
