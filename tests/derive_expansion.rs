//! What the implementation that `#[derive(Event)]` writes says of an event: its type, its envelope
//! values, its params.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use event_log::__private::{Described, Envelope, FieldName};
use event_log::{AsUserId, CountryCode, Event, EventField, Locale, Schema, UserId};
use serde::Serialize;
use serde_json::json;
use tests::{params_of, params_text_of};
use uuid::Uuid;

fn type_of(event: &impl Event) -> &'static str {
    event.event_type().name()
}

fn envelope_of(event: &impl Event) -> Envelope<'_> {
    event.own_envelope()
}

#[derive(Event)]
struct UserRegistration {
    provider: String,
    referrer: Option<String>,
}

#[test]
fn a_struct_is_an_event_of_its_own_name_in_snake_case() {
    let event = UserRegistration { provider: "twitter".into(), referrer: None };
    assert_eq!(type_of(&event), "user_registration");
}

#[test]
fn type_replaces_the_name_of_the_struct() {
    #[derive(Event)]
    #[event(type = "signed_up")]
    struct UserRegistration;

    assert_eq!(type_of(&UserRegistration), "signed_up");
}

#[test]
fn a_raw_identifier_is_named_without_its_prefix() {
    #[derive(Event)]
    #[allow(non_camel_case_types, reason = "the name is what is tested")]
    struct r#match {
        r#in: u8,
    }

    let event = r#match { r#in: 1 };
    assert_eq!(type_of(&event), "match");
    assert_eq!(params_of(&event), json!({"in": 1}));
}

#[test]
fn every_event_of_one_type_has_the_same_static() {
    #[derive(Event)]
    struct Tagged<T> {
        tag: T,
    }

    let first = Tagged { tag: 1 }.event_type();
    let second = Tagged { tag: "a" }.event_type();
    assert!(std::ptr::eq(first, second));
}

#[test]
fn fields_become_params_and_none_becomes_null() {
    let event = UserRegistration { provider: "twitter".into(), referrer: None };
    assert_eq!(params_of(&event), json!({"provider": "twitter", "referrer": null}));
}

#[test]
fn params_stand_in_the_order_of_the_fields() {
    #[derive(Event)]
    struct Ordered {
        zebra: u8,
        #[event(user_id)]
        user: u64,
        apple: u8,
        mango: u8,
    }

    let event = Ordered { zebra: 1, user: 2, apple: 3, mango: 4 };
    assert_eq!(params_text_of(&event), r#"{"zebra":1,"apple":3,"mango":4}"#);
}

#[test]
fn a_unit_struct_has_no_params() {
    #[derive(Event)]
    struct Started;

    assert_eq!(params_of(&Started), json!({}));
}

#[test]
fn rename_changes_the_key_of_a_param() {
    #[derive(Event)]
    struct Renamed {
        #[event(rename = "occurred_on")]
        date: &'static str,
    }

    let event = Renamed { date: "2021-09-16" };
    assert_eq!(params_of(&event), json!({"occurred_on": "2021-09-16"}));
}

#[test]
fn two_params_may_swap_their_names() {
    #[derive(Event)]
    struct Swapped {
        #[event(rename = "b")]
        a: u8,
        #[event(rename = "a")]
        b: u8,
    }

    assert_eq!(params_of(&Swapped { a: 1, b: 2 }), json!({"a": 2, "b": 1}));
}

#[test]
fn skip_leaves_a_field_out_whatever_its_type_and_name() {
    struct Session;

    #[derive(Event)]
    struct Skipping<'a> {
        kept: u8,
        #[event(skip)]
        #[expect(dead_code, reason = "neither the test nor the derive reads it")]
        id: &'a Session,
    }

    assert_eq!(params_of(&Skipping { kept: 1, id: &Session }), json!({"kept": 1}));
}

