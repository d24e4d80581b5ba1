//! The names that serde's `rename_all` makes of those in the code.

/// One of serde's conventions. It changes ASCII letters only, like serde.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

/// The conventions as they are written.
pub(crate) const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    /// The convention that is written so.
    pub(crate) fn parse(written: &str) -> Option<Self> {
        CASES.into_iter().find(|(name, _)| *name == written).map(|(_, case)| case)
    }

    /// What becomes of the name of a variant, which is expected in `PascalCase`.
    pub(crate) fn of_variant(self, name: &str) -> String {
        match self {
            Self::Lower => name.to_ascii_lowercase(),
            Self::Upper => name.to_ascii_uppercase(),
            Self::Pascal => name.to_owned(),
            Self::Camel => with_small_first(name),
            Self::Snake => words(name),
            Self::ScreamingSnake => words(name).to_ascii_uppercase(),
            Self::Kebab => words(name).replace('_', "-"),
            Self::ScreamingKebab => words(name).to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// What becomes of the name of a field, which is expected in `snake_case`.
    pub(crate) fn of_field(self, name: &str) -> String {
        match self {
            Self::Lower | Self::Snake => name.to_owned(),
            Self::Upper | Self::ScreamingSnake => name.to_ascii_uppercase(),
            Self::Pascal => joined(name),
            Self::Camel => with_small_first(&joined(name)),
            Self::Kebab => name.replace('_', "-"),
            Self::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn with_small_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}

/// `VeryTasty` as `very_tasty`; serde takes each capital for the start of a word.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for (index, char) in name.char_indices() {
        if index > 0 && char.is_uppercase() {
            words.push('_');
        }
        words.push(char.to_ascii_lowercase());
    }
    words
}

/// `very_tasty` as `VeryTasty`.
fn joined(name: &str) -> String {
    let mut joined = String::with_capacity(name.len());
    let mut starts_word = true;
    for char in name.chars() {
        if char == '_' {
            starts_word = true;
        } else if starts_word {
            joined.push(char.to_ascii_uppercase());
            starts_word = false;
        } else {
            joined.push(char);
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::{CASES, Case};

    /// The table of serde's own tests.
    #[test]
    fn variants_are_renamed_as_serde_does() {
        for (original, expected) in [
            (
                "Outcome",
                [
                    "outcome", "OUTCOME", "Outcome", "outcome", "outcome", "OUTCOME", "outcome",
                    "OUTCOME",
                ],
            ),
            (
                "VeryTasty",
                [
                    "verytasty",
                    "VERYTASTY",
                    "VeryTasty",
                    "veryTasty",
                    "very_tasty",
                    "VERY_TASTY",
                    "very-tasty",
                    "VERY-TASTY",
                ],
            ),
            ("A", ["a", "A", "A", "a", "a", "A", "a", "A"]),
            ("Z42", ["z42", "Z42", "Z42", "z42", "z42", "Z42", "z42", "Z42"]),
        ] {
            assert_eq!(CASES.map(|(_, case)| case.of_variant(original)), expected);
        }
    }

    #[test]
    fn fields_are_renamed_as_serde_does() {
        for (original, expected) in [
            (
                "outcome",
                [
                    "outcome", "OUTCOME", "Outcome", "outcome", "outcome", "OUTCOME", "outcome",
                    "OUTCOME",
                ],
            ),
            (
                "very_tasty",
                [
                    "very_tasty",
                    "VERY_TASTY",
                    "VeryTasty",
                    "veryTasty",
                    "very_tasty",
                    "VERY_TASTY",
                    "very-tasty",
                    "VERY-TASTY",
                ],
            ),
            ("a", ["a", "A", "A", "a", "a", "A", "a", "A"]),
            ("z42", ["z42", "Z42", "Z42", "z42", "z42", "Z42", "z42", "Z42"]),
        ] {
            assert_eq!(CASES.map(|(_, case)| case.of_field(original)), expected);
        }
    }

    #[test]
    fn a_name_beyond_ascii_is_no_accident() {
        for (_, case) in CASES {
            let _ = (case.of_variant("Äpfel"), case.of_field("äpfel"), case.of_field("_"));
        }
        assert_eq!(Case::parse("Snake_Case"), None);
    }
}
