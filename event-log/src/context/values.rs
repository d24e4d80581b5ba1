//! What a context takes for a language and a country.

use crate::country_code::{CountryCode, CountryCodeError};
use crate::locale::{Locale, LocaleError};

/// What [`Context::locale`](crate::Context::locale) takes: a [`Locale`], text that becomes one, or an
/// option of either. A bare `None` needs its type: `None::<Locale>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the locale of a context",
    label = "neither a `Locale` nor text",
    note = "pass a `Locale`, a `&str`, a `String`, or an `Option` of one of these"
)]
pub trait IntoLocale {
    /// The locale, or `None` where the language is not known.
    ///
    /// # Errors
    /// If the text is not a well-formed BCP 47 tag of at most 35 bytes.
    fn into_locale(self) -> Result<Option<Locale>, LocaleError>;
}

impl<L: TryInto<Locale, Error: Into<LocaleError>>> IntoLocale for L {
    fn into_locale(self) -> Result<Option<Locale>, LocaleError> {
        self.try_into().map(Some).map_err(Into::into)
    }
}

impl<L: IntoLocale> IntoLocale for Option<L> {
    fn into_locale(self) -> Result<Option<Locale>, LocaleError> {
        self.map_or(Ok(None), IntoLocale::into_locale)
    }
}

/// What [`Context::country_code`](crate::Context::country_code) takes: a [`CountryCode`], text that
/// becomes one, or an option of either. A bare `None` needs its type: `None::<CountryCode>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the country of a context",
    label = "neither a `CountryCode` nor text",
    note = "pass a `CountryCode`, a `&str`, a `String`, or an `Option` of one of these"
)]
pub trait IntoCountryCode {
    /// The code, or `None` where the country is not known.
    ///
    /// # Errors
    /// If the text is not two upper-case ASCII letters.
    fn into_country_code(self) -> Result<Option<CountryCode>, CountryCodeError>;
}

impl<C: TryInto<CountryCode, Error: Into<CountryCodeError>>> IntoCountryCode for C {
    fn into_country_code(self) -> Result<Option<CountryCode>, CountryCodeError> {
        self.try_into().map(Some).map_err(Into::into)
    }
}

impl<C: IntoCountryCode> IntoCountryCode for Option<C> {
    fn into_country_code(self) -> Result<Option<CountryCode>, CountryCodeError> {
        self.map_or(Ok(None), IntoCountryCode::into_country_code)
    }
}
