//! The stream yields what the iterator does, on any executor, and leaves no thread behind.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};

use event_log::Logger;
use event_log::follow::{FollowStream, Follower, Start};
use futures_core::Stream;
use tests::Tick;
use tests::follow::{all, next_numbers, number};
use tests::wait::{PATIENCE, wait_until};

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

fn logger(directory: &tempfile::TempDir) -> Logger {
    Logger::builder(directory.path()).build().expect("a logger")
}

fn emit(logger: &Logger, numbers: std::ops::Range<u64>) {
    numbers.for_each(|number| logger.emit(Tick::new(number)));
}

fn stream(directory: &tempfile::TempDir) -> FollowStream {
    let follower = Follower::builder(directory.path()).build().expect("a follower");
    follower.into_stream().expect("a thread")
}

/// Wakes a thread, and counts.
struct Unpark(Thread, AtomicU64);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.unpark();
    }
}

/// The smallest executor; returns what came and how often it was woken.
fn block_on<T>(future: impl Future<Output = T>) -> (T, u64) {
    let unpark = Arc::new(Unpark(thread::current(), AtomicU64::new(0)));
    let waker = Arc::clone(&unpark).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return (value, unpark.1.load(Ordering::SeqCst)),
            Poll::Pending => thread::park_timeout(PATIENCE),
        }
    }
}

async fn next_number(stream: &mut FollowStream) -> Option<u64> {
    let next = poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await?;
    Some(number(&next.expect("no trouble")))
}

#[test]
fn a_stream_yields_lines_as_they_are_written() {
    let directory = place();
    let mut stream = stream(&directory);
    let logger = logger(&directory);
    for round in 0..20 {
        emit(&logger, round * 10..round * 10 + 10);
        for expected in round * 10..round * 10 + 10 {
            assert_eq!(block_on(next_number(&mut stream)).0, Some(expected));
        }
    }
}

#[test]
fn a_waker_that_panics_does_not_keep_the_next_one_from_being_woken() {
    struct Panic(AtomicBool);

    impl Wake for Panic {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::SeqCst);
            panic!("a waker that panics, as it shall");
        }
    }

    let directory = place();
    let mut stream = stream(&directory);
    let logger = logger(&directory);
    let panics = Arc::new(Panic(AtomicBool::new(false)));
    let waker = Arc::clone(&panics).into();
    let polled = Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    emit(&logger, 0..1);
    wait_until("the waker was called", || panics.0.load(Ordering::SeqCst));
    assert_eq!(block_on(next_number(&mut stream)).0, Some(0));
    let unpark = Arc::new(Unpark(thread::current(), AtomicU64::new(0)));
    let waker = Arc::clone(&unpark).into();
    let polled = Pin::new(&mut stream).poll_next(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    emit(&logger, 1..2);
    wait_until("the next waker was called", || unpark.1.load(Ordering::SeqCst) > 0);
}

#[test]
fn a_stream_with_much_to_read_lets_other_tasks_run() {
    let directory = place();
    let logger = logger(&directory);
    emit(&logger, 0..2_000);
    logger.flush(PATIENCE).unwrap();
    let mut stream = stream(&directory);
    let ((), woken) = block_on(async {
        for expected in 0..2_000 {
            assert_eq!(next_number(&mut stream).await, Some(expected));
        }
    });
    assert!(woken >= 10, "it gave way {woken} times");
}

#[test]
fn a_stream_runs_on_tokio_beside_others_on_one_thread() {
    let directory = place();
    let logger = logger(&directory);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut streams = [stream(&directory), stream(&directory)];
        for expected in 0..50 {
            logger.emit(Tick::new(expected));
            for stream in &mut streams {
                assert_eq!(next_number(stream).await, Some(expected));
            }
        }
    });
}

#[test]
fn a_stopped_stream_ends_also_while_it_waits() {
    let directory = place();
    let mut stream = stream(&directory);
    let stop = stream.stop_handle();
    let stopper = thread::spawn(move || stop.stop());
    assert_eq!(block_on(next_number(&mut stream)).0, None);
    stopper.join().unwrap();
}

#[test]
fn the_position_of_a_stream_is_behind_what_it_yielded() {
    let directory = place();
    let logger = logger(&directory);
    emit(&logger, 0..10);
    logger.flush(PATIENCE).unwrap();
    let mut stream = stream(&directory);
    for expected in 0..4 {
        assert_eq!(block_on(next_number(&mut stream)).0, Some(expected));
    }
    let builder = Follower::builder(directory.path()).start(Start::At(stream.position()));
    assert_eq!(next_numbers(&mut builder.build().unwrap(), 6), all(4..10));
}
