//! Why [`Pii`] and [`Secret`] do not serialize, in words that the compiler repeats.
//!
//! A type without `Serialize` would be refused as well, but with the advice to derive it. So both
//! have it under a condition that nothing meets, and the condition brings the message. It is found
//! however deep the value lies, and in what is serialized elsewhere too.

use serde_core::{Serialize, Serializer};

use super::{Pii, Secret};
use crate::user_id::{AsUserId, UserId};

/// What no type implements.
#[diagnostic::on_unimplemented(
    message = "a `Pii` is written only as `#[event(pii = \"...\")]` on its field says",
    label = "holds a `Pii` and has no `pii`",
    note = "add #[event(pii = \"hash\")], #[event(pii = \"mask\")] or #[event(pii = \"drop\")] to the field \
            of the event",
    note = "a `Pii` inside another value cannot be written: make it a field of the event"
)]
pub trait PiiIsTreated {}

/// What no type implements.
#[diagnostic::on_unimplemented(
    message = "a `Secret` is never written, so no event can hold one",
    label = "holds a `Secret`",
    note = "leave the field out with #[event(skip)], or replace it by what may be known of it",
    note = "for what says who somebody is, there is `event_log::pii::Pii`"
)]
pub trait SecretIsWritten {}

impl<T: PiiIsTreated> Serialize for Pii<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<T: SecretIsWritten> Serialize for Secret<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<T: SecretIsWritten> AsUserId for Secret<T> {
    fn as_user_id(&self) -> Option<UserId<'_>> {
        None
    }
}
