//! Holds the events of the service to `events.lock.json`, which is reviewed like code, and what follows
//! from them, for analysts and for query engines, to `tables/`.
//!
//! After a change that is meant: `EVENT_LOG_ACCEPT=1 cargo test -p examples --test lesson_catalog`.

mod events;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use event_log::catalog::{self, Catalog, Options, common_field, outputs};

/// The events, and what the contexts of the service put beside them.
fn catalog() -> Catalog {
    let mut catalog = catalog::of_binary().expect("each event has a name of its own");
    // What comes with a request is optional: the logger's own events come with none.
    catalog.envelope.common_fields = vec![
        common_field::<&str>("app_version", "The release that emitted the event."),
        common_field::<Option<&str>>("session_id", "The client's session, where it says."),
        common_field::<Option<&str>>(
            "request_id",
            "Of the client, or else made up by the service.",
        ),
    ];
    catalog
}

#[test]
fn the_catalogue_is_the_reviewed_one() {
    event_log::assert_catalog!("lesson_service/events.lock.json", catalog());
}

#[test]
fn the_tables_and_the_dictionary_are_those_of_the_catalogue() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("lesson_service/tables");
    let accepts = env::var_os("EVENT_LOG_ACCEPT").is_some_and(|value| value == "1");
    let mut made = BTreeSet::new();
    for (path, content) in outputs::all(&catalog(), &Options::new("s3://school/lake")) {
        let path = directory.join(path);
        if accepts {
            fs::create_dir_all(path.parent().unwrap_or(&directory)).unwrap();
            fs::write(&path, &content).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == content, "{} is not what the events give any more", path.display());
        made.insert(path);
    }
    assert_eq!(files(&directory).difference(&made).next(), None, "nothing gives this any more");
}

fn files(directory: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(directory).expect("the committed tables") {
        let path = entry.expect("a readable directory").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path);
        }
    }
    found
}