#[test]
fn skip_none_leaves_out_the_key_of_none_only() {
    #[derive(Event)]
    struct Sparse<'a> {
        #[event(skip_none)]
        first: Option<u8>,
        second: u8,
        #[event(skip_none, rename = "last")]
        third: &'a Option<String>,
    }

    let some = Sparse { first: Some(1), second: 2, third: &Some("c".into()) };
    assert_eq!(params_of(&some), json!({"first": 1, "second": 2, "last": "c"}));
    let none = Sparse { first: None, second: 2, third: &None };
    assert_eq!(params_of(&none), json!({"second": 2}));
}

#[test]
fn skip_none_works_on_a_generic_option_and_behind_an_alias() {
    type Maybe<T> = Option<T>;

    #[derive(Event)]
    struct Sparse<T> {
        #[event(skip_none)]
        spelled: Option<T>,
        #[event(skip_none)]
        aliased: Maybe<T>,
    }

    let event = Sparse { spelled: Some("a"), aliased: None };
    assert_eq!(params_of(&event), json!({"spelled": "a"}));
}

#[test]
fn json_serialises_as_usual() {
    #[derive(Event)]
    struct Opaque {
        #[event(json)]
        payload: serde_json::Value,
        #[event(json, skip_none)]
        more: Option<BTreeMap<String, u8>>,
    }

    let event = Opaque { payload: json!({"id": [1, null]}), more: None };
    assert_eq!(params_of(&event), json!({"payload": {"id": [1, null]}}));
}

#[test]
fn as_serialises_as_usual() {
    #[derive(Event)]
    struct Told {
        #[event(as = "Vec<u8>")]
        pair: (u8, u8),
    }

    assert_eq!(params_of(&Told { pair: (1, 2) }), json!({"pair": [1, 2]}));
}

#[test]
fn unit_makes_a_span_of_time_an_integer() {
    #[derive(Event)]
    struct Timed<'a, T> {
        #[event(unit = "ms", rename = "took_ms")]
        took: Duration,
        #[event(unit = "s")]
        waited: &'a Option<Duration>,
        #[event(unit = "ns", skip_none)]
        none: Option<Duration>,
        #[event(unit = "us")]
        moved: chrono::TimeDelta,
        #[event(unit = "ns")]
        of_parameter: T,
        plain: Duration,
    }

    let event = Timed {
        took: Duration::from_micros(1_999),
        waited: &Some(Duration::from_millis(2_500)),
        none: None,
        moved: chrono::TimeDelta::milliseconds(-3),
        of_parameter: None::<Duration>,
        plain: Duration::new(1, 2),
    };
    let expected = json!({
        "took_ms": 1, "waited": 2, "moved": -3000, "of_parameter": null,
        "plain": {"secs": 1, "nanos": 2},
    });
    assert_eq!(params_of(&event), expected);
}

#[test]
fn options_may_be_spread_over_several_attributes() {
    #[derive(Event)]
    struct Spread {
        #[event(rename = "b")]
        #[event(skip_none)]
        a: Option<u8>,
        #[event()]
        c: u8,
    }

    assert_eq!(params_of(&Spread { a: Some(1), c: 2 }), json!({"b": 1, "c": 2}));
}

#[test]
fn text_of_every_kind_survives() {
    let provider = "\"\\\n\r\t\u{0}\u{7f}\u{2028}ü漢🎉";
    let event = UserRegistration { provider: provider.into(), referrer: None };
    assert_eq!(params_of(&event)["provider"], provider);
}

#[test]
fn roles_fill_the_envelope_and_are_no_params() {
    #[derive(Event)]
    struct Purchase {
        #[event(user_id)]
        buyer: u64,
        #[event(locale)]
        language: Locale,
        #[event(country_code)]
        country: CountryCode,
        amount: u32,
    }

    let event = Purchase {
        buyer: 42,
        language: Locale::new("ja").unwrap(),
        country: CountryCode::new("JP").unwrap(),
        amount: 980,
    };
    let envelope = envelope_of(&event);
    assert_eq!(envelope.user_id, Some(UserId::Unsigned(42)));
    assert_eq!(envelope.locale.map(Locale::as_str), Some("ja"));
    assert_eq!(envelope.country_code, Some(event.country));
    assert_eq!(params_of(&event), json!({"amount": 980}));
}

