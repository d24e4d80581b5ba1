//! The types of fields: those of std, chrono and uuid, containers of these, and what was generated.

use crate::random::Random;

/// A type that was generated, and what can be done with it.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) name: String,
    /// Whether it has one type parameter.
    pub(crate) is_generic: bool,
    pub(crate) role: Role,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its values are records with these names.
    Record(Vec<String>),
    /// Its values are texts, and keys of maps.
    Texts,
    Other,
}

/// Types whose values hold no others.
pub(crate) const LEAVES: [&str; 44] = [
    "bool",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "f32",
    "f64",
    "char",
    "String",
    "&'static str",
    "Box<str>",
    "std::borrow::Cow<'static, str>",
    "std::num::NonZeroU8",
    "std::num::NonZeroI64",
    "std::num::NonZeroU128",
    "std::num::Wrapping<i8>",
    "std::time::Duration",
    "std::time::SystemTime",
    "std::net::IpAddr",
    "std::net::SocketAddr",
    "std::path::PathBuf",
    "chrono::DateTime<chrono::Utc>",
    "chrono::DateTime<chrono::FixedOffset>",
    "chrono::NaiveDate",
    "chrono::NaiveTime",
    "chrono::NaiveDateTime",
    "chrono::Weekday",
    "chrono::Month",
    "uuid::Uuid",
    "serde_json::Value",
    "serde_json::Number",
    "serde_json::Map<String, serde_json::Value>",
    "event_log::Locale",
    "event_log::CountryCode",
    "std::cell::RefCell<u8>",
    "std::sync::Mutex<bool>",
];

const KEYS: [&str; 8] =
    ["String", "char", "u8", "i128", "uuid::Uuid", "Box<str>", "&'static str", "u64"];

const ORDERED: [&str; 6] = ["u8", "String", "char", "i64", "chrono::NaiveDate", "uuid::Uuid"];

/// Any type, at most so deep.
pub(crate) fn any(depth: u32, known: &[Known], random: &mut Random) -> String {
    let inner = |random: &mut Random| any(depth - 1, known, random);
    if depth == 0 {
        return leaf_or_known(known, random);
    }
    match random.below(16) {
        0 | 1 => format!("Option<{}>", inner(random)),
        2 => format!("Vec<{}>", inner(random)),
        3 => format!("[{}; {}]", inner(random), random.below(4)),
        4 => format!("std::collections::BTreeMap<{}, {}>", key(known, random), inner(random)),
        5 => format!("std::collections::HashMap<{}, {}>", random.pick(&KEYS), inner(random)),
        6 => format!("std::collections::BTreeSet<{}>", random.pick(&ORDERED)),
        7 => format!("Box<{}>", inner(random)),
        8 => format!("std::collections::VecDeque<{}>", inner(random)),
        9 => format!("Option<Option<{}>>", inner(random)),
        10 => format!("Box<[{}]>", inner(random)),
        _ => leaf_or_known(known, random),
    }
}

fn leaf_or_known(known: &[Known], random: &mut Random) -> String {
    if known.is_empty() || random.below(2) == 0 {
        return random.pick(&LEAVES).to_owned();
    }
    // The latest most of all, so that types nest.
    let behind = random.below(known.len() as u64).min(random.below(12));
    let known = &known[known.len() - 1 - usize::try_from(behind).expect("an index")];
    instance(known, random)
}

/// The type as it is named where it is used.
pub(crate) fn instance(known: &Known, random: &mut Random) -> String {
    if known.is_generic {
        format!("{}<{}>", known.name, random.pick(&LEAVES))
    } else {
        known.name.clone()
    }
}

fn key(known: &[Known], random: &mut Random) -> String {
    let texts = known.iter().rev().find(|known| known.role == Role::Texts);
    match texts {
        Some(texts) if random.below(2) == 0 => texts.name.clone(),
        _ => random.pick(&KEYS).to_owned(),
    }
}
