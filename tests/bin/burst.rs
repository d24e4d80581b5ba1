//! Emits 10,000 events in one go between two marker calls, to be run under `strace`. `burst LOG`.

use std::time::Duration;

use event_log::{Context, Event, Logger};
use tests::sys::marker;
use tests::wait::PATIENCE;

#[derive(Event)]
struct Played<'a> {
    lesson: u64,
    title: &'a str,
    score: f64,
    hints: Option<u32>,
    #[event(user_id)]
    user: u64,
}

fn main() {
    let directory = std::env::args().nth(1).expect("a directory");
    let logger = Logger::builder(directory)
        .drain_interval(Duration::from_millis(10))
        .build()
        .expect("a logger");
    let context = Context::new().field("session", "s-1").expect("a common field");
    let emit = |lesson| {
        let event = Played { lesson, title: "Kanji \"7\"", score: 0.5, hints: None, user: 42 };
        logger.with(&context).emit(event);
    };
    // Buffers, random state and counters are made at a thread's first emit.
    (0..100).for_each(emit);
    logger.flush(PATIENCE).expect("a healthy disk");
    marker();
    (0..10_000).for_each(emit);
    marker();
    logger.close(PATIENCE).expect("a healthy disk");
    assert_eq!(logger.stats().total.written, 10_100);
}
