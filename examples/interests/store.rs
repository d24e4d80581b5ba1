//! Vectors and position in one SQLite file, changed together or not at all.

use std::fmt;
use std::path::Path;

use anyhow::Context;
use event_log::chrono::{DateTime, Utc};
use event_log::follow::Position;
use rusqlite::{Connection, OptionalExtension};

/// A click counts half after so many days.
const HALF_LIFE_DAYS: f64 = 30.0;

/// 2020-01-01. All weights are told as of that day: those of later clicks are larger, so that no
/// stored weight has to be lowered as time passes. Doubles last for 80 years of that.
const REFERENCE_SECONDS: i64 = 1_577_836_800;

/// The database.
pub(crate) struct Store(Connection);

/// One click, as far as the vectors are concerned.
pub(crate) struct Click {
    pub(crate) reader: u64,
    pub(crate) topic: String,
    pub(crate) date: DateTime<Utc>,
}

impl Click {
    pub(crate) fn weight(&self) -> f64 {
        let since = self.date - DateTime::from_timestamp(REFERENCE_SECONDS, 0).unwrap_or_default();
        (since.as_seconds_f64() / 86_400.0 / HALF_LIFE_DAYS).exp2()
    }
}

impl Store {
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let connection = Connection::open(path)
            .with_context(|| format!("cannot open the database `{}`", path.display()))?;
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS interests (
                reader INTEGER NOT NULL, topic TEXT NOT NULL,
                weight REAL NOT NULL, clicks INTEGER NOT NULL,
                PRIMARY KEY (reader, topic)
             );
             CREATE TABLE IF NOT EXISTS progress (
                only_row INTEGER PRIMARY KEY CHECK (only_row = 1), position TEXT NOT NULL
             );",
        )?;
        Ok(Self(connection))
    }

    /// What was consumed; `None` before the first transaction.
    pub(crate) fn position(&self) -> anyhow::Result<Option<Position>> {
        let text = self.0.query_row("SELECT position FROM progress", [], |row| row.get(0));
        let text: Option<String> = text.optional()?;
        Ok(text.map(|text| text.parse()).transpose()?)
    }

    /// Adds the clicks and moves the position from `before` to `after`, or does neither.
    pub(crate) fn add(
        &mut self,
        clicks: &[Click],
        before: Option<&Position>,
        after: &Position,
    ) -> anyhow::Result<()> {
        let transaction =
            self.0.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for click in clicks {
            transaction
                .prepare_cached(
                    "INSERT INTO interests VALUES (?1, ?2, ?3, 1) ON CONFLICT DO UPDATE
                     SET weight = weight + excluded.weight, clicks = clicks + 1",
                )?
                .execute((click.reader.cast_signed(), &click.topic, click.weight()))?;
        }
        // Also keeps a second program on the same database from counting the same clicks.
        let moved = transaction.execute(
            "INSERT INTO progress VALUES (1, ?2) ON CONFLICT DO UPDATE
             SET position = excluded.position WHERE position = ?1",
            (before.map(Position::to_string), after.to_string()),
        )?;
        anyhow::ensure!(
            moved == 1,
            "somebody else follows into this database; stop one of the two"
        );
        Ok(transaction.commit()?)
    }

    /// One reader's vector; its parts add up to 1.
    pub(crate) fn interests_of(&self, reader: u64) -> anyhow::Result<Interests> {
        let mut query = self.0.prepare(
            "SELECT topic, weight / SUM(weight) OVER () FROM interests WHERE reader = ?1
             ORDER BY weight DESC",
        )?;
        let parts =
            query.query_map([reader.cast_signed()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Interests { reader, parts: parts.collect::<Result<_, _>>()? })
    }
}

/// A vector with the largest part first.
pub(crate) struct Interests {
    reader: u64,
    parts: Vec<(String, f64)>,
}

impl fmt::Display for Interests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts.iter().map(|(topic, part)| format!("{topic} {part:.2}"));
        write!(f, "reader {}: {}", self.reader, parts.collect::<Vec<_>>().join(", "))
    }
}
