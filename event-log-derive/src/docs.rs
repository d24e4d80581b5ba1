//! What the code itself says of an item: its doc comment, and whether it is deprecated.

use syn::{Attribute, Expr, Lit, Meta, MetaNameValue};

/// The text of the doc comment, without the space behind the slashes; empty if there is none.
///
/// Documentation that is no literal (`#[doc = include_str!("…")]`) is not seen by a macro.
pub(crate) fn description(attributes: &[Attribute]) -> String {
    let docs = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let texts = docs.filter_map(|doc| text(named_value(&doc.meta)?));
    let lines: Vec<String> = texts
        .flat_map(|text| text.split('\n').map(str::to_owned).collect::<Vec<_>>())
        .map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned())
        .collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// What `#[deprecated]` says, if it is there.
pub(crate) fn deprecated(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.path().is_ident("deprecated"))?;
    let note = match &attribute.meta {
        Meta::Path(_) => None,
        Meta::NameValue(value) => text(value),
        Meta::List(list) => {
            let mut note = None;
            // A list that cannot be read is an error of rustc's own.
            let _ = list.parse_nested_meta(|meta| {
                let value: syn::LitStr = meta.value()?.parse()?;
                if meta.path.is_ident("note") {
                    note = Some(value.value());
                }
                Ok(())
            });
            note
        }
    };
    Some(note.unwrap_or_else(|| "deprecated".to_owned()))
}

fn named_value(meta: &Meta) -> Option<&MetaNameValue> {
    match meta {
        Meta::NameValue(value) => Some(value),
        Meta::Path(_) | Meta::List(_) => None,
    }
}

fn text(value: &MetaNameValue) -> Option<String> {
    // A `macro_rules!` passes `$doc:literal` on in an invisible group.
    let mut value = &value.value;
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syn::{Attribute, parse_quote};

    use super::{deprecated, description};

    #[test]
    fn a_doc_comment_is_its_lines_without_the_space_before_them() {
        let attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = " Fired when it is stored."]),
            parse_quote!(#[serde(skip)]),
            parse_quote!(#[doc = ""]),
            parse_quote!(#[doc = "   Not for a retry.  "]),
            parse_quote!(#[doc(hidden)]),
        ];
        assert_eq!(description(&attributes), "Fired when it is stored.\n\n  Not for a retry.");
        assert_eq!(description(&[]), "");
    }

    #[test]
    fn a_block_comment_has_several_lines_in_one_attribute() {
        let attributes: Vec<Attribute> = vec![parse_quote!(#[doc = "\n One.\n Two.\n "])];
        assert_eq!(description(&attributes), "One.\nTwo.");
    }

    #[test]
    fn each_form_of_deprecated_is_understood() {
        let read = |attribute: Attribute| deprecated(&[attribute]);
        assert_eq!(read(parse_quote!(#[deprecated])).as_deref(), Some("deprecated"));
        assert_eq!(read(parse_quote!(#[deprecated = "use b"])).as_deref(), Some("use b"));
        let full = parse_quote!(#[deprecated(since = "1.2", note = "use b")]);
        assert_eq!(read(full).as_deref(), Some("use b"));
        assert_eq!(read(parse_quote!(#[allow(deprecated)])), None);
    }
}
