//! Types of fields: `#[derive(EventField)]` with attributes of serde.

use std::fmt::Write as _;

use crate::names;
use crate::random::Random;
use crate::source::arbitrary;
use crate::types::{Known, Role, any, instance};

const CASES: [&str; 8] = [
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

/// The source of one type.
pub(crate) fn value(index: u64, known: &[Known], random: &mut Random) -> (String, Known) {
    let name = format!("Value{index}");
    match random.below(12) {
        0..=2 => texts(name, random),
        3 => newtype(name, known, random),
        4 => transparent(name, known, random),
        5 => into(name),
        6 => opaque(name, known, random),
        _ => record(name, known, random),
    }
}

const DERIVES: &str = "#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, \
                       event_log::EventField)]\n";
const SERIALIZE: &str = "#[derive(serde::Serialize, event_log::EventField)]\n";

/// An enum whose variants hold nothing.
fn texts(name: String, random: &mut Random) -> (String, Known) {
    let mut source = DERIVES.to_owned();
    if random.below(2) == 0 {
        let case = random.pick(&CASES);
        let sides = [
            "rename_all = \"CASE\"",
            "rename_all(serialize = \"CASE\", deserialize = \"lowercase\")",
        ];
        writeln!(source, "#[serde({})]", random.pick(&sides).replace("CASE", case))
            .expect("memory");
    }
    let is_tagged = random.below(6) == 0;
    if is_tagged {
        source += random
            .pick(&["#[serde(tag = \"kind\")]\n", "#[serde(tag = \"kind\", content = \"of\")]\n"]);
    }
    writeln!(source, "pub enum {name} {{").expect("memory");
    let mut choices = String::new();
    let count = 1 + random.below(5);
    for index in 0..count {
        let variant = names::variant(usize::try_from(index).expect("few"), random);
        let attribute = match random.below(8) {
            0 => format!("#[serde(rename = \"new name {index}, \\\"quoted\\\"\")] "),
            1 => format!("#[serde(rename(serialize = \"out{index}\"), alias = \"b\")] "),
            2 if index > 0 => "#[serde(skip)] ".to_owned(),
            _ => String::new(),
        };
        // What serde skips cannot be written.
        if !attribute.contains("skip") {
            write!(choices, "Self::{variant}, ").expect("memory");
        }
        writeln!(source, "    {attribute}{variant},").expect("memory");
    }
    source += "}\n";
    source += &arbitrary("", &name, &format!("choose(random, &[{choices}])"));
    let role = if is_tagged { Role::Record(vec!["kind".into()]) } else { Role::Texts };
    (source, Known { name, is_generic: false, role })
}

fn newtype(name: String, known: &[Known], random: &mut Random) -> (String, Known) {
    let ty = any(2, known, random);
    let source = format!("{SERIALIZE}pub struct {name}({ty});\n");
    let values = arbitrary("", &name, "Self(Arbitrary::arbitrary(random))");
    (source + &values, Known { name, is_generic: false, role: Role::Other })
}

fn transparent(name: String, known: &[Known], random: &mut Random) -> (String, Known) {
    let ty = any(2, known, random);
    let source = format!(
        "{SERIALIZE}#[serde(transparent)]
pub struct {name} {{
    #[serde(skip)]
    left_out: Nothing,
    inner: {ty},
    marker: std::marker::PhantomData<u8>,
}}
"
    );
    let inner = "inner: Arbitrary::arbitrary(random)";
    let value = format!("Self {{ left_out: Nothing, {inner}, marker: std::marker::PhantomData }}");
    let values = arbitrary("", &name, &value);
    (source + &values, Known { name, is_generic: false, role: Role::Other })
}

/// What is written as another type.
fn into(name: String) -> (String, Known) {
    let source = format!(
        "#[derive(Clone, serde::Serialize, event_log::EventField)]
#[serde(into = \"String\")]
pub enum {name} {{
    Nothing,
    Some(u64),
}}
impl From<{name}> for String {{
    fn from(value: {name}) -> Self {{
        match value {{
            {name}::Nothing => Self::new(),
            {name}::Some(number) => number.to_string(),
        }}
    }}
}}
"
    );
    let value = "if random.below(2) == 0 { Self::Nothing } else { Self::Some(random.next()) }";
    let values = arbitrary("", &name, value);
    (source + &values, Known { name, is_generic: false, role: Role::Other })
}

/// What has no schema of its own.
fn opaque(name: String, known: &[Known], random: &mut Random) -> (String, Known) {
    let ty = any(1, known, random);
    let tag = random.pick(&["", "#[serde(tag = \"t\", content = \"c\")]", "#[serde(untagged)]"]);
    let source = format!(
        "{SERIALIZE}#[event(json)]
{tag}
pub enum {name} {{
    One({ty}),
    Two {{ a: u8 }},
    Three,
}}
"
    );
    let value = "match random.below(3) {
            0 => Self::One(Arbitrary::arbitrary(random)),
            1 => Self::Two { a: 1 },
            _ => Self::Three,
        }";
    let values = arbitrary("", &name, value);
    (source + &values, Known { name, is_generic: false, role: Role::Other })
}

