//! Why a context refuses a value.

use crate::baggage::BaggageError;
use crate::country_code::CountryCodeError;
use crate::locale::LocaleError;

/// Why a value could not be set in a [`Context`](crate::Context).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContextError {
    /// The text given to [`locale`](crate::Context::locale) is not a locale.
    #[error(transparent)]
    Locale(#[from] LocaleError),
    /// The text given to [`country_code`](crate::Context::country_code) is not a country code.
    #[error(transparent)]
    CountryCode(#[from] CountryCodeError),
    /// A member of a `baggage` header cannot be read, or a key not be used.
    #[error(transparent)]
    Baggage(#[from] BaggageError),
    /// The name of a common field is not a name.
    #[error(
        "{name:?} cannot name a common field: a name has ASCII letters, digits and `_`, does not \
         start with a digit, and is at most 128 bytes long; rename it"
    )]
    FieldName {
        /// The name as given, cut where it is long.
        name: String,
    },
    /// The name of a common field is one that the line or the lake uses itself.
    #[error(
        "`{name}` cannot name a common field: a line or its table has a column of this name; \
         rename it, for example to `service_{name}`"
    )]
    ReservedName {
        /// The name as given.
        name: String,
    },
    /// Two common fields differ only in case, which the engines downstream do not tell apart.
    #[error("the common field `{name}` differs from `{other}` only in case; rename one of them")]
    NamesDifferInCase {
        /// The name as given.
        name: String,
        /// The name that the context has already.
        other: String,
    },
    /// The value of a common field does not serialize to JSON.
    #[error("the value of the common field `{name}` does not serialize; pass one that does")]
    FieldValue {
        /// The name as given.
        name: String,
        /// What the serializer said.
        source: serde_json::Error,
    },
}
