//! Emits in places where other libraries deadlock, panic or forget.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::{Duration, Instant};

use event_log::testing::{FailingDisk, Operation};
use event_log::{DropReason, EmitError, Event, FlushError, Logger, Overflow};
use serde::{Serialize, Serializer};
use tests::wait::{PATIENCE, wait_until};
use tests::{Tick, numbers};

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// Emits while it is serialized.
struct Nested<'a>(&'a Logger, u32);

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.1 > 0 {
            self.0.emit(Outer { number: self.1.into(), inner: Nested(self.0, self.1 - 1) });
        }
        serializer.serialize_u32(self.1)
    }
}

#[derive(Event)]
#[event(type = "outer")]
struct Outer<'a> {
    number: u64,
    #[event(json)]
    inner: Nested<'a>,
}

#[test]
fn an_emit_inside_a_serialize_gets_its_line_before_the_outer_one() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    logger.emit(Outer { number: 4, inner: Nested(&logger, 3) });
    drop(logger);
    assert_eq!(numbers(directory.path()), [1, 2, 3, 4]);
}

#[test]
fn an_emit_inside_the_error_handler_is_a_line() {
    let directory = place();
    let handle: Arc<OnceLock<Logger>> = Arc::default();
    let inside = Arc::clone(&handle);
    let logger = Logger::builder(directory.path())
        .on_error(move |_| {
            let logger = inside.get().expect("set before the first trouble");
            logger.emit(Tick::new(7));
            // An error inside the handler is counted and not reported.
            logger.emit(TooLong { text: "x".repeat(40_000) });
        })
        .build()
        .unwrap();
    handle.set(logger.clone()).unwrap();
    logger.emit(TooLong { text: "x".repeat(40_000) });
    logger.flush(PATIENCE).unwrap();
    assert_eq!(numbers(directory.path()), [7]);
    assert_eq!(logger.stats().dropped[&DropReason::TooLong], 2);
}

#[derive(Event)]
struct TooLong {
    text: String,
}

#[test]
fn an_emit_inside_the_error_handler_never_waits_for_room() {
    let directory = place();
    let disk = FailingDisk::new();
    disk.hang(Operation::Append);
    let handle: Arc<OnceLock<Logger>> = Arc::default();
    let (inside, refused) = (Arc::clone(&handle), Arc::new(AtomicU64::new(0)));
    let count = Arc::clone(&refused);
    let logger = Logger::builder(directory.path())
        .spool_bytes(128 << 10)
        .overflow(Overflow::Block)
        .storage(disk.clone())
        .on_error(move |_| {
            let logger = inside.get().expect("set before the first trouble");
            while logger.try_emit(Tick::new(1)).is_ok() {}
            count.fetch_add(1, Ordering::SeqCst);
        })
        .build()
        .unwrap();
    handle.set(logger.clone()).unwrap();
    let (done, end) = mpsc::channel();
    let emitter = logger.clone();
    std::thread::spawn(move || {
        emitter.emit(TooLong { text: "x".repeat(40_000) });
        done.send(()).unwrap();
    });
    let ended = end.recv_timeout(Duration::from_secs(5));
    disk.heal();
    ended.expect("the handler waits for room that a stuck disk never gives");
    assert_eq!(refused.load(Ordering::SeqCst), 1);
}

#[test]
fn waiting_inside_the_error_handler_of_the_writer_is_refused_and_harms_nothing() {
    let directory = place();
    let disk = FailingDisk::new();
    disk.fail(Operation::Append, 5);
    let handle: Arc<OnceLock<Logger>> = Arc::default();
    let (inside, deadlocks) = (Arc::clone(&handle), Arc::new(AtomicU64::new(0)));
    let count = Arc::clone(&deadlocks);
    let logger = Logger::builder(directory.path())
        .storage(disk.clone())
        .on_error(move |_| {
            let flushed = inside.get().expect("set before the first trouble").flush(PATIENCE);
            if matches!(flushed, Err(FlushError::WouldDeadlock)) {
                count.fetch_add(1, Ordering::SeqCst);
            }
        })
        .build()
        .unwrap();
    handle.set(logger.clone()).unwrap();
    logger.emit(Tick::new(1));
    wait_until("the handler was called", || deadlocks.load(Ordering::SeqCst) > 0);
    disk.heal();
    logger.flush(PATIENCE).unwrap();
    assert_eq!(numbers(directory.path()), [1]);
}

