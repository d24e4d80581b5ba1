//! Programs that run query engines, through the Python that `tests/engines/install` sets up.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::wait::skipped;

/// The Python with the engines, or `None` after saying that `test` is skipped.
///
/// # Panics
/// If nothing may be skipped.
#[must_use]
pub fn python(test: &str) -> Option<PathBuf> {
    let program = std::env::current_exe().expect("a test knows its own path");
    let mut candidates = program.ancestors().map(|directory| directory.join("engines/bin/python"));
    if let Some(python) = candidates.find(|path| path.is_file()) {
        return Some(python);
    }
    skipped(test, "the engines are not installed; tests/engines/install does it");
    None
}

/// Runs `tests/engines/<script>` and returns what it printed.
///
/// # Panics
/// If it fails.
#[must_use]
pub fn run(python: &Path, script: &str, arguments: &[&Path]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("engines").join(script);
    let output = Command::new(python)
        .arg(path)
        .args(arguments)
        // Spark hands out times in the zone of the process.
        .env("TZ", "UTC")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .output()
        .expect("python can be started");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{script} failed:\n{printed}\n{}",
        last_lines(&String::from_utf8_lossy(&output.stderr))
    );
    printed
}

/// Engines write a lot before they fail.
fn last_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(60)..].join("\n")
}
