//! The data dictionary opens in a browser as analysts open it: from a file, on a desk and on a phone.
//!
//! `tests/engines/install` provides Chromium. Without it the test says so and passes, unless `EVENT_LOG_NO_SKIP=1` is
//! set. `EVENT_LOG_SCREENSHOTS` names a directory for what it looks like.

#![allow(clippy::print_stdout, reason = "what was looked at is to be read")]

use std::path::{Path, PathBuf};

use tests::catalog::engines::{python, run};
use tests::wait::skipped;

#[test]
fn the_dictionary_can_be_searched_on_a_desk_and_on_a_phone() {
    let name = "the_dictionary_can_be_searched";
    let Some(python) = python(name) else { return };
    if !Path::new("/usr/bin/chromium").exists() {
        return skipped(name, "Chromium is not installed; tests/engines/install does it");
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../event-log-catalog/tests/golden/json/dictionary.html")
        .canonicalize()
        .expect("the page is committed");
    let temporary = tempfile::tempdir().expect("a temporary directory");
    let screenshots = std::env::var_os("EVENT_LOG_SCREENSHOTS")
        .map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    println!("{}", run(&python, "page.py", &[&page, &screenshots]));
}
