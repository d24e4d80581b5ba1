//! The event of all benches: about 285 bytes as a line, five params of mixed types.

use event_log::{Context, Event};
use serde::Serialize;

/// A lesson was cleared.
#[derive(Clone, Copy, Debug, Event, Serialize)]
pub struct LessonCleared<'a> {
    /// The course's slug.
    pub course: &'a str,
    /// The lesson's number.
    pub lesson: u32,
    /// The score in percent.
    pub score: f64,
    /// Whether it was the first try.
    pub first_try: bool,
    /// The badge that was won, if any.
    pub badge: Option<&'a str>,
}

/// The event number `number`.
#[must_use]
#[inline]
pub fn event(number: u32) -> LessonCleared<'static> {
    LessonCleared {
        course: "japanese-for-beginners",
        lesson: number,
        score: 87.5,
        first_try: number.is_multiple_of(2),
        badge: Some("seven_days_in_a_row"),
    }
}

/// The context of all benches.
///
/// # Panics
/// Never: its values are well-formed.
#[must_use]
pub fn context() -> Context {
    Context::new()
        .user_id(123_456_789_u64)
        .locale("ja-JP")
        .and_then(|context| context.country_code("JP"))
        .expect("the values are well-formed")
}
