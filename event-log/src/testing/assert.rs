//! The macros: what stands in the user's code, and the pattern taken apart.

/// Asserts that an event was emitted; shows what was emitted instead if not.
///
/// The first argument is the [`Recorded`](crate::testing::Recorded). Then comes what is wanted:
///
/// | written | matches | returns |
/// | --- | --- | --- |
/// | `Lesson { stars: 5, .. }` | an event that can be [read back](crate::testing#what-can-be-read-back) and has this pattern | the first that matches, as [`Emitted`](crate::testing::Emitted) |
/// | `Lesson { stars, .. } if *stars > 3` | the same, and the guard holds | the same |
/// | `"lesson", { "stars": 5 }` | a line of this type with these values among its [columns](crate::testing::Line::get) | the first that matches, as [`Line`](crate::testing::Line) |
/// | `"lesson"` | a line of this type | the same |
///
/// With `times = n` at the end exactly so many must match, and all of them are returned, in a `Vec`.
///
/// Of an object the wanted keys are compared, and other keys do not matter, at any depth; an array
/// must have the wanted elements and no more. The values are those of [`serde_json::json!`], so
/// variables may stand among them.
///
/// # Panics
/// If no event matches, or not so many.
///
/// ```
/// use event_log::{Context, Event, testing::{self, assert_emitted}};
/// use serde::Deserialize;
///
/// #[derive(Event, Deserialize)]
/// struct LessonRated<'a> {
///     course: &'a str,
///     stars: u8,
/// }
///
/// let (logger, recorded) = testing::recorder();
/// Context::new().user_id(42).enter(|| {
///     logger.emit(LessonRated { course: "kanji", stars: 4 });
///     logger.emit(LessonRated { course: "kana", stars: 5 });
/// });
///
/// // A pattern, with a guard, counted:
/// assert_emitted!(recorded, LessonRated { course: "kana", .. });
/// assert_emitted!(recorded, LessonRated { stars, .. } if *stars >= 4, times = 2);
///
/// // What is found can be looked at further:
/// let rated = assert_emitted!(recorded, LessonRated { stars: 5, .. });
/// assert_eq!((rated.course, rated.line().user_id()), ("kana", 42.into()));
///
/// // A partial match of the JSON, for any event; the envelope counts as well:
/// assert_emitted!(recorded, "lesson_rated", { "course": "kanji", "user_id": 42 });
/// ```
///
/// This is what a failure says:
///
/// ```should_panic
/// # use event_log::{Event, testing::{self, assert_emitted}};
/// # use serde::Deserialize;
/// # #[derive(Event, Deserialize)]
/// # struct LessonRated<'a> {
/// #     course: &'a str,
/// #     stars: u8,
/// # }
/// # let (logger, recorded) = testing::recorder();
/// # logger.emit(LessonRated { course: "kana", stars: 5 });
/// assert_emitted!(recorded, LessonRated { course: "kana", stars: 1, .. });
/// ```
///
/// ```text
/// no emitted event matches
///   wanted: LessonRated { course: "kana", stars: 1, .. }
///
/// near misses:
///   line 1, lesson_rated
///       course: "kana"
///     - stars: 1
///     + stars: 5
///
/// recorded: 1 line
///   1  lesson_rated  {"course":"kana","stars":5}
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! assert_emitted {
    ($recorded:expr, $event_type:literal $(, { $($json:tt)* })? $(,)?) => {
        $crate::testing::__private::lines(
            &$recorded,
            $crate::__wanted_columns!($event_type $(, { $($json)* })?),
        )
        .first()
    };
    ($recorded:expr, $event_type:literal $(, { $($json:tt)* })?, times = $times:expr $(,)?) => {
        $crate::testing::__private::lines(
            &$recorded,
            $crate::__wanted_columns!($event_type $(, { $($json)* })?),
        )
        .exactly($times)
    };
    ($recorded:expr, $path:path { $($fields:tt)* } $(if $guard:expr)? $(,)?) => {
        $crate::testing::__private::events(
            &$recorded,
            $crate::__wanted_pattern!(@fields $path { $($fields)* } $(if $guard)?),
            $crate::__judge!(@fields $path { $($fields)* } $(if $guard)?),
        )
        .first()
    };
    ($recorded:expr, $path:path { $($fields:tt)* } $(if $guard:expr)?, times = $times:expr $(,)?) => {
        $crate::testing::__private::events(
            &$recorded,
            $crate::__wanted_pattern!(@fields $path { $($fields)* } $(if $guard)?),
            $crate::__judge!(@fields $path { $($fields)* } $(if $guard)?),
        )
        .exactly($times)
    };
    ($recorded:expr, $pattern:pat $(if $guard:expr)? $(,)?) => {
        $crate::testing::__private::events(
            &$recorded,
            $crate::__wanted_pattern!(@whole $pattern $(if $guard)?),
            $crate::__judge!(@whole $pattern $(if $guard)?),
        )
        .first()
    };
    ($recorded:expr, $pattern:pat $(if $guard:expr)?, times = $times:expr $(,)?) => {
        $crate::testing::__private::events(
            &$recorded,
            $crate::__wanted_pattern!(@whole $pattern $(if $guard)?),
            $crate::__judge!(@whole $pattern $(if $guard)?),
        )
        .exactly($times)
    };
}

