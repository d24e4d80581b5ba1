//! Names that end up in the data: what they may look like, and what the code's own names become.

/// The longest name of a type of event, in bytes: it becomes a directory of the lake, and a table.
pub(crate) const MAX_TYPE_NAME: usize = 64;

/// The longest name of a param, in bytes: half of what a Glue table allows for a column (255), so
/// that a loader may put a prefix before it.
pub(crate) const MAX_PARAM_NAME: usize = 128;

/// What the types of the logger's own events start with, for example `event_log_gap`.
pub(crate) const LOGGERS_OWN_PREFIX: &str = "event_log_";

/// The keys of every line. Loading a lake flattens `params` to their level.
pub(crate) const ENVELOPE_KEYS: [&str; 7] =
    ["id", "date", "type", "user_id", "locale", "country_code", "params"];

/// The columns by which a lake is partitioned; a record must not bring its own.
pub(crate) const PARTITION_COLUMNS: [&str; 5] = ["year", "month", "day", "hour", "dt"];

/// Turns the name of a struct or variant into that of a type of event: `HTTPRequest` becomes
/// `http_request`.
///
/// A word starts at a capital after a small letter or digit, and at the last of several capitals
/// when a small letter follows it.
pub(crate) fn snake_case(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (index, &char) in chars.iter().enumerate() {
        let previous = index.checked_sub(1).map(|index| chars[index]);
        let next = chars.get(index + 1).copied();
        if char.is_uppercase() && starts_word(previous, next) {
            snake.push('_');
        }
        snake.extend(char.to_lowercase());
    }
    snake
}

/// Whether a capital between these two starts a word that is not the first.
fn starts_word(previous: Option<char>, next: Option<char>) -> bool {
    match previous {
        None | Some('_') => false,
        Some(previous) if previous.is_uppercase() => next.is_some_and(char::is_lowercase),
        Some(_) => true,
    }
}

/// Whether `name` matches `[a-z][a-z0-9]*(_[a-z0-9]+)*`.
pub(crate) fn is_snake_case(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.split('_').all(is_word)
}

/// Whether `name` is a column name in every query engine, unquoted.
pub(crate) fn is_column_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::{ENVELOPE_KEYS, PARTITION_COLUMNS, is_column_name, is_snake_case, snake_case};

    #[test]
    fn each_word_of_a_name_becomes_a_word_of_the_type() {
        for (name, expected) in [
            ("UserRegistration", "user_registration"),
            ("HTTPRequest", "http_request"),
            ("ReadHTTP", "read_http"),
            ("Http2Request", "http2_request"),
            ("UserV2", "user_v2"),
            ("A", "a"),
            ("AB", "ab"),
            ("ABc", "a_bc"),
            ("aB", "a_b"),
            ("Lesson1Started", "lesson1_started"),
            ("User_Registration", "user_registration"),
            ("user_registration", "user_registration"),
            ("LOUD_NAME", "loud_name"),
            ("ÄrgerGroß", "ärger_groß"),
        ] {
            assert_eq!(snake_case(name), expected);
        }
    }

    #[test]
    fn a_type_name_is_snake_case() {
        for name in ["a", "a1", "a_1", "user_registration", "http2_request"] {
            assert!(is_snake_case(name), "{name}");
        }
        for name in ["", "_", "_a", "a_", "a__b", "1a", "A", "userName", "a-b", "a b", "größe"] {
            assert!(!is_snake_case(name), "{name}");
        }
    }

    #[test]
    fn a_param_name_is_a_column_name() {
        for name in ["a", "A", "_a", "a1", "userName", "a__b", "_"] {
            assert!(is_column_name(name), "{name}");
        }
        for name in ["", "1a", "a-b", "a b", "a.b", "größe", "a\"", "r#type"] {
            assert!(!is_column_name(name), "{name}");
        }
    }

    /// The library refuses the same names for common fields; a macro cannot link to it, so its source
    /// is read here.
    #[test]
    fn the_reserved_names_are_those_of_the_library() {
        let source = include_str!("../../event-log/src/envelope.rs");
        let (_, list) = source.split_once("RESERVED_NAMES: [&str; 12] = [").expect("the list");
        let (list, _) = list.split_once(']').expect("its end");
        let theirs: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
        assert_eq!(theirs, [&ENVELOPE_KEYS[..], &PARTITION_COLUMNS].concat());
    }
}