#[test]
fn a_field_may_bear_the_name_of_the_key_it_fills() {
    #[derive(Event)]
    struct Visit<'a> {
        #[event(user_id)]
        user_id: Option<&'a str>,
        #[event(locale)]
        locale: Option<&'a Locale>,
        #[event(country_code)]
        country_code: Option<CountryCode>,
    }

    let envelope = Visit { user_id: Some("u1"), locale: None, country_code: None };
    let envelope = envelope_of(&envelope);
    assert_eq!(envelope.user_id, Some(UserId::Text("u1")));
    assert!(envelope.locale.is_none() && envelope.country_code.is_none());
}

#[test]
fn a_user_id_may_be_of_a_type_of_ones_own() {
    struct AccountId(Uuid);

    impl AsUserId for AccountId {
        fn as_user_id(&self) -> Option<UserId<'_>> {
            Some(UserId::Uuid(self.0))
        }
    }

    #[derive(Event)]
    struct Visit {
        #[event(user_id)]
        account: AccountId,
    }

    let event = Visit { account: AccountId(Uuid::nil()) };
    assert_eq!(envelope_of(&event).user_id, Some(UserId::Uuid(Uuid::nil())));
}

#[test]
fn an_event_without_roles_leaves_the_envelope_to_the_context() {
    let event = UserRegistration { provider: String::new(), referrer: None };
    let envelope = envelope_of(&event);
    assert!(envelope.user_id.is_none());
    assert!(envelope.locale.is_none() && envelope.country_code.is_none());
}

#[derive(Event)]
enum Lesson<'a, T> {
    Opened,
    #[event(type = "lesson_begun")]
    Started {
        #[event(user_id)]
        student: u64,
        lesson: &'a str,
    },
    Rated {
        stars: T,
        #[event(skip_none)]
        comment: Option<T>,
    },
}

#[test]
fn each_variant_of_an_enum_is_a_type_of_its_own() {
    let opened: Lesson<u8> = Lesson::Opened;
    let started: Lesson<u8> = Lesson::Started { student: 7, lesson: "l1" };
    let rated = Lesson::Rated { stars: 5, comment: None };

    assert_eq!([&opened, &started, &rated].map(type_of), ["opened", "lesson_begun", "rated"]);
    assert_eq!(params_of(&opened), json!({}));
    assert_eq!(params_of(&started), json!({"lesson": "l1"}));
    assert_eq!(params_of(&rated), json!({"stars": 5}));
    assert_eq!(envelope_of(&started).user_id, Some(UserId::Unsigned(7)));
    assert_eq!(envelope_of(&rated).user_id, None);
}

#[test]
fn variants_may_share_the_names_of_params() {
    #[derive(Event)]
    enum Payment {
        Received { amount: u32 },
        Refunded { amount: i64 },
    }

    assert_eq!(params_of(&Payment::Received { amount: 1 }), json!({"amount": 1}));
    assert_eq!(params_of(&Payment::Refunded { amount: -1 }), json!({"amount": -1}));
}

/// Serializes whatever its parameter is.
struct Constant<T>(std::marker::PhantomData<T>);

impl<T> Serialize for Constant<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(1)
    }
}

impl<T> EventField for Constant<T> {
    const SCHEMA: Schema = u8::SCHEMA;
}

#[test]
fn bounds_are_on_the_types_of_the_fields_not_on_the_parameters() {
    struct NotSerializable;

    #[derive(Event)]
    struct Tagged<T, U> {
        tag: T,
        constant: Constant<U>,
    }

    let event =
        Tagged { tag: "a", constant: Constant::<NotSerializable>(std::marker::PhantomData) };
    assert_eq!(params_of(&event), json!({"tag": "a", "constant": 1}));
}

