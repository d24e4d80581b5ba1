//! [`HashText`]: which text of a value is hashed.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
    NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
};
use std::rc::Rc;
use std::sync::Arc;

use uuid::Uuid;

use super::Pii;
use crate::user_id::{AsUserId, UserId};

/// What can be hashed: strings, integers, UUIDs, IP addresses, [`Pii`] and options of these.
///
/// The text is what is hashed, as UTF-8, and nothing is done to it before. Who writes an address now
/// with capitals and now without has two hashes: normalise first.
///
/// Implement it for a newtype:
///
/// ```
/// use event_log::pii::HashText;
///
/// struct Email(String);
///
/// impl HashText for Email {
///     fn hash_text(&self) -> Option<impl std::fmt::Display> {
///         Some(&self.0)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be hashed",
    label = "not a string, an integer, a UUID or an IP address",
    note = "what is hashed is a string, an integer, a `Uuid`, an IP address, a `Pii` or an `Option` of these",
    note = "for a type of your own, implement `event_log::pii::HashText`"
)]
pub trait HashText {
    /// Whether [`hash_text`](Self::hash_text) is ever `None`: if not, a column of hashes is never null.
    /// True unless it is said.
    const IS_OPTIONAL: bool = true;

    /// The text, or `None` where there is nothing: `null` is written then.
    ///
    /// Equal values must have equal texts, in every version of the program.
    fn hash_text(&self) -> Option<impl Display>;
}

macro_rules! displayed {
    ($($type:ty)+) => {$(
        impl HashText for $type {
            const IS_OPTIONAL: bool = false;

            #[inline]
            fn hash_text(&self) -> Option<impl Display> {
                Some(self)
            }
        }
    )+};
}

displayed! {
    str String
    i8 i16 i32 i64 i128 isize
    u8 u16 u32 u64 u128 usize
    NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroI128 NonZeroIsize
    NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroU128 NonZeroUsize
    IpAddr Ipv4Addr Ipv6Addr
    Uuid
}

/// As in the line: integers in decimal, UUIDs with hyphens in lower case.
impl HashText for UserId<'_> {
    const IS_OPTIONAL: bool = false;

    fn hash_text(&self) -> Option<impl Display> {
        Some(UserIdText(*self))
    }
}

struct UserIdText<'a>(UserId<'a>);

impl Display for UserIdText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            UserId::Signed(id) => id.fmt(f),
            UserId::Unsigned(id) => id.fmt(f),
            UserId::Text(id) => f.write_str(id),
            UserId::Uuid(id) => id.fmt(f),
        }
    }
}

impl<T: HashText> HashText for Option<T> {
    #[inline]
    fn hash_text(&self) -> Option<impl Display> {
        self.as_ref().and_then(HashText::hash_text)
    }
}

impl<T: HashText> HashText for Pii<T> {
    const IS_OPTIONAL: bool = T::IS_OPTIONAL;

    #[inline]
    fn hash_text(&self) -> Option<impl Display> {
        self.expose().hash_text()
    }
}

macro_rules! forward_hash_text {
    ($([$($generics:tt)*] $pointer:ty;)*) => {$(
        impl<$($generics)*> HashText for $pointer {
            const IS_OPTIONAL: bool = T::IS_OPTIONAL;

            #[inline]
            fn hash_text(&self) -> Option<impl Display> {
                (**self).hash_text()
            }
        }
    )*};
}

forward_hash_text! {
    [T: HashText + ?Sized] &T;
    [T: HashText + ?Sized] Box<T>;
    [T: HashText + ?Sized] Rc<T>;
    [T: HashText + ?Sized] Arc<T>;
    [T: HashText + ToOwned + ?Sized] Cow<'_, T>;
}

/// A user id that is hashed before it is written: every [`AsUserId`], and a [`Pii`] of one, which is
/// none, lest it be written as it is.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a user id that is hashed",
    label = "not an integer, a string or a UUID",
    note = "such a user id is an integer of at most 64 bits, a string, a `Uuid`, a `Pii` or an `Option` of these",
    note = "for a type of your own, implement `event_log::AsUserId`"
)]
pub trait AsHashedUserId {
    /// The id before it is hashed.
    fn as_user_id(&self) -> Option<UserId<'_>>;
}

impl<T: AsUserId + ?Sized> AsHashedUserId for T {
    #[inline]
    fn as_user_id(&self) -> Option<UserId<'_>> {
        AsUserId::as_user_id(self)
    }
}

impl<T: AsUserId> AsHashedUserId for Pii<T> {
    #[inline]
    fn as_user_id(&self) -> Option<UserId<'_>> {
        self.expose().as_user_id()
    }
}

impl<T: AsUserId> AsHashedUserId for Option<Pii<T>> {
    #[inline]
    fn as_user_id(&self) -> Option<UserId<'_>> {
        self.as_ref().and_then(|id| id.expose().as_user_id())
    }
}

impl<T: AsUserId> AsHashedUserId for &Pii<T> {
    #[inline]
    fn as_user_id(&self) -> Option<UserId<'_>> {
        self.expose().as_user_id()
    }
}
