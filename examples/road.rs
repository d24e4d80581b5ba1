//! Runs `examples/road/run` with programs that were built for the tests, and checks what it says.
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn the_road_from_a_service_to_a_lake_ends_with_what_it_began_with() {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("road/run"))
        .arg(directory.path())
        .args(["800", "50"])
        .env("EVENT_LOG", event_log())
        .env("LESSON_SERVICE", profile().join("examples/lesson_service"))
        .output()
        .unwrap();

    let printed = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{said}");
    let equal: Vec<_> = printed.lines().filter(|line| line.contains("equal to what")).collect();
    assert_eq!(equal.len(), 2, "{printed}");
    assert!(
        equal[0].starts_with("800 events in ") && equal[1].starts_with("2000 events in "),
        "{equal:?}"
    );
    assert!(printed.contains("\n0 events of 0 types in 0 new files\n"), "{printed}");
    let lake = directory.path().join("lake").to_str().unwrap().to_owned();
    assert!(printed.contains(&format!("\n{lake}/lesson_cleared/year=")), "{printed}");
}

/// The directory of the profile that this test was built with.
fn profile() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().to_owned()
}

/// The command. `cargo test` builds it for the tests of its own package; for the tests of this package
/// alone it is built here, unless it is there.
fn event_log() -> PathBuf {
    let profile = profile();
    let path = profile.join("event-log");
    if !path.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "event-log-cli", "--target-dir"]);
        cargo.arg(profile.parent().unwrap());
        if profile.ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.status().unwrap().success(), "event-log-cli does not build");
    }
    path
}
