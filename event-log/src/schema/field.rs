//! The traits that a field's type implements: what its values look like in a line.

use super::{Member, Schema};

/// A type whose values can be fields of events, because it says what they look like in a line.
///
/// A param of an event implements this and `serde::Serialize`. It is implemented for `bool`, numbers,
/// texts, `char`, times of std and chrono, UUIDs, addresses, [`serde_json::Value`], and for options,
/// pointers, lists, sets and maps of these. For types of your own derive it:
/// [`derive@crate::EventField`].
///
/// Where no derive can help, because `Serialize` is written by hand, implement it, and see to it that
/// it tells the truth:
///
/// ```
/// use event_log::{EventField, Schema};
///
/// /// Yen, written as a number.
/// struct Yen(u64);
///
/// impl EventField for Yen {
///     const SCHEMA: Schema = u64::SCHEMA;
/// }
/// ```
///
/// Tuples have none: they mix types in an array, which is no column of any engine. Nor have `()`,
/// unit structs and `PhantomData`, which are `null` always: leave such a field out.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of an event: it does not say what it looks like in a table",
    label = "has no schema",
    note = "for a type of your own, add `#[derive(event_log::EventField)]`",
    note = "or make the field a column of opaque JSON with `#[event(json)]`",
    note = "a tuple mixes types in an array, which is no column: make it a struct"
)]
pub trait EventField {
    /// What the values look like.
    const SCHEMA: Schema;
}

/// A type whose values are records: named values of which each is a field of its own.
///
/// `#[derive(EventField)]` implements it for structs. It is what `#[serde(flatten)]` asks of a field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened into a record: nobody knows which names it brings",
    label = "not a struct with `#[derive(EventField)]`",
    note = "flatten a struct with `#[derive(event_log::EventField)]`, or do not flatten",
    note = "or make the whole record a column of opaque JSON with `#[event(json)]`"
)]
pub trait EventRecord: EventField {
    /// In the order of the line.
    #[doc(hidden)]
    const MEMBERS: &'static [Member];
}

impl<R: EventRecord> EventRecord for Option<R> {
    const MEMBERS: &'static [Member] = R::MEMBERS;
}

impl<R: EventRecord + ?Sized> EventRecord for &R {
    const MEMBERS: &'static [Member] = R::MEMBERS;
}

impl<R: EventRecord + ?Sized> EventRecord for Box<R> {
    const MEMBERS: &'static [Member] = R::MEMBERS;
}
