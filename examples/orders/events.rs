//! What the shop tells its analysts.

use event_log::Event;

/// Fired when an order is in the database. Not fired for one that was refused.
#[derive(Event)]
pub(crate) struct OrderPlaced {
    /// How many articles it has.
    pub(crate) articles: usize,
    pub(crate) order: i64,
}

/// Fired with `order_placed`, for each article of the order.
#[derive(Event)]
pub(crate) struct StockReserved<'a> {
    pub(crate) article: &'a str,
    pub(crate) order: i64,
    pub(crate) pieces: u32,
}
