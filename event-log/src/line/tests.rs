use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_core::ser::Error as _;
use serde_json::Value;

use super::*;
use crate::country_code::CountryCode;
use crate::event::EventType;
use crate::locale::Locale;
use crate::params::ParamsError;
use crate::user_id::UserId;

const NOW: Timestamp = Timestamp { seconds: 1_631_771_847, nanos: 123_456_789 };
const FORMAT: LineFormat =
    LineFormat { precision: DatePrecision::Seconds, max_line_bytes: 32_000, pii_key: None };
const KEYS: [&str; 7] = ["id", "date", "type", "user_id", "locale", "country_code", "params"];

/// An event with whatever envelope and params a test gives it.
#[derive(Default)]
struct Any<'a, V> {
    own: Envelope<'a>,
    params: Vec<(&'static str, V)>,
}

impl<V: Serialize> Event for Any<'_, V> {
    fn event_type(&self) -> &'static EventType {
        static TYPE: EventType = EventType::new("any_event");
        &TYPE
    }

    fn own_envelope(&self) -> Envelope<'_> {
        self.own
    }

    fn write_params(&self, params: &mut Params<'_>) -> Result<(), ParamsError> {
        self.params.iter().try_for_each(|(key, value)| params.field(key, value))
    }
}

fn event<V>(value: V) -> Any<'static, V> {
    Any { own: Envelope::EMPTY, params: vec![(",\"value\":", value)] }
}

fn layers(default: &Context) -> Layers<'_> {
    Layers { explicit: None, default }
}

fn line(renderer: &Renderer) -> String {
    String::from_utf8(renderer.line().to_vec()).unwrap()
}

fn render<E: Event>(event: &E, layers: Layers<'_>) -> String {
    let mut renderer = Renderer::new();
    renderer.render(event, layers, NOW, &FORMAT).unwrap();
    line(&renderer)
}

/// What follows the type.
fn rest(line: &str) -> &str {
    line.split_once("\"any_event\"").unwrap().1
}

/// The top-level keys of a line in order, which a parsed object does not tell.
fn keys(line: &str) -> Vec<String> {
    struct Keys(Vec<String>);
    impl<'de> serde_core::de::Visitor<'de> for &mut Keys {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a line")
        }
        fn visit_map<A: serde_core::de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some((key, _)) = map.next_entry::<String, Value>()? {
                self.0.push(key);
            }
            Ok(())
        }
    }
    let mut keys = Keys(Vec::new());
    let mut json = serde_json::Deserializer::from_str(line);
    serde_core::Deserializer::deserialize_map(&mut json, &mut keys).unwrap();
    json.end().unwrap();
    keys.0
}

#[test]
fn a_line_has_its_keys_in_the_promised_order() {
    let context = Context::new().user_id(1).locale("ja").unwrap().country_code("JP").unwrap();
    let mut renderer = Renderer::new();
    let mut event = event("twitter");
    event.params.push((",\"count\":", "2"));
    let id = renderer.render(&event, layers(&context), NOW, &FORMAT).unwrap();
    let expected = format!(
        "{{\"id\":\"{id}\",\"date\":\"2021-09-16T05:57:27Z\",\"type\":\"any_event\",\"user_id\":1,\
         \"locale\":\"ja\",\"country_code\":\"JP\",\"params\":{{\"value\":\"twitter\",\"count\":\"2\"}}}}\n"
    );
    assert_eq!(line(&renderer), expected);
}

#[test]
fn an_event_without_context_and_params_has_every_key_all_the_same() {
    let line = render(&Any::<()>::default(), layers(&Context::new()));
    let expected = r#","user_id":null,"locale":null,"country_code":null,"params":{}}"#;
    assert_eq!(rest(&line), format!("{expected}\n"));
    assert_eq!(keys(&line), KEYS);
}

#[test]
fn the_type_is_found_at_its_offset_in_every_precision() {
    let mut renderer = Renderer::new();
    for precision in [DatePrecision::Seconds, DatePrecision::Millis, DatePrecision::Micros] {
        let format = LineFormat { precision, ..FORMAT };
        renderer.render(&event(1), layers(&Context::new()), NOW, &format).unwrap();
        let line = line(&renderer);
        assert!(line[type_offset(precision)..].starts_with("any_event\","), "{line}");
        assert!(line[..type_offset(precision)].ends_with("Z\",\"type\":\""), "{line}");
    }
}