fn record(name: String, known: &[Known], random: &mut Random) -> (String, Known) {
    let is_generic = random.below(5) == 0;
    let mut source = SERIALIZE.to_owned();
    let mut brought = Vec::new();
    // The names of the fields hold underscores, which kebab cases make no column names of.
    if random.below(2) == 0 {
        writeln!(source, "#[serde(rename_all = \"{}\")]", random.pick(&CASES[..6]))
            .expect("memory");
    }
    if random.below(8) == 0 {
        source += "#[serde(tag = \"Kind\", rename = \"renamed\")]\n";
        brought.push("kind".to_owned());
    }
    let parameter = if is_generic { "<T>" } else { "" };
    writeln!(source, "pub struct {name}{parameter} {{").expect("memory");
    let mut values = String::new();
    for index in 0..=usize::try_from(random.below(5)).expect("few") {
        let field = names::field(index, &name, random);
        let unique = format!("{name}_{index}").to_lowercase();
        let (attributes, ty) =
            member(&unique, is_generic && index == 0, known, &mut brought, random);
        writeln!(source, "    /// The field {index}.\n    {attributes}\n    {field}: {ty},")
            .expect("memory");
        write!(values, "{field}: Arbitrary::arbitrary(random), ").expect("memory");
        brought.push(normal(&field));
    }
    // At least one that is written, whatever was skipped.
    let last = format!("last_{name}").to_lowercase();
    writeln!(source, "    {last}: u8,\n}}").expect("memory");
    brought.push(normal(&last));
    let (on_impl, of_type) = if is_generic { ("<T: Arbitrary>", "<T>") } else { ("", "") };
    let of = format!("{name}{of_type}");
    source += &arbitrary(on_impl, &of, &format!("Self {{ {values}{last}: 1 }}"));
    (source, Known { name, is_generic, role: Role::Record(brought) })
}

/// What is left of a name whatever `rename_all` says.
fn normal(field: &str) -> String {
    field.trim_start_matches("r#").to_ascii_lowercase().replace('_', "")
}

/// The attributes and the type of one field of a record.
fn member(
    unique: &str,
    is_of_parameter: bool,
    known: &[Known],
    brought: &mut Vec<String>,
    random: &mut Random,
) -> (String, String) {
    if is_of_parameter {
        return (String::new(), random.pick(&["T", "Vec<T>", "Option<T>"]).to_owned());
    }
    let ty = any(2, known, random);
    match random.below(14) {
        0 => ("#[serde(skip)]".into(), "Nothing".into()),
        1 => ("#[serde(skip_serializing)]".into(), ty),
        2 => (
            "#[serde(default, skip_serializing_if = \"Option::is_none\")]".into(),
            format!("Option<{ty}>"),
        ),
        3 => ("#[serde(skip_serializing_if = \"Vec::is_empty\")]".into(), format!("Vec<{ty}>")),
        4 => (format!("#[serde(rename = \"Renamed_{unique}\", alias = \"x\")]"), ty),
        5 => (format!("#[serde(rename(serialize = \"out_{unique}\", deserialize = \"in\"))]"), ty),
        6 => ("#[serde(with = \"as_text\")] #[event(as = \"String\")]".into(), "u64".into()),
        7 => (
            "#[serde(serialize_with = \"as_text::serialize\")] #[event(json)]".into(),
            "u64".into(),
        ),
        8 => ("#[event(json)]".into(), ty),
        9 | 10 => flattened(known, brought, random).unwrap_or((String::new(), ty)),
        11 => ("#[deprecated = \"not used\"] #[event(renamed_from = \"before\")]".into(), ty),
        _ => (String::new(), ty),
    }
}

/// A record that brings no name twice.
fn flattened(
    known: &[Known],
    brought: &mut Vec<String>,
    random: &mut Random,
) -> Option<(String, String)> {
    let fits = |known: &&Known| match &known.role {
        Role::Record(theirs) => !theirs.iter().any(|name| brought.contains(name)),
        _ => false,
    };
    let of = known.iter().rev().find(fits)?;
    let Role::Record(theirs) = &of.role else { return None };
    brought.extend(theirs.iter().cloned());
    let ty = instance(of, random);
    let ty = random.pick(&["TY", "Option<TY>", "Box<TY>"]).replace("TY", &ty);
    Some(("#[serde(flatten)]".into(), ty))
}
