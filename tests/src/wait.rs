//! Waiting with a condition and a deadline, and saying aloud what is not tested.

use std::time::{Duration, Instant};

/// Long enough for the slowest machine; a test that waits so long has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until `holds`.
///
/// # Panics
/// If that takes longer than [`PATIENCE`].
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Says that a test cannot run here; with `EVENT_LOG_NO_SKIP=1` that is a failure.
///
/// # Panics
/// If nothing may be skipped.
#[expect(clippy::print_stdout, reason = "a skipped test is counted by its output")]
pub fn skipped(test: &str, reason: &str) {
    assert!(
        std::env::var_os("EVENT_LOG_NO_SKIP").is_none_or(|value| value != "1"),
        "{test} must not be skipped: {reason}"
    );
    println!("SKIPPED: {test}: {reason}");
}
