//! Every mistake that `#[derive(Event)]` knows gets its message, at the smallest wrong token.
//!
//! What is left to the type system is told in the compiler's own words, which change from release to
//! release: those programs (`ui/rustc`) run with the release that they were recorded with.
//!
//! After a change of wording: `TRYBUILD=overwrite cargo test -p tests-ui`, and read the difference.

use std::env;
use std::process::Command;

/// The compiler whose words stand in `ui/rustc`.
const RECORDED_WITH: &str = "rustc 1.95.";

#[test]
fn each_wrong_program_gets_its_message() {
    let programs = trybuild::TestCases::new();
    programs.compile_fail("*.rs");
    let version = Command::new("rustc").arg("--version").output().map(|output| output.stdout);
    if version.is_ok_and(|version| version.starts_with(RECORDED_WITH.as_bytes())) {
        programs.compile_fail("rustc/*.rs");
    } else {
        let must = env::var_os("EVENT_LOG_NO_SKIP").is_some_and(|value| value == "1");
        assert!(!must, "the messages in the compiler's words need {RECORDED_WITH}x");
        println!("SKIPPED: the messages in the compiler's words need {RECORDED_WITH}x");
    }
}
