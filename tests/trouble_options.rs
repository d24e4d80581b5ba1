//! An option outside its range is an error that names the option, the value and the range.

use std::time::Duration;

use event_log::{BuildError, Context, Event, Logger, LoggerBuilder};

#[track_caller]
fn assert_refused(change: impl FnOnce(LoggerBuilder) -> LoggerBuilder, parts: [&str; 3]) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("log");
    let error = change(Logger::builder(&path)).build().expect_err("the option is out of range");
    assert!(matches!(error, BuildError::Option { .. }), "{error:?}");
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    assert!(!path.exists(), "a refused builder makes no directory");
}

#[test]
fn a_prefix_that_no_file_should_bear_is_refused() {
    let long = "x".repeat(101);
    for prefix in ["", ".hidden", "a/b", "a b", "événements", &*long] {
        assert_refused(|builder| builder.prefix(prefix), ["`prefix`", prefix, "1 to 100"]);
    }
}

#[test]
fn a_limit_on_lines_outside_its_range_is_refused() {
    assert_refused(|b| b.max_line_bytes(1_023), ["`max_line_bytes`", "1023", "1024 to 1048576"]);
    assert_refused(|b| b.max_line_bytes(1_048_577), ["`max_line_bytes`", "1048577", "1048576"]);
}

#[test]
fn a_spool_of_another_size_than_a_power_of_two_in_range_is_refused() {
    for bytes in [0, 1, 3 << 20, 64 << 10, 1 << 33] {
        let got = bytes.to_string();
        assert_refused(|b| b.spool_bytes(bytes), ["`spool_bytes`", &got, "131072"]);
    }
}

#[test]
fn a_spool_that_could_not_hold_four_lines_is_refused() {
    assert_refused(
        |b| b.max_line_bytes(1_048_576).spool_bytes(4 << 20).segment_bytes(4 << 20),
        ["`spool_bytes`", "4194304", "8388608 (4 lines of `max_line_bytes`)"],
    );
}

#[test]
fn a_segment_shorter_than_a_line_or_beyond_a_tebibyte_is_refused() {
    assert_refused(|b| b.segment_bytes(31_999), ["`segment_bytes`", "31999", "from 32000"]);
    assert_refused(|b| b.segment_bytes((1 << 40) + 1), ["`segment_bytes`", "1099511627777", "to"]);
}

#[test]
fn a_drain_interval_outside_its_range_is_refused() {
    for (interval, text) in [(Duration::ZERO, "0ns"), (Duration::from_millis(1_001), "1.001s")] {
        assert_refused(
            |b| b.drain_interval(interval),
            ["`drain_interval`", text, "from 1ms to 1s"],
        );
    }
}

#[test]
fn a_period_outside_its_range_is_refused() {
    for (period, text) in
        [(Duration::from_millis(999), "999ms"), (Duration::from_secs(31_622_401), "31622401s")]
    {
        assert_refused(|b| b.rotate_every(period), ["`rotate_every`", text, "from 1s to"]);
    }
}

#[test]
fn the_ends_of_every_range_are_taken() {
    for (line, spool) in [(1_024, 64 << 10), (1_048_576, 8 << 20)] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let logger = Logger::builder(directory.path())
            .prefix("x".repeat(100))
            .max_line_bytes(line)
            .spool_bytes(spool)
            .segment_bytes(line as u64)
            .drain_interval(Duration::from_secs(1))
            .rotate_every(Duration::from_secs(1))
            .build()
            .expect("the ends belong to the ranges");
        logger.emit(tests::Tick::new(1));
        drop(logger);
        assert_eq!(tests::numbers(directory.path()), [1]);
    }
}

#[test]
fn a_default_context_that_fills_half_of_a_line_names_the_limit() {
    let context = Context::new().field("note", "x".repeat(2_000)).expect("a common field");
    assert_refused(
        |builder| builder.max_line_bytes(1_024).context(context),
        ["`context`", "bytes long", "at most 512 bytes, half of `max_line_bytes`"],
    );
}

/// A gap line fits beside the longest default context into the shortest line.
#[test]
fn a_default_context_at_its_limit_hides_no_gap() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let context = Context::new().field("note", "x".repeat(430)).expect("a common field");
    let logger = Logger::builder(directory.path())
        .max_line_bytes(1_024)
        .context(context)
        .build()
        .expect("a context within its limit");
    logger.emit(Long { text: "y".repeat(2_000) });
    logger.close(tests::wait::PATIENCE).expect("the writer is alive");
    let event_type = "a_type_whose_name_is_as_long_as_the_name_of_a_type_may_be_at_all";
    let gap = (event_type.to_owned(), "too_long".to_owned());
    assert_eq!(tests::gaps(directory.path()), [(gap, 1)].into());
}

#[derive(Event)]
#[event(type = "a_type_whose_name_is_as_long_as_the_name_of_a_type_may_be_at_all")]
struct Long {
    text: String,
}
