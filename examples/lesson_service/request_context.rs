//! What every event of a request has in common, taken from the request's headers by one layer.
//!
//! A header is what a stranger sent: one that makes no sense is as good as none, and never a reason to
//! refuse the request.

use std::sync::LazyLock;

use axum::extract::{FromRequestParts, Request};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use event_log::baggage::{BaggageKeys, BaggageKind};
use event_log::{Context, Locale};
use uuid::Uuid;

/// The longest id that is taken from a client, in bytes: it is in every line of the request.
const MAX_ID_BYTES: usize = 64;

/// What is taken from baggage: nothing that a stranger may not choose, so not the user.
static BAGGAGE: LazyLock<BaggageKeys> = LazyLock::new(|| {
    let keys = BaggageKeys::new().max_value_bytes(MAX_ID_BYTES);
    keys.field("session.id", "session_id", BaggageKind::Text).expect("both are names")
});

/// What is known of every event of a request, whatever its headers hold.
pub(crate) fn of_request(request: &Request) -> Context {
    let headers = request.headers();
    let request_id = client_id(headers, "x-request-id");
    let request_id = request_id.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
    Context::new()
        .lenient()
        .user_id(student(headers))
        .locale(locale(headers))
        .country_code(country_code(headers))
        .field("session_id", client_id(headers, "x-session-id"))
        .field("request_id", request_id)
        .baggage(&BAGGAGE, headers.get_all("baggage"))
        // Somebody tries out every header; who wants to know hands it to tracing.
        .finish(drop)
}

/// The student who asks; a request from nobody is refused.
pub(crate) struct Student(pub(crate) u64);

impl<S: Sync> FromRequestParts<S> for Student {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        student(&parts.headers)
            .map(Self)
            .ok_or((StatusCode::UNAUTHORIZED, "say who you are: `Authorization: Bearer student-1`"))
    }
}

/// Stands for the check of a real token.
fn student(headers: &HeaderMap) -> Option<u64> {
    let token = text(headers, AUTHORIZATION.as_str())?.strip_prefix("Bearer ")?;
    token.strip_prefix("student-")?.parse().ok()
}

/// The language that the client likes best of those that are well-formed.
fn locale(headers: &HeaderMap) -> Option<Locale> {
    let ranges = text(headers, ACCEPT_LANGUAGE.as_str())?;
    // From the end, because of several with the same weight `max_by` takes the last.
    let weighted = ranges.rsplit(',').filter_map(weighted_locale);
    weighted.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, locale)| locale)
}

/// Reads one range of `Accept-Language`, such as `zh-Hant-TW` or `en;q=0.8`.
fn weighted_locale(range: &str) -> Option<(f32, Locale)> {
    let (tag, weight) = match range.split_once(';') {
        None => (range, 1.0),
        Some((tag, weight)) => (tag, weight.trim().strip_prefix("q=")?.parse().ok()?),
    };
    let is_wanted = weight > 0.0 && weight <= 1.0;
    is_wanted.then(|| Locale::new(tag.trim()).ok().map(|locale| (weight, locale)))?
}

/// The country that the CDN found for the client's address; `XX` is its word for none. Its other
/// codes, such as `T1` for Tor, do not have the shape of a country's, so the context refuses them.
fn country_code(headers: &HeaderMap) -> Option<&str> {
    text(headers, "cf-ipcountry").filter(|found| *found != "XX")
}

/// An id that the client chose, if it looks like one.
fn client_id<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_id = |id: &&str| (1..=MAX_ID_BYTES).contains(&id.len()) && id.bytes().all(plain);
    text(headers, name).filter(is_id)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
