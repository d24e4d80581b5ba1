//! What an event is called in its line and in Rust: by these names the test kit reads lines back.

use crate::event::Event;

/// The types of event that a struct or enum stands for, as `#[derive(Event)]` knows them.
///
/// A trait of its own, since a constant in [`Event`] would make `dyn Event` impossible.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event whose type is known",
    label = "cannot be read back",
    note = "name the struct or enum itself, and let it have `#[derive(event_log::Event)]`"
)]
pub trait EventNames: Event {
    /// One for a struct, one for each variant of an enum, in their order.
    const NAMES: &'static [TypeNames];
}

/// The names of one type of event.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct TypeNames {
    /// The type, as it stands in the line.
    pub event_type: &'static str,
    /// The variant, without `r#`; `None` for a struct.
    pub variant: Option<&'static str>,
    /// The fields that are in the line: their key there, in the envelope or in the params, and
    /// their name in Rust, without `r#`.
    pub fields: &'static [(&'static str, &'static str)],
}
