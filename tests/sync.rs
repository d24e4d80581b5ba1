//! `sync` makes everything before it survive a power cut, and shares the price.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use event_log::testing::{FailingDisk, Operation, SetClock};
use event_log::{Logger, SyncError};
use tests::wait::{PATIENCE, wait_until};
use tests::{Tick, numbers, segments};

fn place() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

/// The length of a line of a [`Tick`] with a number of one digit.
fn line_bytes() -> u64 {
    let directory = place();
    let logger = Logger::builder(directory.path()).build().expect("a logger in a fresh directory");
    logger.emit(Tick::new(0));
    drop(logger);
    tests::lines(directory.path())[0].len() as u64 + 1
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        assert!(Instant::now() < deadline, "the future is never woken");
        std::thread::park_timeout(PATIENCE);
    }
}

#[test]
fn callers_that_wait_together_share_one_sync() {
    let (directory, disk) = (place(), FailingDisk::new());
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    // While the first sync hangs, sixteen others gather.
    disk.hang(Operation::Sync);
    logger.emit(Tick::new(0));
    let first = logger.clone();
    let first = std::thread::spawn(move || first.sync(PATIENCE).unwrap());
    wait_until("the first sync is under way", || disk.count(Operation::Sync) == 1);
    let barrier = Arc::new(Barrier::new(17));
    let threads: Vec<_> = (1..17)
        .map(|number| {
            let (logger, barrier) = (logger.clone(), Arc::clone(&barrier));
            std::thread::spawn(move || {
                logger.emit(Tick::new(number));
                let mut synced = pin!(logger.sync_async());
                let mut context = Context::from_waker(Waker::noop());
                assert!(synced.as_mut().poll(&mut context).is_pending());
                barrier.wait();
                logger.sync(PATIENCE).unwrap();
            })
        })
        .collect();
    barrier.wait();
    disk.heal();
    first.join().unwrap();
    for thread in threads {
        thread.join().unwrap();
    }
    assert!(
        disk.count(Operation::Sync) <= 3,
        "{} syncs for 17 callers",
        disk.count(Operation::Sync)
    );
    assert_eq!(logger.stats().syncs, disk.count(Operation::Sync));
    assert_eq!(numbers(directory.path()).len(), 17);
}

#[test]
fn a_sync_covers_closed_segments_and_the_directory() {
    let (directory, disk) = (place(), FailingDisk::new());
    let clock = SetClock::at("2026-11-22T10:00:00Z");
    let logger = Logger::builder(directory.path())
        .storage(disk.clone())
        .clock(clock.clone())
        .build()
        .unwrap();
    for number in 0..4 {
        logger.emit(Tick::new(number));
        logger.flush(PATIENCE).unwrap();
        clock.advance(Duration::from_secs(3_600));
    }
    assert_eq!(disk.count(Operation::Sync), 0, "nobody asked for one");
    logger.emit(Tick::new(4));
    logger.sync(PATIENCE).unwrap();
    assert_eq!(disk.synced(), segments(directory.path()));
    assert_eq!(disk.synced().len(), 5);
    // The directory, and the one that holds its own name.
    assert_eq!(disk.count(Operation::SyncDirectory), 2);
    logger.sync(PATIENCE).unwrap();
    assert_eq!(disk.count(Operation::Sync), 5, "there is nothing new");
}