/// Asserts that no event was emitted that matches; shows those that were, if any.
///
/// What is not wanted is written as in [`assert_emitted!`](crate::testing::assert_emitted), without
/// `times`. With the [`Recorded`](crate::testing::Recorded) alone, nothing at all may have been
/// recorded.
///
/// # Panics
/// If an event matches.
///
/// ```
/// use event_log::{Event, testing::{self, assert_not_emitted}};
/// use serde::Deserialize;
///
/// #[derive(Event, Deserialize)]
/// struct LessonRated {
///     stars: u8,
/// }
///
/// let (logger, recorded) = testing::recorder();
/// assert_not_emitted!(recorded);
///
/// logger.emit(LessonRated { stars: 5 });
/// assert_not_emitted!(recorded, LessonRated { stars: ..=3 });
/// assert_not_emitted!(recorded, LessonRated { stars } if *stars > 5);
/// assert_not_emitted!(recorded, "lesson_rated", { "stars": 1 });
/// assert_not_emitted!(recorded, "lesson_started");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! assert_not_emitted {
    ($recorded:expr $(,)?) => {
        $crate::testing::__private::nothing(&$recorded)
    };
    ($recorded:expr, $event_type:literal $(, { $($json:tt)* })? $(,)?) => {
        $crate::testing::__private::lines(
            &$recorded,
            $crate::__wanted_columns!($event_type $(, { $($json)* })?),
        )
        .none()
    };
    ($recorded:expr, $pattern:pat $(if $guard:expr)? $(,)?) => {
        $crate::testing::__private::events(
            &$recorded,
            $crate::__wanted_pattern!(@whole $pattern $(if $guard)?),
            $crate::__judge!(@whole $pattern $(if $guard)?),
        )
        .none()
    };
}

/// A type and, perhaps, columns.
#[doc(hidden)]
#[macro_export]
macro_rules! __wanted_columns {
    ($event_type:literal $(, { $($json:tt)* })?) => {{
        #[allow(unused_mut, unused_assignments)]
        let mut columns = $crate::testing::__private::json!({});
        $(columns = $crate::testing::__private::json!({ $($json)* });)?
        $crate::testing::__private::Columns { event_type: $event_type, columns }
    }};
}

/// The text of a pattern, as it stands in the user's code.
///
/// Here and below `@fields` stands before a pattern that can be taken apart, and `@whole` before one
/// that cannot: what was once parsed as a pattern is never parsed as a path again.
#[doc(hidden)]
#[macro_export]
macro_rules! __wanted_pattern {
    (@fields $path:path { $($fields:tt)* } $(if $guard:expr)?) => {
        $crate::testing::__private::Pattern {
            pattern: ::core::stringify!($path { $($fields)* }),
            guard: [$(::core::stringify!($guard))?].first().copied(),
        }
    };
    (@whole $pattern:pat $(if $guard:expr)?) => {
        $crate::testing::__private::Pattern {
            pattern: ::core::stringify!($pattern),
            guard: [$(::core::stringify!($guard))?].first().copied(),
        }
    };
}

/// A closure that says whether an event has a pattern and which of its fields have theirs.
#[doc(hidden)]
#[macro_export]
macro_rules! __judge {
    (@fields $path:path { $($fields:tt)* } $(if $guard:expr)?) => {
        |event| $crate::testing::__private::Judgement {
            matches: $crate::__holds!(event, ($path { $($fields)* }) $(if $guard)?),
            fields: if $crate::__holds!(event, ($path { .. })) {
                ::core::option::Option::Some($crate::__field_checks!(event, $path { $($fields)* }))
            } else {
                ::core::option::Option::None
            },
        }
    };
    (@whole $pattern:pat $(if $guard:expr)?) => {
        |event| $crate::testing::__private::Judgement {
            matches: $crate::__holds!(event, ($pattern) $(if $guard)?),
            fields: ::core::option::Option::Some(::std::vec::Vec::new()),
        }
    };
}

/// Whether an event has a pattern.
#[doc(hidden)]
#[macro_export]
macro_rules! __holds {
    ($event:ident, ($($pattern:tt)*) $(if $guard:expr)?) => {{
        #[allow(unused_variables, unreachable_patterns)]
        let holds = match $event {
            $($pattern)* $(if $guard)? => true,
            _ => false,
        };
        holds
    }};
}

/// One check for each field of a pattern.
#[doc(hidden)]
#[macro_export]
macro_rules! __field_checks {
    ($event:ident, $path:path { $($name:ident $(: $value:pat)?),+ , .. }) => {
        $crate::__field_checks!($event, $path { $($name $(: $value)?),+ })
    };
    ($event:ident, $path:path { $($name:ident $(: $value:pat)?),* $(,)? }) => {
        ::std::vec![$($crate::__field_check!($event, $path, $name $(: $value)?)),*]
    };
    // `..` alone, or a field with a modifier.
    ($event:ident, $path:path { $($fields:tt)* }) => {
        ::std::vec::Vec::new()
    };
}

/// The check of one field; one that is only bound holds.
#[doc(hidden)]
#[macro_export]
macro_rules! __field_check {
    ($event:ident, $path:path, $name:ident) => {
        $crate::testing::__private::FieldCheck {
            name: ::core::stringify!($name),
            wanted: ::core::stringify!($name),
            holds: true,
        }
    };
    ($event:ident, $path:path, $name:ident: $value:pat) => {
        $crate::testing::__private::FieldCheck {
            name: ::core::stringify!($name),
            wanted: ::core::stringify!($value),
            holds: $crate::__holds!($event, ($path { $name: $value, .. })),
        }
    };
}
