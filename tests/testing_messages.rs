//! What a failed assertion of the test kit says, word by word, and at which line of the test.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, Location, catch_unwind};

use event_log::testing::{self, Recorded, assert_emitted, assert_not_emitted};
use event_log::{Context, Event, EventField};
use serde::{Deserialize, Serialize};

#[derive(Event, Deserialize)]
struct UserRegistration<'a> {
    #[event(user_id)]
    user: u64,
    #[event(rename = "oauth_provider")]
    provider: &'a str,
    #[event(skip_none)]
    referrer: Option<&'a str>,
    address: Address<'a>,
}

#[derive(Clone, Copy, Deserialize, EventField, Serialize)]
struct Address<'a> {
    city: &'a str,
    lines: [&'a str; 2],
}

#[derive(Event, Deserialize)]
enum Lesson {
    #[event(type = "lesson_started")]
    Started { lesson: u64 },
    #[event(type = "lesson_rated")]
    Rated { lesson: u64, stars: u8 },
}

fn some_events() -> Recorded {
    let (logger, recorded) = testing::recorder();
    let address = Address { city: "Kyoto", lines: ["a", "b"] };
    logger.emit(Lesson::Started { lesson: 7 });
    for (user, provider, referrer) in [(1, "google", None), (2, "twitter", Some("ad-7"))] {
        logger.emit(UserRegistration { user, provider, referrer, address });
    }
    Context::new().user_id(2).enter(|| logger.emit(Lesson::Rated { lesson: 7, stars: 4 }));
    recorded
}

thread_local! {
    /// The line of the last panic of this thread.
    static LINE: Cell<u32> = const { Cell::new(0) };
}

/// What a failing assertion says, after checking that it blames the line that it stands in.
#[track_caller]
fn message<T>(assertion: impl FnOnce() -> T) -> String {
    panic::set_hook(Box::new(|info| LINE.set(info.location().map_or(0, Location::line))));
    let payload = catch_unwind(AssertUnwindSafe(assertion)).err().expect("it fails");
    let caller = Location::caller().line();
    assert!((caller..=caller + 1).contains(&LINE.get()), "line {} for {caller}", LINE.get());
    *payload.downcast().expect("a message")
}

/// How each message ends.
const RECORDED: &str = r#"

recorded: 4 lines
  1  lesson_started     {"lesson":7}
  2  user_registration  {"oauth_provider":"google","address":{"city":"Kyoto","lines":["a","b"]}}
  3  user_registration  {"oauth_provider":"twitter","referrer":"ad-7","address":{"city":"Kyoto","lines":["a","b"]}}
  4  lesson_rated       {"lesson":7,"stars":4}"#;

fn with_recorded(beginning: &str) -> String {
    [beginning, RECORDED].concat()
}

#[test]
fn a_pattern_is_compared_field_by_field_with_the_nearest_events_first() {
    let recorded = some_events();
    let message = message(|| {
        assert_emitted!(
            recorded,
            UserRegistration { user: 2, provider: "apple", referrer: Some("ad-7"), .. }
        )
    });
    let expected = r#"no emitted event matches
  wanted: UserRegistration { user: 2, provider: "apple", referrer: Some("ad-7"), .. }

near misses:
  line 3, user_registration
      user: 2
    - provider: "apple"
    + provider: "twitter"
      referrer: "ad-7"
  line 2, user_registration
    - user: 2
    + user: 1
    - provider: "apple"
    + provider: "google"
    - referrer: Some("ad-7")
    + referrer: (not in the line)"#;
    assert_eq!(message, with_recorded(expected));
}

#[test]
fn the_message_in_the_documentation_is_the_message() {
    #[derive(Event, Deserialize)]
    struct LessonRated<'a> {
        course: &'a str,
        stars: u8,
    }

    let (logger, recorded) = testing::recorder();
    logger.emit(LessonRated { course: "kana", stars: 5 });
    let message = message(|| {
        assert_emitted!(recorded, LessonRated { course: "kana", stars: 1, .. });
    });

    let documented: String = message.lines().flat_map(|line| ["\n/// ", line]).collect();
    let documented = documented.replace("/// \n", "///\n");
    let source = include_str!("../event-log/src/testing/assert.rs");
    assert!(source.contains(&documented), "not in the documentation:{documented}");
}

#[test]
fn a_guard_is_blamed_where_the_fields_are_as_wanted() {
    let recorded = some_events();
    let message = message(
        || assert_emitted!(recorded, UserRegistration { user, referrer: None, .. } if *user > 1),
    );
    let expected = r#"no emitted event matches
  wanted: UserRegistration { user, referrer: None, .. } if *user > 1

near misses:
  line 2, user_registration
      user: 1
      referrer: (not in the line)
    - if: *user > 1
    + if: (does not hold)
  line 3, user_registration
      user: 2
    - referrer: None
    + referrer: "ad-7""#;
    assert_eq!(message, with_recorded(expected));
}