#[test]
fn the_strongest_source_supplies_each_value() {
    let locales = ["de", "en", "fr", "ja"].map(|tag| Locale::new(tag).unwrap());
    let countries = ["DE", "GB", "FR", "JP"].map(|code| CountryCode::new(code).unwrap());
    // Every choice of which of event, explicit, ambient and default context has which of the values.
    for bits in 0..1 << 12_u32 {
        let has = |source: u32, value: u32| bits >> (source * 3 + value) & 1 == 1;
        let context = |source: u32| {
            let index = source as usize;
            let mut context = Context::new();
            if has(source, 0) {
                context = context.user_id(source);
            }
            if has(source, 1) {
                context = context.locale(locales[index]).unwrap();
            }
            if has(source, 2) {
                context = context.country_code(countries[index]).unwrap();
            }
            context
        };
        let own = Envelope {
            user_id: has(0, 0).then_some(UserId::Unsigned(0)),
            locale: has(0, 1).then_some(&locales[0]),
            country_code: has(0, 2).then_some(countries[0]),
            ..Envelope::EMPTY
        };
        let strongest = |value| (0..4).find(|source| has(*source, value));
        let expected = format!(
            ",\"user_id\":{},\"locale\":{},\"country_code\":{},\"params\":{{\"value\":1}}}}\n",
            strongest(0).map_or("null".to_owned(), |s| s.to_string()),
            strongest(1).map_or("null".to_owned(), |s| format!("\"{}\"", locales[s as usize])),
            strongest(2).map_or("null".to_owned(), |s| format!("\"{}\"", countries[s as usize])),
        );
        let event = Any { own, ..event(1) };
        let (explicit, default) = (context(1), context(3));
        let layers = Layers { explicit: Some(&explicit), default: &default };
        let line = context(2).enter(|| render(&event, layers));
        assert_eq!(rest(&line), expected, "{bits:b}");
    }
}

#[test]
fn common_fields_of_all_layers_are_united_without_a_repeated_name() {
    let context = |fields: &[(&str, &str)]| {
        fields
            .iter()
            .fold(Context::new(), |context, (name, value)| context.field(name, value).unwrap())
    };
    let explicit = context(&[("a", "explicit"), ("b", "explicit")]);
    let ambient = context(&[("B", "ambient"), ("c", "ambient")]);
    let default = context(&[("A", "default"), ("C", "default"), ("d", "default")]);
    let all = Layers { explicit: Some(&explicit), default: &default };
    let line = ambient.enter(|| render(&Any::<()>::default(), all));
    let common = r#""a":"explicit","b":"explicit","c":"ambient","d":"default""#;
    let nulls = r#","user_id":null,"locale":null,"country_code":null"#;
    assert_eq!(rest(&line), format!("{nulls},{common},\"params\":{{}}}}\n"));
    let line = render(&Any::<()>::default(), all);
    assert!(rest(&line).contains(r#""a":"explicit","b":"explicit","C":"default","d":"default""#));
}

proptest! {
    #[test]
    fn any_text_gives_valid_json(
        own: Option<String>, user: Option<String>, common: String,
        param in "[\\PC\"\\\\\u{0}-\u{1f}\u{2028}😀]*", layered: bool,
    ) {
        let default = Context::new().user_id(&user).field("common", &common).unwrap();
        let default = if layered { default } else { Context::new() };
        let mut event = event(&param);
        event.own.user_id = own.as_deref().map(UserId::Text);
        let line = render(&event, layers(&default));
        prop_assert!(line.ends_with('\n') && !line.trim_end_matches('\n').contains(['\n', '\r']));
        let (last, first) = KEYS.split_last().unwrap();
        let expected = first.iter().chain(layered.then_some(&"common")).chain([last]);
        prop_assert_eq!(keys(&line), expected.copied().collect::<Vec<_>>());
        let json: Value = serde_json::from_str(&line).unwrap();
        let expected = own.or(if layered { user } else { None });
        prop_assert_eq!(&json["user_id"], &expected.map_or(Value::Null, Value::from));
        prop_assert_eq!(&json["params"]["value"], &Value::from(param));
        if layered {
            prop_assert_eq!(&json["common"], &Value::from(common));
        }
    }

    #[test]
    fn a_line_is_never_longer_than_its_limit(text in ".{0,80}", limit in 0..400_usize) {
        let mut renderer = Renderer::new();
        let context = Context::new();
        renderer.render(&event(&text), layers(&context), NOW, &FORMAT).unwrap();
        let length = renderer.line().len();
        let format = LineFormat { max_line_bytes: limit, ..FORMAT };
        let result = renderer.render(&event(&text), layers(&context), NOW, &format);
        if length <= limit {
            prop_assert!(result.is_ok());
            prop_assert_eq!(renderer.line().len(), length);
        } else {
            let is_too_long = matches!(result, Err(RenderError::TooLong { max_line_bytes }) if max_line_bytes == limit);
            prop_assert!(is_too_long);
        }
    }
}

#[test]
fn a_line_that_is_far_too_long_costs_no_memory_and_the_next_one_is_whole() {
    /// A sequence that would take hours to render.
    struct Endless;
    impl Serialize for Endless {
        fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(0..u64::MAX)
        }
    }
    let mut renderer = Renderer::new();
    let context = Context::new();
    let error = renderer.render(&event(Endless), layers(&context), NOW, &FORMAT).unwrap_err();
    assert!(matches!(error, RenderError::TooLong { max_line_bytes: 32_000 }));
    let error = renderer.render(&event("x".repeat(1 << 24)), layers(&context), NOW, &FORMAT);
    assert!(error.is_err());
    assert!(renderer.line().len() <= 2 * FORMAT.max_line_bytes);
    renderer.render(&event(1), layers(&context), NOW, &FORMAT).unwrap();
    assert_eq!(keys(&line(&renderer)), KEYS);
}

#[test]
fn a_serializer_that_hides_the_overflow_does_not_get_a_cut_line_out() {
    struct Hiding;
    impl Serialize for Hiding {
        fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde_core::ser::SerializeSeq;
            let mut list = serializer.serialize_seq(None)?;
            let _ = list.serialize_element(&"x".repeat(100_000));
            list.serialize_element(&1).or_else(|_| Ok(())).and_then(|()| list.end())
        }
    }
    let result =
        Renderer::new().render(&event(Hiding), layers(&Context::new()), NOW, &FORMAT).map(|_| ());
    assert!(matches!(result, Err(RenderError::TooLong { .. })));
}

