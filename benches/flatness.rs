//! Whether an emit costs the same after a hundred million events as after a thousand, and the same
//! per byte for long events as for short ones.
//!
//! `cargo run --release -p benches --bin flatness [-- --events 100000000]`, by default 10 million.
//!
//! The first table: the median nanoseconds of a thousand emits, one reading of the clock included, at
//! each power of ten on the way, beside the floor (the line rendered by hand and copied to memory) in
//! the same moment. The events in between are emitted as fast as the writer takes them; segments keep
//! nothing, so no disk is filled, but they rotate. The second table: nanoseconds per byte of line, by
//! the length of the one text in an event, beside a plain copy of the line to memory.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::time::{Duration, Instant};

use benches::figures::{Latency, median, sample};
use benches::floor::{Copier, Memory};
use benches::sink::Sink;
use benches::workload::{context, event};
use event_log::{Event, Logger, Overflow};

type Error = Box<dyn std::error::Error>;

const DEFAULT_EVENTS: u64 = 10_000_000;
/// How many emits are timed at each power of ten.
const WINDOW: u32 = 1_000;
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let events = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => DEFAULT_EVENTS,
        ["--events", events] => events.parse()?,
        _ => return Err("usage: flatness [--events NUMBER]".into()),
    };
    by_number(events)?;
    println!();
    by_length()
}

/// Emits so many events, and times a thousand of them at each power of ten.
fn by_number(events: u64) -> Result<(), Error> {
    let directory = tempfile::tempdir()?;
    let builder = Logger::builder(directory.path()).overflow(Overflow::Block).storage(Sink);
    let logger = builder.build()?;
    let mut copier = Copier::default();
    let mut emitted = 0;
    println!(
        "{:>13} {:>6} {:>6} {:>10} {:>14}",
        "events", "p50", "p99", "floor p50", "p50 / floor"
    );
    context().enter(|| {
        for at in (3..).map(|power| 10_u64.pow(power)).take_while(|at| *at <= events) {
            for _ in emitted..at - u64::from(WINDOW) {
                logger.emit(event(7));
            }
            emitted = at;
            let emit = timed(|number| logger.emit(event(number)));
            let floor = timed(|number| copier.take(&event(number)));
            let ratio = emit.p50 / floor.p50;
            println!("{at:>13} {:>6} {:>6} {:>10} {ratio:>14.2}", emit.p50, emit.p99, floor.p50);
        }
    });
    logger.flush(PATIENCE)?;
    let total = logger.stats().total;
    assert_eq!((total.written, total.dropped), (emitted, 0), "every event must have been written");
    Ok(())
}

fn timed(mut work: impl FnMut(u32)) -> Latency {
    let mut samples = Vec::with_capacity(WINDOW as usize);
    let mut before = Instant::now();
    for number in 0..WINDOW {
        work(number);
        let after = Instant::now();
        samples.push(sample(after - before));
        before = after;
    }
    Latency::of(&mut samples)
}

/// One text, as long as wanted.
#[derive(Event)]
struct Text<'a> {
    text: &'a str,
}

/// Times emits of ever longer events.
fn by_length() -> Result<(), Error> {
    let directory = tempfile::tempdir()?;
    let builder = Logger::builder(directory.path()).overflow(Overflow::Block).storage(Sink);
    let logger = builder.build()?;
    println!(
        "{:>13} {:>10} {:>13} {:>16} {:>19}",
        "bytes of text", "line bytes", "ns per emit", "ns more per byte", "floor, ns per byte"
    );
    let mut last: Option<(u32, f64)> = None;
    for bytes in [16, 64, 256, 1_024, 4_096, 16_384] {
        let text = "x".repeat(bytes);
        let before = logger.stats().written_bytes;
        let emit = untimed_drain(&logger, || logger.emit(Text { text: &text }))?;
        let written = logger.stats().written_bytes - before;
        let line_bytes = u32::try_from(written)? / EMITS / u32::try_from(ROUNDS)?;
        let (line, mut memory) = (vec![b'x'; line_bytes as usize], Memory::default());
        assert!(line.len() > bytes, "the text is in the line");
        let floor = untimed_drain(&logger, || memory.copy(&line))?;
        let more = last.map_or("-".to_owned(), |(bytes, ns)| {
            format!("{:.3}", (emit - ns) / f64::from(line_bytes - bytes))
        });
        let per_byte = floor / f64::from(line_bytes);
        println!("{bytes:>13} {line_bytes:>10} {emit:>13.1} {more:>16} {per_byte:>19.3}");
        last = Some((line_bytes, emit));
    }
    Ok(())
}

const ROUNDS: usize = 31;
/// As many of the longest fit into a quarter of the spool, so that no emit wakes the writer.
const EMITS: u32 = 100;

/// The median over rounds of the mean nanoseconds; between rounds the spool is emptied.
fn untimed_drain(logger: &Logger, mut work: impl FnMut()) -> Result<f64, Error> {
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        (0..EMITS).for_each(|_| work());
        rounds.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(EMITS));
        logger.flush(PATIENCE)?;
    }
    Ok(median(rounds))
}
