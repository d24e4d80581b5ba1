//! Orders in a database, and their events in the log: both appear, or neither.
//!
//! An order is placed in a transaction of `SQLite`, and its events in one of the log. What a customer
//! cannot have is rolled back in both. Then a process dies between the two commits, and the next start
//! closes the gap; `shop.rs` says how.
//!
//! ```text
//! $ cargo run --example orders
//! order 1 was placed
//! order 2 was refused: of `paper` there are not 500 left
//! a process died between the two commits of order 2
//! the next start found order 2 without its events, and emitted them
//! orders in the database: [1, 2]
//! order_placed {"articles":2,"order":1}
//! stock_reserved {"article":"brush","order":1,"pieces":2}
//! stock_reserved {"article":"paper","order":1,"pieces":100}
//! order_placed {"articles":1,"order":2}
//! stock_reserved {"article":"brush","order":2,"pieces":1}
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it did")]

mod events;
mod shop;

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::shop::{Item, PlaceError, Shop};

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, directory] = &arguments[..]
        && flag == "--die-between-commits"
    {
        let mut shop = Shop::open(Path::new(directory))?;
        shop.place_and_die(&[Item { article: "brush", pieces: 1 }])?;
    }
    let directory = tempfile::tempdir()?;
    demo(directory.path())
}

fn demo(directory: &Path) -> Result<()> {
    let mut shop = Shop::open(directory)?;
    shop.stock("brush", 10)?;
    shop.stock("paper", 200)?;

    let wanted = [Item { article: "brush", pieces: 2 }, Item { article: "paper", pieces: 100 }];
    println!("order {} was placed", shop.place(&wanted)?);

    let too_much = [Item { article: "brush", pieces: 1 }, Item { article: "paper", pieces: 500 }];
    match shop.place(&too_much) {
        Err(error @ PlaceError::OutOfStock { .. }) => println!("order 2 was refused: {error}"),
        other => println!("{other:?}"),
    }
    drop(shop);

    let status = Command::new(env::current_exe()?)
        .arg("--die-between-commits")
        .arg(directory)
        .status()
        .context("cannot start this program again")?;
    ensure!(!status.success(), "the process was to die");
    println!("a process died between the two commits of order 2");

    let shop = Shop::open(directory)?;
    for order in shop.announced_late() {
        println!("the next start found order {order} without its events, and emitted them");
    }
    println!("orders in the database: {:?}", shop.orders()?);
    // Only to look at the lines right away.
    shop.logger().flush(Duration::from_secs(5))?;
    for line in lines(shop.logger().directory())? {
        let line: Value = serde_json::from_str(&line)?;
        println!("{} {}", line["type"].as_str().context("every line has a type")?, line["params"]);
    }
    Ok(())
}

fn lines(log: &Path) -> Result<Vec<String>> {
    let files = fs::read_dir(log)?.map(|file| file.map(|file| file.path()));
    let mut segments = files.collect::<Result<Vec<_>, _>>()?;
    segments.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    segments.sort();
    let mut lines = Vec::new();
    for segment in segments {
        lines.extend(fs::read_to_string(segment)?.lines().map(str::to_owned));
    }
    Ok(lines)
}
