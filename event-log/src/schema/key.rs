//! What can be the key of a map.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use uuid::Uuid;

/// A type whose values can be keys of a map in an event, since `serde_json` writes them as a string.
///
/// Texts, `char`, integers, UUIDs, and enums with `#[derive(EventField)]`. A marker: for a newtype over
/// one of these, implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a map in an event: a key is a text",
    label = "not a text, an integer, a `Uuid` or an enum with `#[derive(EventField)]`",
    note = "for a newtype over one of these, implement `event_log::EventKey`",
    note = "or make the field a column of opaque JSON with `#[event(json)]`"
)]
pub trait EventKey {}

macro_rules! keys {
    ($($key:ty)+) => {$(impl EventKey for $key {})+};
}

keys! { str String char Uuid i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

impl<K: EventKey + ?Sized> EventKey for &K {}
impl<K: EventKey + ?Sized> EventKey for Box<K> {}
impl<K: EventKey + ?Sized> EventKey for Rc<K> {}
impl<K: EventKey + ?Sized> EventKey for Arc<K> {}
impl<K: EventKey + ToOwned + ?Sized> EventKey for Cow<'_, K> {}
