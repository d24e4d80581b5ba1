//! In steady state an emit allocates nothing and makes no system call.

use std::process::Command;

use event_log::{Context, Event, Locale, Logger};
use tests::sys::{CountingAllocator, allocations};
use tests::wait::{PATIENCE, skipped};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

#[derive(Event)]
struct Played<'a> {
    lesson: u64,
    title: &'a str,
    score: f64,
    hints: Option<u32>,
    steps: &'a [u32],
    #[event(user_id)]
    user: &'a str,
    #[event(locale)]
    language: Option<&'a Locale>,
}

#[derive(Event)]
struct Empty;

#[test]
fn an_emit_allocates_nothing_once_its_thread_has_emitted() {
    let directory = tempfile::tempdir().unwrap();
    let context = Context::new().field("version", "1.2.3").unwrap();
    let logger = Logger::builder(directory.path()).context(context).build().unwrap();
    let explicit = Context::new().country_code("JP").unwrap();
    let ambient = Context::new().field("session", "s-1").unwrap();
    let language: Locale = "zh-Hant-TW".parse().unwrap();
    let emit = |lesson: u64| {
        let event = Played {
            lesson,
            title: "Kanji \"7\" \u{1F980}",
            score: 0.1,
            hints: None,
            steps: &[1, 2, 3],
            user: "u-1",
            language: Some(&language),
        };
        logger.with(&explicit).emit(event);
        logger.emit(Empty);
    };
    let made = ambient.enter(|| {
        (0..100).for_each(emit);
        let before = allocations();
        (0..5_000).for_each(emit);
        allocations() - before
    });
    assert_eq!(made, 0, "allocations in 10,000 emits");
    logger.close(PATIENCE).unwrap();
    assert_eq!(logger.stats().total.written, 10_200);
    let before = allocations();
    drop(std::hint::black_box(vec![1]));
    assert_eq!(allocations() - before, 1, "the counter counts");
}

#[test]
fn an_emit_makes_no_system_call() {
    let test = "system calls of an emit";
    if !Command::new("strace").arg("-V").output().is_ok_and(|output| output.status.success()) {
        return skipped(test, "needs strace");
    }
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("trace");
    let traced = Command::new("strace")
        .args(["-f", "-o"])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_burst"))
        .arg(directory.path().join("log"))
        .output()
        .expect("strace starts");
    let said = String::from_utf8_lossy(&traced.stderr);
    if said.contains("ptrace") && !traced.status.success() {
        return skipped(test, &said);
    }
    assert!(traced.status.success(), "{said}");
    let trace = std::fs::read_to_string(trace).unwrap();
    let is_marker = |line: &str| line.contains(" getppid(");
    let marked = trace.lines().find(|line| is_marker(line)).expect("a marker");
    let emitter = format!("{} ", marked.split(' ').next().expect("a thread's number"));
    // A call that another thread's interrupts in the trace takes a second line.
    let own: Vec<&str> = trace
        .lines()
        .filter(|line| line.starts_with(&emitter) && !line.contains("<... getppid resumed>"))
        .collect();
    let markers: Vec<usize> = (0..own.len()).filter(|index| is_marker(own[*index])).collect();
    let [first, last] = *markers else { panic!("two markers: {markers:?}") };
    assert_eq!(own[first + 1..last], [] as [&str; 0], "between the markers");
}
