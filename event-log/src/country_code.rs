//! In which country: two letters of ISO 3166-1.

use std::convert::Infallible;
use std::fmt;
use std::rc::Rc;
use std::str::FromStr;
use std::sync::Arc;

use serde_core::de::Error as _;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

/// A country as it goes into the `country_code` key of a line: ISO 3166-1 alpha-2, such as `JP`.
///
/// The shape is checked, two upper-case ASCII letters; whether a country bears the code is not, for
/// that list changes with the world.
///
/// ```
/// use event_log::CountryCode;
///
/// let country = CountryCode::new("JP")?;
/// assert_eq!(country.as_str(), "JP");
/// # Ok::<(), event_log::CountryCodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CountryCode {
    /// Upper-case ASCII letters.
    letters: [u8; 2],
}

/// Why a text is not a country code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CountryCodeError {
    /// The two letters are not both upper-case.
    #[error("the country code {found:?} is not in upper case; write `{suggestion}`")]
    LowerCase {
        /// The text as given.
        found: String,
        /// The code to write instead.
        suggestion: CountryCode,
    },
    /// Three letters: an alpha-3 code.
    #[error(
        "the country code {found:?} has three letters, but must be ISO 3166-1 alpha-2; write \
         the one with two letters, such as `JP` for `JPN`"
    )]
    ThreeLetters {
        /// The text as given.
        found: String,
    },
    /// Anything else; its length is given in bytes where it is too long to show.
    #[error(
        "{found} is not a country code, which is two upper-case letters of ISO 3166-1 alpha-2, \
         such as `JP`; leave it out where the country is not known"
    )]
    Malformed {
        /// The text as given, quoted, or its length.
        found: String,
    },
}

impl CountryCode {
    /// Checks that `code` has the shape of a country code.
    ///
    /// # Errors
    /// If it is anything but two upper-case ASCII letters.
    pub fn new(code: &str) -> Result<Self, CountryCodeError> {
        let letters = code.bytes().all(|byte| byte.is_ascii_alphabetic());
        match *code.as_bytes() {
            [a, b] if letters => {
                let country = Self { letters: [a.to_ascii_uppercase(), b.to_ascii_uppercase()] };
                if country.letters == [a, b] {
                    return Ok(country);
                }
                Err(CountryCodeError::LowerCase { found: code.to_owned(), suggestion: country })
            }
            [_, _, _] if letters => Err(CountryCodeError::ThreeLetters { found: code.to_owned() }),
            _ => Err(CountryCodeError::Malformed { found: shown(code) }),
        }
    }

    /// The two letters.
    #[expect(clippy::missing_panics_doc, reason = "the letters are ASCII, so this never panics")]
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.letters).expect("both letters are ASCII")
    }
}

/// What an error message shows of a text that may be of any length.
fn shown(text: &str) -> String {
    if text.len() > 40 {
        return format!("a text of {} bytes", text.len());
    }
    format!("{text:?}")
}

impl FromStr for CountryCode {
    type Err = CountryCodeError;

    fn from_str(code: &str) -> Result<Self, CountryCodeError> {
        Self::new(code)
    }
}

impl TryFrom<&str> for CountryCode {
    type Error = CountryCodeError;

    fn try_from(code: &str) -> Result<Self, CountryCodeError> {
        Self::new(code)
    }
}

impl TryFrom<&String> for CountryCode {
    type Error = CountryCodeError;

    fn try_from(code: &String) -> Result<Self, CountryCodeError> {
        Self::new(code)
    }
}

impl TryFrom<String> for CountryCode {
    type Error = CountryCodeError;

    fn try_from(code: String) -> Result<Self, CountryCodeError> {
        Self::new(&code)
    }
}

impl From<Infallible> for CountryCodeError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CountryCode").field(&self.as_str()).finish()
    }
}

impl Serialize for CountryCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CountryCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// What can stand in for a country code: a [`CountryCode`], or an option of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a country code",
    label = "not a `CountryCode`",
    note = "use `event_log::CountryCode` or `Option<CountryCode>`; a string becomes one with `CountryCode::new(text)?`",
    note = "for a type of your own, implement `event_log::AsCountryCode`"
)]
pub trait AsCountryCode {
    /// The code, or `None` where the country is not known.
    fn as_country_code(&self) -> Option<CountryCode>;
}

impl AsCountryCode for CountryCode {
    #[inline]
    fn as_country_code(&self) -> Option<CountryCode> {
        Some(*self)
    }
}

impl<C: AsCountryCode> AsCountryCode for Option<C> {
    #[inline]
    fn as_country_code(&self) -> Option<CountryCode> {
        self.as_ref().and_then(AsCountryCode::as_country_code)
    }
}

macro_rules! forward_country_code {
    ($($pointer:ty)+) => {$(
        impl<C: AsCountryCode + ?Sized> AsCountryCode for $pointer {
            #[inline]
            fn as_country_code(&self) -> Option<CountryCode> {
                (**self).as_country_code()
            }
        }
    )+};
}

forward_country_code! { &C Box<C> Rc<C> Arc<C> }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_from_json_by_the_same_rules() {
        let code: CountryCode = serde_json::from_str("\"JP\"").unwrap();
        assert_eq!(code.as_str(), "JP");
        let error = serde_json::from_str::<CountryCode>("\"jp\"").unwrap_err().to_string();
        assert!(error.contains(&CountryCode::new("jp").unwrap_err().to_string()), "{error}");
    }

    #[test]
    fn two_upper_case_letters_are_a_country_code() {
        let country: CountryCode = "JP".parse().unwrap();
        assert_eq!((country.as_str(), country.to_string().as_str()), ("JP", "JP"));
        assert_eq!(CountryCode::try_from("JP".to_owned()), Ok(country));
        assert_eq!(serde_json::to_string(&country).unwrap(), r#""JP""#);
        assert_eq!(format!("{country:?}"), r#"CountryCode("JP")"#);
    }

    #[test]
    fn an_error_says_what_to_write_instead() {
        let cases = [
            ("jp", r#"the country code "jp" is not in upper case; write `JP`"#),
            ("jP", r#"the country code "jP" is not in upper case; write `JP`"#),
            (
                "JPN",
                r#"the country code "JPN" has three letters, but must be ISO 3166-1 alpha-2; write the one with two letters, such as `JP` for `JPN`"#,
            ),
            (
                "",
                r#""" is not a country code, which is two upper-case letters of ISO 3166-1 alpha-2, such as `JP`; leave it out where the country is not known"#,
            ),
        ];
        for (code, message) in cases {
            assert_eq!(CountryCode::new(code).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for code in ["", "J", "J1", "é", "日本", "J ", "JAPAN", "\0\0", "J\n"] {
            assert!(CountryCode::new(code).is_err(), "{code:?}");
        }
        let error = CountryCode::new(&"x".repeat(10_000)).unwrap_err();
        assert!(error.to_string().len() < 200);
    }

    #[test]
    fn options_and_pointers_stand_in_for_a_code() {
        let country = CountryCode::new("JP").unwrap();
        assert_eq!(Some(Box::new(&country)).as_country_code(), Some(country));
        assert_eq!(None::<CountryCode>.as_country_code(), None);
    }
}
