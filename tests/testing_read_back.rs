//! Which events can be read back from their lines, and what is said of the others.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use event_log::testing::{self, Line, ReadError, assert_emitted};
use event_log::{Context, CountryCode, Event, Locale};
use serde::Deserialize;
use serde_json::{Value, json};

#[test]
fn a_field_borrows_from_the_line() {
    #[derive(Debug, PartialEq, Event, Deserialize)]
    struct Borrowing<'a> {
        plain: &'a str,
        #[serde(borrow)]
        perhaps: Option<&'a str>,
        #[serde(borrow)]
        cow: Cow<'a, str>,
    }

    let (logger, recorded) = testing::recorder();
    let event = || Borrowing { plain: "kanji", perhaps: Some("いろは"), cow: "a \"b\"".into() };
    logger.emit(event());

    let read = recorded.of::<Borrowing>();
    logger.emit(event());

    assert_eq!(read, [event()]);
    let text = recorded.all()[0].text().as_bytes().as_ptr_range();
    assert!(text.contains(&read[0].plain.as_ptr()), "it is a copy");
}

#[test]
fn text_with_escapes_is_read_into_what_can_own_it_and_refused_by_a_str() {
    #[derive(Debug, PartialEq, Event, Deserialize)]
    #[event(type = "comment")]
    struct Owning<'a> {
        #[serde(borrow)]
        text: Cow<'a, str>,
    }

    #[derive(Debug, Event, Deserialize)]
    #[event(type = "comment")]
    struct Borrowing<'a> {
        text: &'a str,
    }

    let (logger, recorded) = testing::recorder();
    logger.emit(Borrowing { text: "\"\n" });

    assert_eq!(recorded.of::<Owning>(), [Owning { text: "\"\n".into() }]);
    let error = recorded.all()[0].read::<Borrowing>().unwrap_err();
    assert!(error.to_string().contains("expected a borrowed string"), "{error}");
}

#[test]
fn a_renamed_field_is_found_by_its_name_in_rust_and_by_the_one_that_serde_has_for_it() {
    #[derive(Debug, PartialEq, Event, Deserialize)]
    struct Meeting {
        #[event(rename = "planned_for")]
        date: String,
        #[event(rename = "meeting_id")]
        #[serde(rename = "meeting_id")]
        id: u64,
        #[event(rename = "meeting_type")]
        #[serde(alias = "meeting_type")]
        r#type: u8,
    }

    let (logger, recorded) = testing::recorder();
    let event = || Meeting { date: "tomorrow".into(), id: 5, r#type: 6 };
    logger.emit(event());

    assert_eq!(recorded.of::<Meeting>(), [event()]);
}

#[test]
fn a_field_that_fills_the_envelope_is_read_from_there() {
    #[derive(Debug, PartialEq, Event, Deserialize)]
    struct Login {
        #[event(user_id)]
        user: u64,
        #[event(locale)]
        language: Option<Locale>,
        #[event(country_code)]
        country_code: Option<CountryCode>,
        method: u8,
    }

    let (logger, recorded) = testing::recorder();
    let context = Context::new().user_id(1).country_code("JP").unwrap();
    let login = |country_code: Option<&str>| Login {
        user: 42,
        language: Some("fr".parse().unwrap()),
        country_code: country_code.map(|code| code.parse().unwrap()),
        method: 1,
    };
    logger.emit(login(Some("FR")));
    logger.with(&context).emit(login(None));

    // What the event leaves to the context is read as the context filled it.
    assert_eq!(recorded.of::<Login>(), [login(Some("FR")), login(Some("JP"))]);
}

#[test]
fn a_field_that_is_not_in_the_line_is_read_as_its_default() {
    #[derive(Debug, PartialEq, Event, Deserialize)]
    struct Visit {
        #[event(skip)]
        #[serde(skip)]
        id: u64,
        #[event(skip_none)]
        referrer: Option<u8>,
        page: u8,
    }

    let (logger, recorded) = testing::recorder();
    logger.emit(Visit { id: 9, referrer: None, page: 1 });

    assert_eq!(recorded.of::<Visit>(), [Visit { id: 0, referrer: None, page: 1 }]);
}

#[test]
fn the_variants_of_an_enum_are_told_apart_by_their_types() {
    #[derive(Debug, PartialEq, Event, Deserialize)]
    enum Lesson<'a> {
        #[event(type = "lesson_started")]
        Started { course: &'a str },
        #[event(type = "lesson_rated")]
        #[serde(rename = "lesson_rated")]
        Rated {
            #[event(rename = "stars_given")]
            stars: u8,
        },
        #[event(type = "lesson_left")]
        Left,
    }

    let (logger, recorded) = testing::recorder();
    let events = || [Lesson::Started { course: "kana" }, Lesson::Left, Lesson::Rated { stars: 5 }];
    for event in events() {
        logger.emit(event);
    }

    assert_eq!(recorded.of::<Lesson>(), events());
}

#[test]
fn an_enum_may_be_tagged_by_the_type() {
    #[derive(Debug, PartialEq, Event, Deserialize)]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum Lesson {
        Started { lesson: u8 },
        Left { lesson: u8 },
    }

    let (logger, recorded) = testing::recorder();
    logger.emit(Lesson::Left { lesson: 1 });

    assert_eq!(recorded.of::<Lesson>(), [Lesson::Left { lesson: 1 }]);
}

