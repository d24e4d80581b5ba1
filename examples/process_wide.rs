//! One logger for the whole process, so that no function has to be handed one.
//!
//! ```text
//! $ cargo run --example process_wide
//! before the install 1 event was dropped: no logger is installed for a `lesson_started` event; call `Logger::install` before the first emit
//! cannot install a logger on `…/second`: one on `…/log` is installed already; emit through this one itself, or install it only once
//! emitted 2 = written 2 + dropped 0 + in spool 0
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::error::Error;
use std::time::Duration;

use event_log::{Context, Event, Logger};

/// Fired when a student opens a lesson.
#[derive(Event)]
struct LessonStarted {
    lesson: u32,
}

/// Deep in the program: it neither has nor builds a logger.
fn start_lesson(lesson: u32) {
    event_log::emit(LessonStarted { lesson });
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;

    // Too early: nothing breaks, nothing is printed, and it can be found out.
    if let Err(error) = event_log::try_emit(LessonStarted { lesson: 0 }) {
        let dropped = event_log::dropped_before_install();
        println!("before the install {dropped} event was dropped: {error}");
    }

    Logger::builder(directory.path().join("log")).build()?.install()?;
    start_lesson(7);
    Context::new().user_id(42).enter(|| start_lesson(8));

    // There is one for each process.
    let second = Logger::builder(directory.path().join("second")).build()?;
    if let Err(error) = second.install() {
        println!("{error}");
    }

    // It is never dropped. Without this the last events would stay in the spool until the next start.
    if let Some(logger) = event_log::installed() {
        logger.close(Duration::from_secs(5))?;
        println!("{}", logger.stats());
    }
    Ok(())
}
