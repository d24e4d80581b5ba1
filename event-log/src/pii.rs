//! Personal data, kept out of the log by declaration.
//!
//! Who reads the log for years to come should be able to count people and to follow one, and not to
//! learn who they are. So the struct says what becomes of each field that would tell, and the
//! logger does it before anything is written:
//!
//! ```standalone_crate
//! # #[cfg(feature = "pii")] {
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use event_log::pii::{Pii, PiiKey, Secret};
//! use event_log::{Event, Logger};
//!
//! #[derive(Event)]
//! struct Registered {
//!     provider: &'static str,
//!     #[event(pii = "hash")]
//!     email: Pii<String>,
//!     #[event(pii = "mask")]
//!     phone: Option<Pii<String>>,
//!     #[event(pii = "drop")]
//!     name: Pii<String>,
//!     #[event(skip)]
//!     password: Secret<String>,
//! }
//!
//! # let directory = tempfile::tempdir()?;
//! # let log_directory = directory.path();
//! # let key_bytes = b"an example, and not random at all";
//! let logger = Logger::builder(log_directory).pii_key(PiiKey::new(key_bytes)?).build()?;
//! logger.emit(Registered {
//!     provider: "password",
//!     email: Pii::new("ada@example.com".to_owned()),
//!     phone: None,
//!     name: Pii::new("Ada".to_owned()),
//!     password: Secret::new("correct horse".to_owned()),
//! });
//! # drop(logger);
//! # let mut entries = std::fs::read_dir(log_directory)?.map(|entry| entry.unwrap().path());
//! # let segment = entries.find(|path| path.extension().is_some_and(|e| e == "jsonl")).unwrap();
//! # let line = std::fs::read_to_string(segment)?;
//! # let expected = concat!(
//! #     r#""params":{"provider":"password","email":"b1deae11dbb804ed82b5ac2df59bb786","phone":"***"}}"#,
//! #     "\n",
//! # );
//! # assert!(line.ends_with(expected), "{line}");
//! # Ok(())
//! # }
//! # main().unwrap()
//! # }
//! ```
//!
//! ```json
//! "params":{"provider":"password","email":"b1deae11dbb804ed82b5ac2df59bb786","phone":"***"}
//! ```
//!
//! | `pii =` | what is written | for |
//! | --- | --- | --- |
//! | `"hash"` | 32 hexadecimal digits, the same for the same value and key; `null` for `None` | joins and counts of people |
//! | `"mask"` | `"***"`, whatever the value, `None` too | a column that must stay |
//! | `"drop"` | nothing, the key neither | a field that other code needs |
//!
//! With `"mask"` and `"drop"` the value is not even looked at (but for `skip_none`), and its type needs
//! no `Serialize`. With `"hash"` its type implements [`HashText`]; the feature `pii` is needed, and
//! a key ([`LoggerBuilder::pii_key`](crate::LoggerBuilder)). A logger without a key is not
//! built if any event in the binary has a hashed field: the error names it. (The examples in the
//! documentation of a crate are one binary; one with a hashed field is `standalone_crate`.)
//!
//! A user id can be hashed as well: `#[event(user_id, pii = "hash")]`. That is for the event's own; a
//! [`Context`](crate::Context) holds what it is given, so give it `key.hash(&user)`.
//!
//! A hash costs an emit about 150 ns where the processor has instructions for SHA-256; an event without
//! one pays nothing.
//!
//! # Two types
//!
//! A field can have any type; [`Pii`] and [`Secret`] make it harder to get it wrong. Neither shows
//! anything in `Debug`. A [`Pii`] in an event without `pii` does not compile, a [`Secret`] in an event
//! not at all. Wrap values where they enter the program.
//!
//! # What a hash is, and what it is not
//!
//! It is the first half of HMAC-SHA-256 over the value's text, in lower-case hexadecimal. The text is
//! that of [`HashText`]: a string as it is, an integer in decimal, a UUID with hyphens in lower case.
//! So it can be computed elsewhere, by who has the key:
//!
//! ```sql
//! -- Trino, Athena
//! lower(to_hex(substr(hmac_sha256(to_utf8(email), from_hex('<key>')), 1, 16)))
//! -- PostgreSQL with pgcrypto
//! encode(substring(hmac(convert_to(email, 'UTF8'), decode('<key>', 'hex'), 'sha256') for 16), 'hex')
//! ```
//!
//! ```console
//! $ printf %s ada@example.com | openssl dgst -sha256 -mac HMAC -macopt hexkey:<key> | cut -c 1-32
//! ```
//!
//! (The last depends on how `openssl` introduces its answer; `-r` puts the hash first.)
//!
//! 128 bits are enough to tell people apart: among 10^9 of them two have the same hash with a
//! probability of n²/2^129, which is 1.5·10^-21; among 10^12, 1.5·10^-15. Half of the hash is also
//! the least that RFC 2104 recommends, and leaves a line 32 bytes shorter.
//!
//! It is a *pseudonym*, not anonymity: who has the key finds the person behind a hash by hashing
//! everybody he knows of, and many laws take such data for personal still. Who must forget somebody
//! has to delete lines, or throw the key away, which forgets everybody.
//!
//! Nothing is done to a value before it is hashed: `Ada@Example.com` and `ada@example.com` are two
//! people. Normalise where the value enters the program.
//!
//! # Changing the key
//!
//! With another key everybody is somebody else. Give keys an [`id`](PiiKey::id), which stands before
//! the hash (`k2:b1de…`): then nobody joins hashes of two keys by mistake, and old lines tell which
//! key they need. To carry people over, compute both hashes for those whom the application knows
//! ([`PiiKey::hash`]), and keep that table with the key.
//!
//! # What is promised, and what is not
//!
//! Of a field with `pii`, and of a [`Secret`], nothing reaches the spool, a segment, an error, a gap
//! line or the `Debug` of this crate's types; a test plants values and searches for them. What
//! other code does with a value that it was lent by `expose` is its own, as is the message with which
//! a `Display` or `Serialize` of the application panics. Memory is not wiped, but for the key's. A
//! field *without* `pii` is written as it is, and an error of its `Serialize` may quote it.
#![cfg_attr(not(feature = "pii"), allow(rustdoc::broken_intra_doc_links, reason = "no keys"))]

mod hash_text;
mod hashed_fields;
#[cfg(feature = "pii")]
mod key;
mod personal;
mod secret;
mod unwritten;
#[cfg(not(feature = "pii"))]
mod without_key;

use serde_core::ser::Error as _;

#[doc(hidden)]
pub use self::hash_text::AsHashedUserId;
pub use self::hash_text::HashText;
#[doc(hidden)]
pub use self::hashed_fields::HashedField;
pub(crate) use self::hashed_fields::first as first_hashed_field;
#[cfg(feature = "pii")]
pub use self::key::{PiiHash, PiiKey};
pub use self::personal::Pii;
pub use self::secret::Secret;
#[cfg(not(feature = "pii"))]
pub(crate) use self::without_key::{PiiHash, PiiKey};

/// Hashes a value for a line, or says why not, without a word of the value.
pub(crate) fn hash<T: HashText + ?Sized>(
    key: Option<&PiiKey>,
    value: &T,
) -> Result<Option<PiiHash>, serde_json::Error> {
    // `build` refuses a logger without a key, but it cannot know of events that are loaded later.
    let key = key.ok_or_else(|| serde_json::Error::custom("the logger has no `pii_key`"))?;
    key.try_hash(value).map_err(|_| serde_json::Error::custom("its text cannot be formatted"))
}
