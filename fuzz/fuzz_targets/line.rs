//! Any events in any contexts through a logger, read back from its segments.
//!
//! - Each accepted event is exactly one line, in order: valid JSON, no key twice, the seven keys in
//!   their order with the common fields before `params`, no longer than the limit.
//! - Every value is the one that was put in: floats to the bit, what JSON has no number for as `null`.
//! - The strongest source of an envelope value wins.
//! - The ledger found the type of every line; what was dropped is told of by gap lines.
#![no_main]

mod scratch;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use event_log::{
    AsUserId, BuildError, Context, CountryCode, DatePrecision, DropReason, Event, Locale, Logger,
    Overflow, UserId,
};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

#[derive(Arbitrary, Debug)]
struct Input {
    precision: u8,
    /// Added to the least that the builder takes.
    line_bytes: u16,
    default: Source,
    emits: Vec<Emit>,
}

#[derive(Arbitrary, Debug)]
struct Emit {
    explicit: Option<Source>,
    ambient: Option<Source>,
    event: Occurrence,
}

/// What a context knows.
#[derive(Arbitrary, Debug)]
struct Source {
    user: User,
    locale: Option<Tag>,
    country: Option<[u8; 2]>,
    fields: Vec<(FieldName, Value)>,
}

#[derive(Arbitrary, Debug)]
enum FieldName {
    Known(u8),
    Other(String),
}

#[derive(Arbitrary, Debug)]
enum Tag {
    Known(u8),
    Other(String),
}

#[derive(Arbitrary, Clone, Debug, PartialEq)]
enum User {
    Nobody,
    Signed(i64),
    Unsigned(u64),
    Text(String),
}

/// Any JSON value but an object, which the params are.
#[derive(Arbitrary, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<Value>),
}

/// Three types of event by one derive, and one by another.
#[derive(Arbitrary, Debug)]
enum Occurrence {
    Plain(Box<Everything>),
    Lesson(Lesson),
}

#[derive(Arbitrary, Event, Debug)]
#[event(type = "everything")]
struct Everything {
    text: String,
    character: char,
    flag: bool,
    signed: i64,
    #[event(rename = "Wide")]
    wide: i128,
    unsigned: u64,
    float: f64,
    single: f32,
    floats: Vec<Vec<f64>>,
    maybe: Option<String>,
    #[event(skip_none)]
    absent: Option<Option<u8>>,
    #[event(skip)]
    #[expect(dead_code, reason = "the derive leaves it out")]
    skipped: String,
    #[event(json)]
    nested: Vec<Nested>,
    map: BTreeMap<String, Option<i32>>,
    numbered: BTreeMap<i16, String>,
    #[event(json)]
    lettered: BTreeMap<char, (u8, String)>,
    #[event(json)]
    kinds: Vec<Kind>,
    #[event(json)]
    unit: (),
    #[event(json)]
    raw: Pretty,
    #[event(user_id)]
    user: User,
    #[event(locale)]
    language: OwnLocale,
    #[event(country_code)]
    country: OwnCountry,
}

#[derive(Arbitrary, Event, Debug)]
enum Lesson {
    #[event(type = "lesson_started")]
    Started,
    #[event(type = "a")]
    Rated {
        #[event(json)]
        r#type_of: Kind,
        stars: u8,
    },
}

#[derive(Arbitrary, Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Nested {
    name: String,
    #[serde(rename = "in\n\"side")]
    inside: Option<Box<Nested>>,
    list: Vec<Option<char>>,
}

#[derive(Arbitrary, Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "\u{2028}")]
    Nothing,
    One(String),
    Two(u8, i8),
    Named {
        name: String,
    },
}

/// JSON as its author wrote it, over several lines.
#[derive(Arbitrary, Debug)]
struct Pretty {
    value: BTreeMap<String, Vec<Value>>,
    carriage_returns: bool,
}

#[derive(Arbitrary, Debug)]
struct OwnLocale(Option<Tag>);

#[derive(Arbitrary, Debug)]
struct OwnCountry(Option<[u8; 2]>);

#[rustfmt::skip]
const TAGS: [&str; 8] =
    ["ja", "zh-Hant-TW", "de-CH-1901", "x-a", "en-u-x", "\"", "sl-rozaj-biske-1994-a-bc-x-private", ""];
#[rustfmt::skip]
const FIELDS: [&str; 12] = [
    "session_id", "Session_Id", "app_version", "a", "A", "_", "params", "Year", "1a", "with space",
    "name\"", "",
];
#[rustfmt::skip]
const RESERVED: [&str; 12] = [
    "id", "date", "type", "user_id", "locale", "country_code", "params", "year", "month", "day",
    "hour", "dt",
];