#[test]
fn values_of_every_shape_are_read_back() {
    #[derive(Debug, PartialEq, Deserialize, serde::Serialize)]
    struct Cart {
        items: Vec<(String, u32)>,
        total: f64,
    }

    #[derive(Debug, PartialEq, Event, Deserialize)]
    struct Shapes<T> {
        #[event(json)]
        cart: Cart,
        big: u64,
        small: i64,
        map: BTreeMap<u8, Option<bool>>,
        json: Value,
        tag: T,
    }

    let (logger, recorded) = testing::recorder();
    let event = || Shapes {
        cart: Cart { items: vec![("tea".into(), 2)], total: 1e-7 },
        big: u64::MAX,
        small: i64::MIN,
        map: BTreeMap::from([(1, None), (2, Some(true))]),
        json: json!({"params": {"id": null}}),
        tag: 'x',
    };
    logger.emit(event());

    assert_eq!(recorded.of::<Shapes<char>>(), [event()]);
}

#[derive(Debug, Event, Deserialize)]
struct Tagged<T> {
    tag: T,
}

#[test]
fn a_line_that_is_not_what_serde_takes_is_an_error_that_shows_it() {
    let (logger, recorded) = testing::recorder();
    logger.emit(Tagged { tag: "new" });

    let error = recorded.all()[0].read::<Tagged<u8>>().unwrap_err();

    assert!(matches!(error, ReadError::Deserialize { line: 1, event: "Tagged", .. }));
    assert_eq!(
        error.to_string(),
        concat!(
            "line 1, of type `tagged`, cannot be read back as `Tagged`: invalid type: string ",
            "\"new\", expected u8 at line 1 column 5; see \"What can be read back\" in ",
            "`event_log::testing`, or look at the line itself with `Recorded::all`\n",
            "  {\"id\":\"00dc6acf-ac00-7000-8000-000000000001\",\"date\":\"2000-01-01T00:00:00Z\",",
            "\"type\":\"tagged\",\"user_id\":null,\"locale\":null,\"country_code\":null,",
            "\"params\":{\"tag\":\"new\"}}",
        )
    );
}

#[test]
fn a_value_nested_too_deep_for_serde_is_told_of_and_the_rest_is_there() {
    #[derive(Debug, Event, Deserialize)]
    struct Planted {
        name: String,
        #[event(json)]
        tree: Value,
    }

    let (logger, recorded) = testing::recorder();
    let tree = (0..200).fold(Value::Null, |inside, _| json!([inside]));
    logger.emit(Planted { name: "oak".to_owned(), tree });

    let line = &recorded.all()[0];
    assert!(line.text().ends_with(&format!("{}null{}}}}}", "[".repeat(200), "]".repeat(200))));
    assert_eq!(line.get("name"), Some("oak".into()));
    assert_emitted!(recorded, "planted", { "name": "oak" });
    let error = line.read::<Planted>().unwrap_err().to_string();
    assert!(error.contains("recursion limit exceeded"), "{error}");
    let reads: [fn(&Line<'_>) -> Value; 2] =
        [|line| line.params(), |line| line.get("tree").unwrap()];
    for read in reads {
        let panic = catch_unwind(AssertUnwindSafe(|| read(line))).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.starts_with("a `serde_json::Value` cannot hold `"), "{message}");
        assert!(message.contains("of line 1: recursion limit exceeded"), "{message}");
    }
}

#[test]
fn a_hash_is_read_back_as_a_text_and_else_the_error_says_why_not() {
    #[derive(Debug, PartialEq, Event, Deserialize)]
    #[event(type = "registered")]
    struct AsText {
        #[event(pii = "hash")]
        account: String,
        #[event(pii = "mask")]
        phone: String,
    }

    #[derive(Debug, Event, Deserialize)]
    struct Registered {
        provider: u8,
        #[event(user_id, pii = "hash")]
        user: u64,
        #[event(pii = "hash")]
        account: u64,
        #[event(pii = "mask")]
        phone: u64,
    }

    let (logger, recorded) = testing::recorder();
    logger.emit(Registered { provider: 1, user: 2, account: 3, phone: 4 });

    let read = recorded.of::<AsText>().remove(0).into_event();
    assert_eq!((read.account.len(), &*read.phone), (32, "***"));
    let error = recorded.all()[0].read::<Registered>().unwrap_err();
    let ReadError::Deserialize { personal, .. } = &error else { panic!("{error}") };
    assert_eq!(personal, &["user", "account", "phone"]);
    let note = "(with `pii`, the text of a hash or a mask is all that the line has of: `user`, \
                `account`, `phone`)";
    assert!(error.to_string().contains(note), "{error}");
}

#[test]
fn a_line_of_another_type_is_refused() {
    #[derive(Event)]
    struct Ping;

    let (logger, recorded) = testing::recorder();
    logger.emit(Ping);

    let error = recorded.all()[0].read::<Tagged<u8>>().unwrap_err();

    assert_eq!(error.to_string(), "line 1 is of type `ping`, which is not one of `Tagged`");
    assert!(recorded.of::<Tagged<u8>>().is_empty());
}
