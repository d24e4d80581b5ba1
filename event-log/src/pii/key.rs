//! [`PiiKey`]: the key of hashed fields, and [`PiiHash`], what it makes of a value.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use serde_core::{Serialize, Serializer};
use sha2::Sha256;

use super::HashText;
use crate::error::BuildError;
use crate::user_id::{AsUserId, UserId};

/// What HMAC is worth is bounded by the shorter of key and hash (RFC 2104, section 3).
const KEY_BYTES_MIN: usize = 32;
const ID_BYTES_MAX: usize = 15;
/// Half of the hash, as short as RFC 2104 (section 5) lets it be.
const HASH_BYTES: usize = 16;
const TEXT_BYTES_MAX: usize = ID_BYTES_MAX + 1 + 2 * HASH_BYTES;

/// The key of hashed fields, for [`LoggerBuilder::pii_key`](crate::LoggerBuilder::pii_key).
///
/// Draw 32 bytes at random once, keep them where the service keeps its secrets, and give the same to
/// every service whose events are to join. Who has the key can find the person behind a hash by
/// trying; who loses it cannot join new events with old ones.
///
/// `Debug` shows the key's id and nothing else. The state that the key was turned into is wiped when
/// the last clone is dropped; the bytes that it was made from stay with the caller.
///
/// ```
/// use event_log::pii::PiiKey;
///
/// # fn main() -> Result<(), event_log::BuildError> {
/// let key = PiiKey::new(b"an example, and not random at all")?;
/// let hash = key.hash("ada@example.com").expect("it is some text");
/// assert_eq!(hash.as_str(), "b1deae11dbb804ed82b5ac2df59bb786");
///
/// // With an id, hashes tell which key they were made with.
/// let second = PiiKey::new(b"another example, as little random")?.id("k2")?;
/// assert!(second.hash("ada@example.com").is_some_and(|hash| hash.as_str().starts_with("k2:")));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct PiiKey {
    /// Shared, so that a clone copies no key.
    mac: Arc<Hmac<Sha256>>,
    /// What stands before a hash: empty, or the id and a colon.
    prefix: Arc<str>,
}

impl PiiKey {
    /// Takes these bytes as a key; at least 32.
    ///
    /// # Errors
    /// If there are fewer.
    #[expect(clippy::missing_panics_doc, reason = "HMAC takes keys of every length")]
    pub fn new(key: &[u8]) -> Result<Self, BuildError> {
        if key.len() < KEY_BYTES_MIN {
            return Err(BuildError::Option {
                option: "pii_key",
                got: format!("{} bytes long", key.len()),
                range: format!("at least {KEY_BYTES_MIN} bytes, drawn at random"),
            });
        }
        let mac = Hmac::new_from_slice(key).expect("HMAC takes keys of every length");
        Ok(Self { mac: Arc::new(mac), prefix: Arc::from("") })
    }

    /// A key that everybody knows.
    #[cfg(feature = "testing")]
    pub(crate) fn for_tests() -> Self {
        Self::new(b"a key for tests, which everybody knows").expect("it is long enough")
    }

    /// Writes this id and a colon before each hash, so that keys can be changed; without one by
    /// default. 1 to 15 of `A-Z a-z 0-9 _ -`.
    ///
    /// # Errors
    /// If it is something else.
    pub fn id(self, id: &str) -> Result<Self, BuildError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if id.is_empty() || id.len() > ID_BYTES_MAX || !id.bytes().all(plain) {
            return Err(BuildError::Option {
                option: "the id of `pii_key`",
                got: format!("{id:?}"),
                range: format!("1 to {ID_BYTES_MAX} of `A-Z a-z 0-9 _ -`"),
            });
        }
        Ok(Self { prefix: Arc::from(format!("{id}:")), ..self })
    }

    /// The hash of a value as a field with `pii = "hash"` has it: for the user id or a common field of
    /// a [`Context`](crate::Context), which is made without a logger, and for looking somebody up.
    ///
    /// `None` where the value is `None`, or its `Display` fails.
    ///
    /// ```
    /// use event_log::{Context, pii::PiiKey};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let key = PiiKey::new(b"an example, and not random at all")?;
    /// let context = Context::new().user_id(key.hash(&42)).field("card", key.hash("4242 4242"))?;
    /// assert!(!format!("{context:?}").contains("42 42"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn hash<T: HashText + ?Sized>(&self, value: &T) -> Option<PiiHash> {
        self.try_hash(value).ok().flatten()
    }

    /// The same, but tells a failure from nothing.
    pub(crate) fn try_hash<T: HashText + ?Sized>(
        &self,
        value: &T,
    ) -> Result<Option<PiiHash>, fmt::Error> {
        let Some(text) = value.hash_text() else { return Ok(None) };
        let mut input = Input(Hmac::clone(&self.mac));
        write!(input, "{text}")?;
        let hash = input.0.finalize().into_bytes();
        Ok(Some(PiiHash::new(&self.prefix, &hash[..HASH_BYTES])))
    }
}

