//! An enum whose variants hold nothing: a closed set of texts.

use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{DeriveInput, Fields};

use super::ast::Body;
use super::case::Case;
use super::member::Member;
use super::serde::{self, Attributes};
use crate::ast::Name;
use crate::attr::Options;
use crate::key::Place;
use crate::report::Report;

/// The texts of an enum whose variants hold nothing.
pub(super) fn texts(
    item: &DeriveInput,
    data: &syn::DataEnum,
    case: Option<Case>,
    report: &mut Report,
) -> Vec<Name> {
    let mut texts = Vec::new();
    for variant in &data.variants {
        Options::parse(&variant.attrs, Place::ValueVariant, report);
        let attributes = Attributes::parse(&variant.attrs, serde::Place::Variant, report);
        if attributes.first(&["skip", "skip_serializing"]).is_some() {
            continue;
        }
        if let Some((name, entry)) = attributes.first(&["serialize_with", "with", "untagged"]) {
            report.mistake(entry.span, other_variant(name));
        }
        if !matches!(variant.fields, Fields::Unit) {
            report.mistake(variant.fields.span(), holds_values(&item.ident, &variant.ident));
        }
        let default =
            |name: &str| case.map_or_else(|| name.to_owned(), |case| case.of_variant(name));
        texts.push(Name::new(attributes.value("rename"), &variant.ident, default));
    }
    if texts.is_empty() {
        report.mistake(item.ident.span(), no_variants(&item.ident));
    }
    texts
}

/// What the enum with these texts is written as.
pub(super) fn of_enum<'a>(
    texts: Vec<Name>,
    attributes: &Attributes,
    report: &mut Report,
) -> Body<'a> {
    if let Some(entry) = attributes.find("untagged") {
        report.mistake(entry.span, UNTAGGED);
        return Body::Unknown;
    }
    // With or without `content`: a variant that holds nothing has no content.
    match attributes.value("tag") {
        Some(tag) => Body::Record(vec![Member::tag(tag, texts)]),
        None => Body::Texts(texts),
    }
}

const UNTAGGED: &str = "`untagged` writes a variant that holds nothing as null, so they cannot be \
                        told apart; remove it, or put #[event(json)] on the type";

fn holds_values(owner: &Ident, variant: &Ident) -> String {
    format!(
        "`{owner}::{variant}` holds values, so `{owner}` is no closed set of texts, and variants of \
         different shapes fit no column; make it a struct with optional fields, or put \
         #[event(json)] on the type"
    )
}

fn other_variant(name: &str) -> String {
    format!(
        "`{name}` may write anything in place of the variant's name; remove it, or put #[event(json)] \
         on the type"
    )
}

fn no_variants(ident: &Ident) -> String {
    format!("`{ident}` has no variant that can be written, so it makes no column; add one")
}
