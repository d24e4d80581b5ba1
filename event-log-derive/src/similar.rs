//! Which of some words was probably meant by a mistyped one.

/// More edits than this make another word, not a slip of the finger.
const MOST_EDITS: usize = 2;

/// Returns the word nearest to `typed`, unless none is near.
pub(crate) fn nearest<'a>(
    typed: &str,
    words: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    words
        .into_iter()
        .map(|word| (edits(typed, word), word))
        .filter(|(edits, word)| *edits <= MOST_EDITS && *edits < word.len())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, word)| word)
}

/// Counts the insertions, deletions and substitutions that turn `from` into `to` (Levenshtein).
fn edits(from: &str, to: &str) -> usize {
    // `row[j]` is the distance from the part of `from` read so far to the first `j` chars of `to`.
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in to.chars().enumerate() {
            let substituted = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[to.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::{edits, nearest};

    #[test]
    fn edits_are_insertions_deletions_and_substitutions() {
        assert_eq!(edits("", ""), 0);
        assert_eq!(edits("skip", "skip"), 0);
        assert_eq!(edits("", "skip"), 4);
        assert_eq!(edits("skip_non", "skip_none"), 1);
        assert_eq!(edits("userid", "user_id"), 1);
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("größe", "grösse"), 2);
    }

    #[test]
    fn the_nearest_word_wins_and_a_far_one_is_not_proposed() {
        let words = ["skip", "skip_none", "rename"];
        assert_eq!(nearest("skip_non", words), Some("skip_none"));
        assert_eq!(nearest("skp", words), Some("skip"));
        assert_eq!(nearest("flatten", words), None);
        assert_eq!(nearest("", words), None);
    }
}
