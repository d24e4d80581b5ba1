//! What differs between two versions of a catalogue, and what that does to those who read the events.

mod compare;
mod meaning;
mod types;

use std::fmt;

pub use self::compare::compare;
pub(crate) use self::compare::compare_with;

/// Who reads events, as far as a change can be another thing to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// Programs that take values out of the lines by key.
    JsonReaders,
    /// A lake of Parquet, whatever engine reads it.
    Parquet,
    /// Athena, Hive and Spark over a lake of JSON.
    Athena,
    /// BigQuery, over the lake or with tables of its own.
    BigQuery,
    /// DuckDB over a lake of JSON.
    DuckDb,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::JsonReaders, Self::Parquet, Self::Athena, Self::BigQuery, Self::DuckDb];
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::JsonReaders => "JSON readers",
            Self::Parquet => "Parquet",
            Self::Athena => "Athena, Hive, Spark",
            Self::BigQuery => "BigQuery",
            Self::DuckDb => "DuckDB",
        })
    }
}

/// What a change does to one [`Target`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Old lines read right by the new definition, and new lines by the old one.
    Safe,
    /// Old lines read right by the new definition; the text says what to know, or to do first.
    Note(String),
    /// Old lines, or the queries that exist, do not read right by the new definition; the text says why.
    Breaking(String),
}

impl Verdict {
    /// Whether it is [`Breaking`](Self::Breaking).
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        matches!(self, Self::Breaking(_))
    }
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// A type of event is new.
    EventAdded,
    /// A type of event is gone.
    EventRemoved,
    /// A type of event has another name, and says so by `renamed_from`.
    EventRenamed {
        /// Its name before.
        from: String,
    },
    /// A type of event is back under a name that was removed.
    EventReturned,
    /// A field is new.
    FieldAdded,
    /// A field is gone.
    FieldRemoved,
    /// A field has another name, and says so by `renamed_from`.
    FieldRenamed {
        /// Its name before.
        from: String,
    },
    /// A field is back under a name that was removed.
    FieldReturned,
    /// The values are of another type.
    TypeChanged {
        /// The type before, in words.
        from: String,
        /// The type now, in words.
        to: String,
    },
    /// The value may be null from now on.
    MadeOptional,
    /// The value may not be null any more.
    MadeRequired,
    /// Personal data is treated in another way.
    PersonalChanged,
    /// The fields are in another order.
    Reordered,
    /// Description, owner, age or deprecation are others.
    Described,
}

/// One difference between two versions of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The type of event, and within it the field: `order_placed.items[].sku`. A common field begins
    /// with `*`, as it is in all events: `*.session_id`.
    pub place: String,
    /// What changed there.
    pub kind: ChangeKind,
    /// What it does to each target.
    pub verdicts: Vec<(Target, Verdict)>,
    /// What to do instead, or to do about it, where that is not plain.
    pub way_out: Option<&'static str>,
}

impl Change {
    /// Whether it breaks any target.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.verdicts.iter().any(|(_, verdict)| verdict.is_breaking())
    }

    /// Whether it breaks `target`.
    #[must_use]
    pub fn breaks(&self, target: Target) -> bool {
        self.verdicts.iter().any(|(of, verdict)| *of == target && verdict.is_breaking())
    }
}

/// The place and what changed there, in words, on one line.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.kind)
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EventAdded => f.write_str("new type of event"),
            Self::EventRemoved => f.write_str("the type of event is gone"),
            Self::EventRenamed { from } => write!(f, "the type of event was called {from}"),
            Self::EventReturned => f.write_str("a type of event of this name was removed before"),
            Self::FieldAdded => f.write_str("new field"),
            Self::FieldRemoved => f.write_str("the field is gone"),
            Self::FieldRenamed { from } => write!(f, "the field was called {from}"),
            Self::FieldReturned => f.write_str("a field of this name was removed before"),
            Self::TypeChanged { from, to } => write!(f, "{from} became {to}"),
            Self::MadeOptional => f.write_str("may be null now"),
            Self::MadeRequired => f.write_str("may not be null any more"),
            Self::PersonalChanged => f.write_str("personal data is treated in another way"),
            Self::Reordered => f.write_str("the fields are in another order"),
            Self::Described => f.write_str("described in other words"),
        }
    }
}
