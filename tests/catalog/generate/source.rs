//! Pieces of source.

/// The values of a type: `body` makes one out of `random`. The generics as in `<T: Arbitrary>`.
pub(crate) fn arbitrary(generics: &str, of: &str, body: &str) -> String {
    format!(
        "impl{generics} Arbitrary for {of} {{
    fn arbitrary(random: &mut Random) -> Self {{
        {body}
    }}
}}
"
    )
}
