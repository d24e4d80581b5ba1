//! The [`Event`] trait, which `#[derive(Event)]` implements, and the identity of a type of event.
//!
//! The trait is a contract between the derive and [`crate::line`]: the derive writes key fragments
//! that it has checked at compile time, the line joins them with values. Nothing here allocates.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::envelope::Envelope;
use crate::params::{Params, ParamsError};

/// One business fact that can be emitted.
///
/// Derive it; see [`derive@crate::Event`] for the attributes. The methods are what the derive
/// writes: they may gain companions in any release, so an implementation by hand is not supported.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "cannot be emitted",
    note = "add `#[derive(event_log::Event)]` to the struct or enum"
)]
pub trait Event {
    /// The type of this event; an enum answers by variant.
    #[doc(hidden)]
    fn event_type(&self) -> &'static EventType;

    /// The envelope values that the event itself carries; they go before every context's.
    #[doc(hidden)]
    #[inline]
    fn own_envelope(&self) -> Envelope<'_> {
        Envelope::EMPTY
    }

    /// Writes the event's own fields, in order.
    #[doc(hidden)]
    fn write_params(&self, params: &mut Params<'_>) -> Result<(), ParamsError>;
}

/// Lets a pointer to an event be emitted like the event.
macro_rules! forward_event {
    ($($(#[$meta:meta])* [$($generics:tt)*] $pointer:ty;)*) => {$(
        $(#[$meta])*
        impl<$($generics)*> Event for $pointer {
            #[inline]
            fn event_type(&self) -> &'static EventType {
                (**self).event_type()
            }
            #[inline]
            fn own_envelope(&self) -> Envelope<'_> {
                (**self).own_envelope()
            }
            #[inline]
            fn write_params(&self, params: &mut Params<'_>) -> Result<(), ParamsError> {
                (**self).write_params(params)
            }
        }
    )*};
}

forward_event! {
    [E: Event + ?Sized] &E;
    [E: Event + ?Sized] &mut E;
    [E: Event + ?Sized] Box<E>;
    [E: Event + ?Sized] Arc<E>;
    [E: Event + ToOwned + ?Sized] Cow<'_, E>;
}

/// The identity of one type of event: its name, and a small number that a ledger counts under.
///
/// The derive declares one `static` for each struct and each variant.
pub struct EventType {
    name: &'static str,
    /// One more than the index in [`KNOWN`], or 0 before the first use. Written once under that
    /// lock; a reader that still sees 0 takes the lock itself, so `Relaxed` is enough.
    number: AtomicU32,
}

/// Every type that was emitted in this process, in the order of its first emit.
static KNOWN: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

impl EventType {
    /// Declares a type named `name`.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, number: AtomicU32::new(0) }
    }

    /// The name as it stands in the line, for example `user_registration`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// A dense index, the same for every type of this name, valid in this process.
    #[inline]
    pub(crate) fn index(&'static self) -> usize {
        match self.number.load(Ordering::Relaxed) {
            0 => self.register(),
            number => number as usize - 1,
        }
    }

    #[cold]
    fn register(&'static self) -> usize {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let index = known.iter().position(|name| *name == self.name).unwrap_or_else(|| {
            known.push(self.name);
            known.len() - 1
        });
        let number = u32::try_from(index + 1).expect("a binary has fewer than 2^32 types of event");
        self.number.store(number, Ordering::Relaxed);
        index
    }
}

/// The name of the type with this index.
pub(crate) fn type_name(index: usize) -> &'static str {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)[index]
}

impl fmt::Debug for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventType").field(&self.name).finish()
    }
}
