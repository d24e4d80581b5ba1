//! Holds the events of the service to `events.lock.json`, which is reviewed like code, and what follows
//! from them, for analysts and for query engines, to `tables/`.
//!
//! After a change that is meant: `EVENT_LOG_ACCEPT=1 cargo test -p examples --test lesson_catalog`.

mod events;

use std::path::Path;

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
    let checked = outputs::check(directory, &catalog(), &Options::new("s3://school/lake"));
    checked.unwrap_or_else(|stale| panic!("{stale}"));
}
