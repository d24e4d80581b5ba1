//! Every form of `assert_emitted!` and `assert_not_emitted!`: what it accepts, refuses and returns.

use std::panic::{AssertUnwindSafe, catch_unwind};

use event_log::testing::{self, Recorded, assert_emitted, assert_not_emitted};
use event_log::{Context, Event, EventField};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, EventField, Serialize)]
#[serde(rename_all = "snake_case")]
enum Provider {
    Twitter,
    Google,
}

#[derive(Debug, PartialEq, Event, Deserialize)]
struct UserRegistration<'a> {
    provider: Provider,
    referrer: Option<&'a str>,
    age: u8,
}

#[derive(Debug, PartialEq, Event, Deserialize)]
enum Lesson {
    #[event(type = "lesson_started")]
    Started { lesson: u64 },
    #[event(type = "lesson_rated")]
    Rated { lesson: u64, stars: u8 },
}

#[derive(Debug, PartialEq, Event, Deserialize)]
struct Ping;

mod events {
    use super::{Deserialize, Event};

    #[derive(Debug, PartialEq, Event, Deserialize)]
    pub(crate) struct Tagged<T> {
        pub(crate) tag: T,
    }
}

/// Two registrations, a start and a rating; a ping without a user.
fn some_events() -> Recorded {
    let (logger, recorded) = testing::recorder();
    Context::new().user_id(42).enter(|| {
        logger.emit(UserRegistration { provider: Provider::Twitter, referrer: None, age: 20 });
        logger.emit(UserRegistration { provider: Provider::Google, referrer: Some("ad"), age: 30 });
        logger.emit(Lesson::Started { lesson: 7 });
        logger.emit(Lesson::Rated { lesson: 7, stars: 5 });
    });
    logger.emit(Ping);
    recorded
}

fn fails<T>(assertion: impl FnOnce() -> T) -> bool {
    catch_unwind(AssertUnwindSafe(assertion)).is_err()
}

#[test]
fn a_pattern_matches_by_its_fields() {
    let recorded = some_events();
    assert_emitted!(recorded, UserRegistration { provider: Provider::Twitter, .. });
    assert_emitted!(recorded, UserRegistration { referrer: Some("ad"), age: 25..=35, .. },);
    assert_emitted!(recorded, UserRegistration { provider: _, referrer: _, age: _ });
    assert_emitted!(recorded, UserRegistration { .. });
    assert_emitted!(&recorded, self::UserRegistration { age: 20 | 21, .. });
    assert!(fails(|| assert_emitted!(recorded, UserRegistration { age: 21, .. })));
    let (provider, age) = (Provider::Twitter, 30);
    assert!(fails(|| assert_emitted!(
        recorded,
        UserRegistration { provider: p, age: a, .. } if *p == provider && *a == age
    )));
}

#[test]
fn a_guard_sees_what_the_pattern_binds() {
    let recorded = some_events();
    assert_emitted!(recorded, UserRegistration { age, .. } if *age > 25);
    assert_emitted!(recorded, UserRegistration { age: years, referrer, .. } if *years > 25 && referrer.is_some());
    assert_emitted!(recorded, UserRegistration { age, .. } if *age > 25,);
    assert!(fails(|| assert_emitted!(recorded, UserRegistration { age, .. } if *age > 30)));
}

#[test]
fn the_variants_of_an_enum_match_each_by_itself() {
    let recorded = some_events();
    assert_emitted!(recorded, Lesson::Started { lesson: 7 });
    assert_emitted!(recorded, Lesson::Rated { stars: 5, .. });
    assert_emitted!(recorded, Lesson::Started { lesson } | Lesson::Rated { lesson, .. } if *lesson == 7, times = 2);
    assert!(fails(|| assert_emitted!(recorded, Lesson::Started { lesson: 8 })));
}

