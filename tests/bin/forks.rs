//! Forks and emits: the child of the fork tests. `forks LOG MODE`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use event_log::follow::Follower;
use event_log::{Event, Logger, testing};
use tests::sys::{exit_at_once, fork, kill_self, wait_for};
use tests::wait::{PATIENCE, wait_until};

#[derive(Event)]
#[event(type = "forked")]
struct Forked {
    process: u32,
    number: u64,
}

fn emit(logger: &Logger, process: u32) {
    (0..100).for_each(|number| logger.emit(Forked { process, number }));
}

fn build(directory: &PathBuf) -> Logger {
    // So slowly that much is still in the spool when a process dies.
    Logger::builder(directory).drain_interval(Duration::from_secs(1)).build().expect("a logger")
}

/// Forks; the child runs `run` and exits without any destructor.
fn child(run: impl FnOnce()) -> i32 {
    if let Some(child) = fork().expect("a fork") {
        return child;
    }
    run();
    exit_at_once(0)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().expect("a directory"));
    let mode = arguments.next().expect("a mode");
    let logger = build(&directory);
    emit(&logger, 0);
    match &*mode {
        // Both emit; the child dies without closing, or closes.
        "both" => {
            let dies = child(|| emit(&logger, 1));
            let closes = child(|| {
                emit(&logger, 2);
                logger.close(PATIENCE).expect("a healthy disk");
            });
            emit(&logger, 3);
            assert!(wait_for(dies));
            assert!(wait_for(closes));
        }
        "grandchild" => {
            let child = child(|| {
                emit(&logger, 1);
                let grandchild = child(|| emit(&logger, 2));
                emit(&logger, 3);
                assert!(wait_for(grandchild));
            });
            emit(&logger, 4);
            assert!(wait_for(child));
        }
        "silent" => {
            let silent = child(|| {
                let grandchild = child(|| emit(&logger, 1));
                assert!(wait_for(grandchild));
                drop(logger.clone());
            });
            emit(&logger, 2);
            assert!(wait_for(silent));
        }
        "drops" => {
            // A child that ends in good order drops its inherited handle.
            match fork().expect("a fork") {
                None => drop(logger),
                Some(child) => {
                    assert!(wait_for(child));
                    emit(&logger, 1);
                }
            }
        }
        "emits and drops" => {
            // As above, with a writer of its own to end.
            match fork().expect("a fork") {
                None => {
                    emit(&logger, 1);
                    drop(logger);
                }
                Some(child) => {
                    assert!(wait_for(child), "the child failed");
                    emit(&logger, 2);
                }
            }
        }
        "recording" => {
            let (logger, recorded) = testing::recorder();
            emit(&logger, 1);
            let of_child = child(|| {
                emit(&logger, 2);
                logger.sync(Duration::ZERO).expect("nothing to wait for");
                assert_eq!((recorded.len(), logger.stats().total.written), (200, 200));
                drop(logger.clone());
            });
            assert!(wait_for(of_child));
            assert_eq!(recorded.len(), 100);
        }
        "transaction" => fork_within_transactions(&logger),
        "position" => hold_a_position_file(&directory),
        "orphan" => orphan(&logger, &directory),
        "gaps" => drop_and_die(&logger),
        other => panic!("no mode `{other}`"),
    }
}

/// Of two transactions from before the fork, the child commits both, and the parent one.
fn fork_within_transactions(logger: &Logger) {
    let transaction = |process| {
        let mut events = logger.transaction();
        (0..3).for_each(|number| events.emit(Forked { process, number }));
        events
    };
    let (by_both, by_child) = (transaction(1), transaction(2));
    match fork().expect("a fork") {
        None => {
            by_both.try_commit().expect("a healthy disk");
            by_child.try_commit().expect("a healthy disk");
            exit_at_once(0)
        }
        Some(child) => {
            by_both.try_commit().expect("a healthy disk");
            assert!(wait_for(child));
        }
    }
}

/// Drops a follower and makes another, while a forked child has a copy of the first one.
fn hold_a_position_file(directory: &Path) {
    let follow = || {
        let builder = Follower::builder(directory);
        builder.position_file(directory.join("clicks.position")).build()
    };
    let (follower, is_held_again) = (follow().expect("a follower"), directory.join("held-again"));
    let child = child(|| {
        wait_until("the parent holds it again", || is_held_again.exists());
        follower.commit().expect_err("the file is another follower's");
    });
    drop(follower);
    let _again = follow().expect("a child holds no lock that its parent let go of");
    std::fs::write(is_held_again, "").expect("a file");
    assert!(wait_for(child));
}

/// Drops events, some of which no gap line has told of yet, and dies by `SIGKILL`.
fn drop_and_die(logger: &Logger) {
    #[derive(Event)]
    struct Long {
        text: String,
    }
    let long = || Long { text: "x".repeat(40_000) };
    logger.emit(long());
    wait_until("the first gap is told of", || {
        logger.flush(PATIENCE).expect("a healthy disk");
        logger.stats().gap_lines == 1
    });
    // Gaps are told of once a second.
    (0..7).for_each(|_| logger.emit(long()));
    kill_self();
}

/// The parent dies by `SIGKILL` while the child, which has emitted, lives on until it is told to end.
fn orphan(logger: &Logger, directory: &Path) {
    let said = directory.join("child-has-emitted");
    let orphan = fork().expect("a fork");
    if orphan.is_some() {
        wait_until("the child has emitted", || said.exists());
        emit(logger, 1);
        kill_self();
    }
    emit(logger, 2);
    std::fs::write(said, "").expect("a file");
    wait_until("it may end", || directory.join("end").exists());
    emit(logger, 3);
    exit_at_once(0)
}
