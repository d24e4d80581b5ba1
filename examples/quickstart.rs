//! The smallest program with an event: emits two, and shows the file that a collector would take.
//!
//! ```text
//! $ cargo run --example quickstart
//! /tmp/event-log-quickstart/events.20261121T223000.123Z.7f3a91c2.000001.jsonl
//! {"id":"…","date":"2026-11-21T22:30:00Z","type":"lesson_started","user_id":42,"locale":"ja","country_code":"JP","params":{"course":"kanji","lesson":7}}
//! {"id":"…","date":"2026-11-21T22:30:00Z","type":"lesson_started","user_id":null,"locale":null,"country_code":null,"params":{"course":"kana","lesson":1}}
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::{env, error::Error, fs, time::Duration};

use event_log::{Context, Event, Logger};

/// Fired when a student opens a lesson.
#[derive(Event)]
struct LessonStarted<'a> {
    course: &'a str,
    lesson: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = env::temp_dir().join("event-log-quickstart");
    let logger = Logger::builder(&directory).build()?;
    let context = Context::new().user_id(42).locale("ja")?.country_code("JP")?;

    logger.with(&context).emit(LessonStarted { course: "kanji", lesson: 7 });
    logger.emit(LessonStarted { course: "kana", lesson: 1 });

    // Only to look at the file right away: nothing is lost without it.
    logger.flush(Duration::from_secs(5))?;
    let files = fs::read_dir(&directory)?.map(|file| file.map(|file| file.path()));
    let newest = files.collect::<Result<Vec<_>, _>>()?.into_iter().max().ok_or("no file")?;
    print!("{}\n{}", newest.display(), fs::read_to_string(&newest)?);
    Ok(())
}
