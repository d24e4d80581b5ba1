//! Events: `#[derive(Event)]` with params of any type.

use std::fmt::Write as _;

use crate::random::Random;
use crate::source::arbitrary;
use crate::types::{Known, any, instance};

/// The source of one event, and its name as an expression names it. Together the events have a param of
/// every type.
pub(crate) fn event(index: u64, known: &[Known], random: &mut Random) -> (String, String) {
    let name = format!("Event{index}");
    let index = usize::try_from(index).expect("an index");
    let own = &known[2 * index..2 * index + 2];
    match random.below(4) {
        0 => (of_variants(&name, own, known, random), name),
        1 => (generic(&name, own, known, random), format!("{name}::<u8>")),
        _ => (of_struct(&name, own, known, random), name),
    }
}

fn of_struct(name: &str, own: &[Known], known: &[Known], random: &mut Random) -> String {
    let (fields, values) = params(name, own, known, random);
    format!(
        "/// The event {name}.\n#[derive(event_log::Event)]\n#[event(owner = \"tests\", since = \
         \"0.1\")]\npub struct {name}<'a> {{\n{fields}    borrowed: &'a str,\n}}\n{}",
        arbitrary("", &format!("{name}<'static>"), &format!("Self {{ {values}borrowed: \"b\" }}"))
    )
}

fn generic(name: &str, own: &[Known], known: &[Known], random: &mut Random) -> String {
    let (fields, values) = params(name, own, known, random);
    format!(
        "#[derive(event_log::Event)]\npub struct {name}<T> {{\n{fields}    generic: \
         Vec<T>,\n}}\nevent_log::list_event!({name}<u8>);\n{}",
        arbitrary("", &format!("{name}<u8>"), &format!("Self {{ {values}generic: vec![1] }}"))
    )
}

fn of_variants(name: &str, own: &[Known], known: &[Known], random: &mut Random) -> String {
    let (first, first_values) = params(name, &own[..1], known, random);
    let (second, second_values) = params(name, &own[1..], known, random);
    let lower = name.to_lowercase();
    format!(
        "#[derive(event_log::Event)]\npub enum {name} {{\n    #[event(type = \
         \"{lower}_one\")]\n    One {{\n{first}    }},\n    #[event(type = \"{lower}_two\")]\n    Two \
         {{\n{second}    }},\n    #[event(type = \"{lower}_none\")]\n    Nothing,\n}}\n{}",
        arbitrary(
            "",
            name,
            &format!(
                "match random.below(3) {{ 0 => Self::One {{ {first_values} }}, 1 => Self::Two {{ \
                 {second_values} }}, _ => Self::Nothing }}"
            )
        )
    )
}

/// The fields, and what fills them.
fn params(owner: &str, own: &[Known], known: &[Known], random: &mut Random) -> (String, String) {
    let mut fields = String::new();
    let mut values = String::new();
    for (index, own) in own.iter().enumerate() {
        writeln!(fields, "    own_{index}: {},", instance(own, random)).expect("memory");
        write!(values, "own_{index}: Arbitrary::arbitrary(random), ").expect("memory");
    }
    for index in 0..random.below(6) {
        let ty = any(2, known, random);
        let (attributes, ty) = match random.below(12) {
            0 => ("#[event(skip)]".into(), "Nothing".into()),
            1 => ("#[event(skip_none)]".into(), format!("Option<{ty}>")),
            2 => ("#[event(json)]".into(), ty),
            3 => (format!("#[event(rename = \"Renamed_{index}\")]"), ty),
            4 => {
                let unit = random.pick(&["s", "ms", "us", "ns"]);
                let ty = random.pick(&["std::time::Duration", "Option<std::time::Duration>"]);
                (format!("#[event(unit = \"{unit}\")]"), ty.to_owned())
            }
            5 => ("#[event(as = \"u8\")]".into(), "std::num::Wrapping<u8>".into()),
            6 => ("#[deprecated]".into(), ty),
            7 => {
                let ty = random.pick(&["u64", "String", "Option<String>", "std::net::IpAddr"]);
                ("#[event(pii = \"hash\")]".into(), ty.to_owned())
            }
            8 => {
                let treatment = random.pick(&["mask", "drop"]);
                (format!("#[event(pii = \"{treatment}\")]"), "Nothing".to_owned())
            }
            _ => (String::new(), ty),
        };
        let field = format!("{}_{index}", random.pick(&["amount", "price", "of", "HTTP"]));
        writeln!(fields, "    /// A param of {owner}.\n    {attributes}\n    {field}: {ty},")
            .expect("memory");
        write!(values, "{field}: Arbitrary::arbitrary(random), ").expect("memory");
    }
    (fields, values)
}
