//! What a follower takes of its process: bounded memory, and a thread that ends with its stream. Each in
//! turn, as they measure the process.
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Waker};

use event_log::follow::Follower;
use futures_core::Stream;
use tests::wait::{skipped, wait_until};

#[test]
fn a_follower_takes_bounded_memory_and_leaves_no_thread() {
    a_backlog_of_many_segments_is_read_in_bounded_memory();
    dropping_a_stream_ends_its_thread_whether_it_waits_or_not();
}

const SEGMENTS: u64 = 200;
const LINES_PER_SEGMENT: u64 = 30;
const FILLING_BYTES: usize = 8_000;

/// Segments of loggers that all ended: 48 MB.
fn make_backlog(directory: &Path) {
    let filling = "-".repeat(FILLING_BYTES);
    for segment in 0..SEGMENTS {
        let mut text = String::new();
        for _ in 0..LINES_PER_SEGMENT {
            writeln!(
                text,
                "{{\"id\":\"017bed2e-6958-7c2f-9a41-0f6e2b7d8c35\",\"date\":\"2021-09-16T05:57:27Z\",\
                 \"type\":\"tick\",\"user_id\":null,\"locale\":null,\"country_code\":null,\
                 \"params\":{{\"filling\":\"{filling}\"}}}}"
            )
            .expect("a string takes all");
        }
        let name = format!("events.20261121T223000.{segment:03}Z.{segment:08x}.000001.jsonl");
        fs::write(directory.join(name), text).expect("a segment");
    }
}

/// The most memory that this process had since the last call, in KiB.
fn peak_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    fs::write("/proc/self/clear_refs", "5").ok()?;
    peak.trim().strip_suffix(" kB")?.parse().ok()
}

fn a_backlog_of_many_segments_is_read_in_bounded_memory() {
    let directory = tempfile::tempdir().unwrap();
    make_backlog(directory.path());
    let mut follower = Follower::builder(directory.path()).build().unwrap();
    let Some(_) = peak_kib() else {
        return skipped("bounded memory of a follower", "the peak cannot be read and reset");
    };
    let before = peak_kib().unwrap();
    let lines = std::iter::from_fn(|| follower.read_available()).map(Result::unwrap).count();
    let more_kib = peak_kib().unwrap().saturating_sub(before);
    assert_eq!(lines as u64, SEGMENTS * LINES_PER_SEGMENT);
    assert!(more_kib < 4_096, "{more_kib} KiB more for a backlog of 48 MB");
}

/// The threads of streams; the system keeps 15 bytes of a name.
fn threads() -> usize {
    let tasks = fs::read_dir("/proc/self/task").expect("the threads of this process");
    let name = |task: std::io::Result<fs::DirEntry>| {
        fs::read_to_string(task.ok()?.path().join("comm")).ok()
    };
    tasks.filter_map(name).filter(|name| name.trim() == "event-log-follo").count()
}

fn dropping_a_stream_ends_its_thread_whether_it_waits_or_not() {
    let directory = tempfile::tempdir().unwrap();
    for waits in [false, true] {
        let follower = Follower::builder(directory.path()).build().unwrap();
        let mut stream = follower.into_stream().unwrap();
        wait_until("the thread has its name", || threads() == 1);
        if waits {
            let mut context = Context::from_waker(Waker::noop());
            assert!(Pin::new(&mut stream).poll_next(&mut context).is_pending());
        }
        drop(stream);
        wait_until("no thread is left", || threads() == 0);
    }
}
