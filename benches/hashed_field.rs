//! What a hashed field costs its emit: nanoseconds per event with an e-mail address that is hashed, and
//! with one that is written as it is.
//!
//! `cargo run --release -p benches --bin hashed_field`
//!
//! All events stay in the spool, as no segment can be created. Each figure is the median of 101 batches, in which the two alternate.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

use std::io;
use std::path::Path;
use std::time::Instant;

use event_log::pii::PiiKey;
use event_log::{Event, Logger, Overflow, SegmentFile, Storage};

#[derive(Event)]
struct Plain<'a> {
    email: &'a str,
}

#[derive(Event)]
struct Hashed<'a> {
    #[event(pii = "hash")]
    email: &'a str,
}

/// No file can be created.
struct Stuck;

impl Storage for Stuck {
    fn create(&self, _: &Path) -> io::Result<Box<dyn SegmentFile>> {
        Err(io::ErrorKind::StorageFull.into())
    }
}

const BATCHES: usize = 101;
const EVENTS: u32 = 2_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let logger = Logger::builder(directory.path())
        .overflow(Overflow::Drop)
        .storage(Stuck)
        .spool_bytes(256 << 20)
        .pii_key(PiiKey::new(&[7; 32])?)
        .build()?;
    let email = "somebody@example.com";
    let (mut plain, mut hashed) = (Vec::new(), Vec::new());
    for _ in 0..BATCHES {
        plain.push(nanoseconds(|| logger.emit(Plain { email })));
        hashed.push(nanoseconds(|| logger.emit(Hashed { email })));
    }
    let stats = logger.stats();
    assert_eq!(stats.total.dropped, 0, "the spool is large enough");
    let (plain, hashed) = (median(plain), median(hashed));
    println!("plain: {plain:.0} ns, hashed: {hashed:.0} ns, the hash: {:.0} ns", hashed - plain);
    Ok(())
}

fn nanoseconds(emit: impl Fn()) -> f64 {
    let start = Instant::now();
    (0..EVENTS).for_each(|_| emit());
    start.elapsed().as_secs_f64() * 1e9 / f64::from(EVENTS)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
