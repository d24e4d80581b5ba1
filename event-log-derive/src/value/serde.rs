//! `#[serde(...)]`: what it says of serialization, with the tokens it came from.
//!
//! Serde checks its own syntax; here only what changes the output is understood. What is not known
//! may change it, and is reported.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Lit, LitStr, Meta, Token};

use crate::report::Report;

/// What an attribute of serde stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Type,
    Variant,
    Field,
}

/// What each place may have: what is understood here, then what leaves the output alone.
const KNOWN: [(Place, &[&str], &[&str]); 3] = [
    (
        Place::Type,
        &["rename", "rename_all", "transparent", "tag", "content", "untagged", "into", "remote"],
        &[
            "rename_all_fields",
            "deny_unknown_fields",
            "default",
            "bound",
            "from",
            "try_from",
            "crate",
            "expecting",
            "variant_identifier",
            "field_identifier",
        ],
    ),
    (
        Place::Variant,
        &["rename", "skip", "skip_serializing", "serialize_with", "with", "untagged"],
        &[
            "rename_all",
            "alias",
            "skip_deserializing",
            "deserialize_with",
            "other",
            "bound",
            "borrow",
        ],
    ),
    (
        Place::Field,
        &[
            "rename",
            "skip",
            "skip_serializing",
            "skip_serializing_if",
            "flatten",
            "serialize_with",
            "with",
            "getter",
        ],
        &["alias", "default", "skip_deserializing", "deserialize_with", "bound", "borrow"],
    ),
];

/// One thing that serde is told about serialization.
pub(crate) struct Entry {
    name: String,
    pub(crate) span: Span,
    pub(crate) value: Option<LitStr>,
}

/// All that serde is told about the serialization of one item.
#[derive(Default)]
pub(crate) struct Attributes {
    entries: Vec<Entry>,
}

impl Attributes {
    /// Reads every `#[serde(...)]` among `attributes`, and reports what nobody here knows.
    pub(crate) fn parse(attributes: &[Attribute], place: Place, report: &mut Report) -> Self {
        let mut parsed = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            let list = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            match list {
                Ok(list) => list.into_iter().for_each(|meta| parsed.add(&meta, place, report)),
                Err(error) => report.add(error),
            }
        }
        parsed
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The string that `name` is set to.
    pub(crate) fn value(&self, name: &str) -> Option<&LitStr> {
        self.find(name)?.value.as_ref()
    }

    /// The first of these that is there.
    pub(crate) fn first<'n>(&self, names: &[&'n str]) -> Option<(&'n str, &Entry)> {
        names.iter().find_map(|name| self.find(name).map(|entry| (*name, entry)))
    }

    fn add(&mut self, meta: &Meta, place: Place, report: &mut Report) {
        let span = meta.path().span();
        let name = meta.path().get_ident().map(ToString::to_string).unwrap_or_default();
        let (_, understood, harmless) =
            KNOWN.into_iter().find(|(of, ..)| *of == place).expect("every place is there");
        if harmless.contains(&name.as_str()) {
            return;
        }
        if !understood.contains(&name.as_str()) {
            report.mistake(span, unknown(&name));
            return;
        }
        match meta {
            Meta::Path(_) => self.entries.push(Entry { name, span, value: None }),
            Meta::NameValue(given) => {
                self.entries.push(Entry { name, span, value: string(&given.value) });
            }
            // `rename(serialize = "a", deserialize = "b")`
            Meta::List(list) => {
                let sides = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
                for side in sides.into_iter().flatten() {
                    let Meta::NameValue(given) = &side else { continue };
                    if given.path.is_ident("serialize") {
                        let value = string(&given.value);
                        self.entries.push(Entry { name: name.clone(), span, value });
                    }
                }
            }
        }
    }
}

/// The literal, also out of the invisible group in which a `macro_rules!` passes it on.
fn string(value: &Expr) -> Option<LitStr> {
    match value {
        Expr::Group(group) => string(&group.expr),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

fn unknown(name: &str) -> String {
    format!(
        "`{name}` of serde is not known to #[derive(EventField)], and may change what is written; say \
         what the type looks like with #[event(as = \"...\")] or #[event(json)] on it"
    )
}
