//! Events of different sizes, beside `LessonCleared`, which has five params.

use event_log::Event;
use serde::Serialize;

/// No params at all.
#[derive(Event, Serialize)]
pub(crate) struct Nothing {}

/// One param of text.
#[derive(Event, Serialize)]
pub(crate) struct Text {
    pub(crate) text: String,
}

/// Twenty params of mixed types.
#[derive(Event, Serialize)]
pub(crate) struct OrderPlaced {
    order: u64,
    cart: u64,
    items: u32,
    coupons: u8,
    net: f64,
    tax: f64,
    shipping: f64,
    total: f64,
    currency: &'static str,
    payment: &'static str,
    carrier: &'static str,
    channel: &'static str,
    campaign: Option<&'static str>,
    referrer: Option<&'static str>,
    is_gift: bool,
    is_first: bool,
    is_express: bool,
    warehouse: u16,
    days: i32,
    points: i64,
}

pub(crate) const ORDER: OrderPlaced = OrderPlaced {
    order: 81_726_354,
    cart: 91_827_364_554,
    items: 3,
    coupons: 1,
    net: 149.7,
    tax: 14.97,
    shipping: 4.99,
    total: 169.66,
    currency: "EUR",
    payment: "credit_card",
    carrier: "hand_delivery",
    channel: "mobile_app",
    campaign: Some("spring_2021"),
    referrer: None,
    is_gift: false,
    is_first: true,
    is_express: false,
    warehouse: 17,
    days: 2,
    points: -150,
};

/// So many bytes of text, or somewhat less, without anything to escape.
pub(crate) fn plain(bytes: usize) -> Text {
    Text { text: repeat("The quick brown fox jumps over the lazy dog. ", bytes) }
}

/// As many, with three characters in 45 to escape.
pub(crate) fn escaped(bytes: usize) -> Text {
    Text { text: repeat("The \"quick\" brown fox jumps over a lazy dog.\n", bytes) }
}

/// As many, in Japanese.
pub(crate) fn japanese(bytes: usize) -> Text {
    Text { text: repeat("いろはにほへと散りぬるを我が世誰ぞ常ならむ", bytes) }
}

fn repeat(phrase: &str, bytes: usize) -> String {
    phrase.repeat(bytes / phrase.len())
}
