//! Everything that follows from a catalogue, each as a pure function from the catalogue to a text.

pub mod athena;
pub mod bigquery;
mod check;
mod dictionary;
pub mod duckdb;
pub mod hive;
pub mod html;
pub mod json_schema;
pub mod markdown;
mod projection;
pub mod spark;
pub(crate) mod sql;
pub mod terraform;
pub mod trino;

pub use self::check::{Stale, check};
use crate::model::{Catalog, EventSchema};
use crate::options::Options;

/// All outputs for `options`, each with the path that it is usually written to, relative and with `/`.
///
/// | path | what |
/// | --- | --- |
/// | `athena/<type>.sql` | one statement each, since Athena takes one at a time |
/// | `bigquery/external.sql`, `bigquery/native.sql`, `bigquery/schema/<type>.json` | over the lake; BigQuery's own; for `bq load` |
/// | `duckdb.sql`, `hive.sql`, `spark.sql`, `trino.sql` | all tables |
/// | `glue.tf` | Athena's tables for Terraform |
/// | `json-schema/<type>.json` | the lines of the log |
/// | `dictionary.html`, `dictionary.md` | for analysts |
///
/// ```no_run
/// use event_log_catalog::{Options, lock, outputs};
///
/// let lock = lock::read("events.lock.json")?;
/// for (path, content) in outputs::all(&lock.catalog, &Options::new("s3://bucket/lake")) {
///     println!("{path}: {} bytes", content.len());
/// }
/// # Ok::<(), lock::LockError>(())
/// ```
#[must_use]
pub fn all(catalog: &Catalog, options: &Options) -> Vec<(String, String)> {
    let mut files = vec![
        ("bigquery/external.sql".to_owned(), bigquery::external_tables(catalog, options)),
        ("bigquery/native.sql".to_owned(), bigquery::native_tables(catalog, options)),
        ("dictionary.html".to_owned(), html::dictionary(catalog, options)),
        ("dictionary.md".to_owned(), markdown::dictionary(catalog, options)),
        ("duckdb.sql".to_owned(), duckdb::views(catalog, options)),
        ("glue.tf".to_owned(), terraform::glue_tables(catalog, options)),
        ("hive.sql".to_owned(), hive::tables(catalog, options)),
        ("spark.sql".to_owned(), spark::tables(catalog, options)),
        ("trino.sql".to_owned(), trino::tables(catalog, options)),
    ];
    for event in &catalog.events {
        files.extend(of_event(catalog, event, options));
    }
    files.sort();
    files
}

fn of_event(catalog: &Catalog, event: &EventSchema, options: &Options) -> [(String, String); 3] {
    let name = &event.event_type;
    [
        (format!("athena/{name}.sql"), athena::table(catalog, event, options)),
        (format!("bigquery/schema/{name}.json"), bigquery::schema(catalog, event)),
        (format!("json-schema/{name}.json"), json_schema::schema(catalog, event)),
    ]
}
