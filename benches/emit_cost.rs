//! What one emit costs its caller, and how many events a second reach a file.
//!
//! `cargo run --release -p benches --bin emit_cost [-- --quick]`
//!
//! Beside it, in the same run and in turn, the floor: the same line rendered by hand and copied to
//! memory (for the latency), or written to a file in pieces of 256 KiB (for the throughput). Each
//! figure is the median of several rounds. A latency contains one reading of the clock, about 20 ns.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use benches::figures::{Latency, median, sample};
use benches::floor::{Copier, Floor};
use benches::workload::{context, event};
use event_log::{Logger, Overflow};

const THREADS: [usize; 3] = [1, 2, 4];
const PIECE_BYTES: usize = 256 * 1024;

type Error = Box<dyn std::error::Error>;

/// How much is measured.
struct Size {
    rounds: usize,
    /// Per thread.
    latency_events: u32,
    /// Together.
    throughput_events: u32,
}

fn main() -> Result<(), Error> {
    let size = if std::env::args().any(|argument| argument == "--quick") {
        Size { rounds: 3, latency_events: 100_000, throughput_events: 400_000 }
    } else {
        Size { rounds: 9, latency_events: 500_000, throughput_events: 4_000_000 }
    };
    let directory = tempfile::tempdir_in(".")?;
    check_the_line(directory.path())?;

    println!("ns per emit, saturated (medians of {} rounds)", size.rounds);
    println!("threads            p50     p99   p99.9   p50 / floor");
    for threads in THREADS {
        let (mut floors, mut emits) = (Vec::new(), Vec::new());
        for _ in 0..size.rounds {
            floors.push(latency(threads, size.latency_events, &mut Copier::default));
            emits.push(emit_latency(directory.path(), threads, size.latency_events)?);
        }
        let (floor, emit) = (Latency::median(&floors), Latency::median(&emits));
        print_latency("floor", threads, &floor, floor.p50);
        print_latency("event-log", threads, &emit, floor.p50);
    }

    println!("\nevents per second until all are in a file (medians of {} rounds)", size.rounds);
    println!("threads               events/s   / floor");
    for threads in THREADS {
        let (mut floors, mut emits) = (Vec::new(), Vec::new());
        for _ in 0..size.rounds {
            floors.push(floor_throughput(directory.path(), threads, size.throughput_events)?);
            emits.push(emit_throughput(directory.path(), threads, size.throughput_events)?);
        }
        let (floor, emit) = (median(floors), median(emits));
        println!("{threads}  floor       {floor:>14.0}      1.00");
        println!("{threads}  event-log   {emit:>14.0}      {:.2}", emit / floor);
    }
    Ok(())
}

fn print_latency(name: &str, threads: usize, latency: &Latency, floor: f64) {
    let Latency { p50, p99, p999 } = latency;
    println!("{threads}  {name:<10} {p50:>8.0} {p99:>7.0} {p999:>7.0}   {:.2}", p50 / floor);
}

/// The figures mean something only if both render the same line.
fn check_the_line(directory: &Path) -> Result<(), Error> {
    let logger = Logger::builder(directory.join("check")).build()?;
    context().enter(|| logger.emit(event(7)));
    logger.flush(Duration::from_secs(10))?;
    let ours = read_only_segment(&directory.join("check"))?;
    let floor = String::from_utf8(Floor::new(1).render(&event(7)).to_vec())?;
    // After the id and the date, which differ.
    assert_eq!(ours[75..], floor[75..], "the floor renders another line");
    assert!(serde_json::from_str::<serde_json::Value>(&ours).is_ok(), "the line is not JSON");
    println!("one line is {} bytes\n", ours.len());
    Ok(())
}

fn read_only_segment(directory: &Path) -> Result<String, Error> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            return Ok(std::fs::read_to_string(path)?);
        }
    }
    Err("there is no segment".into())
}

/// Something that takes one event.
trait Take: Send {
    fn take(&mut self, number: u32);
}

impl Take for Copier {
    #[inline]
    fn take(&mut self, number: u32) {
        self.take(&event(number));
    }
}

struct Emit(Logger);

impl Take for Emit {
    #[inline]
    fn take(&mut self, number: u32) {
        self.0.emit(event(number));
    }
}

fn emit_latency(directory: &Path, threads: usize, events: u32) -> Result<Latency, Error> {
    let directory = tempfile::tempdir_in(directory)?;
    let logger = Logger::builder(directory.path()).overflow(Overflow::Block).build()?;
    Ok(latency(threads, events, &mut || Emit(logger.clone())))
}

/// Times each of `events` operations on each thread.
fn latency<T: Take>(threads: usize, events: u32, make: &mut impl FnMut() -> T) -> Latency {
    let takers: Vec<T> = (0..threads).map(|_| make()).collect();
    let mut samples: Vec<u32> = thread::scope(|scope| {
        let timed = |mut taker: T| {
            context().enter(|| {
                let mut samples = Vec::with_capacity(events as usize);
                let mut before = Instant::now();
                for number in 0..events {
                    taker.take(number);
                    let after = Instant::now();
                    samples.push(sample(after - before));
                    before = after;
                }
                samples
            })
        };
        let running: Vec<_> =
            takers.into_iter().map(|taker| scope.spawn(move || timed(taker))).collect();
        running.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    Latency::of(&mut samples)
}

fn emit_throughput(directory: &Path, threads: usize, events: u32) -> Result<f64, Error> {
    let directory = tempfile::tempdir_in(directory)?;
    let logger = Logger::builder(directory.path()).overflow(Overflow::Block).build()?;
    let share = events / u32::try_from(threads)?;
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| context().enter(|| (0..share).for_each(|n| logger.emit(event(n)))));
        }
    });
    logger.flush(Duration::from_secs(600))?;
    let rate = f64::from(events) / start.elapsed().as_secs_f64();
    assert_eq!(logger.stats().total.written, u64::from(share) * threads as u64);
    Ok(rate)
}

/// Each thread renders by hand and writes to a file of its own.
fn floor_throughput(directory: &Path, threads: usize, events: u32) -> Result<f64, Error> {
    let directory = tempfile::tempdir_in(directory)?;
    let share = events / u32::try_from(threads)?;
    let start = Instant::now();
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let path = directory.path().join(format!("{thread}.jsonl"));
                scope.spawn(move || write_by_hand(&path, share))
            })
            .collect();
        running.into_iter().try_for_each(|thread| thread.join().expect("no panic"))
    })?;
    Ok(f64::from(events) / start.elapsed().as_secs_f64())
}

fn write_by_hand(path: &Path, events: u32) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    let mut floor = Floor::new(1);
    let mut piece = Vec::with_capacity(PIECE_BYTES + 1_024);
    for number in 0..events {
        piece.extend_from_slice(floor.render(&event(number)));
        if piece.len() >= PIECE_BYTES {
            file.write_all(&piece)?;
            piece.clear();
        }
    }
    file.write_all(&piece)
}
