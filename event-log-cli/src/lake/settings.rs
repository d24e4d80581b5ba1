//! `_lake.json`: what all loads of a lake agree on, so that each file of a table is like the others,
//! and a load that is repeated writes the same files.

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::lake::layout::Layout;
use crate::lake::store::Store;

const PATH: &str = "_lake.json";

/// The version of what lies in `_ledger` and `_lake.json`.
const VERSION: u32 = 1;

/// How a lake is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Always 1.
    version: u32,
    /// What its files are.
    pub format: Format,
    /// How its tables are cut.
    #[serde(flatten)]
    pub layout: Layout,
    /// The lake that it is made of, by `compact --into`, and of nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// What the files of a lake are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
pub enum Format {
    /// Lines of JSON.
    #[serde(rename = "json")]
    #[value(name = "json")]
    Json,
    /// The same, compressed with gzip.
    #[default]
    #[serde(rename = "json.gz")]
    #[value(name = "json.gz")]
    JsonGzip,
    /// The same, compressed with zstd.
    #[serde(rename = "json.zst")]
    #[value(name = "json.zst")]
    JsonZstd,
    /// Parquet, in the types of the catalogue.
    #[serde(rename = "parquet")]
    #[value(name = "parquet")]
    Parquet,
}

impl Format {
    /// The end of the files' names.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::JsonGzip => "json.gz",
            Self::JsonZstd => "json.zst",
            Self::Parquet => "parquet",
        }
    }
}

impl Settings {
    /// These, for a lake of this version.
    #[must_use]
    pub fn new(format: Format, layout: Layout) -> Self {
        Self { version: VERSION, format, layout, from: None }
    }

    /// Those of a lake of Parquet that is made of this one, which lies at `from`.
    #[must_use]
    pub fn made_of(&self, from: &str) -> Self {
        let from = Some(from.to_owned());
        Self { format: Format::Parquet, from, ..self.clone() }
    }

    /// Makes them the lake's if it has none yet.
    ///
    /// # Errors
    /// If the lake has others: a table of two kinds of files would be read wrongly, or not at all.
    pub fn agree(&self, store: &dyn Store) -> Result<(), Failure> {
        let created = store.create(PATH, &self.text())?;
        // What is loaded must not outlive how it was loaded.
        store.sync()?;
        if created {
            return Ok(());
        }
        let there = store.get(PATH)?.unwrap_or_default();
        match serde_json::from_slice::<Self>(&there) {
            Ok(settings) if settings == *self => Ok(()),
            Ok(Self { from: Some(from), .. }) if self.from.is_none() => {
                Err(Failure::Argument(format!(
                    "the lake is made of the lake `{from}` by `compact --into`, which would replace what is \
                     loaded here; load into that one"
                )))
            }
            Ok(settings) => {
                Err(Failure::OtherSettings { wanted: self.describe(), there: settings.describe() })
            }
            Err(error) => Err(Failure::Argument(format!(
                "`{PATH}` of the lake cannot be understood ({error}): it was written by another \
                 version, or is not ours"
            ))),
        }
    }

    /// Those of a lake that is there.
    ///
    /// # Errors
    /// If there is none, or another version wrote it.
    pub fn of(store: &dyn Store) -> Result<Self, Failure> {
        let there = store.get(PATH)?.unwrap_or_default();
        serde_json::from_slice(&there)
            .map_err(|source| Failure::Ledger { path: PATH.to_owned(), source })
    }

    fn text(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("settings are plain data");
        text.push(b'\n');
        text
    }

    /// As the options that lead to them.
    fn describe(&self) -> String {
        let Layout { by, by_type } = &self.layout;
        let rules = by_type.iter().map(|(event_type, by)| format!(" --by-type {event_type}={by}"));
        format!("--format {} --by {by}{}", self.format.ending(), rules.collect::<String>())
    }
}