#[test]
fn generics_of_every_kind_are_carried_over() {
    #[derive(Event)]
    struct Everything<'a, 'b: 'a, I, T: ?Sized, const N: usize>
    where
        I: Iterator,
        I::Item: Clone,
    {
        short: &'a str,
        long: &'b str,
        item: Option<I::Item>,
        bytes: [u8; N],
        #[event(user_id)]
        who: Arc<T>,
    }

    let event: Everything<'_, '_, std::vec::IntoIter<u8>, str, 2> =
        Everything { short: "a", long: "b", item: Some(3), bytes: [4, 5], who: "w".into() };
    assert_eq!(params_of(&event), json!({"short": "a", "long": "b", "item": 3, "bytes": [4, 5]}));
    assert_eq!(envelope_of(&event).user_id, Some(UserId::Text("w")));
}

#[test]
fn defaults_of_parameters_are_understood() {
    #[derive(Event)]
    struct Defaulted<T = u8, const N: usize = 1> {
        values: [T; N],
    }

    let event = Defaulted::<u8> { values: [1] };
    assert_eq!(params_of(&event), json!({"values": [1]}));
}

#[test]
fn a_field_may_hold_the_event_itself_or_an_unsized_tail() {
    #[derive(Event, Serialize)]
    struct Node<T> {
        value: T,
        #[event(json)]
        next: Option<Box<Node<T>>>,
    }

    #[derive(Event)]
    struct Tail<T: ?Sized> {
        tail: T,
    }

    let next = Some(Box::new(Node { value: 2, next: None }));
    let event = Node { value: 1, next };
    let expected = json!({"value": 1, "next": {"value": 2, "next": null}});
    assert_eq!(params_of(&event), expected);
    let event: &Tail<[u8]> = &Tail { tail: [1, 2] };
    assert_eq!(params_of(&event), json!({"tail": [1, 2]}));
}

#[test]
fn a_pointer_to_an_event_is_the_event() {
    let event = UserRegistration { provider: "p".into(), referrer: None };
    let expected = json!({"provider": "p", "referrer": null});
    assert_eq!(params_of(&&event), expected);
    assert_eq!(params_of(&Arc::new(event)), expected);
}

#[test]
fn a_borrowed_value_serializes_like_an_owned_one() {
    #[derive(Event)]
    struct Borrowing<'a> {
        text: Cow<'a, str>,
        list: &'a [u8],
    }

    let event = Borrowing { text: "t".into(), list: &[1] };
    assert_eq!(params_of(&event), json!({"text": "t", "list": [1]}));
}

#[test]
fn names_tell_what_is_called_how_in_the_line_and_in_rust() {
    #[derive(Event)]
    #[allow(dead_code, reason = "only their names count")]
    enum Meeting<'a, T> {
        #[event(type = "meeting_planned")]
        Planned {
            #[event(rename = "planned_for")]
            date: T,
            #[event(user_id)]
            host: u64,
            r#in: &'a str,
            #[event(skip)]
            session: u8,
            #[event(pii = "mask")]
            guests: u8,
            #[event(pii = "drop")]
            secret: u8,
        },
        r#In,
    }

    let events = <Meeting<'_, u8> as Described>::EVENTS;

    assert_eq!(events.len(), 2);
    assert_eq!((events[0].event_type, events[0].variant), ("meeting_planned", Some("Planned")));
    let field = |key, name, is_personal| FieldName { key, name, is_personal };
    let expected = [
        field("planned_for", "date", false),
        field("user_id", "host", false),
        field("in", "in", false),
        field("guests", "guests", true),
    ];
    assert_eq!(events[0].fields, expected);
    assert_eq!((events[1].event_type, events[1].variant), ("in", Some("In")));
    assert_eq!(<UserRegistration as Described>::EVENTS[0].variant, None);
}