impl AsUserId for User {
    fn as_user_id(&self) -> Option<UserId<'_>> {
        match self {
            Self::Nobody => None,
            Self::Signed(id) => Some(UserId::Signed(*id)),
            Self::Unsigned(id) => Some(UserId::Unsigned(*id)),
            Self::Text(id) => Some(UserId::Text(id)),
        }
    }
}

impl User {
    /// As JSON, if somebody is known.
    fn json(&self) -> Option<serde_json::Value> {
        match self {
            Self::Nobody => None,
            Self::Signed(id) => Some((*id).into()),
            Self::Unsigned(id) => Some((*id).into()),
            Self::Text(id) => Some(id.as_str().into()),
        }
    }
}

impl Tag {
    fn text(&self) -> &str {
        match self {
            Self::Known(index) => TAGS[usize::from(*index) % TAGS.len()],
            Self::Other(text) => text,
        }
    }

    /// The locale, if it is one; one that is accepted is shown as it was given.
    fn locale(&self) -> Option<Locale> {
        let locale = Locale::new(self.text()).ok()?;
        assert_eq!(locale.to_string(), self.text());
        Some(locale)
    }
}

fn country(letters: [u8; 2]) -> Option<CountryCode> {
    let text = str::from_utf8(&letters).ok()?;
    let code = CountryCode::new(text).ok();
    assert_eq!(code.is_some(), letters.iter().all(u8::is_ascii_uppercase));
    code
}

impl event_log::__private::AsLocale for OwnLocale {
    fn as_locale(&self) -> Option<&Locale> {
        // A locale for each event of a run of the fuzzer would be a leak; the known ones are few.
        static KNOWN: [std::sync::OnceLock<Option<Locale>>; TAGS.len()] =
            [const { std::sync::OnceLock::new() }; TAGS.len()];
        match &self.0 {
            Some(Tag::Known(index)) => {
                let index = usize::from(*index) % TAGS.len();
                KNOWN[index].get_or_init(|| Tag::Known(index as u8).locale()).as_ref()
            }
            _ => None,
        }
    }
}

impl OwnLocale {
    fn json(&self) -> Option<serde_json::Value> {
        let locale = event_log::__private::AsLocale::as_locale(self)?;
        Some(locale.to_string().into())
    }
}

impl event_log::__private::AsCountryCode for OwnCountry {
    fn as_country_code(&self) -> Option<CountryCode> {
        country(self.0?)
    }
}

impl Pretty {
    fn text(&self) -> String {
        let text =
            serde_json::to_string_pretty(&self.value).expect("strings and numbers serialize");
        if self.carriage_returns { text.replace('\n', "\r\n") } else { text }
    }
}

impl Serialize for Pretty {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.text()).expect("it is JSON").serialize(serializer)
    }
}

/// An object with its keys in their order, also where one is there twice.
struct Object(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Object;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Object(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

impl Object {
    fn of(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(key, _)| key.as_str()).collect()
    }

    fn json(&self, key: &str) -> &str {
        let found = self.0.iter().find(|(name, _)| name == key);
        found.unwrap_or_else(|| panic!("no key `{key}`")).1.get()
    }

    fn get<T: DeserializeOwned>(&self, key: &str) -> T {
        let json = self.json(key);
        let mut reader = serde_json::Deserializer::from_str(json);
        // By default it gives up at a depth of 128; what an event nests deeper is still JSON.
        reader.disable_recursion_limit();
        T::deserialize(&mut reader).unwrap_or_else(|error| panic!("{key}: {error}: {json}"))
    }
}

/// A context, and the common fields that it took, in order.
fn context(source: &Source) -> (Context, Vec<(&str, &Value)>) {
    let mut context = Context::new().user_id(&source.user);
    if let Some(locale) = source.locale.as_ref().and_then(Tag::locale) {
        context = context.locale(locale).expect("it is a locale");
    }
    if let Some(country) = source.country.and_then(country) {
        context = context.country_code(country).expect("it is a country code");
    }
    let mut fields: Vec<(&str, &Value)> = Vec::new();
    for (name, value) in &source.fields {
        let name = match name {
            FieldName::Known(index) => FIELDS[usize::from(*index) % FIELDS.len()],
            FieldName::Other(text) => text,
        };
        let outcome = context.clone().field(name, value);
        assert_eq!(outcome.is_ok(), may_be_added(name, &fields), "{name:?} beside {fields:?}");
        let Ok(longer) = outcome else { continue };
        context = longer;
        match fields.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = value,
            None => fields.push((name, value)),
        }
    }
    (context, fields)
}

