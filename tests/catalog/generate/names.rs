//! Names that differ in more than case.

use crate::random::Random;

const WORDS: [&str; 12] = [
    "amount",
    "price_net",
    "id",
    "r#type",
    "x",
    "HTTPStatus",
    "user_id",
    "created_at",
    "r#in",
    "year",
    "a__b",
    "_hidden",
];

/// The name of a field, most often unique among all types.
pub(crate) fn field(index: usize, owner: &str, random: &mut Random) -> String {
    let word = random.pick(&WORDS);
    // Raw identifiers are raw only as they are.
    if index == 0 && random.below(3) == 0 {
        return word.to_owned();
    }
    format!("{}_{}_{index}", word.trim_start_matches("r#"), owner.to_lowercase())
}

/// The name of a variant, unique within its enum by its number.
pub(crate) fn variant(index: usize, random: &mut Random) -> String {
    let word = random.pick(&["Apple", "VeryTasty", "HTTPError", "A", "V2", "Not_Nice", "Größe"]);
    format!("{word}{index}")
}