#[test]
fn a_panic_of_the_error_handler_is_caught_and_counted() {
    let directory = place();
    let logger = Logger::builder(directory.path())
        .on_error(|_| panic!("as the test wants it"))
        .build()
        .unwrap();
    logger.emit(TooLong { text: "x".repeat(40_000) });
    logger.emit(Tick::new(1));
    logger.flush(PATIENCE).unwrap();
    assert_eq!(logger.stats().error_handler_panics, 1);
    assert_eq!(numbers(directory.path()), [1]);
}

/// Emits when its thread ends.
struct AtTheEnd(Option<Logger>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        if let Some(logger) = self.0.take() {
            logger.emit(Tick::new(2));
            logger.emit(TooLong { text: "x".repeat(40_000) });
        }
    }
}

thread_local! {
    static FIRST: RefCell<AtTheEnd> = const { RefCell::new(AtTheEnd(None)) };
    static LAST: RefCell<AtTheEnd> = const { RefCell::new(AtTheEnd(None)) };
}

#[test]
fn an_emit_while_a_thread_ends_is_a_line() {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    let emitter = logger.clone();
    std::thread::spawn(move || {
        // One is destroyed after the logger's own thread-local state, one before.
        FIRST.with_borrow_mut(|end| end.0 = Some(emitter.clone()));
        emitter.emit(Tick::new(1));
        LAST.with_borrow_mut(|end| end.0 = Some(emitter.clone()));
    })
    .join()
    .unwrap();
    logger.flush(PATIENCE).unwrap();
    assert_eq!(numbers(directory.path()), [1, 2, 2]);
    let total = logger.stats().total;
    assert_eq!((total.emitted, total.written, total.dropped), (5, 3, 2));
}

#[test]
fn an_emit_after_close_is_counted_and_refused_at_once() {
    let directory = place();
    let logger = Logger::builder(directory.path()).overflow(Overflow::Block).build().unwrap();
    logger.emit(Tick::new(1));
    let clone = logger.clone();
    logger.close(PATIENCE).unwrap();
    let error = clone.try_emit(Tick::new(2)).unwrap_err();
    assert!(matches!(error, EmitError::Closed { event_type: "tick" }), "{error:?}");
    clone.emit(Tick::new(3));
    assert_eq!(numbers(directory.path()), [1]);
    let stats = clone.stats();
    assert_eq!((stats.total.emitted, stats.total.written, stats.total.dropped), (3, 1, 2));
    assert_eq!(stats.dropped[&DropReason::Closed], 2);
}

#[test]
fn a_close_frees_the_threads_that_wait_for_room() {
    let directory = place();
    let disk = FailingDisk::new();
    disk.fail(Operation::Append, 5);
    let logger = Logger::builder(directory.path())
        .spool_bytes(128 << 10)
        .overflow(Overflow::Block)
        .storage(disk.clone())
        .build()
        .unwrap();
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let logger = logger.clone();
            std::thread::spawn(move || {
                while logger.try_emit(Tick::new(1)).is_ok() {}
                Instant::now()
            })
        })
        .collect();
    wait_until("the spool is full", || logger.stats().total.in_spool > 400);
    assert!(logger.close(Duration::from_millis(200)).is_err());
    for thread in threads {
        thread.join().unwrap();
    }
    let in_spool = logger.stats().total.in_spool;
    drop(logger);
    disk.heal();
    drop(Logger::builder(directory.path()).build().unwrap());
    assert_eq!(numbers(directory.path()).len() as u64, in_spool);
}
