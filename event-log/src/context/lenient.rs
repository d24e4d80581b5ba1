//! A context made of what strangers sent: what is refused is told of, and costs nothing else.

use serde_core::Serialize;

use crate::baggage::BaggageKeys;
use crate::context::{Context, ContextError, IntoCountryCode, IntoLocale};
use crate::user_id::AsUserId;

/// A context under construction whose setters cannot fail; made by [`Context::lenient`].
///
/// A value that is refused is left out: the context keeps what it had for that key, or null.
/// [`finish`](Self::finish) tells of it. So a request with a malformed header is served, and its
/// events bear everything else that is known.
///
/// ```
/// use event_log::Context;
///
/// let mut refused = Vec::new();
/// let context = Context::new()
///     .lenient()
///     .user_id(42)
///     .locale("ja_JP.UTF-8")
///     .country_code(Some("JP"))
///     .field("session_id", "s-1")
///     .finish(|error| refused.push(error.to_string()));
///
/// let expected = r#"{"user_id":42,"locale":null,"country_code":"JP","session_id":"s-1"}"#;
/// assert_eq!(format!("{context:?}"), format!("Context {expected}"));
/// assert!(refused[0].ends_with("must be a BCP 47 tag; write `ja-JP`"));
/// ```
#[derive(Debug)]
#[must_use = "the context is only made by `finish`"]
pub struct LenientContext {
    context: Context,
    refused: Vec<ContextError>,
}

impl LenientContext {
    pub(super) fn new(context: Context) -> Self {
        Self { context, refused: Vec::new() }
    }

    /// Sets who acts, like [`Context::user_id`].
    pub fn user_id(mut self, user_id: impl AsUserId) -> Self {
        self.context = self.context.user_id(user_id);
        self
    }

    /// Sets the language, like [`Context::locale`], unless it is malformed.
    pub fn locale(mut self, locale: impl IntoLocale) -> Self {
        let outcome = self.context.set_locale(locale);
        self.note(outcome)
    }

    /// Sets the country, like [`Context::country_code`], unless it is malformed.
    pub fn country_code(mut self, country: impl IntoCountryCode) -> Self {
        let outcome = self.context.set_country_code(country);
        self.note(outcome)
    }

    /// Sets a common field, like [`Context::field`], unless its name or value is refused.
    pub fn field(mut self, name: &str, value: impl Serialize) -> Self {
        let outcome = self.context.set_field(name, &value);
        self.note(outcome)
    }

    /// Sets what `keys` name in the `baggage` headers of a request: see [`baggage`](crate::baggage),
    /// also for whom to trust.
    pub fn baggage<V: AsRef<[u8]>>(
        self,
        keys: &BaggageKeys,
        headers: impl IntoIterator<Item = V>,
    ) -> Self {
        keys.read(self, headers)
    }

    /// The context, after `tell` was called with each refused value in the order of the calls.
    ///
    /// `tell` goes to the service's tracing, or is `drop`. Whoever sends the values decides how often
    /// it is called.
    pub fn finish(self, tell: impl FnMut(ContextError)) -> Context {
        self.refused.into_iter().for_each(tell);
        self.context
    }

    pub(crate) fn refuse(mut self, error: impl Into<ContextError>) -> Self {
        self.refused.push(error.into());
        self
    }

    fn note(self, outcome: Result<(), ContextError>) -> Self {
        match outcome {
            Ok(()) => self,
            Err(error) => self.refuse(error),
        }
    }
}
