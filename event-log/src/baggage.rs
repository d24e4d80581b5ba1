//! W3C baggage: a request's context from one service to the next, in the header `baggage`.
//!
//! A service that calls another writes what it knows of the request; the other reads it, and its
//! events bear the same user and session. The format is that of
//! [W3C Baggage](https://www.w3.org/TR/baggage/), which OpenTelemetry speaks too.
//!
//! ```
//! use event_log::Context;
//! use event_log::baggage::{BaggageKeys, BaggageKind};
//!
//! // The same in both services.
//! let keys = BaggageKeys::new()
//!     .user_id("user_id", BaggageKind::Integer)?
//!     .locale("locale")?
//!     .field("session", "session_id", BaggageKind::Text)?;
//!
//! // Out, on the request to the next service: the context that is current.
//! let context = Context::new().user_id(42).locale("ja")?.field("session_id", "s 1")?;
//! let header = context.enter(|| keys.write(&Context::current(), drop));
//! assert_eq!(header.as_deref(), Some("user_id=42,locale=ja,session=s%201"));
//!
//! // In: of any number of `baggage` headers, as text or bytes.
//! let received = Context::new().lenient().baggage(&keys, header).finish(drop);
//! assert_eq!(format!("{received:?}"), format!("{context:?}"));
//! # Ok::<(), event_log::ContextError>(())
//! ```
//!
//! # Whom to trust
//!
//! **Baggage is what the caller says.** Whoever can reach the service can send a `baggage` header
//! with any user id in it, and the events would name that user. Read it only where the caller is a
//! service of yours: behind a gateway that removes the header from requests of strangers, or after
//! you have checked who calls. At the edge take the user from the login, and from baggage nothing
//! but what a stranger may choose, such as a session id.
//!
//! Going out it is the other way round: the header tells the called service who the user is. Do not
//! write it into requests to third parties.
//!
//! That is why only the keys that [`BaggageKeys`] names are read and written; all others are passed
//! over. A value has the kind that is named for it, so that no caller changes the type of a column,
//! and at most [`max_value_bytes`](BaggageKeys::max_value_bytes), for it is part of every line.
//!
//! # What is read, what is written
//!
//! - Of one request at most 8,192 bytes and 180 members (the most that the grammar has) are read. What
//!   lies beyond is told of and passed over.
//! - At most 8,192 bytes and 64 members are written, which every service on the way must pass on.
//!   What does not fit is left out and told of.
//! - Keys are compared as they are, with regard to case. Properties (`key=value;property`) are passed
//!   over. Of several members with one key the last one that is well-formed counts.
//! - Text goes through percent-encoding, in UTF-8; bytes that are not UTF-8 are read as U+FFFD.
//! - A value that is not set, or is null, is not written, and sets nothing when it is not there.

mod error;
mod syntax;
mod target;
#[cfg(test)]
mod tests;

pub use self::error::BaggageError;
use self::target::Target;
use crate::context::{Context, ContextError, LenientContext};

/// The most bytes that are read or written: what every service must be able to pass on.
const MAX_BYTES: usize = 8_192;
/// The most members that are read: what the grammar allows.
const MAX_MEMBERS_READ: usize = 180;
/// The most members that are written: what every service must be able to pass on.
const MAX_MEMBERS_WRITTEN: usize = 64;

/// Which values of a context are carried in baggage, each under which key.
///
/// They are read by [`LenientContext::baggage`] and written by [`write`](Self::write). See the
/// [module](self) for an example and for whom to trust. Make it once, and share it.
#[derive(Clone, Debug)]
#[must_use = "keys do nothing until baggage is read or written with them"]
pub struct BaggageKeys {
    carried: Vec<Carried>,
    max_value_bytes: usize,
}

/// What kind of value a key holds: baggage itself knows text only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BaggageKind {
    /// Text; also a UUID.
    Text,
    /// A whole number from -2^63 to 2^64 - 1, without a sign `+` or leading zeros.
    Integer,
}

/// One key, and the value that it carries.
#[derive(Clone, Debug)]
struct Carried {
    key: String,
    target: Target,
}

impl BaggageKeys {
    /// No keys: nothing is read or written.
    pub const fn new() -> Self {
        Self { carried: Vec::new(), max_value_bytes: 256 }
    }

    /// Carries who acts.
    ///
    /// # Errors
    /// If the key is no token of HTTP, or is taken.
    pub fn user_id(self, key: &str, kind: BaggageKind) -> Result<Self, ContextError> {
        self.carry(key, Target::UserId(kind))
    }

    /// Carries the language.
    ///
    /// # Errors
    /// If the key is no token of HTTP, or is taken.
    pub fn locale(self, key: &str) -> Result<Self, ContextError> {
        self.carry(key, Target::Locale)
    }

