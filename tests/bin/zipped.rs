//! Emits twenty events into five segments, which are compressed at once, and waits until they are.
//! `zipped LOG FIRST [KILL_AT]`: the events are numbered from FIRST; with `KILL_AT` the process is killed
//! at that operation of the thread that compresses.
//!
//! Prints `written N` whenever events up to N are in a segment, and `done`.
#![expect(clippy::print_stdout, reason = "the parent reads it")]

use std::path::Path;
use std::time::Duration;

use chrono::Utc;
use event_log::testing::SetClock;
use event_log::{Compression, Logger};
use tests::Tick;
use tests::compressing::{Blow, ZipDisk, names, wait_until};
use tests::wait::PATIENCE;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).map(|text| text.parse().expect("a number"));
    let directory = Path::new(&arguments[0]);
    let first: u64 = number(1).expect("the first number") as u64;
    let disk = number(2).map_or_else(ZipDisk::default, |at| ZipDisk::hitting(at, Blow::Kill));
    // Lives alternate, so that each finds what the other left.
    let compression =
        if first.is_multiple_of(2_000) { Compression::Gzip } else { Compression::Zstd };
    let clock = SetClock::at(&Utc::now().to_rfc3339());
    let logger = Logger::builder(directory)
        .clock(clock.clone())
        .storage(disk)
        .spool_bytes(128 * 1024)
        .rotate_every(Duration::from_secs(1))
        .compress(compression)
        .compress_after(Duration::ZERO)
        .build()
        .expect("a logger");
    for number in first..first + 20 {
        logger.emit(Tick::new(number));
        if number % 4 == 3 {
            logger.flush(PATIENCE).expect("a healthy disk");
            println!("written {number}");
            clock.advance(Duration::from_secs(1));
        }
    }
    wait_until("all but the newest are compressed", || names(directory, ".jsonl").len() <= 1);
    logger.close(PATIENCE).expect("a healthy disk");
    println!("done");
}
