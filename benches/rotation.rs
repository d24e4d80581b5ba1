//! Whether the start of a new segment is felt by who emits.
//!
//! `cargo run --release -p benches --bin rotation [-- --seconds 10]`
//!
//! Nanoseconds of one emit, one reading of the clock included, at 50,000 events a second for so many
//! seconds, with no rotation and with one a second, the most that there is; and the same for the
//! floor, the line rendered by hand and copied to memory, at the same pace. Segments are real files.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::fs;
use std::hint::spin_loop;
use std::path::Path;
use std::time::{Duration, Instant};

use benches::figures::sample;
use benches::floor::Copier;
use benches::workload::{context, event};
use event_log::{Logger, Overflow};

type Error = Box<dyn std::error::Error>;

const EVENTS_PER_SECOND: u32 = 50_000;
const DEFAULT_SECONDS: u32 = 5;
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seconds: u32 = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => DEFAULT_SECONDS,
        ["--seconds", seconds] => seconds.parse()?,
        _ => return Err("usage: rotation [--seconds NUMBER]".into()),
    };
    let directory = tempfile::tempdir_in(".")?;
    println!(
        "{:<22} {:>8} {:>5} {:>6} {:>7} {:>8} {:>9}",
        "", "segments", "p50", "p99", "p99.9", "p99.99", "max"
    );
    let mut copier = Copier::default();
    print("floor", 0, paced(seconds, |number| copier.take(&event(number))));
    // No segment gets that long in the time; the other length is passed in a fraction of a second.
    for (name, segment_bytes) in [("no rotation", 1 << 40), ("a rotation a second", 1 << 20)] {
        let path = directory.path().join(segment_bytes.to_string());
        let builder = Logger::builder(&path).overflow(Overflow::Block).segment_bytes(segment_bytes);
        let logger = builder.build()?;
        let samples = context().enter(|| paced(seconds, |number| logger.emit(event(number))));
        logger.close(PATIENCE)?;
        let (segments, lines) = count(&path)?;
        assert_eq!(lines, samples.len(), "every event must be in a segment");
        print(name, segments, samples);
    }
    Ok(())
}

/// The nanoseconds of each call, which are evenly spread over the time; a late one follows at once.
fn paced(seconds: u32, mut work: impl FnMut(u32)) -> Vec<u32> {
    let pause = Duration::from_secs(1) / EVENTS_PER_SECOND;
    let start = Instant::now();
    let timed = |number| {
        while start.elapsed() < pause * number {
            spin_loop();
        }
        let before = Instant::now();
        work(number);
        sample(before.elapsed())
    };
    (0..seconds * EVENTS_PER_SECOND).map(timed).collect()
}

/// How many segments there are, and how many lines in them.
fn count(directory: &Path) -> Result<(usize, usize), Error> {
    let mut counts = (0, 0);
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            let lines = memchr::memchr_iter(b'\n', &fs::read(path)?).count();
            counts = (counts.0 + 1, counts.1 + lines);
        }
    }
    Ok(counts)
}

fn print(name: &str, segments: usize, mut samples: Vec<u32>) {
    samples.sort_unstable();
    let at = |of_10_000: usize| samples[(samples.len() - 1) * of_10_000 / 10_000];
    let [p50, p99, p999, p9999, max] = [5_000, 9_900, 9_990, 9_999, 10_000].map(at);
    println!("{name:<22} {segments:>8} {p50:>5} {p99:>6} {p999:>7} {p9999:>8} {max:>9}");
}
