//! A shop whose database and log agree.
//!
//! There is no transaction over two systems here, so there is a moment between the two commits. A
//! process that dies in it leaves an order without events. (The other way round, events first, it would
//! leave events of an order that does not exist, which is worse.) So the database remembers which
//! orders were not announced, in the order's own transaction, and forgets it once the events are
//! committed; the next start announces what is left. A death between that commit and the forgetting
//! announces an order twice, under new ids: who counts orders counts `order`, not lines. Events that were
//! dropped are not forgotten either.
//!
//! That is for processes that die. Where a power cut must not part the two either, the events are synced
//! (`logger.sync`) before they are forgotten.

use std::path::Path;

use event_log::{Logger, Transaction};
use rusqlite::{Connection, params};

use crate::events::{OrderPlaced, StockReserved};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS stock (article TEXT PRIMARY KEY, pieces INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS items (order_id INTEGER, article TEXT, pieces INTEGER);
    CREATE TABLE IF NOT EXISTS unannounced (order_id INTEGER PRIMARY KEY);
";

/// So many pieces of an article.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    pub(crate) article: &'a str,
    pub(crate) pieces: u32,
}

/// Why an order was not placed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    #[error("of `{article}` there are not {pieces} left")]
    OutOfStock { article: String, pieces: u32 },
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
}

pub(crate) struct Shop {
    database: Connection,
    logger: Logger,
    announced_late: Vec<i64>,
}

impl Shop {
    /// Opens the shop's database and its log, and announces what a dead process did not come to.
    pub(crate) fn open(directory: &Path) -> anyhow::Result<Self> {
        let database = Connection::open(directory.join("shop.sqlite"))?;
        database.execute_batch(TABLES)?;
        let logger = Logger::builder(directory.join("log")).build()?;
        let mut shop = Self { database, logger, announced_late: Vec::new() };
        shop.announce_what_is_left()?;
        Ok(shop)
    }

    pub(crate) fn logger(&self) -> &Logger {
        &self.logger
    }

    /// The orders that this start has announced.
    pub(crate) fn announced_late(&self) -> &[i64] {
        &self.announced_late
    }

    pub(crate) fn stock(&self, article: &str, pieces: u32) -> rusqlite::Result<usize> {
        self.database.execute("INSERT INTO stock VALUES (?1, ?2)", params![article, pieces])
    }

    pub(crate) fn orders(&self) -> rusqlite::Result<Vec<i64>> {
        column(&self.database, "SELECT id FROM orders ORDER BY id")
    }

    /// Places an order; returns its number.
    pub(crate) fn place(&mut self, items: &[Item<'_>]) -> Result<i64, PlaceError> {
        let (order, events) = self.place_in_database(items)?;
        self.announce(order, events)?;
        Ok(order)
    }

    /// Places an order and dies at the worst moment: nothing is dropped or flushed, as with a kill.
    pub(crate) fn place_and_die(&mut self, items: &[Item<'_>]) -> Result<(), PlaceError> {
        let (_order, _events) = self.place_in_database(items)?;
        std::process::exit(1)
    }

    /// Commits the order to the database; returns its number and its events, which are to be committed.
    fn place_in_database(&mut self, items: &[Item<'_>]) -> Result<(i64, Transaction), PlaceError> {
        // Whichever `?` or return leaves this function drops both: rolled back, and never emitted.
        let database = self.database.transaction()?;
        let mut events = self.logger.transaction();
        database.execute("INSERT INTO orders DEFAULT VALUES", [])?;
        let order = database.last_insert_rowid();
        events.emit(OrderPlaced { articles: items.len(), order });
        for Item { article, pieces } in items.iter().copied() {
            let reserved = database.execute(
                "UPDATE stock SET pieces = pieces - ?2 WHERE article = ?1 AND pieces >= ?2",
                params![article, pieces],
            )?;
            if reserved == 0 {
                return Err(PlaceError::OutOfStock { article: article.to_owned(), pieces });
            }
            database.execute(
                "INSERT INTO items VALUES (?1, ?2, ?3)",
                params![order, article, pieces],
            )?;
            events.emit(StockReserved { article, order, pieces });
        }
        database.execute("INSERT INTO unannounced VALUES (?1)", [order])?;
        database.commit()?;
        Ok((order, events))
    }

    /// Lets the events of an order appear; says whether they do. If they were dropped, as when the disk
    /// is full for long, the next start announces the order.
    fn announce(&self, order: i64, events: Transaction) -> rusqlite::Result<bool> {
        if events.try_commit().is_err() {
            return Ok(false);
        }
        self.database.execute("DELETE FROM unannounced WHERE order_id = ?1", [order])?;
        Ok(true)
    }

    fn announce_what_is_left(&mut self) -> rusqlite::Result<()> {
        for order in column(&self.database, "SELECT order_id FROM unannounced ORDER BY order_id")? {
            let mut statement =
                self.database.prepare("SELECT article, pieces FROM items WHERE order_id = ?1")?;
            let items = statement.query_map([order], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let items = items.collect::<Result<Vec<(String, u32)>, _>>()?;
            let mut events = self.logger.transaction();
            events.emit(OrderPlaced { articles: items.len(), order });
            for (article, pieces) in &items {
                events.emit(StockReserved { article, order, pieces: *pieces });
            }
            if self.announce(order, events)? {
                self.announced_late.push(order);
            }
        }
        Ok(())
    }
}

fn column(database: &Connection, query: &str) -> rusqlite::Result<Vec<i64>> {
    database.prepare(query)?.query_map([], |row| row.get(0))?.collect()
}