#[test]
fn a_refused_sync_does_not_tear_the_line_that_is_being_written() {
    const EIO: i32 = 5;
    let (directory, disk) = (place(), FailingDisk::new());
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    disk.hang(Operation::Append);
    logger.emit(Tick::new(0));
    wait_until("the writer has the first line", || disk.count(Operation::Append) == 1);
    let mut synced = pin!(logger.sync_async());
    assert!(synced.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    // The second line is cut short by a full disk, and then the sync of the first is refused.
    logger.emit(Tick::new(1));
    disk.leave_room(line_bytes() + 100);
    disk.fail(Operation::Sync, EIO);
    disk.resume(Operation::Append);
    assert!(matches!(block_on(synced), Err(SyncError::Refused(_))));
    disk.heal();
    logger.close(PATIENCE).unwrap();
    let mut found = Vec::new();
    for path in segments(directory.path()) {
        let text = std::fs::read_to_string(path).unwrap();
        // What the abandoned segment ends with is no line; every line is whole.
        let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        found.extend(lines.map(|line| tests::checked(line)["params"]["number"].as_u64()));
    }
    assert_eq!(found, [Some(0), Some(1)]);
}

#[test]
fn sync_async_is_ready_on_any_executor_once_the_disk_has_it() {
    let (directory, disk) = (place(), FailingDisk::new());
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    for number in 0..10 {
        logger.emit(Tick::new(number));
        block_on(logger.sync_async()).unwrap();
        assert_eq!(numbers(directory.path()).len() as u64, number + 1);
        assert_eq!(disk.count(Operation::Sync), number + 1);
    }
    block_on(logger.sync_async()).unwrap();
}

#[test]
fn a_refused_sync_is_reported_to_everybody_who_waits_for_it_and_vouches_for_later_events_again() {
    let (directory, disk) = (place(), FailingDisk::new());
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    disk.fail(Operation::Sync, 5);
    logger.emit(Tick::new(1));
    let others: Vec<_> = (0..4)
        .map(|_| {
            let logger = logger.clone();
            std::thread::spawn(move || logger.sync(PATIENCE))
        })
        .collect();
    for other in others {
        let error = other.join().unwrap().unwrap_err();
        let SyncError::Refused(source) = &error else { panic!("{error:?}") };
        assert_eq!(source.operation, "sync");
        assert_eq!(source.source.raw_os_error(), Some(5));
    }
    let error = block_on(logger.sync_async()).unwrap_err();
    assert!(matches!(error, SyncError::Refused(_)), "nothing has changed since: {error:?}");
    disk.heal();
    assert!(logger.sync(PATIENCE).is_err(), "the system may have thrown the bytes away");
    logger.emit(Tick::new(2));
    logger.sync(PATIENCE).unwrap();
    assert_eq!(numbers(directory.path()), [1, 2]);
    assert_eq!(segments(directory.path()).len(), 2, "what could not be synced is left alone");
}

#[test]
fn a_sync_that_is_late_says_what_is_left() {
    let (directory, disk) = (place(), FailingDisk::new());
    disk.hang(Operation::Append);
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    logger.emit(Tick::new(1));
    let error = logger.sync(Duration::from_millis(20)).unwrap_err();
    let SyncError::NotFlushed(source) = &error else { panic!("{error:?}") };
    assert!(source.to_string().starts_with("1 events were still in the spool"), "{source}");
    disk.heal();
    logger.sync(PATIENCE).unwrap();
}

/// During each write another event is emitted and a sync of it asked for, so there is never a moment
/// at which everything that anybody waits for is written.
#[test]
fn a_sync_ends_however_many_others_are_asked_for_meanwhile() {
    let (directory, disk) = (place(), FailingDisk::new());
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    let (go, asks) = mpsc::channel::<()>();
    let (done, ready) = mpsc::channel::<()>();
    let busy = Arc::new(AtomicBool::new(true));
    let other = logger.clone();
    let helper = std::thread::spawn(move || {
        for () in asks {
            other.emit(Tick::new(2));
            let mut synced = pin!(other.sync_async());
            let _ = synced.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            done.send(()).unwrap();
        }
    });
    let (ends, is_busy) = (Mutex::new((go, ready)), Arc::clone(&busy));
    let hook = move || {
        if is_busy.load(Ordering::SeqCst) {
            let ends = ends.lock().unwrap();
            ends.0.send(()).unwrap();
            ends.1.recv().unwrap();
        }
    };
    disk.before(Operation::Append, hook);
    logger.emit(Tick::new(1));
    let outcome = logger.sync(Duration::from_secs(3));
    busy.store(false, Ordering::SeqCst);
    outcome.expect("others only asked for more");
    logger.flush(PATIENCE).unwrap();
    disk.heal();
    drop(logger);
    helper.join().unwrap();
}

#[test]
fn a_waker_is_called_once_for_each_wait_and_may_drop_the_last_handle() {
    struct DropsLogger(Mutex<Option<Logger>>, AtomicU64);
    impl Wake for DropsLogger {
        fn wake(self: Arc<Self>) {
            self.1.fetch_add(1, Ordering::SeqCst);
            drop(self.0.lock().unwrap().take());
        }
    }
    let directory = place();
    let logger = Logger::builder(directory.path()).build().unwrap();
    logger.emit(Tick::new(1));
    let mut synced = Box::pin(logger.sync_async());
    let counted = Arc::new(DropsLogger(Mutex::new(None), AtomicU64::new(0)));
    let waker = Waker::from(Arc::clone(&counted));
    *counted.0.lock().unwrap() = Some(logger);
    if synced.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
        wait_until("it is woken", || counted.1.load(Ordering::SeqCst) == 1);
    } else {
        // The disk was faster than the poll.
        drop(counted.0.lock().unwrap().take());
    }
    drop(synced);
    wait_until("the writer has ended", || {
        std::fs::read_dir(directory.path().join(".spool")).unwrap().count() == 0
    });
    assert_eq!(numbers(directory.path()), [1]);
}

#[test]
fn a_segment_that_could_not_be_synced_in_passing_fails_the_next_sync() {
    const EIO: i32 = 5;
    let (directory, disk) = (place(), FailingDisk::new());
    let clock = SetClock::at("2026-11-22T10:00:00Z");
    let logger = Logger::builder(directory.path())
        .storage(disk.clone())
        .clock(clock.clone())
        .build()
        .unwrap();
    disk.fail(Operation::Sync, EIO);
    // More segments than the logger remembers: the first is synced to make room, and that fails.
    for number in 0..66 {
        logger.emit(Tick::new(number));
        logger.flush(PATIENCE).unwrap();
        clock.advance(Duration::from_secs(3_600));
    }
    disk.heal();
    logger.emit(Tick::new(66));
    assert!(matches!(logger.sync(PATIENCE), Err(SyncError::Refused(_))));
    logger.emit(Tick::new(67));
    logger.sync(PATIENCE).unwrap();
}

#[test]
fn a_future_that_is_dropped_leaves_no_waker_behind() {
    struct Counted;
    impl Wake for Counted {
        fn wake(self: Arc<Self>) {}
    }
    let (directory, disk) = (place(), FailingDisk::new());
    let logger = Logger::builder(directory.path()).storage(disk.clone()).build().unwrap();
    disk.hang(Operation::Append);
    logger.emit(Tick::new(0));
    let counted = Arc::new(Counted);
    for _ in 0..100 {
        let waker = Waker::from(Arc::clone(&counted));
        let mut synced = Box::pin(logger.sync_async());
        assert!(synced.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    assert_eq!(Arc::strong_count(&counted), 1);
    disk.heal();
}
