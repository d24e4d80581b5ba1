//! Which fields of the events in this binary are hashed, so that a logger without a key is refused
//! when it is built and not when it is needed.

/// A field with `pii = "hash"`; the derive declares each.
#[doc(hidden)]
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HashedField {
    pub event_type: &'static str,
    /// Its key in the line.
    pub field: &'static str,
}

#[cfg(feature = "pii")]
inventory::collect!(HashedField);

/// One of the hashed fields of the binary, always the same one.
pub(crate) fn first() -> Option<&'static HashedField> {
    #[cfg(feature = "pii")]
    return inventory::iter::<HashedField>.into_iter().min();
    #[cfg(not(feature = "pii"))]
    None
}

/// Declares a hashed field; what the derive writes, which does not know the features of this crate.
#[cfg(feature = "pii")]
#[doc(hidden)]
#[macro_export]
macro_rules! __hashed_field {
    ($event_type:literal, $field:literal) => {
        $crate::__private::inventory::submit! {
            $crate::__private::HashedField { event_type: $event_type, field: $field }
        }
    };
}

/// Says what is missing.
///
/// ```compile_fail
/// #[derive(event_log::Event)]
/// struct Registered {
///     #[event(pii = "hash")]
///     email: String,
/// }
/// ```
#[cfg(not(feature = "pii"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __hashed_field {
    ($event_type:literal, $field:literal) => {
        ::core::compile_error!(
            "`pii = \"hash\"` needs the feature `pii` of event-log; add it in Cargo.toml, as in \
             event-log = { version = \"0.1\", features = [\"pii\"] }"
        );
    };
}
