//! What a context takes for a language and a country.

use crate::country_code::{CountryCode, CountryCodeError};
use crate::locale::{Locale, LocaleError};

/// What [`Context::locale`](crate::Context::locale) takes: a [`Locale`], text that becomes one, or an
/// option of either. A bare `None` needs its type: `None::<Locale>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the locale of a context",
    label = "neither a `Locale` nor text",
    note = "pass a `Locale`, a `&str`, a `String`, or an `Option` of one of these",
    note = "for a type of your own, implement `event_log::IntoLocale`"
)]
pub trait IntoLocale {
    /// The locale, or `None` where the language is not known.
    ///
    /// # Errors
    /// If the text is not a well-formed BCP 47 tag of at most 35 bytes.
    fn into_locale(self) -> Result<Option<Locale>, LocaleError>;
}

impl IntoLocale for Locale {
    fn into_locale(self) -> Result<Option<Locale>, LocaleError> {
        Ok(Some(self))
    }
}

impl IntoLocale for &Locale {
    fn into_locale(self) -> Result<Option<Locale>, LocaleError> {
        Ok(Some(*self))
    }
}

impl IntoLocale for &str {
    fn into_locale(self) -> Result<Option<Locale>, LocaleError> {
        Locale::new(self).map(Some)
    }
}

impl IntoLocale for &String {
    fn into_locale(self) -> Result<Option<Locale>, LocaleError> {
        Locale::new(self).map(Some)
    }
}

impl IntoLocale for String {
    fn into_locale(self) -> Result<Option<Locale>, LocaleError> {
        Locale::new(&self).map(Some)
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
    note = "pass a `CountryCode`, a `&str`, a `String`, or an `Option` of one of these",
    note = "for a type of your own, implement `event_log::IntoCountryCode`"
)]
pub trait IntoCountryCode {
    /// The code, or `None` where the country is not known.
    ///
    /// # Errors
    /// If the text is not two upper-case ASCII letters.
    fn into_country_code(self) -> Result<Option<CountryCode>, CountryCodeError>;
}

impl IntoCountryCode for CountryCode {
    fn into_country_code(self) -> Result<Option<CountryCode>, CountryCodeError> {
        Ok(Some(self))
    }
}

impl IntoCountryCode for &CountryCode {
    fn into_country_code(self) -> Result<Option<CountryCode>, CountryCodeError> {
        Ok(Some(*self))
    }
}

impl IntoCountryCode for &str {
    fn into_country_code(self) -> Result<Option<CountryCode>, CountryCodeError> {
        CountryCode::new(self).map(Some)
    }
}

impl IntoCountryCode for &String {
    fn into_country_code(self) -> Result<Option<CountryCode>, CountryCodeError> {
        CountryCode::new(self).map(Some)
    }
}

impl IntoCountryCode for String {
    fn into_country_code(self) -> Result<Option<CountryCode>, CountryCodeError> {
        CountryCode::new(&self).map(Some)
    }
}

impl<C: IntoCountryCode> IntoCountryCode for Option<C> {
    fn into_country_code(self) -> Result<Option<CountryCode>, CountryCodeError> {
        self.map_or(Ok(None), IntoCountryCode::into_country_code)
    }
}
