//! The macros that list events in the catalogue.
//!
//! A derive cannot see the features of the library, so it always calls the macro, which the library
//! gives two meanings.

/// Lists an event in the catalogue of every binary that it is linked into.
///
/// `#[derive(Event)]` does so by itself, but for events with type or const parameters: each instance
/// of these has a schema of its own, so list the one that you emit.
///
/// ```
/// use event_log::Event;
///
/// #[derive(Event)]
/// struct Tagged<T> {
///     tag: T,
/// }
///
/// event_log::list_event!(Tagged<String>);
/// ```
///
/// Without the feature `catalog` it checks that the type is an event, and leaves nothing behind.
#[macro_export]
macro_rules! list_event {
    ($event:ty) => {
        const _: &[$crate::__private::EventDescription] =
            <$event as $crate::__private::Described>::EVENTS;
        $crate::__list_event! { $event }
    };
}

#[cfg(feature = "catalog")]
#[doc(hidden)]
#[macro_export]
macro_rules! __list_event {
    ($event:ty) => {
        $crate::catalog::__private::submit! {
            $crate::catalog::__private::Listed::new(
                <$event as $crate::__private::Described>::EVENTS,
                $crate::catalog::__private::Place::new(::core::file!(), ::core::line!()),
            )
        }
    };
}

#[cfg(not(feature = "catalog"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __list_event {
    ($event:ty) => {};
}
