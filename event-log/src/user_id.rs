//! Who did it: an integer, a string or a UUID.

use std::borrow::Cow;
use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroIsize, NonZeroU8, NonZeroU16, NonZeroU32,
    NonZeroU64, NonZeroUsize,
};
use std::rc::Rc;
use std::sync::Arc;

use serde_core::{Serialize, Serializer};
use uuid::Uuid;

use crate::id::write_hyphenated;

/// A user id as it goes into the `user_id` key of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserId<'a> {
    /// A signed integer, written as a JSON number.
    Signed(i64),
    /// An unsigned integer, written as a JSON number.
    Unsigned(u64),
    /// Text, written as a JSON string.
    Text(&'a str),
    /// A UUID, written as a hyphenated lower-case JSON string.
    Uuid(Uuid),
}

impl Serialize for UserId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Signed(id) => serializer.serialize_i64(id),
            Self::Unsigned(id) => serializer.serialize_u64(id),
            Self::Text(id) => serializer.serialize_str(id),
            Self::Uuid(id) => {
                let mut text = [0; 36];
                write_hyphenated(id, &mut text);
                serializer.serialize_str(str::from_utf8(&text).expect("an id is ASCII"))
            }
        }
    }
}

/// What can stand in for a user id: integers up to 64 bits, strings, UUIDs, options of these.
///
/// Implement it for a newtype:
///
/// ```
/// use event_log::{AsUserId, UserId};
///
/// struct AccountId(u64);
///
/// impl AsUserId for AccountId {
///     fn as_user_id(&self) -> Option<UserId<'_>> {
///         Some(UserId::Unsigned(self.0))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a user id",
    label = "not an integer, a string or a UUID",
    note = "a user id is an integer of at most 64 bits, a string, a `Uuid`, or an `Option` of these",
    note = "for a type of your own, implement `event_log::AsUserId`",
    note = "a `Pii` is hashed first, with #[event(user_id, pii = \"hash\")] or `PiiKey::hash`"
)]
pub trait AsUserId {
    /// The id, or `None` where nobody is known.
    fn as_user_id(&self) -> Option<UserId<'_>>;
}

macro_rules! integer_user_id {
    ($($variant:ident: $($integer:ty)+;)+) => {$($(
        impl AsUserId for $integer {
            #[inline]
            fn as_user_id(&self) -> Option<UserId<'_>> {
                Some(UserId::$variant((*self).into()))
            }
        }
    )+)+};
}

integer_user_id! {
    Signed: i8 i16 i32 i64;
    Unsigned: u8 u16 u32 u64;
}

macro_rules! wide_user_id {
    ($($variant:ident: $integer:ty as $wide:ty = $get:expr;)+) => {$(
        impl AsUserId for $integer {
            #[inline]
            fn as_user_id(&self) -> Option<UserId<'_>> {
                let get: fn(Self) -> $wide = $get;
                Some(UserId::$variant(get(*self)))
            }
        }
    )+};
}

wide_user_id! {
    Signed: isize as i64 = |id| id as i64;
    Unsigned: usize as u64 = |id| id as u64;
    Signed: NonZeroI8 as i64 = |id| id.get().into();
    Signed: NonZeroI16 as i64 = |id| id.get().into();
    Signed: NonZeroI32 as i64 = |id| id.get().into();
    Signed: NonZeroI64 as i64 = |id| id.get();
    Signed: NonZeroIsize as i64 = |id| id.get() as i64;
    Unsigned: NonZeroU8 as u64 = |id| id.get().into();
    Unsigned: NonZeroU16 as u64 = |id| id.get().into();
    Unsigned: NonZeroU32 as u64 = |id| id.get().into();
    Unsigned: NonZeroU64 as u64 = |id| id.get();
    Unsigned: NonZeroUsize as u64 = |id| id.get() as u64;
}

impl AsUserId for str {
    #[inline]
    fn as_user_id(&self) -> Option<UserId<'_>> {
        Some(UserId::Text(self))
    }
}

impl AsUserId for String {
    #[inline]
    fn as_user_id(&self) -> Option<UserId<'_>> {
        Some(UserId::Text(self))
    }
}

impl AsUserId for Uuid {
    #[inline]
    fn as_user_id(&self) -> Option<UserId<'_>> {
        Some(UserId::Uuid(*self))
    }
}

impl AsUserId for UserId<'_> {
    #[inline]
    fn as_user_id(&self) -> Option<UserId<'_>> {
        Some(*self)
    }
}

impl<I: AsUserId> AsUserId for Option<I> {
    #[inline]
    fn as_user_id(&self) -> Option<UserId<'_>> {
        self.as_ref().and_then(AsUserId::as_user_id)
    }
}

macro_rules! forward_user_id {
    ($([$($generics:tt)*] $pointer:ty;)*) => {$(
        impl<$($generics)*> AsUserId for $pointer {
            #[inline]
            fn as_user_id(&self) -> Option<UserId<'_>> {
                (**self).as_user_id()
            }
        }
    )*};
}

forward_user_id! {
    [I: AsUserId + ?Sized] &I;
    [I: AsUserId + ?Sized] Box<I>;
    [I: AsUserId + ?Sized] Rc<I>;
    [I: AsUserId + ?Sized] Arc<I>;
    [I: AsUserId + ToOwned + ?Sized] Cow<'_, I>;
}