#[test]
fn a_field_that_does_not_serialize_is_named() {
    let map = BTreeMap::from([((1, 2), 3)]);
    let result = Renderer::new().render(&event(map), layers(&Context::new()), NOW, &FORMAT);
    assert!(matches!(result, Err(RenderError::Serialize { field: "value", .. })));
}

#[test]
fn a_number_that_json_lacks_is_null() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(render(&event(value), layers(&Context::new())).ends_with("{\"value\":null}}\n"));
    }
}

#[test]
fn a_raw_value_puts_no_line_break_into_a_line() {
    let raw = serde_json::value::RawValue::from_string("[1,\n\r2]".to_owned()).unwrap();
    assert!(render(&event(raw), layers(&Context::new())).ends_with("{\"value\":[1,  2]}}\n"));
}

#[test]
fn ids_increase_from_line_to_line_while_the_clock_goes_back() {
    let mut renderer = Renderer::new();
    let mut last = Uuid::nil();
    for back in 0..100 {
        let now = Timestamp { seconds: NOW.seconds - back / 10, ..NOW };
        let id = renderer.render(&event(1), layers(&Context::new()), now, &FORMAT).unwrap();
        assert!(id > last);
        last = id;
    }
}

/// A value that emits and changes the context while it is serialized.
struct Reentrant<'a> {
    renderer: &'a RefCell<Renderer>,
    panics: bool,
}

impl Serialize for Reentrant<'_> {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut renderer = self.renderer.try_borrow_mut().map_err(S::Error::custom)?;
        let default = Context::new();
        renderer.render(&event(1), layers(&default), NOW, &FORMAT).map_err(S::Error::custom)?;
        assert!(line(&renderer).contains(r#""user_id":1,"#), "the outer context stays visible");
        let inner = Context::new().user_id(2);
        inner
            .enter(|| renderer.render(&event(1), layers(&default), NOW, &FORMAT))
            .map_err(S::Error::custom)?;
        assert!(line(&renderer).contains(r#""user_id":2,"#));
        std::mem::forget(inner.attach());
        assert!(!self.panics, "as asked");
        serializer.serialize_str("done")
    }
}

#[test]
fn a_value_may_emit_and_enter_contexts_while_it_is_serialized() {
    let inner = RefCell::new(Renderer::new());
    let event = event(Reentrant { renderer: &inner, panics: false });
    let outer = Context::new().user_id(1).enter(|| render(&event, layers(&Context::new())));
    let values = r#","user_id":1,"locale":null,"country_code":null,"params":{"value":"done"}}"#;
    assert_eq!(rest(&outer), format!("{values}\n"));
    assert!(line(&inner.borrow())[..44] > outer[..44], "an inner event was begun later");
    assert!(rest(&render(&self::event(1), layers(&Context::new()))).contains(r#""user_id":null"#));
}

#[test]
fn a_renderer_is_of_use_after_a_panic() {
    let inner = RefCell::new(Renderer::new());
    let mut renderer = Renderer::new();
    let panicking = event(Reentrant { renderer: &inner, panics: true });
    let context = Context::new().user_id(1);
    let default = Context::new();
    let panicked = Cell::new(true);
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        context.enter(|| renderer.render(&panicking, layers(&default), NOW, &FORMAT)).ok();
        panicked.set(false);
    }));
    assert!(panicked.get());
    renderer.render(&event(1), layers(&default), NOW, &FORMAT).unwrap();
    assert_eq!(keys(&line(&renderer)), KEYS);
    assert!(line(&renderer).contains(r#""user_id":null"#));
}
