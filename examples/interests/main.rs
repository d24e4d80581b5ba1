//! Keeps what each reader of a magazine is interested in up to date, from the clicks in the log, within
//! a second of the click. Vectors and position change in one SQLite transaction: kill it at any moment
//! and start it again, and every click counts once.
//!
//! ```text
//! $ cargo run --example interests -- demo
//! follows /tmp/.tmpM0bJtI/log while 3000 clicks are made
//! stored 3000 clicks of 50 readers in 199 transactions
//! from click to stored: median 11 ms, slowest 68 ms
//! reader 7: science 0.28, politics 0.28, music 0.28, travel 0.15
//! ```
//!
//! In three terminals, and kill what you like:
//!
//! ```text
//! $ cargo run --example interests -- follow --log-dir /tmp/magazine --database /tmp/interests.db
//! $ cargo run --example interests -- click --log-dir /tmp/magazine --clicks 100000
//! $ cargo run --example interests -- show --database /tmp/interests.db --reader 7
//! ```
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what it does")]

mod clicks;
mod demo;
mod keep;
mod store;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::clicks::Clicks;
use crate::keep::Keeper;
use crate::store::Store;

/// What each reader is interested in, kept up to date from the log.
#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Emits clicks of made-up readers.
    Click(Clicks),
    /// Follows the log and keeps the vectors.
    Follow {
        #[arg(long)]
        log_dir: PathBuf,
        #[arg(long)]
        database: PathBuf,
        /// Ends as soon as everything that is there was stored.
        #[arg(long)]
        once: bool,
    },
    /// Prints one reader's vector.
    Show {
        #[arg(long)]
        database: PathBuf,
        #[arg(long)]
        reader: u64,
    },
    /// Follows while it makes clicks, and tells how long they took to arrive.
    Demo,
}

fn main() -> anyhow::Result<()> {
    match Options::parse().command {
        Command::Click(clicks) => clicks.make(),
        Command::Follow { log_dir, database, once } => {
            let mut keeper = Keeper::open(&log_dir, Store::open(&database)?)?;
            while keeper.store_next(!once)? {}
            println!("stored {} clicks", keeper.clicks());
            Ok(())
        }
        Command::Show { database, reader } => {
            println!("{}", Store::open(&database)?.interests_of(reader)?);
            Ok(())
        }
        Command::Demo => demo::run(),
    }
}
