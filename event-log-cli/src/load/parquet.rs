//! Rows to Parquet, in the types of the catalogue: the same in every file of a table.
//!
//! ```text
//! row ── cell ──> one checked value per column ── columns ──> arrays ── partitions ──> the bytes of files
//! ```
//!
//! - [`cell`]: a row of JSON against the types of its table. What contradicts them is no row of the table:
//!   nothing is rounded, cut or made null to fit, but for what the types themselves say: a fraction is the
//!   nearest floating-point number, and a moment ends at its microsecond.
//! - `scalar`: numbers, texts and times. [`columns`], [`mod@file`]: rows to arrays of values. [`partitions`]:
//!   the rows of a table to the files of its partitions.

pub mod cell;
pub mod columns;
pub mod file;
pub mod partitions;
mod scalar;

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::{Fields, Schema, SchemaRef};
use event_log_catalog::{Catalog, Column, EventSchema, columns as columns_of};
use foldhash::fast::RandomState;

use crate::failure::Failure;
use crate::input::lines::{Found, Lines};
use crate::input::objects::Objects;
use crate::input::paths::{self, Input};
use crate::lake::catalog;
use crate::lake::store::Store;
use crate::load::infer::Guesses;
use crate::progress::{Progress, Unit};
use crate::remote::{Environment, Location};

/// What the logger itself writes, as docs/format.md says.
const GAP_SCHEMA: &str = r#"{
    "type": "event_log_gap",
    "fields": [
        {"name": "event_type", "type": "string", "optional": true},
        {"name": "reason", "type": "string", "optional": true},
        {"name": "events", "type": {"integer": {"bits": 64, "signed": false}}},
        {"name": "first_dropped", "type": "timestamp"},
        {"name": "last_dropped", "type": "timestamp"}
    ]
}"#;

/// The columns of each table.
#[derive(Debug, Default)]
pub struct Tables(HashMap<String, Arc<TableSchema>>);

/// The columns of one table.
#[derive(Debug)]
pub struct TableSchema {
    /// In the order of the file.
    pub columns: Vec<Column>,
    /// The index of each by its name, which is in lower case.
    by_name: HashMap<String, usize, RandomState>,
}

fn gap_schema() -> EventSchema {
    serde_json::from_str(GAP_SCHEMA).expect("it is written above")
}

impl Tables {
    /// The tables of a catalogue; those of former names of types are among them.
    #[must_use]
    pub fn of(catalog: &Catalog) -> Self {
        let mut tables = HashMap::new();
        let gap = gap_schema();
        for event in [&gap].into_iter().chain(&catalog.events) {
            let schema = Arc::new(TableSchema::new(columns_of(&catalog.envelope, event)));
            if let Some(former) = &event.renamed_from {
                tables.entry(former.clone()).or_insert_with(|| Arc::clone(&schema));
            }
            tables.insert(event.event_type.clone(), schema);
        }
        Self(tables)
    }

    /// The tables of a lake: those of this catalogue, which joins the lake's; or, without one, what the
    /// inputs show beyond the lake's, which takes a pass over them.
    ///
    /// # Errors
    /// If the catalogue would break the files of the lake, the lake cannot be read, or an input leads nowhere.
    pub fn settle(
        store: &dyn Store,
        given: Option<&Catalog>,
        inputs: &[String],
        progress: &Progress,
    ) -> Result<Self, Failure> {
        if let Some(given) = given {
            let joined = catalog::agree(store, |there| catalog::joined(there, given));
            return joined.map(|catalog| Self::of(&catalog));
        }
        let mut guesses = Guesses::default();
        let objects = Objects::new(Environment::of_process());
        let inputs = paths::expand(inputs, &objects)?;
        progress.begin("reading", inputs.iter().map(|input| input.length).sum(), Unit::Bytes);
        for Input { path, .. } in inputs {
            // One that cannot be read is told of when it is loaded, and the others are loaded.
            if (path.is_file() || path.to_str().is_some_and(Location::is_meant))
                && let Ok(mut lines) = Lines::open(&path, &objects, progress)
            {
                while let Ok(Some(found)) = lines.read() {
                    // One that lacks no more than its newline is loaded too.
                    if let Found::Whole(line) | Found::Unfinished(line) = found {
                        guesses.look(line);
                    }
                }
            }
        }
        catalog::agree(store, |there| guesses.beyond(there)).map(|catalog| Self::of(&catalog))
    }

    /// The columns of this type.
    ///
    /// # Errors
    /// If the catalogue does not have it.
    pub fn get(&self, event_type: &str) -> Result<&Arc<TableSchema>, String> {
        self.0.get(event_type).ok_or_else(|| {
            format!("the catalogue has no type `{event_type}`; load with one that has it")
        })
    }
}

impl TableSchema {
    fn new(columns: Vec<Column>) -> Self {
        let by_name =
            columns.iter().enumerate().map(|(index, column)| (column.name.clone(), index));
        Self { by_name: by_name.collect(), columns }
    }

    /// The columns as those of a file.
    #[must_use]
    pub fn arrow(&self) -> SchemaRef {
        let columns = self.columns.iter();
        let fields: Fields =
            columns.map(|column| columns::field(&column.name, &column.column_type)).collect();
        Arc::new(Schema::new(fields))
    }

    /// The index of the column with this key, in whatever case it is written.
    #[must_use]
    pub fn index(&self, key: &str) -> Option<usize> {
        if let Some(index) = self.by_name.get(key) {
            return Some(*index);
        }
        self.by_name.get(&key.to_lowercase()).copied()
    }
}
