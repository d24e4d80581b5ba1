//! In which language: a tag of BCP 47.

mod syntax;

use std::convert::Infallible;
use std::fmt;
use std::rc::Rc;
use std::str::FromStr;
use std::sync::Arc;

use serde_core::de::Error as _;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use self::syntax::is_well_formed;

/// The longest tag in bytes; RFC 5646, section 4.4.1, finds it enough for every language.
const MAX_BYTES: usize = 35;

/// A language as it goes into the `locale` key of a line: a BCP 47 tag, such as `ja` or `zh-Hant-TW`.
///
/// The tag is well-formed by the syntax of RFC 5646, section 2.1, and at most 35 bytes long; whether
/// its subtags are registered is not checked. Private use (`x-klingon`) is allowed, and so are
/// grandfathered tags of the usual syntax (`zh-min-nan`), but not irregular ones (`i-klingon`).
///
/// It is kept as written: `ja-JP` and `ja-jp` mean the same, yet are two values here and downstream.
///
/// ```
/// use event_log::Locale;
///
/// let locale = Locale::new("zh-Hant-TW")?;
/// assert_eq!(locale.as_str(), "zh-Hant-TW");
///
/// let error = Locale::new("ja_JP.UTF-8").unwrap_err();
/// assert!(error.to_string().ends_with("write `ja-JP`"));
/// # Ok::<(), event_log::LocaleError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Locale {
    /// The tag in ASCII, then zeros, so that comparing the array compares the tags.
    bytes: [u8; MAX_BYTES],
    /// 1 to 35.
    length: u8,
}

/// Why a text is not a locale.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LocaleError {
    /// The text is empty.
    #[error(
        "a locale is empty, but must be a BCP 47 tag such as `ja`; leave it out where the language is not known"
    )]
    Empty,
    /// The text is longer than any tag in use.
    #[error(
        "a locale is {length} bytes long, but at most 35 are allowed; write a BCP 47 tag such as `zh-Hant-TW`"
    )]
    TooLong {
        /// The length of the text in bytes.
        length: usize,
    },
    /// A name as POSIX systems use it, with `_`, a character set or a modifier.
    #[error("the locale {found:?} is a POSIX name, but must be a BCP 47 tag; write `{suggestion}`")]
    Posix {
        /// The text as given.
        found: String,
        /// The tag to write instead.
        suggestion: Locale,
    },
    /// The name of POSIX for no language at all: `C`, or `C` with a character set.
    #[error(
        "the locale {found:?} names no language; leave it out where the language is not known, or write a BCP 47 tag such as `en`"
    )]
    NoLanguage {
        /// The text as given.
        found: String,
    },
    /// Anything else.
    #[error(
        "the locale {found:?} is not a BCP 47 tag: a language of two or three letters, then subtags of one to eight letters and digits, joined by `-`; write one such as `ja`, `ja-JP` or `zh-Hant-TW`"
    )]
    Malformed {
        /// The text as given.
        found: String,
    },
}

impl Locale {
    /// Checks that `tag` is well-formed and keeps it as it is.
    ///
    /// # Errors
    /// If the tag is longer than 35 bytes or does not follow the syntax of RFC 5646, section 2.1.
    pub fn new(tag: &str) -> Result<Self, LocaleError> {
        match Self::parse(tag) {
            Some(locale) => Ok(locale),
            None => Err(explain(tag)),
        }
    }

    fn parse(tag: &str) -> Option<Self> {
        let mut bytes = [0; MAX_BYTES];
        bytes.get_mut(..tag.len())?.copy_from_slice(tag.as_bytes());
        let length = u8::try_from(tag.len()).ok()?;
        is_well_formed(tag).then_some(Self { bytes, length })
    }

    /// The tag as it was written.
    #[expect(clippy::missing_panics_doc, reason = "a tag is ASCII, so this never panics")]
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..usize::from(self.length)]).expect("a tag is ASCII")
    }
}

/// What is wrong with a text that is not a tag, and what its writer may have meant.
fn explain(tag: &str) -> LocaleError {
    if tag.is_empty() {
        return LocaleError::Empty;
    }
    if tag.len() > MAX_BYTES {
        return LocaleError::TooLong { length: tag.len() };
    }
    let found = tag.to_owned();
    // `language_TERRITORY.charset@modifier`
    let name = tag.split(['.', '@']).next().unwrap_or(tag);
    if name.eq_ignore_ascii_case("C") {
        return LocaleError::NoLanguage { found };
    }
    match Locale::parse(&name.replace('_', "-")) {
        Some(suggestion) => LocaleError::Posix { found, suggestion },
        None => LocaleError::Malformed { found },
    }
}

impl FromStr for Locale {
    type Err = LocaleError;

    fn from_str(tag: &str) -> Result<Self, LocaleError> {
        Self::new(tag)
    }
}

impl TryFrom<&str> for Locale {
    type Error = LocaleError;

    fn try_from(tag: &str) -> Result<Self, LocaleError> {
        Self::new(tag)
    }
}

