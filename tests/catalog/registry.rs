//! Which events are in the catalogue of a binary, and what it knows of them.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

use std::borrow::Cow;
use std::panic::catch_unwind;

use event_log::catalog::lock::Lock;
use event_log::catalog::{self, Catalog, EventSchema, FieldType, UserIdType};
use event_log::{Event, EventField, Logger};
use tests_catalog::OfLibrary;

/// Fired when the order is paid.
///
/// Not fired for a renewal.
#[derive(Event)]
#[event(owner = "shop@example.com", since = "2.1", renamed_from = "order_payed")]
struct OrderPaid<'a, 'b: 'a> {
    #[event(user_id)]
    _buyer: u64,
    /// In yen.
    #[event(renamed_from = "sum")]
    amount: u32,
    /** The code of the coupon. */
    #[event(deprecated = "coupons are gone")]
    coupon: Option<&'a str>,
    #[deprecated(note = "read `coupon`")]
    discount: &'b str,
    #[event(skip)]
    _session: (),
}

#[derive(Event)]
#[event(owner = "school@example.com", deprecated = "the school is closed")]
#[expect(dead_code, reason = "it is listed, not emitted")]
enum Lesson {
    /// Fired when it is opened.
    #[event(owner = "teacher@example.com")]
    LessonStarted {
        lesson: u64,
    },
    LessonRated {
        stars: u8,
    },
}

#[derive(Event)]
struct Tagged<T> {
    tag: T,
}

event_log::list_event!(Tagged<String>);

#[derive(Event)]
#[event(unlisted)]
struct OfATest {
    number: u64,
}

#[derive(Event)]
#[deprecated]
struct Old;

fn of_binary() -> Catalog {
    catalog::of_binary().unwrap()
}

fn event(name: &str) -> EventSchema {
    of_binary().events.into_iter().find(|event| event.event_type == name).expect("it is listed")
}

#[test]
fn every_event_that_is_linked_is_listed_in_the_order_of_names() {
    #[derive(Event)]
    struct InAFunction;

    let names: Vec<String> = of_binary().events.into_iter().map(|event| event.event_type).collect();
    let expected = [
        "event_log_gap",
        "in_a_function",
        "lesson_rated",
        "lesson_started",
        "of_library",
        "old",
        "order_paid",
        "tagged",
    ];
    assert_eq!(names, expected);
    let _ = (InAFunction, OfLibrary { version: 1 }, OfATest { number: 1 }.number);
}

#[test]
fn what_the_code_says_of_an_event_and_its_params_is_in_its_schema() {
    let schema = event("order_paid");
    assert_eq!(schema.description, "Fired when the order is paid.\n\nNot fired for a renewal.");
    assert_eq!(schema.owner.as_deref(), Some("shop@example.com"));
    assert_eq!(schema.since.as_deref(), Some("2.1"));
    assert_eq!(schema.renamed_from.as_deref(), Some("order_payed"));
    assert_eq!(schema.deprecated, None);
    let [amount, coupon, discount] = &schema.fields[..] else { panic!("{:?}", schema.fields) };
    assert_eq!((amount.name.as_str(), amount.description.as_str()), ("amount", "In yen."));
    assert_eq!(amount.field_type, FieldType::Integer { bits: 32, signed: false });
    assert_eq!(amount.renamed_from.as_deref(), Some("sum"));
    assert!(!amount.optional && coupon.optional && !discount.optional);
    assert_eq!(coupon.description.trim(), "The code of the coupon.");
    assert_eq!(coupon.deprecated.as_deref(), Some("coupons are gone"));
    assert_eq!(discount.deprecated.as_deref(), Some("read `coupon`"));
}

#[test]
fn a_variant_has_the_notes_of_its_enum_unless_it_has_its_own() {
    let [started, rated] = ["lesson_started", "lesson_rated"].map(event);
    assert_eq!(started.owner.as_deref(), Some("teacher@example.com"));
    assert_eq!(started.description, "Fired when it is opened.");
    assert_eq!(rated.owner.as_deref(), Some("school@example.com"));
    assert_eq!(rated.deprecated.as_deref(), Some("the school is closed"));
    assert_eq!(rated.description, "");
}

#[test]
fn the_listed_instance_of_a_generic_event_gives_its_schema() {
    assert_eq!(event("tagged").fields[0].field_type, FieldType::String);
    let _ = (Tagged { tag: 1 }, Tagged { tag: Cow::Borrowed("a") });
}

#[test]
fn a_plain_deprecated_attribute_is_enough() {
    assert_eq!(event("old").deprecated.as_deref(), Some("deprecated"));
}

#[test]
fn a_common_field_has_the_type_of_its_values() {
    #[derive(EventField)]
    #[expect(dead_code, reason = "only its names are of interest")]
    enum Channel {
        Web,
        App,
    }

    let field = catalog::common_field::<Option<Channel>>("channel", "Where they came from.");
    assert_eq!(field.name, "channel");
    assert_eq!(field.field_type, FieldType::Enum(vec!["Web".into(), "App".into()]));
    assert!(field.optional);
}

#[test]
fn assert_catalog_panics_unless_the_lock_file_says_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let lock = directory.path().join("events.lock.json");
    let mut catalog = of_binary();
    catalog::lock::write(&lock, &Lock::new(catalog.clone())).unwrap();
    event_log::assert_catalog!(&lock);
    event_log::assert_catalog!(&lock, catalog);

    catalog.envelope.user_id = UserIdType::String;
    let lock = &lock;
    assert!(catch_unwind(|| event_log::assert_catalog!(lock, catalog)).is_err());
    let missing = &directory.path().join("missing.json");
    assert!(catch_unwind(|| event_log::assert_catalog!(missing)).is_err());
}

#[test]
fn a_gap_line_is_what_its_schema_says() {
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder(directory.path()).build().unwrap();
    logger.emit(Tagged { tag: "too long".repeat(10_000) });
    drop(logger);

    let lines = tests::lines(directory.path());
    assert_eq!(lines.len(), 1);
    let event = of_binary().validate(&lines[0]).unwrap().event_type.clone();
    assert_eq!(event, "event_log_gap");
}
