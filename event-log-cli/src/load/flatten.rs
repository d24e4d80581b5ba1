//! One line to one row: the params move to the top level, beside the envelope.
//!
//! ```text
//! {"id":"…","date":"…","type":"purchase","user_id":1,"locale":"ja","country_code":"JP","params":{"price":801.0}}
//! {"id":"…","date":"…","type":"purchase","user_id":1,"locale":"ja","country_code":"JP","price":801.0}
//! ```
//!
//! Values keep their bytes. Keys are in small letters, as columns are: some engines find no other ones. A
//! param whose name is taken, by the envelope, a partition or another param, gets `params_` before it: the
//! derive lets no such name through, but foreign lines have them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::line::{Line, Member};

/// What is taken by the envelope and by partitions.
pub(crate) const TAKEN: [&str; 11] = [
    "id",
    "date",
    "type",
    "user_id",
    "locale",
    "country_code",
    "year",
    "month",
    "day",
    "hour",
    "dt",
];

const PREFIX: &str = "params_";

/// Appends the row of a line; `renamed` is told each key whose name was taken, and the one that it gets.
pub fn row(line: &Line<'_>, out: &mut Vec<u8>, mut renamed: impl FnMut(&str, &str)) {
    out.extend_from_slice(b"{\"id\":");
    text(&line.id, out);
    out.extend_from_slice(b",\"date\":");
    text(&line.date, out);
    out.extend_from_slice(b",\"type\":");
    text(&line.event_type, out);
    for (key, value) in [
        (&b",\"user_id\":"[..], line.user_id),
        (b",\"locale\":", line.locale),
        (b",\"country_code\":", line.country_code),
    ] {
        out.extend_from_slice(key);
        out.extend_from_slice(value.get().as_bytes());
    }
    for (key, name, value) in members(line) {
        out.push(b',');
        if name != small(key) {
            renamed(key, &name);
        }
        text(&name, out);
        out.push(b':');
        out.extend_from_slice(value.get().as_bytes());
    }
    out.extend_from_slice(b"}\n");
}

/// The common fields and params: the key of each, its name in the row, its value.
pub(crate) fn members<'l, 'a>(
    line: &'l Line<'a>,
) -> impl Iterator<Item = (&'l str, Cow<'l, str>, &'a RawValue)> {
    let members = || line.common_fields.iter().chain(&line.params);
    members().enumerate().map(move |(index, (key, value))| {
        (key.0.as_ref(), free_name(&key.0, index, members), *value)
    })
}

/// The name of the member with this index: its own in small letters, unless that is taken.
pub(crate) fn free_name<'k, 'm, 'a: 'm, I>(
    key: &'k str,
    index: usize,
    members: impl Fn() -> I,
) -> Cow<'k, str>
where
    I: Iterator<Item = &'m Member<'a>>,
{
    let is_taken = |name: &str, before: usize| {
        TAKEN.contains(&name) || members().take(before).any(|(other, _)| small(&other.0) == name)
    };
    let own = small(key);
    if !is_taken(&own, index) {
        return own;
    }
    // Those before it that wanted the same name got one each.
    let same = members().take(index).filter(|(other, _)| small(&other.0) == own).count();
    let mut before = if TAKEN.contains(&&*own) { same } else { same.saturating_sub(1) };
    let mut name = format!("{PREFIX}{own}");
    loop {
        if !is_taken(&name, usize::MAX) {
            if before == 0 {
                return Cow::Owned(name);
            }
            before -= 1;
        }
        name.insert_str(0, PREFIX);
    }
}

/// A key as columns are named.
fn small(key: &str) -> Cow<'_, str> {
    if key.chars().any(char::is_uppercase) {
        Cow::Owned(key.to_lowercase())
    } else {
        Cow::Borrowed(key)
    }
}

/// A string as JSON; as it stood in the line, if it had no escapes.
pub(crate) fn text(value: &str, out: &mut Vec<u8>) {
    let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if value.bytes().all(is_plain) {
        out.push(b'"');
        out.extend_from_slice(value.as_bytes());
        out.push(b'"');
    } else {
        serde_json::to_writer(out, value).expect("memory takes whatever is written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flattened(common: &str, params: &str) -> (String, Vec<(String, String)>) {
        let line = format!(
            r#"{{"id":"i","date":"d","type":"t","user_id":null,"locale":"ja","country_code":"JP"{common},"params":{{{params}}}}}"#
        );
        let mut out = Vec::new();
        let mut renamed = Vec::new();
        row(&Line::parse(line.as_bytes()).unwrap(), &mut out, |key, new| {
            renamed.push((key.to_owned(), new.to_owned()));
        });
        let text = String::from_utf8(out).unwrap();
        let envelope =
            r#"{"id":"i","date":"d","type":"t","user_id":null,"locale":"ja","country_code":"JP""#;
        (text.strip_prefix(envelope).unwrap().strip_suffix("}\n").unwrap().to_owned(), renamed)
    }

    #[test]
    fn params_stand_beside_the_envelope_and_keep_their_bytes() {
        let params =
            r#""price":801.0,"big":18446744073709551616,"text":"\u00e9\/é","list":[ 1,2 ]"#;
        assert_eq!(flattened("", params), (format!(",{params}"), vec![]));
        assert_eq!(flattened("", ""), (String::new(), vec![]));
        let common = r#","session_id":"s-1""#;
        let row = format!("{common},{params}");
        assert_eq!(flattened(common, params), (row, vec![]));
    }

    #[test]
    fn a_name_that_is_taken_gets_a_prefix_and_is_told() {
        for (common, params, wanted) in [
            ("", r#""date":1"#, r#","params_date":1"#),
            ("", r#""Hour":1"#, r#","params_hour":1"#),
            ("", r#""url":1,"URL":2"#, r#","url":1,"params_url":2"#),
            ("", r#""É":1,"é":2"#, r#","é":1,"params_é":2"#),
            (r#","app":1"#, r#""app":2"#, r#","app":1,"params_app":2"#),
            ("", r#""id":1,"params_id":2"#, r#","params_params_id":1,"params_id":2"#),
        ] {
            let (row, renamed) = flattened(common, params);
            assert_eq!((row.as_str(), renamed.len()), (wanted, 1));
        }
    }

    #[test]
    fn names_that_are_the_same_in_small_letters_stay_apart() {
        for (params, wanted) in [
            (r#""url":1,"URL":2,"Url":3"#, r#","url":1,"params_url":2,"params_params_url":3"#),
            (r#""Hour":1,"hour":2"#, r#","params_hour":1,"params_params_hour":2"#),
        ] {
            let (row, renamed) = flattened("", params);
            assert_eq!((row.as_str(), renamed.len()), (wanted, 2));
        }
    }

    #[test]
    fn keys_are_in_small_letters_and_that_is_no_renaming() {
        let found = flattened(r#","AppVersion":1"#, r#""URL":"A","inner":{"Kept":1}"#);
        let row = r#","appversion":1,"url":"A","inner":{"Kept":1}"#;
        assert_eq!(found, (row.to_owned(), vec![]));
    }

    #[test]
    fn a_key_that_needs_escapes_keeps_its_meaning() {
        let (row, _) = flattened("", r#""a\"b":1"#);
        assert_eq!(row, r#","a\"b":1"#);
    }
}
