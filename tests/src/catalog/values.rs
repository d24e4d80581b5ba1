//! Lines made at random for a schema: extremes as often as not, since these are what a change breaks.

use event_log_catalog::{Catalog, EventSchema, Field, FieldType, ListItem};

use crate::random::Random;

/// When a line happens, its number, and whether it shows the extremes: the first two of a type do,
/// one the upper and one the lower, and the third has nulls wherever there may be some.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Tells it from others of its type.
    pub number: u64,
    /// Hours since 2021-09-16T00:00:00Z.
    pub hour: u64,
}

/// What the values of a line are to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Largest,
    Smallest,
    Null,
    Any,
}

/// A line of the log.
#[must_use]
pub fn line(random: &mut Random, catalog: &Catalog, event: &EventSchema, at: Moment) -> String {
    let mood = match at.number {
        0 => Mood::Largest,
        1 => Mood::Smallest,
        2 => Mood::Null,
        _ => Mood::Any,
    };
    let (day, hour) = (16 + at.hour / 24, at.hour % 24);
    let (minute, second) = (random.below(60), random.below(60));
    let common = members(random, &catalog.envelope.common_fields, mood);
    let comma = if common.is_empty() { "" } else { "," };
    format!(
        r#"{{"id":"{}","date":"2021-09-{day:02}T{hour:02}:{minute:02}:{second:02}Z","type":"{}","user_id":{},"locale":"ja","country_code":null,{common}{comma}"params":{{{}}}}}"#,
        uuid(random),
        event.event_type,
        random.below(1_000),
        members(random, &event.fields, mood),
    )
}

fn members(random: &mut Random, fields: &[Field], mood: Mood) -> String {
    let member = |field: &Field| {
        let is_null =
            field.optional && (mood == Mood::Null || mood == Mood::Any && random.below(4) == 0);
        // An absent key and null are the same to who reads.
        if is_null && random.below(2) == 0 {
            return None;
        }
        let text = if is_null { "null".to_owned() } else { value(random, &field.field_type, mood) };
        Some(format!("\"{}\":{text}", field.name))
    };
    fields.iter().filter_map(member).collect::<Vec<_>>().join(",")
}

