//! Why baggage is not read or written.

/// How much of a text an error shows, in characters.
pub(super) const SHOWN: usize = 60;

/// Why a key of baggage cannot be used, or a member was passed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaggageError {
    /// The key given to [`BaggageKeys`](crate::baggage::BaggageKeys) is not a key.
    #[error(
        "{key:?} cannot be a key of baggage: a key has ASCII letters, digits and ``!#$%&'*+-.^_`|~``; \
         rename it"
    )]
    Key {
        /// The key as given, cut where it is long.
        key: String,
    },
    /// The key carries another value already.
    #[error("the key `{key}` of baggage carries another value already; use another key")]
    KeyTwice {
        /// The key as given.
        key: String,
    },
    /// A member of the header is not `key=value`, or its value holds what must be percent-encoded.
    #[error(
        "the baggage member `{found}` is malformed, but must be `key=value`, with all but printable \
         ASCII percent-encoded; look at what the caller sends"
    )]
    Malformed {
        /// The member, with escapes for what is not printable, cut where it is long.
        found: String,
    },
    /// The value of a key that carries an integer is none.
    #[error(
        "the baggage key `{key}` holds {found:?}, but must hold a whole number from -2^63 to 2^64 - 1; \
         read it as text, or look at what the caller sends"
    )]
    NotInteger {
        /// The key.
        key: String,
        /// The value, cut where it is long.
        found: String,
    },
    /// A value is longer than is allowed.
    #[error(
        "the value of the baggage key `{key}` is {bytes} bytes long, but at most {max_bytes} are \
         allowed; raise `max_value_bytes` if it is wanted in every line"
    )]
    ValueTooLong {
        /// The key.
        key: String,
        /// The length of the value, decoded.
        bytes: usize,
        /// What is allowed.
        max_bytes: usize,
    },
    /// The headers of one request hold more than is read.
    #[error(
        "a request has more than 8192 bytes or 180 members of baggage; what lies beyond was not read"
    )]
    TooMuch,
    /// The context's value is of another kind than its key carries.
    #[error(
        "the context's value for the baggage key `{key}` is of another kind than the key carries; \
         name the right `BaggageKind`, or do not carry it"
    )]
    OtherKind {
        /// The key.
        key: String,
    },
    /// The header is full.
    #[error(
        "the value of the baggage key `{key}` has no room in a header of 64 members and 8192 bytes; \
         carry less"
    )]
    NoRoom {
        /// The key.
        key: String,
    },
}

impl BaggageError {
    pub(super) fn malformed(member: &[u8]) -> Self {
        let shown = &member[..member.len().min(SHOWN)];
        Self::Malformed { found: shown.trim_ascii().escape_ascii().to_string() }
    }
}
