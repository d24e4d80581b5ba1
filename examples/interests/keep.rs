//! Moves clicks from the log into the store, exactly once each.

use std::path::Path;

use event_log::UserId;
use event_log::follow::{FollowError, Follower, Line, Position, Start, StopHandle};

use crate::clicks::ArticleClicked;
use crate::store::{Click, Store};

/// A transaction syncs the disk: it takes in what is there, up to so many clicks.
const CLICKS_PER_TRANSACTION: usize = 500;

/// Follows the log into a store.
pub(crate) struct Keeper {
    follower: Follower,
    store: Store,
    /// What the store says was consumed.
    stored: Option<Position>,
    clicks: u64,
    transactions: u64,
    /// From each click to when it was stored, in milliseconds.
    delays_millis: Vec<i64>,
}

impl Keeper {
    /// Goes on where the store says.
    pub(crate) fn open(log_dir: &Path, store: Store) -> anyhow::Result<Self> {
        let stored = store.position()?;
        let start = stored.clone().map_or(Start::Beginning, Start::At);
        let follower =
            Follower::builder(log_dir).types(["article_clicked"]).start(start).build()?;
        Ok(Self { follower, store, stored, clicks: 0, transactions: 0, delays_millis: Vec::new() })
    }

    /// Stores what comes next; `false` if nothing will. Waits for a click only if `waits`.
    pub(crate) fn store_next(&mut self, waits: bool) -> anyhow::Result<bool> {
        let first = if waits { self.follower.next() } else { self.follower.read_available() };
        let Some(first) = first else { return Ok(false) };
        let mut clicks = Vec::new();
        clicks.extend(click(first));
        while clicks.len() < CLICKS_PER_TRANSACTION
            && let Some(next) = self.follower.read_available()
        {
            clicks.extend(click(next));
        }
        let position = self.follower.position();
        self.store.add(&clicks, self.stored.as_ref(), &position)?;
        self.stored = Some(position);
        let now = event_log::chrono::DateTime::from(std::time::SystemTime::now());
        self.delays_millis.extend(clicks.iter().map(|click| (now - click.date).num_milliseconds()));
        self.clicks += clicks.len() as u64;
        self.transactions += 1;
        Ok(true)
    }

    pub(crate) fn clicks(&self) -> u64 {
        self.clicks
    }

    pub(crate) fn transactions(&self) -> u64 {
        self.transactions
    }

    pub(crate) fn delays_millis(&self) -> &[i64] {
        &self.delays_millis
    }

    pub(crate) fn stop_handle(&self) -> StopHandle {
        self.follower.stop_handle()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }
}

/// The click in a line. Trouble is told, and following goes on.
fn click(line: Result<Line, FollowError>) -> Option<Click> {
    let read = |line: Line| -> anyhow::Result<Option<Click>> {
        let Some(UserId::Unsigned(reader)) = line.user_id() else { return Ok(None) };
        if line.is_gap() {
            return Ok(None);
        }
        let ArticleClicked { topic } = line.params()?;
        Ok(Some(Click { reader, topic, date: line.date() }))
    };
    line.map_err(anyhow::Error::from).and_then(read).unwrap_or_else(|trouble| {
        eprintln!("follow: {trouble:#}");
        None
    })
}