#[test]
fn patterns_without_fields_match() {
    let recorded = some_events();
    assert_emitted!(recorded, Ping);
    assert_emitted!(recorded, Ping, times = 1);
    assert_emitted!(recorded, whole @ Lesson::Started { .. } if *whole == Lesson::Started { lesson: 7 });
    assert!(fails(|| assert_not_emitted!(recorded, Ping)));
}

#[test]
fn an_event_with_parameters_matches_once_they_are_known() {
    let (logger, recorded) = testing::recorder();
    logger.emit(events::Tagged { tag: "new" });
    assert_emitted!(recorded, events::Tagged { tag: "new" });
    assert_emitted!(recorded, events::Tagged::<String> { tag } if tag == "new");
}

#[test]
fn times_counts_exactly() {
    let recorded = some_events();
    let both = assert_emitted!(recorded, UserRegistration { .. }, times = 2);
    assert_eq!((both[0].age, both[1].age), (20, 30));
    assert_emitted!(recorded, UserRegistration { age: 99, .. }, times = 0);
    assert_emitted!(recorded, UserRegistration { age, .. } if *age < 25, times = 1);
    assert_emitted!(recorded, "user_registration", times = 2);
    assert_emitted!(recorded, "user_registration", { "age": 30 }, times = 1);
    for times in [0, 1, 3] {
        assert!(fails(|| assert_emitted!(recorded, UserRegistration { .. }, times = times)));
        assert!(fails(|| assert_emitted!(recorded, "user_registration", times = times)));
    }
}

#[test]
fn a_partial_match_compares_the_columns_that_are_wanted() {
    let recorded = some_events();
    let age = 30;
    assert_emitted!(recorded, "user_registration");
    assert_emitted!(recorded, "user_registration", {});
    assert_emitted!(recorded, "user_registration", { "provider": "twitter" });
    assert_emitted!(recorded, "user_registration", { "referrer": null, "user_id": 42 });
    assert_emitted!(recorded, "user_registration", { "age": age, "referrer": "ad" },);
    assert_emitted!(recorded, "ping", { "user_id": null, "locale": null });
    assert!(fails(|| assert_emitted!(recorded, "user_registration", { "provider": "apple" })));
    assert!(fails(|| assert_emitted!(recorded, "user_registration", { "colour": null })));
    assert!(fails(|| assert_emitted!(recorded, "user_registrations")));
}

#[test]
fn what_matches_is_returned_with_its_line() {
    let recorded = some_events();
    let rated = assert_emitted!(recorded, Lesson::Rated { .. });
    assert_eq!(rated, Lesson::Rated { lesson: 7, stars: 5 });
    assert_eq!(rated.line().user_id(), 42);
    let line = assert_emitted!(recorded, "lesson_rated");
    assert_eq!(line.params(), json!({"lesson": 7, "stars": 5}));
    assert_eq!(line.text(), rated.line().text());
    let lines = assert_emitted!(recorded, "user_registration", times = 2);
    assert_eq!(lines[1].get("age"), Some(json!(30)));
}

#[test]
fn what_must_not_be_emitted_is_not() {
    let recorded = some_events();
    assert_not_emitted!(recorded, UserRegistration { age: 99, .. });
    assert_not_emitted!(recorded, UserRegistration { age, .. } if *age > 30);
    assert_not_emitted!(recorded, Lesson::Started { lesson: 8 },);
    assert_not_emitted!(recorded, "lesson_cleared");
    assert_not_emitted!(recorded, "lesson_started", { "lesson": 8 },);
    assert!(fails(|| assert_not_emitted!(recorded, UserRegistration { age: 20, .. })));
    assert!(fails(|| assert_not_emitted!(recorded, UserRegistration { age, .. } if *age == 20)));
    assert!(fails(|| assert_not_emitted!(recorded, "lesson_started")));
    assert!(fails(|| assert_not_emitted!(recorded, "lesson_started", { "lesson": 7 })));
    assert!(fails(|| assert_not_emitted!(recorded)));
    recorded.forget();
    assert_not_emitted!(recorded);
    assert_not_emitted!(recorded,);
}