#[test]
fn columns_are_compared_at_any_depth() {
    let recorded = some_events();
    let message = message(|| {
        assert_emitted!(recorded, "user_registration", {
            "user_id": 2,
            "oauth_provider": "twitter",
            "referrer": null,
            "address": { "city": "Kyoto", "lines": ["a", "c"] },
        })
    });
    let expected = r#"no emitted event matches
  wanted: user_registration {"address":{"city":"Kyoto","lines":["a","c"]},"oauth_provider":"twitter","referrer":null,"user_id":2}

near misses:
  line 3, user_registration
      address.city: "Kyoto"
      address.lines[0]: "a"
    - address.lines[1]: "c"
    + address.lines[1]: "b"
      oauth_provider: "twitter"
    - referrer: null
    + referrer: "ad-7"
      user_id: 2
  line 2, user_registration
      address.city: "Kyoto"
      address.lines[0]: "a"
    - address.lines[1]: "c"
    + address.lines[1]: "b"
    - oauth_provider: "twitter"
    + oauth_provider: "google"
    - referrer: null
    + referrer: (not in the line)
    - user_id: 2
    + user_id: 1"#;
    assert_eq!(message, with_recorded(expected));
}

#[test]
fn events_of_other_variants_and_types_are_no_near_misses() {
    let recorded = some_events();
    let message = message(|| assert_emitted!(recorded, Lesson::Rated { stars: 5, .. }, times = 2));
    let expected = r"no emitted event matches, 2 should
  wanted: Lesson::Rated { stars: 5, .. }

near misses:
  line 4, lesson_rated
    - stars: 5
    + stars: 4";
    assert_eq!(message, with_recorded(expected));
}

#[test]
fn too_many_matches_are_listed() {
    let recorded = some_events();
    let message = message(|| {
        assert_emitted!(
            recorded,
            Lesson::Started { .. } | Lesson::Rated { stars: 4, .. },
            times = 1
        )
    });
    let expected = r#"2 emitted events match, 1 should
  wanted: Lesson::Started { .. } | Lesson::Rated { stars: 4, .. }

matching:
  1  lesson_started  {"lesson":7}
  4  lesson_rated    {"lesson":7,"stars":4}"#;
    assert_eq!(message, with_recorded(expected));
}

#[test]
fn a_type_that_was_not_emitted_is_named() {
    let recorded = some_events();
    let message = message(|| assert_emitted!(recorded, "user_regsitration"));
    let expected = "no emitted event matches\n  wanted: user_regsitration";
    assert_eq!(message, with_recorded(expected));
}

#[test]
fn what_was_not_wanted_is_shown() {
    let recorded = some_events();
    let message = message(|| assert_not_emitted!(recorded, Lesson::Rated { .. }));
    let expected = r#"1 emitted event matches, none should
  unwanted: Lesson::Rated { .. }

matching:
  4  lesson_rated  {"lesson":7,"stars":4}"#;
    assert_eq!(message, with_recorded(expected));
}

#[test]
fn everything_is_shown_where_nothing_was_wanted() {
    let recorded = some_events();
    let message = message(|| assert_not_emitted!(recorded));
    assert_eq!(message, with_recorded("nothing should have been emitted"));
}

#[test]
fn dropped_events_are_told_of_and_long_recordings_cut() {
    let (logger, recorded) = testing::builder().max_line_bytes(1_024).record().unwrap();
    for stars in 0..30 {
        logger.emit(Lesson::Rated { lesson: 1, stars });
    }
    let endless = "x".repeat(2_000);
    let address = Address { city: &endless, lines: ["", ""] };
    logger.emit(UserRegistration { user: 1, provider: "", referrer: None, address });

    let message = message(|| assert_emitted!(recorded, Lesson::Rated { stars: 40, .. }));

    let (beginning, end) = message.split_once("recorded: 30 lines\n").unwrap();
    assert!(beginning.ends_with("+ stars: 2\n  … and 27 more\n\n"), "{beginning}");
    assert!(
        end.starts_with("  … 10 before these\n  11  lesson_rated  {\"lesson\":1,\"stars\":10}\n")
    );
    assert!(
        end.ends_with(concat!(
            "\n\ndropped: 1 event\n  the line of a `user_registration` event is longer than 1024 ",
            "bytes; shorten its fields, or raise `max_line_bytes`",
        )),
        "{end}"
    );
}

#[test]
fn events_of_a_transaction_that_was_too_long_are_told_of_with_the_reason() {
    let (logger, recorded) = testing::builder().spool_bytes(1 << 17).record().unwrap();
    let mut lessons = logger.transaction();
    (0..300).for_each(|lesson| lessons.emit(Lesson::Started { lesson }));
    lessons.commit();

    let message = message(|| assert_emitted!(recorded, "lesson_started"));

    let last = message.lines().last().unwrap();
    let expected =
        "a `lesson_started` event cannot appear without the rest of its transaction: the first ";
    assert!(last.trim_start().starts_with(expected), "{last}");
    assert!(last.contains("bytes can appear at once; commit fewer events at a time"), "{last}");
}

#[test]
fn a_line_that_cannot_be_read_back_is_blamed_on_the_assertion() {
    #[derive(Debug, Deserialize, Event)]
    #[event(type = "lesson_started")]
    struct Newer {
        course: String,
    }

    let recorded = some_events();
    let message = message(|| assert_emitted!(recorded, Newer { .. }));
    let expected = "line 1, of type `lesson_started`, cannot be read back as `Newer`: \
                    missing field `course`; see \"What can be read back\"";
    assert!(message.starts_with(expected), "{message}");
}
