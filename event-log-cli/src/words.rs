//! Counts as people say them.

use std::fmt::Display;

/// A number with the noun in the form that belongs to it: `1 file`, `2 files`, `0 batches`.
pub(crate) fn count(number: impl Display, noun: &str) -> String {
    let number = number.to_string();
    let ending = match number.as_str() {
        "1" => "",
        _ if noun.ends_with("ch") => "es",
        _ => "s",
    };
    format!("{number} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        for (number, noun, text) in [
            (0, "file", "0 files"),
            (1, "file", "1 file"),
            (1, "batch", "1 batch"),
            (2, "batch", "2 batches"),
            (21, "bad line", "21 bad lines"),
        ] {
            assert_eq!(count(number, noun), text);
        }
    }
}
