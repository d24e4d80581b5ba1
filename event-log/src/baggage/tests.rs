use std::iter;

use proptest::prelude::*;

use super::*;

fn keys() -> BaggageKeys {
    let keys = BaggageKeys::new().user_id("user.id", BaggageKind::Integer).unwrap();
    let keys = keys.locale("locale").unwrap().country_code("country").unwrap();
    let keys = keys.field("session", "session_id", BaggageKind::Text).unwrap();
    keys.field("visit", "visit", BaggageKind::Integer).unwrap()
}

/// The context as JSON, and what was refused.
fn read<V: AsRef<[u8]>>(headers: impl IntoIterator<Item = V>) -> (String, Vec<String>) {
    read_with(&keys(), headers)
}

fn read_with<V: AsRef<[u8]>>(
    keys: &BaggageKeys,
    headers: impl IntoIterator<Item = V>,
) -> (String, Vec<String>) {
    let mut refused = Vec::new();
    let context = Context::new().lenient().baggage(keys, headers);
    let context = context.finish(|error| refused.push(error.to_string()));
    (format!("{context:?}"), refused)
}

fn envelope(user: &str, locale: &str, country: &str, fields: &str) -> String {
    format!(r#"Context {{"user_id":{user},"locale":{locale},"country_code":{country}{fields}}}"#)
}

#[test]
fn the_examples_of_the_specification_are_read() {
    let keys = BaggageKeys::new().field("userId", "user_name", BaggageKind::Text).unwrap();
    let keys = keys.field("serverNode", "server_node", BaggageKind::Text).unwrap();
    let keys = keys.field("key2", "key2", BaggageKind::Text).unwrap();
    let expected =
        envelope("null", "null", "null", r#","user_name":"alice","server_node":"DF 28""#);
    for headers in [
        &["userId=alice,serverNode=DF%2028,isProduction=false"][..],
        &["userId=alice", "serverNode=DF%2028,isProduction=false"],
        &["userId =   alice", "serverNode = DF%2028, isProduction = false"],
    ] {
        assert_eq!(read_with(&keys, headers), (expected.clone(), vec![]));
    }
    let with_properties =
        "key1=value1;property1;property2, key2 = value2, key3=value3; propertyKey=propertyValue";
    let expected = envelope("null", "null", "null", r#","key2":"value2""#);
    assert_eq!(read_with(&keys, [with_properties]), (expected, vec![]));
}

#[test]
fn an_equals_sign_in_a_value_belongs_to_it() {
    let expected = envelope("null", "null", "null", r#","session_id":"a=b==""#);
    assert_eq!(read(["session=a=b=="]), (expected, vec![]));
}

#[test]
fn only_named_keys_are_read() {
    let header = "user_id=7,User.Id=7,USER.ID=7,session_id=x,tenant=1,%75ser.id=7";
    assert_eq!(read([header]), ("Context {}".to_owned(), vec![]));
}

#[test]
fn a_malformed_member_is_told_of_and_costs_no_other() {
    let (context, refused) =
        read(["user.id=1, session=\"x\" ,visit=x7, =5,country=jp,,a b=c,locale=ja"]);
    assert_eq!(context, envelope("1", r#""ja""#, "null", ""));
    let told = ["`session=\\\"x\\\"` is malformed", "`visit` holds \"x7\"", "`=5` is malformed"];
    let told = told.into_iter().chain(["not in upper case; write `JP`", "`a b=c` is malformed"]);
    for (refused, told) in refused.iter().zip(told) {
        assert!(refused.contains(told), "{refused}");
    }
    assert_eq!(refused.len(), 5);
    for malformed in ["session=%", "session=%4", "session=%zz", "session=é", "session=a b", "s"] {
        let (context, refused) = read([malformed]);
        assert_eq!((context.as_str(), refused.len()), ("Context {}", 1), "{malformed}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_replaced() {
    let expected = envelope("null", "null", "null", ",\"session_id\":\"a\u{fffd}b\"");
    assert_eq!(read(["session=a%FFb"]), (expected, vec![]));
}

#[test]
fn of_several_members_the_last_well_formed_one_counts() {
    let (context, refused) = read(["user.id=1,user.id=2", "user.id=oops"]);
    assert_eq!((context, refused.len()), (envelope("2", "null", "null", ""), 1));
}

#[test]
fn a_number_that_would_be_written_otherwise_is_refused() {
    for (text, is_read) in [
        ("0", true),
        ("-1", true),
        ("18446744073709551615", true),
        ("-9223372036854775808", true),
        ("18446744073709551616", false),
        ("+1", false),
        ("01", false),
        ("-0", false),
        ("1.0", false),
        ("1e3", false),
        ("", false),
    ] {
        let (context, refused) = read([format!("visit={text}")]);
        assert_eq!(context.contains(&format!("\"visit\":{text}")), is_read, "{text}");
        assert_eq!(refused.is_empty(), is_read, "{text}");
    }
}

#[test]
fn what_lies_beyond_the_limits_is_not_read() {
    let many = |members: usize| iter::repeat_n("a=b", members - 1).collect::<Vec<_>>().join(",");
    let at_the_limit = format!("{},visit=1", many(180));
    assert_eq!(read([&at_the_limit]), (envelope("null", "null", "null", ",\"visit\":1"), vec![]));
    let (context, refused) = read([format!("{},visit=1", many(181))]);
    assert_eq!(context, "Context {}");
    assert!(refused[0].contains("180 members"), "{refused:?}");

    let long = |bytes: usize| format!("x={},visit=1", "y".repeat(bytes - "x=,visit=1".len()));
    assert_eq!(read([long(8_192)]).1, [""; 0]);
    let (context, refused) = read(["user.id=3".to_owned(), long(8_192)]);
    assert_eq!(context, envelope("3", "null", "null", ""));
    assert_eq!(refused.len(), 1);
}

#[test]
fn a_value_longer_than_allowed_is_neither_read_nor_written() {
    let longest = "é".repeat(128);
    let context = Context::new().field("session_id", &longest).unwrap();
    let header = keys().write(&context, |error| panic!("{error}")).unwrap();
    assert_eq!(read([header]).0, format!("{context:?}"));

    let context = context.field("session_id", format!("{longest}x")).unwrap();
    let mut told = Vec::new();
    assert_eq!(keys().write(&context, |error| told.push(error)), None);
    let too_long =
        BaggageError::ValueTooLong { key: "session".to_owned(), bytes: 257, max_bytes: 256 };
    assert_eq!(told, [too_long]);
    let header = keys().max_value_bytes(257).write(&context, |error| panic!("{error}")).unwrap();
    assert_eq!(read([header]).1.len(), 1);
}

#[test]
fn what_is_of_another_kind_or_does_not_fit_is_told_of_and_not_written() {
    let context = Context::new().user_id("ada").field("session_id", 5).unwrap();
    let mut told = Vec::new();
    let context = context.field("visit", None::<u8>).unwrap();
    assert_eq!(keys().write(&context, |error| told.push(error.to_string())), None);
    assert!(told[0].contains("`user.id` is of another kind") && told[1].contains("`session`"));
    assert_eq!(told.len(), 2);

    let (mut keys, mut context) = (BaggageKeys::new(), Context::new());
    for number in 0..66 {
        let name = format!("f{number}");
        keys = keys.field(&name, &name, BaggageKind::Text).unwrap();
        context = context.field(&name, "x".repeat(if number < 2 { 200 } else { 1 })).unwrap();
    }
    let mut told = 0;
    let header = keys.write(&context, |_| told += 1).unwrap();
    assert_eq!((header.split(',').count(), told), (64, 2));
    let long = (0..40).fold(Context::new(), |context, number| {
        context.field(&format!("f{number}"), "\"".repeat(256)).unwrap()
    });
    let header = keys.write(&long, |_| told += 1).unwrap();
    assert!(header.len() <= 8_192 && told == 2 + 40 - header.split(',').count());
}

#[test]
fn wrong_keys_are_refused() {
    for key in ["", "a b", "a=b", "é", "a,b", "a;b", "\"a\""] {
        let error = BaggageKeys::new().locale(key).unwrap_err().to_string();
        assert!(error.contains("cannot be a key of baggage"), "{error}");
    }
    let twice = BaggageKeys::new().locale("a").unwrap().country_code("a").unwrap_err();
    assert!(twice.to_string().contains("carries another value already"), "{twice}");
    assert!(BaggageKeys::new().field("year", "year", BaggageKind::Text).is_err());
}

proptest! {
    #[test]
    fn out_and_in_again_is_the_same_context(
        user: Option<i64>,
        text_user in prop::option::of("\\PC{0,60}"),
        locale in prop::option::of("[a-z]{2,3}(-[A-Z]{2})?"),
        country in prop::option::of("[A-Z]{2}"),
        session in prop::option::of(any::<[char; 12]>()),
        visit: Option<u64>,
    ) {
        let mut keys = keys();
        let mut context = Context::new().user_id(user);
        if let Some(user) = &text_user {
            keys.carried[0].target = Target::UserId(BaggageKind::Text);
            context = context.user_id(user);
        }
        context = context.locale(locale).unwrap().country_code(country).unwrap();
        if let Some(session) = session {
            context = context.field("session_id", String::from_iter(session)).unwrap();
        }
        if let Some(visit) = visit {
            context = context.field("visit", visit).unwrap();
        }
        let header = keys.write(&context, |error| panic!("{error}"));
        if let Some(header) = &header {
            prop_assert!(header.bytes().all(|byte| byte.is_ascii_graphic()), "{}", header);
        }
        let (read, refused) = read_with(&keys, header);
        prop_assert_eq!(refused, Vec::<String>::new());
        // A context that nothing was set in shows no keys; one where all is unset shows nulls.
        let unset = envelope("null", "null", "null", "");
        let expected = format!("{context:?}");
        prop_assert_eq!(read, if expected == unset { "Context {}".to_owned() } else { expected });
    }

    #[test]
    fn arbitrary_bytes_set_at_most_the_named_keys(headers in prop::collection::vec(any::<Vec<u8>>(), 0..4)) {
        let (context, _) = read(&headers);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&context["Context ".len()..]).is_ok());
    }

    #[test]
    fn bytes_that_look_like_baggage_never_panic(
        headers in prop::collection::vec("((user.id|locale|country|session|visit|x)[ \t]{0,2}=[ -~é]{0,12}[,;]?){0,8}", 0..3),
        cut in any::<prop::sample::Index>(),
    ) {
        let (context, _) = read(headers.iter().map(|header| {
            &header.as_bytes()[..cut.index(header.len() + 1)]
        }));
        prop_assert!(serde_json::from_str::<serde_json::Value>(&context["Context ".len()..]).is_ok());
    }
}
