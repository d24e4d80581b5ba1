//! Every mistake that `#[derive(Event)]` knows gets its message, at the smallest wrong token.
//!
//! What is left to the type system is told in the compiler's own words, which change from release to
//! release: those programs (`ui/rustc`) run with the release that they were recorded with.
//!
//! After a change of wording: `TRYBUILD=overwrite cargo test -p tests --test derive_diagnostics`, and
//! read the difference.

use std::process::Command;

use tests::wait::skipped;

/// The compiler whose words stand in `ui/rustc`.
const RECORDED_WITH: &str = "rustc 1.95.";

#[test]
fn each_wrong_program_gets_its_message() {
    let programs = trybuild::TestCases::new();
    programs.compile_fail("ui/*.rs");
    let version = Command::new("rustc").arg("--version").output().map(|output| output.stdout);
    if version.is_ok_and(|version| version.starts_with(RECORDED_WITH.as_bytes())) {
        programs.compile_fail("ui/rustc/*.rs");
    } else {
        skipped("messages in the compiler's words", &format!("they need {RECORDED_WITH}x"));
    }
}
