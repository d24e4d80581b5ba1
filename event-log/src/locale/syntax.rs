//! The syntax of a language tag: RFC 5646, section 2.1.

/// A tag's subtags, the next one at the end.
type Subtags<'a> = Vec<&'a str>;

/// Whether `tag` follows the ABNF of RFC 5646, section 2.1, without its list of irregular tags.
pub(super) fn is_well_formed(tag: &str) -> bool {
    let alphanumeric = |tag: &str| tag.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !tag.split('-').all(|subtag| (1..=8).contains(&subtag.len()) && alphanumeric(subtag)) {
        return false;
    }
    let mut rest: Subtags<'_> = tag.split('-').rev().collect();
    if rest.last().is_some_and(|first| is_singleton(first)) {
        return private_use(&mut rest);
    }
    if !language(&mut rest) {
        return false;
    }
    skip(&mut rest, 1, |subtag| subtag.len() == 4 && is_alphabetic(subtag)); // script
    skip(&mut rest, 1, is_region);
    skip(&mut rest, usize::MAX, is_variant);
    extensions(&mut rest) && (rest.is_empty() || private_use(&mut rest))
}

/// Takes off the next subtags while they fit, at most `limit`, and counts them.
fn skip(rest: &mut Subtags<'_>, limit: usize, fits: impl Fn(&str) -> bool) -> usize {
    let count = rest.iter().rev().take(limit).take_while(|subtag| fits(subtag)).count();
    rest.truncate(rest.len() - count);
    count
}

/// `2*3ALPHA ["-" extlang] / 4ALPHA / 5*8ALPHA`
fn language(rest: &mut Subtags<'_>) -> bool {
    let Some(language) = rest.pop().filter(|subtag| is_alphabetic(subtag)) else {
        return false;
    };
    if language.len() <= 3 {
        skip(rest, 3, |subtag| subtag.len() == 3 && is_alphabetic(subtag));
    }
    language.len() >= 2
}

/// `*(singleton 1*("-" (2*8alphanum)))`
fn extensions(rest: &mut Subtags<'_>) -> bool {
    while skip(rest, 1, |subtag| is_singleton(subtag) && !is_x(subtag)) == 1 {
        if skip(rest, usize::MAX, |subtag| subtag.len() >= 2) == 0 {
            return false;
        }
    }
    true
}

/// `"x" 1*("-" (1*8alphanum))`, which takes all that is left.
fn private_use(rest: &mut Subtags<'_>) -> bool {
    skip(rest, 1, is_x) == 1 && skip(rest, usize::MAX, |_| true) > 0
}

fn is_alphabetic(subtag: &str) -> bool {
    subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_region(subtag: &str) -> bool {
    subtag.len() == 2 && is_alphabetic(subtag)
        || subtag.len() == 3 && subtag.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_variant(subtag: &str) -> bool {
    subtag.len() >= 5
        || subtag.len() == 4 && subtag.starts_with(|first: char| first.is_ascii_digit())
}

fn is_singleton(subtag: &str) -> bool {
    subtag.len() == 1
}

fn is_x(subtag: &str) -> bool {
    subtag.eq_ignore_ascii_case("x")
}

#[cfg(test)]
mod tests {
    use super::is_well_formed;

    /// Appendix A of RFC 5646, and the shapes at the edges of the grammar.
    const WELL_FORMED: &str = "\
        de ja en-US es-419 zh-Hant zh-Hant-TW zh-cmn-Hans-CN cmn-Hans-CN zh-yue-HK \
        sr-Latn-RS sl-rozaj sl-rozaj-biske sl-nedis de-CH-1901 sl-IT-nedis \
        hy-Latn-IT-arevela es-005 de-CH-x-phonebk az-Arab-x-AZE-derbend x-whatever \
        qaa-Qaaa-QM-x-southern de-Qaaa en-US-u-islamcal zh-CN-a-myext-x-private \
        en-a-myext-b-another zh-min-nan art-lojban hi abcd abcdefgh zh-abc-def-ghi en-1abc \
        X-1 EN-X-a en-4-ab";
    const MALFORMED: &str = "\
        a 1 e1 a-DE de-419-DE i-klingon en-GB-oed x x- en- en--US en-u en-u-x-a en-a-b en-x \
        abcdefghi en-abcdefghi zh-abc-def-ghi-jkl en-US-US abcd-efg 12-34 en-x-abcdefghi";

    #[test]
    fn well_formed_tags_are_accepted() {
        for tag in WELL_FORMED.split_whitespace() {
            assert!(is_well_formed(tag), "{tag}");
        }
    }

    #[test]
    fn malformed_tags_are_refused() {
        let others = ["-en", "en US", "en\n", "en\"", "日本", "jä", "ja\0", ""];
        for tag in MALFORMED.split_whitespace().chain(others) {
            assert!(!is_well_formed(tag), "{tag:?}");
        }
    }
}