    /// Carries the country.
    ///
    /// # Errors
    /// If the key is no token of HTTP, or is taken.
    pub fn country_code(self, key: &str) -> Result<Self, ContextError> {
        self.carry(key, Target::CountryCode)
    }

    /// Carries the common field of this name under a key, which may be the same.
    ///
    /// # Errors
    /// If the key is no token of HTTP, or is taken, or if no common field can bear the name: see
    /// [`Context::field`].
    pub fn field(self, key: &str, name: &str, kind: BaggageKind) -> Result<Self, ContextError> {
        Context::new().check_name(name)?;
        self.carry(key, Target::Field(name.to_owned(), kind))
    }

    /// The longest value in bytes, decoded, both ways; longer ones are left out and told of. 256 by
    /// default.
    pub fn max_value_bytes(mut self, bytes: usize) -> Self {
        self.max_value_bytes = bytes;
        self
    }

    /// The header for a request to another service, or `None` where the context has nothing to carry.
    ///
    /// `tell` is called with each value that is left out, because it is of another kind than its key
    /// says, too long, or too much for one header.
    #[must_use = "the header must be put into the request"]
    pub fn write(&self, context: &Context, mut tell: impl FnMut(BaggageError)) -> Option<String> {
        let mut header = String::new();
        let mut members = 0;
        for carried in &self.carried {
            let member = match self.member(carried, context) {
                None => continue,
                Some(Err(error)) => {
                    tell(error);
                    continue;
                }
                Some(Ok(member)) => member,
            };
            if members == MAX_MEMBERS_WRITTEN || header.len() + 1 + member.len() > MAX_BYTES {
                tell(BaggageError::NoRoom { key: carried.key.clone() });
                continue;
            }
            header.extend((members > 0).then_some(','));
            header.push_str(&member);
            members += 1;
        }
        (members > 0).then_some(header)
    }

    /// The member for one key, if the context has a value for it.
    fn member(&self, carried: &Carried, context: &Context) -> Option<Result<String, BaggageError>> {
        let Carried { key, target } = carried;
        let text = target.text_in(key, context)?;
        let text = text.and_then(|text| self.check_length(key, text));
        Some(text.map(|text| syntax::member(key, &text)))
    }

    /// Sets in `context` what the headers say of the keys.
    pub(crate) fn read<V: AsRef<[u8]>>(
        &self,
        mut context: LenientContext,
        headers: impl IntoIterator<Item = V>,
    ) -> LenientContext {
        let (mut bytes, mut members) = (0, 0);
        for header in headers {
            for member in header.as_ref().split(|byte| *byte == b',') {
                bytes += member.len() + 1;
                members += usize::from(!member.trim_ascii().is_empty());
                // The last one has no comma behind it.
                if bytes > MAX_BYTES + 1 || members > MAX_MEMBERS_READ {
                    return context.refuse(BaggageError::TooMuch);
                }
                context = self.read_member(context, member);
            }
        }
        context
    }

    fn read_member(&self, context: LenientContext, member: &[u8]) -> LenientContext {
        if member.trim_ascii().is_empty() {
            // HTTP lets lists have empty elements.
            return context;
        }
        let Some((key, value)) = syntax::split(member) else {
            return context.refuse(BaggageError::malformed(member));
        };
        let Some(Carried { key, target }) = self.carried.iter().find(|known| known.key == key)
        else {
            return context;
        };
        let Some(text) = syntax::decode(value) else {
            return context.refuse(BaggageError::malformed(member));
        };
        match self.check_length(key, text) {
            Ok(text) => target.set(context, key, &text),
            Err(error) => context.refuse(error),
        }
    }

    fn carry(mut self, key: &str, target: Target) -> Result<Self, ContextError> {
        if !syntax::is_token(key.as_bytes()) || key.len() > MAX_BYTES {
            let key = key.chars().take(error::SHOWN).collect();
            return Err(BaggageError::Key { key }.into());
        }
        let key = key.to_owned();
        if self.carried.iter().any(|known| known.key == key) {
            return Err(BaggageError::KeyTwice { key }.into());
        }
        self.carried.push(Carried { key, target });
        Ok(self)
    }

    fn check_length(&self, key: &str, text: String) -> Result<String, BaggageError> {
        if text.len() <= self.max_value_bytes {
            return Ok(text);
        }
        let (key, bytes) = (key.to_owned(), text.len());
        Err(BaggageError::ValueTooLong { key, bytes, max_bytes: self.max_value_bytes })
    }
}

/// No keys.
impl Default for BaggageKeys {
    fn default() -> Self {
        Self::new()
    }
}
