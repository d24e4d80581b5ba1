//! Every mistake that `#[derive(Event)]` knows gets its message, at the smallest wrong token.
//!
//! After a change of wording: `TRYBUILD=overwrite cargo test -p tests --test derive_diagnostics`, and
//! read the difference.

#[test]
fn each_wrong_program_gets_its_message() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