impl TryFrom<&String> for Locale {
    type Error = LocaleError;

    fn try_from(tag: &String) -> Result<Self, LocaleError> {
        Self::new(tag)
    }
}

impl TryFrom<String> for Locale {
    type Error = LocaleError;

    fn try_from(tag: String) -> Result<Self, LocaleError> {
        Self::new(&tag)
    }
}

impl From<Infallible> for LocaleError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Locale").field(&self.as_str()).finish()
    }
}

impl Serialize for Locale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// What can stand in for a locale: a [`Locale`], or an option of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a locale",
    label = "not a `Locale`",
    note = "use `event_log::Locale` or `Option<Locale>`; a string becomes one with `Locale::new(text)?`",
    note = "for a type of your own, implement `event_log::AsLocale`"
)]
pub trait AsLocale {
    /// The locale, or `None` where the language is not known.
    fn as_locale(&self) -> Option<&Locale>;
}

impl AsLocale for Locale {
    #[inline]
    fn as_locale(&self) -> Option<&Locale> {
        Some(self)
    }
}

impl<L: AsLocale> AsLocale for Option<L> {
    #[inline]
    fn as_locale(&self) -> Option<&Locale> {
        self.as_ref().and_then(AsLocale::as_locale)
    }
}

macro_rules! forward_locale {
    ($($pointer:ty)+) => {$(
        impl<L: AsLocale + ?Sized> AsLocale for $pointer {
            #[inline]
            fn as_locale(&self) -> Option<&Locale> {
                (**self).as_locale()
            }
        }
    )+};
}

forward_locale! { &L Box<L> Rc<L> Arc<L> }

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_locale_is_read_from_json_by_the_same_rules() {
        let locale: Locale = serde_json::from_str("\"zh-Hant-TW\"").unwrap();
        assert_eq!(locale.as_str(), "zh-Hant-TW");
        let error = serde_json::from_str::<Locale>("\"zh_TW\"").unwrap_err().to_string();
        assert!(error.contains(&Locale::new("zh_TW").unwrap_err().to_string()), "{error}");
    }

    #[test]
    fn an_error_says_what_to_write_instead() {
        let cases = [
            ("ja_JP", "is a POSIX name, but must be a BCP 47 tag; write `ja-JP`"),
            ("ja_JP.UTF-8", "is a POSIX name, but must be a BCP 47 tag; write `ja-JP`"),
            ("ca_ES@valencia", "is a POSIX name, but must be a BCP 47 tag; write `ca-ES`"),
            ("ja.UTF-8", "is a POSIX name, but must be a BCP 47 tag; write `ja`"),
            (
                "C",
                "names no language; leave it out where the language is not known, or write a BCP 47 tag such as `en`",
            ),
            (
                "C.UTF-8",
                "names no language; leave it out where the language is not known, or write a BCP 47 tag such as `en`",
            ),
        ];
        for (tag, message) in cases {
            let expected = format!("the locale {tag:?} {message}");
            assert_eq!(Locale::new(tag).unwrap_err().to_string(), expected);
        }
        let malformed = Locale::new("ja__JP").unwrap_err().to_string();
        assert!(malformed.starts_with("the locale \"ja__JP\" is not a BCP 47 tag: "));
        assert_eq!(Locale::new(""), Err(LocaleError::Empty));
        let long = format!("en-x{}", "-abcdefgh".repeat(1_000));
        assert_eq!(Locale::new(&long), Err(LocaleError::TooLong { length: long.len() }));
    }

    #[test]
    fn the_longest_tag_has_35_bytes() {
        let longest = "en-x-abcdefgh-abcdefgh-abcdefgh-abc";
        assert_eq!((longest.len(), Locale::new(longest).unwrap().as_str()), (35, longest));
        assert!(matches!(
            Locale::new(&format!("{longest}d")),
            Err(LocaleError::TooLong { length: 36 })
        ));
    }

    #[test]
    fn options_and_pointers_stand_in_for_a_locale() {
        let locale = Locale::new("ja").unwrap();
        assert_eq!(Some(Box::new(&locale)).as_locale(), Some(&locale));
        assert_eq!(None::<Locale>.as_locale(), None);
    }

    proptest! {
        #[test]
        fn any_text_is_kept_or_refused(text in "\\PC*|[a-zA-Z0-9-_.]{0,40}") {
            match Locale::new(&text) {
                Ok(locale) => {
                    prop_assert_eq!(locale.as_str(), &text);
                    let json = serde_json::to_string(&locale).unwrap();
                    prop_assert_eq!(json, format!("\"{text}\""));
                }
                Err(error) => prop_assert!(error.to_string().len() < 700),
            }
        }

        #[test]
        fn locales_sort_as_their_tags_do(a in "[a-z]{2,8}", b in "[a-z]{2,8}") {
            let (left, right) = (Locale::new(&a).unwrap(), Locale::new(&b).unwrap());
            prop_assert_eq!(left.cmp(&right), a.cmp(&b));
        }
    }
}
