//! Installs a logger in a process of its own: the child of the tests in `install.rs`.
//! `installed LOG MODE`.

use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use event_log::testing::{FailingDisk, Operation};
use event_log::{DropReason, EmitError, Logger};
use tests::Tick;
use tests::wait::PATIENCE;

fn build(directory: &Path) -> Logger {
    Logger::builder(directory).build().expect("a logger")
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().expect("a directory"));
    let mode = arguments.next().expect("a mode");
    match &*mode {
        "before" => emit_before(&directory),
        "twice" => install_twice(&directory),
        "race" => race(&directory),
        "exit" => {
            // So that nothing is in a segment when the process ends.
            let disk = FailingDisk::new();
            disk.hang(Operation::Append);
            let logger = Logger::builder(&directory).storage(disk).build().expect("a logger");
            logger.install().expect("the first");
            (0..100).for_each(|number| event_log::emit(Tick::new(number)));
        }
        "close" => {
            build(&directory).install().expect("the first");
            (0..100).for_each(|number| event_log::emit(Tick::new(number)));
            let logger = event_log::installed().expect("it was installed");
            logger.close(PATIENCE).expect("a healthy disk");
            let error = event_log::try_emit(Tick::new(100)).expect_err("it is closed");
            assert_eq!(error.reason(), DropReason::Closed);
        }
        other => panic!("no mode `{other}`"),
    }
}

fn emit_before(directory: &Path) {
    assert!(event_log::installed().is_none());
    assert_eq!(event_log::dropped_before_install(), 0);
    event_log::emit(Tick::new(0));
    let error = event_log::try_emit(Tick::new(1)).expect_err("nothing is installed");
    assert!(matches!(error, EmitError::NotInstalled { event_type: "tick" }), "{error:?}");
    assert_eq!(error.reason(), DropReason::NotInstalled);
    assert!(error.to_string().contains("`Logger::install`"), "{error}");

    build(directory).install().expect("the first");

    event_log::try_emit(Tick::new(2)).expect("it is installed");
    event_log::emit(Tick::new(3));
    assert_eq!(event_log::dropped_before_install(), 2);
    let logger = event_log::installed().expect("it was installed");
    let stats = logger.stats();
    assert_eq!((stats.total.emitted, stats.total.dropped), (2, 0));
}

fn install_twice(directory: &Path) {
    build(directory).install().expect("the first");
    let other = directory.join("other");
    let error = build(&other).install().expect_err("there is one already");
    for path in [directory, &other] {
        assert!(error.to_string().contains(&*path.to_string_lossy()), "{error}");
    }
    let second = error.into_logger();
    second.emit(Tick::new(1));
    event_log::emit(Tick::new(0));
    drop(second);
}

/// Of several threads that install at once, one succeeds, and what others emit is there or counted.
fn race(directory: &Path) {
    const THREADS: u64 = 8;
    let (installed, barrier) = (AtomicU64::new(0), Barrier::new(8));
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (installed, barrier) = (&installed, &barrier);
            scope.spawn(move || {
                let logger = build(&directory.join(number.to_string()));
                barrier.wait();
                event_log::emit(Tick::new(number));
                installed.fetch_add(logger.install().is_ok().into(), Ordering::Relaxed);
                event_log::try_emit(Tick::new(number)).expect("somebody has installed one");
            });
        }
    });
    assert_eq!(installed.load(Ordering::Relaxed), 1);
    let emitted = event_log::installed().expect("it was installed").stats().total.emitted;
    assert_eq!(emitted + event_log::dropped_before_install(), 2 * THREADS);
}
