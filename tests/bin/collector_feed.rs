//! Emits numbered events at a steady rate, for the tests with real collectors: to be killed.
//!
//! ```text
//! collector_feed DIRECTORY RUN EVENTS EVENTS_PER_SECOND
//! ```
//!
//! Prints after every 10 events how many were emitted; those are to be in the segments, whatever
//! happens to this process.

use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::iter;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};
use event_log::{Clock, Event, Logger, Overflow};

/// A clock that runs ten times as fast as the system's: with it there are up to ten rotations a
/// second. It goes on where it was after a restart, in the year 2538 or so.
struct FastClock;

impl Clock for FastClock {
    fn now(&self) -> DateTime<Utc> {
        let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        DateTime::UNIX_EPOCH + since_1970 * 10
    }
}

#[derive(Event)]
#[event(type = "fed")]
struct Fed<'a> {
    run: u32,
    number: u64,
    note: &'a str,
}

/// One event of so many is about as long as a line may be.
const LONG_EVERY: u64 = 500;

const EVENTS_PER_STEP: u64 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let [directory, run, events, rate] = arguments().ok_or("four arguments are expected")?;
    let (run, events, rate): (u32, u64, f64) = (run.parse()?, events.parse()?, rate.parse()?);
    let logger = Logger::builder(directory)
        .clock(FastClock)
        .segment_bytes(384 * 1024)
        .overflow(Overflow::Block)
        .build()?;
    let notes = notes();
    let start = Instant::now();
    for number in 0..events {
        logger.try_emit(Fed { run, number, note: note(&notes, number) })?;
        let emitted = number + 1;
        if emitted % EVENTS_PER_STEP == 0 || emitted == events {
            writeln!(io::stdout(), "{emitted}")?;
            let due = Duration::from_secs_f64(1.0 / rate) * u32::try_from(emitted)?;
            thread::sleep(due.saturating_sub(start.elapsed()));
        }
    }
    logger.close(Duration::from_secs(30))?;
    Ok(())
}

fn arguments() -> Option<[String; 4]> {
    env::args().skip(1).collect::<Vec<_>>().try_into().ok()
}

/// Texts that a collector may stumble over; the last is the long one.
fn notes() -> Vec<String> {
    let short = [
        "plain, of about the length that the params of an event usually have: an order of two books",
        "日本語の行。句読点「」と絵文字 🦀 と結合文字 e\u{301}",
        "quotes \" and ' and \\ and / and \t and \u{7f} and \u{85} and \u{2028}",
        " leading and trailing blanks, percent %msg% ${MESSAGE} {log} $!all-json ",
        "lines\nwithin\r\na value, and a NUL \0 and an escape \u{1b}[31m",
        "",
        "<13>Oct 11 22:14:15 host app: looks like syslog",
    ];
    let long: String = iter::repeat_n("長い行 ", 3_178).collect();
    short.into_iter().map(str::to_owned).chain([long]).collect()
}

fn note(notes: &[String], number: u64) -> &str {
    let last = notes.len() - 1;
    let index = number % u64::try_from(last).unwrap_or(1);
    let is_long = number % LONG_EVERY == LONG_EVERY - 1;
    &notes[if is_long { last } else { usize::try_from(index).unwrap_or(0) }]
}