fn value(random: &mut Random, field_type: &FieldType, mood: Mood) -> String {
    match field_type {
        FieldType::Boolean => (random.below(2) == 0).to_string(),
        &FieldType::Integer { bits, signed } => integer(random, bits, signed, mood),
        FieldType::Float { bits: 32 } => format!("{:?}", float32(random, mood)),
        FieldType::Float { .. } => float64(random, mood),
        &FieldType::Decimal { precision, scale } => decimal(random, precision, scale, mood),
        FieldType::String => text(random),
        FieldType::Enum(values) => one_of(random, values, mood),
        FieldType::Timestamp => {
            format!(
                "\"{}{}\"",
                moment(random),
                random.pick(&["Z", ".250Z", "+09:00", ".123456-03:30"])
            )
        }
        FieldType::Date => format!("\"{}\"", date(random)),
        FieldType::Time => format!("\"{:02}:59:{:02}\"", random.below(24), random.below(60)),
        FieldType::DateTime => {
            format!("\"{}{}\"", moment(random), random.pick(&["", ".5", ".123456"]))
        }
        FieldType::Uuid => format!("\"{}\"", uuid(random)),
        FieldType::Json => random
            .pick(&[r#"{"b":[1,null,"x"],"a":1.50}"#, "[true,{}]", r#"{"c":"ä\n"}"#])
            .to_owned(),
        FieldType::List(item) => list(random, item, mood),
        FieldType::Map(item) => map(random, item, mood),
        FieldType::Record(fields) => format!("{{{}}}", members(random, fields, mood)),
    }
}

fn integer(random: &mut Random, bits: u8, signed: bool, mood: Mood) -> String {
    let unused = 128 - u32::from(bits);
    let any = (u128::from(random.next()) << 64 | u128::from(random.next())) >> random.below(128);
    match (mood, signed) {
        (Mood::Largest, true) => (i128::MAX >> unused).to_string(),
        (Mood::Largest, false) => (u128::MAX >> unused).to_string(),
        (Mood::Smallest, true) => (i128::MIN >> unused).to_string(),
        (Mood::Smallest, false) => "0".to_owned(),
        (_, false) => (any >> unused).to_string(),
        (_, true) => (any.cast_signed() >> unused).to_string(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "any number will do")]
fn float32(random: &mut Random, mood: Mood) -> f32 {
    match mood {
        Mood::Largest => 3.402_823_5e38,
        Mood::Smallest => -0.1,
        _ => random.below(1 << 30) as f32 / 1024.0,
    }
}

/// As `serde_json` writes it: a whole one with `.0`.
#[expect(clippy::cast_precision_loss, reason = "any number will do")]
fn float64(random: &mut Random, mood: Mood) -> String {
    match mood {
        Mood::Largest => "1.7976931348623157e308".to_owned(),
        Mood::Smallest => "-0.1".to_owned(),
        _ => format!("{:?}", random.next() as f64 / 1e6),
    }
}

fn decimal(random: &mut Random, precision: u8, scale: u8, mood: Mood) -> String {
    let digit = |random: &mut Random| match mood {
        Mood::Largest | Mood::Smallest => '9',
        _ => char::from(b'0' + u8::try_from(random.below(10)).expect("a digit")),
    };
    let whole: String = (0..precision - scale).map(|_| digit(random)).collect();
    let fraction: String = (0..scale).map(|_| digit(random)).collect();
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let sign = if mood == Mood::Smallest { "-" } else { "" };
    let point = if scale == 0 { "" } else { "." };
    // Some write it as a number; with more digits that is no exact one to every reader.
    let quote = if precision <= 15 && random.below(2) == 0 { "" } else { "\"" };
    format!("{quote}{sign}{whole}{point}{fraction}{quote}")
}

fn text(random: &mut Random) -> String {
    random
        .pick(&[
            "\"\"",
            "\"日本語 \\u00e9 \\\"quoted\\\"\"",
            "\"12\"",
            "\"true\"",
            "\"it's\\na\\tline\"",
            "\"2021-09-16\"",
        ])
        .to_owned()
}

fn one_of(random: &mut Random, values: &[String], mood: Mood) -> String {
    let index = match mood {
        Mood::Largest => values.len() - 1,
        Mood::Smallest => 0,
        _ => usize::try_from(random.below(values.len() as u64)).expect("an index"),
    };
    format!("\"{}\"", values[index])
}

fn date(random: &mut Random) -> String {
    format!("{}-{:02}-{:02}", 1970 + random.below(80), 1 + random.below(12), 1 + random.below(28))
}

fn moment(random: &mut Random) -> String {
    format!(
        "{}T{:02}:{:02}:{:02}",
        date(random),
        random.below(24),
        random.below(60),
        random.below(60)
    )
}

fn uuid(random: &mut Random) -> String {
    let (high, low) = (random.next(), random.next());
    let hex = format!("{high:016x}{low:016x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn list(random: &mut Random, item: &ListItem, mood: Mood) -> String {
    let count = if mood == Mood::Any { random.below(4) } else { 2 };
    let items = (0..count).map(|_| item_value(random, item, mood));
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

fn map(random: &mut Random, item: &ListItem, mood: Mood) -> String {
    let count = if mood == Mood::Any { random.below(3) } else { 2 };
    let entries =
        (0..count).map(|number| format!("\"k{number}\":{}", item_value(random, item, mood)));
    format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
}

fn item_value(random: &mut Random, item: &ListItem, mood: Mood) -> String {
    let is_null = matches!(mood, Mood::Null | Mood::Smallest) || random.below(4) == 0;
    if item.optional && is_null && mood != Mood::Largest {
        return "null".to_owned();
    }
    value(random, &item.item_type, mood)
}
