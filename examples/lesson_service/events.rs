//! The business facts of the school: each struct is a table that analysts will query for years.

use event_log::{Event, EventField};
use serde::{Deserialize, Serialize};

/// Fired when the account is stored. Not fired when a known student signs in again.
#[derive(Event)]
#[event(owner = "growth@school.example")]
pub(crate) struct UserRegistration<'a> {
    /// The new account; the request came from somebody who was nobody yet.
    #[event(user_id)]
    pub(crate) user: u64,
    /// The OAuth provider that vouched for the user.
    pub(crate) provider: Provider,
    /// The page that led to the sign-up, where the browser tells.
    pub(crate) referrer: Option<&'a str>,
}

/// Fired when a student opens a lesson. Fired again when the student starts it over.
#[derive(Event)]
#[event(owner = "teaching@school.example")]
pub(crate) struct LessonStarted<'a> {
    /// The course's name in the address of its page.
    pub(crate) course: &'a str,
    /// Counts from 1 within the course.
    pub(crate) lesson: u32,
}

/// Fired when a student passes the test at the end of a lesson.
#[derive(Event)]
#[event(owner = "teaching@school.example")]
pub(crate) struct LessonCleared<'a> {
    /// The course's name in the address of its page.
    pub(crate) course: &'a str,
    /// Counts from 1 within the course.
    pub(crate) lesson: u32,
    /// Points in the test, from 0 to 100.
    pub(crate) score: u8,
    /// Since the last start of this lesson.
    pub(crate) seconds: f64,
}

/// Fired when the payment is confirmed. Not fired for a renewal.
#[derive(Event)]
#[event(owner = "payments@school.example")]
pub(crate) struct PlanPurchased<'a> {
    /// The plan's name in the address of its page.
    pub(crate) plan: &'a str,
    /// In the smallest unit of the currency.
    pub(crate) price: u32,
    /// ISO 4217.
    pub(crate) currency: &'a str,
}

/// Who vouches for a new user.
#[derive(Clone, Copy, Debug, Deserialize, EventField, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Provider {
    Apple,
    Google,
    Twitter,
}
