//! [`Pii`]: a value that says who somebody is.

use std::fmt;

/// A value that says who somebody is: an e-mail address, a name, a number of a card.
///
/// It shows nothing in `Debug`, so that no message, panic or log of somebody else tells it. It is
/// written in an event only as `#[event(pii = "…")]` on its field says; without that, and anywhere
/// inside another value, it does not compile:
///
/// ```compile_fail
/// use event_log::{Event, pii::Pii};
///
/// #[derive(Event)]
/// struct Registered {
///     email: Pii<String>, // "add #[event(pii = ...)] to the field"
/// }
/// ```
///
/// ```
/// use event_log::{Event, pii::Pii};
///
/// #[derive(Event)]
/// struct Registered {
///     #[event(pii = "mask")]
///     email: Pii<String>,
/// }
///
/// let email = Pii::new("ada@example.com".to_owned());
/// assert_eq!(format!("{email:?}"), "Pii(***)");
/// assert_eq!(email.expose(), "ada@example.com");
/// ```
///
/// It is not wiped from memory when it is dropped.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: for where it is needed, and not for a message.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Pii<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// Shows nothing of the value.
impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pii(***)")
    }
}
