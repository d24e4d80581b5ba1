//! An order whose events were dropped is announced by the next start.
#![allow(dead_code, reason = "of the shop, this uses a part")]

mod events;
mod shop;

use std::time::Duration;

use crate::shop::{Item, Shop};

#[test]
fn an_order_whose_events_were_dropped_is_announced_by_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let mut shop = Shop::open(directory.path()).unwrap();
    shop.stock("brush", 10).unwrap();
    shop.logger().close(Duration::from_secs(30)).unwrap();

    let order = shop.place(&[Item { article: "brush", pieces: 1 }]).unwrap();

    drop(shop);
    assert_eq!(Shop::open(directory.path()).unwrap().announced_late(), [order]);
    assert!(Shop::open(directory.path()).unwrap().announced_late().is_empty());
}