fn may_be_added(name: &str, fields: &[(&str, &Value)]) -> bool {
    let plain = |char: char| char.is_ascii_alphanumeric() || char == '_';
    (1..=128).contains(&name.len())
        && name.chars().all(plain)
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && !RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name))
        && !fields.iter().any(|(other, _)| other.eq_ignore_ascii_case(name) && *other != name)
}

/// What a line must hold, but for its params.
struct Expected<'a> {
    id: String,
    event: &'a Occurrence,
    user_id: serde_json::Value,
    locale: serde_json::Value,
    country_code: serde_json::Value,
    fields: Vec<(&'a str, &'a Value)>,
}

impl<'a> Expected<'a> {
    fn new(id: String, event: &'a Occurrence, sources: [Option<&'a Source>; 3]) -> Self {
        let sources = || sources.into_iter().flatten();
        let own = match event {
            Occurrence::Plain(event) => Some(&**event),
            Occurrence::Lesson(_) => None,
        };
        let user_id = own.and_then(|own| own.user.json());
        let locale = own.and_then(|own| own.language.json());
        let code = own.and_then(|own| country(own.country.0?));
        let mut fields: Vec<(&str, &Value)> = Vec::new();
        for source in sources() {
            for (name, value) in context(source).1 {
                if !fields.iter().any(|(stronger, _)| stronger.eq_ignore_ascii_case(name)) {
                    fields.push((name, value));
                }
            }
        }
        let tag = |source: &Source| Some(source.locale.as_ref()?.locale()?.to_string().into());
        let letters = |source: &Source| country(source.country?);
        Self {
            id,
            event,
            user_id: user_id.or_else(|| sources().find_map(|s| s.user.json())).into(),
            locale: locale.or_else(|| sources().find_map(tag)).into(),
            country_code: code
                .or_else(|| sources().find_map(letters))
                .map(|code| code.as_str().to_owned())
                .into(),
            fields,
        }
    }

    fn check(&self, line: &Object) {
        let mut keys = vec!["id", "date", "type", "user_id", "locale", "country_code"];
        keys.extend(self.fields.iter().map(|(name, _)| *name));
        keys.push("params");
        assert_eq!(line.keys(), keys);
        assert_eq!(line.get::<String>("id"), self.id);
        assert_eq!(line.get::<String>("type"), type_of(self.event));
        assert_eq!(line.get::<serde_json::Value>("user_id"), self.user_id);
        assert_eq!(line.get::<serde_json::Value>("locale"), self.locale);
        assert_eq!(line.get::<serde_json::Value>("country_code"), self.country_code);
        for (name, value) in &self.fields {
            assert_eq!(line.get::<Value>(name), **value);
        }
        let params = Object::of(line.json("params"));
        match self.event {
            Occurrence::Plain(event) => event.check(&params),
            Occurrence::Lesson(Lesson::Started) => assert!(params.keys().is_empty()),
            Occurrence::Lesson(Lesson::Rated { type_of, stars }) => {
                assert_eq!(params.keys(), ["type_of", "stars"]);
                assert_eq!(params.get::<Kind>("type_of"), *type_of);
                assert_eq!(params.get::<u8>("stars"), *stars);
            }
        }
    }
}

fn type_of(event: &Occurrence) -> &'static str {
    match event {
        Occurrence::Plain(_) => "everything",
        Occurrence::Lesson(Lesson::Started) => "lesson_started",
        Occurrence::Lesson(Lesson::Rated { .. }) => "a",
    }
}