/// Shows the id only.
impl fmt::Debug for PiiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.prefix.strip_suffix(':');
        f.debug_struct("PiiKey").field("id", &id).finish_non_exhaustive()
    }
}

/// Feeds text to the hash piece by piece, so that no copy of it is left anywhere.
struct Input(Hmac<Sha256>);

impl fmt::Write for Input {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

/// What stands for a value that was hashed: 32 hexadecimal digits, after the id of the key and a
/// colon if that has one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PiiHash {
    /// ASCII, and zeros behind it.
    text: [u8; TEXT_BYTES_MAX],
    len: usize,
}

impl PiiHash {
    fn new(prefix: &str, hash: &[u8]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; TEXT_BYTES_MAX];
        let digits = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = digits.map(|digit| DIGITS[usize::from(digit)]);
        let mut len = 0;
        for (place, byte) in text.iter_mut().zip(prefix.bytes().chain(digits)) {
            *place = byte;
            len += 1;
        }
        Self { text, len }
    }

    /// The hash as it stands in a line.
    #[expect(clippy::missing_panics_doc, reason = "the text is ASCII, so this never panics")]
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.text[..self.len])
            .expect("ids of keys and hexadecimal digits are ASCII")
    }
}

impl fmt::Display for PiiHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for PiiHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PiiHash").field(&self.as_str()).finish()
    }
}

impl AsUserId for PiiHash {
    fn as_user_id(&self) -> Option<UserId<'_>> {
        Some(UserId::Text(self.as_str()))
    }
}

impl Serialize for PiiHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use uuid::Uuid;

    use super::*;
    use crate::pii::Pii;

    fn key() -> PiiKey {
        PiiKey::new(&[7; 32]).unwrap()
    }

    fn text_of<T: HashText + ?Sized>(value: &T) -> Option<String> {
        key().hash(value).map(|hash| hash.to_string())
    }

    /// RFC 4231, test case 6: a key of 131 bytes, which is one that HMAC hashes first.
    #[test]
    fn a_hash_is_the_first_half_of_the_hmac_of_the_rfc() {
        let key = PiiKey::new(&[0xaa; 131]).unwrap();
        let hash = key.hash("Test Using Larger Than Block-Size Key - Hash Key First").unwrap();
        assert_eq!(hash.as_str(), "60e431591ee0b67f0d8a26aacbf5b77f");
    }

    #[test]
    fn one_text_has_one_hash_whatever_type_it_comes_from() {
        let id = Uuid::from_u128(42);
        let forty_two = text_of("42");
        assert_eq!(text_of(&42_u8), forty_two);
        assert_eq!(text_of(&Some(42_i64)), forty_two);
        assert_eq!(text_of(&Pii::new(42_u128)), forty_two);
        assert_eq!(text_of(&UserId::Unsigned(42)), forty_two);
        assert_eq!(text_of(&Box::new("42".to_owned())), forty_two);
        assert_eq!(text_of(&id), text_of("00000000-0000-0000-0000-00000000002a"));
        assert_eq!(text_of(&id), text_of(&UserId::Uuid(id)));
        assert_eq!(text_of(&"2001:DB8::1".parse::<IpAddr>().unwrap()), text_of("2001:db8::1"));
    }

    #[test]
    fn nothing_has_no_hash_and_the_empty_text_has_one() {
        assert_eq!(text_of(&None::<u8>), None);
        assert_eq!(text_of(&Pii::new(None::<String>)), None);
        assert!(text_of("").is_some());
    }

    #[test]
    fn texts_and_keys_that_differ_have_hashes_that_differ() {
        assert_ne!(text_of("a"), text_of("A"));
        assert_ne!(key().hash("a"), PiiKey::new(&[8; 32]).unwrap().hash("a"));
    }

    #[test]
    fn the_id_of_a_key_stands_before_its_hashes() {
        let plain = key().hash("a").unwrap();
        let named = key().id("a-15_bytes-ID-0").unwrap().hash("a").unwrap();
        assert_eq!(named.as_str(), format!("a-15_bytes-ID-0:{plain}"));
    }

    #[test]
    fn a_short_key_and_an_odd_id_are_refused() {
        let error = PiiKey::new(&[7; 31]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`pii_key` is 31 bytes long, but must be at least 32 bytes, drawn at random"
        );
        for id in ["", "k:1", "k 1", "ä", "0123456789abcdef"] {
            assert!(key().id(id).is_err(), "{id}");
        }
    }

    #[test]
    fn a_key_shows_its_id_only() {
        assert_eq!(format!("{:?}", key().id("k1").unwrap()), "PiiKey { id: Some(\"k1\"), .. }");
    }

    #[test]
    fn a_text_that_cannot_be_written_has_no_hash() {
        struct Broken;
        impl fmt::Display for Broken {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                Err(fmt::Error)
            }
        }
        impl HashText for Broken {
            fn hash_text(&self) -> Option<impl fmt::Display> {
                Some(Broken)
            }
        }
        assert!(key().try_hash(&Broken).is_err());
        assert_eq!(key().hash(&Broken), None);
    }
}
