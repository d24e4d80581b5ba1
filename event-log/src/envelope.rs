//! The envelope values that an event or a context can supply, on their way into a line.

use crate::country_code::CountryCode;
use crate::locale::Locale;
use crate::user_id::UserId;

/// The envelope values of one source; `None` leaves the word to the next source.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Envelope<'a> {
    /// Who did it.
    pub user_id: Option<UserId<'a>>,
    /// Whether it is hashed before it is written.
    pub hash_user_id: bool,
    /// In which language.
    pub locale: Option<&'a Locale>,
    /// In which country.
    pub country_code: Option<CountryCode>,
}

impl Envelope<'_> {
    /// No values at all.
    pub const EMPTY: Self =
        Self { user_id: None, hash_user_id: false, locale: None, country_code: None };

    /// Whether there is no value at all.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.user_id.is_none() && self.locale.is_none() && self.country_code.is_none()
    }
}

/// Every name that stands at the top level of a line, or becomes a partition column of a lake.
///
/// Loading a lake flattens `params` to the top level, so neither a param nor a common field may bear
/// one of them. The derive holds the same list; a test compares them.
pub(crate) const RESERVED_NAMES: [&str; 12] = [
    "id",
    "date",
    "type",
    "user_id",
    "locale",
    "country_code",
    "params",
    "year",
    "month",
    "day",
    "hour",
    "dt",
];
