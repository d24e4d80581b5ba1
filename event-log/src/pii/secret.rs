//! [`Secret`]: a value that no event may hold.

use std::fmt;

/// A value that no event may hold, in no form: a password, a token, a key.
///
/// It shows nothing in `Debug`. An event that holds one does not compile, however deep it lies in
/// the type of the field, and whatever `pii` says; only [`skip`](derive@crate::Event) leaves it out:
///
/// ```compile_fail
/// use event_log::{Event, pii::Secret};
///
/// #[derive(Event)]
/// struct LoggedIn {
///     tokens: Vec<Option<Secret<String>>>, // "a `Secret` is never written"
/// }
/// ```
///
/// ```
/// use event_log::{Event, pii::Secret};
///
/// #[derive(Event)]
/// struct LoggedIn {
///     method: &'static str,
///     #[event(skip)]
///     password: Secret<String>,
/// }
///
/// let password = Secret::new("correct horse".to_owned());
/// assert_eq!(format!("{password:?}"), "Secret(***)");
/// assert_eq!(password.expose(), "correct horse");
/// ```
///
/// It is not wiped from memory when it is dropped.
#[derive(Clone, Default)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
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

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// Shows nothing of the value.
impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}