impl Everything {
    fn check(&self, params: &Object) {
        let mut keys = vec![
            "text",
            "character",
            "flag",
            "signed",
            "Wide",
            "unsigned",
            "float",
            "single",
            "floats",
            "maybe",
            "absent",
            "nested",
            "map",
            "numbered",
            "lettered",
            "kinds",
            "unit",
            "raw",
        ];
        keys.retain(|key| *key != "absent" || self.absent.is_some());
        assert_eq!(params.keys(), keys);
        assert_eq!(params.get::<String>("text"), self.text);
        assert_eq!(params.get::<char>("character"), self.character);
        assert_eq!(params.get::<bool>("flag"), self.flag);
        assert_eq!(params.get::<i64>("signed"), self.signed);
        assert_eq!(params.get::<i128>("Wide"), self.wide);
        assert_eq!(params.get::<u64>("unsigned"), self.unsigned);
        assert_eq!(params.get::<Option<f64>>("float").map(f64::to_bits), bits(self.float));
        let single = self.single.is_finite().then_some(self.single.to_bits());
        assert_eq!(params.get::<Option<f32>>("single").map(f32::to_bits), single);
        let floats = params.get::<Vec<Vec<Option<f64>>>>("floats").into_iter();
        assert!(
            floats
                .map(|row| row.into_iter().map(|float| float.map(f64::to_bits)).collect::<Vec<_>>())
                .eq(self.floats.iter().map(|row| row.iter().map(|f| bits(*f)).collect::<Vec<_>>()))
        );
        assert_eq!(params.get::<Option<String>>("maybe"), self.maybe);
        if let Some(absent) = self.absent {
            assert_eq!(params.get::<Option<u8>>("absent"), absent);
        }
        assert_eq!(params.get::<Vec<Nested>>("nested"), self.nested);
        assert_eq!(params.get::<BTreeMap<String, Option<i32>>>("map"), self.map);
        assert_eq!(params.get::<BTreeMap<i16, String>>("numbered"), self.numbered);
        assert_eq!(params.get::<BTreeMap<char, (u8, String)>>("lettered"), self.lettered);
        assert_eq!(params.get::<Vec<Kind>>("kinds"), self.kinds);
        params.get::<()>("unit");
        assert_eq!(params.get::<BTreeMap<String, Vec<Value>>>("raw"), self.raw.value);
    }
}

/// What is in the line: JSON has no number for the others.
fn bits(float: f64) -> Option<u64> {
    float.is_finite().then_some(float.to_bits())
}

fuzz_target!(|input: Input| {
    let directory = scratch::directory();
    let max_line_bytes = 1_024 + usize::from(input.line_bytes) % 30_000;
    let (default, _) = context(&input.default);
    let built = Logger::builder(directory.path())
        .date_precision(
            [DatePrecision::Seconds, DatePrecision::Millis, DatePrecision::Micros]
                [usize::from(input.precision) % 3],
        )
        .max_line_bytes(max_line_bytes)
        .context(default)
        .spool_bytes(128 << 10)
        .overflow(Overflow::Block)
        .drain_interval(Duration::from_millis(1))
        .on_error(|error| assert!(matches!(error, event_log::LogError::Dropped(_)), "{error}"))
        .build();
    let logger = match built {
        Ok(logger) => logger,
        // A default context that fills half of a line is refused, and nothing else may be.
        Err(BuildError::Option { option: "context", .. }) => return,
        Err(error) => panic!("{error}"),
    };

    let mut expected = Vec::new();
    let mut dropped = 0;
    for Emit { explicit, ambient, event } in &input.emits {
        let [explicit_context, ambient_context] =
            [explicit, ambient].map(|source| source.as_ref().map(|source| context(source).0));
        let _entered = ambient_context.as_ref().map(Context::attach);
        let empty = Context::new();
        let logger = logger.with(explicit_context.as_ref().unwrap_or(&empty));
        let outcome = match event {
            Occurrence::Plain(event) => logger.try_emit(event),
            Occurrence::Lesson(event) => logger.try_emit(event),
        };
        let sources = [explicit.as_ref(), ambient.as_ref(), Some(&input.default)];
        match outcome {
            Ok(id) => expected.push(Expected::new(id.to_string(), event, sources)),
            Err(error) => {
                assert_eq!(error.reason(), DropReason::TooLong);
                dropped += 1;
            }
        }
    }
    logger.flush(Duration::from_secs(10)).expect("nothing hinders the writer");
    check_ledger(&logger, &expected, dropped);
    drop(logger);

    let mut left = expected.iter();
    let mut told = 0;
    for text in scratch::files(directory.path()).values() {
        for line in scratch::lines(text) {
            assert!(line.len() <= max_line_bytes && line.ends_with(b"\n"));
            let line = Object::of(str::from_utf8(line).expect("a line is UTF-8"));
            if line.get::<String>("type") == "event_log_gap" {
                told += Object::of(line.json("params")).get::<u64>("events");
            } else {
                left.next().expect("no line too many").check(&line);
            }
        }
    }
    assert!(left.next().is_none(), "a line is missing");
    assert_eq!(told, dropped);
});

fn check_ledger(logger: &Logger, expected: &[Expected<'_>], dropped: u64) {
    let stats = logger.stats();
    assert_eq!(stats.total.written, expected.len() as u64);
    assert_eq!(stats.total.dropped, dropped);
    assert_eq!(stats.total.in_spool, 0);
    for (event_type, counts) in &stats.by_type {
        let lines = expected.iter().filter(|expected| type_of(expected.event) == event_type);
        assert_eq!(counts.written, lines.count() as u64, "{event_type}");
    }
}
