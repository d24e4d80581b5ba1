//! `pii = "..."`: what becomes of personal data before it is written.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{LitStr, Type};

use crate::report::Report;
use crate::similar;

/// What becomes of the value of a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Personal {
    /// A keyed hash takes its place.
    Hash,
    /// A fixed text takes its place.
    Mask,
    /// Nothing does, not even the key.
    Drop,
}

impl Personal {
    const ALL: [Self; 3] = [Self::Hash, Self::Mask, Self::Drop];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Mask => "mask",
            Self::Drop => "drop",
        }
    }

    /// The treatment of this name, or `None` and a report.
    pub(crate) fn parse(value: &LitStr, report: &mut Report) -> Option<Self> {
        let text = value.value();
        let known = Self::ALL.into_iter().find(|personal| personal.as_str() == text);
        if known.is_none() {
            let instead = match similar::nearest(&text, Self::ALL.map(Self::as_str)) {
                Some(nearest) => format!("did you mean \"{nearest}\"?"),
                None => "write \"hash\", \"mask\" or \"drop\"".to_owned(),
            };
            let message =
                format_args!("\"{text}\" is no way to treat personal data; {instead}").to_string();
            report.mistake(value.span(), message);
        }
        known
    }
}

/// Where a type names `Secret`.
///
/// Only for fields with a `pii`: elsewhere the type system refuses it, under any name.
pub(crate) fn secret_in(ty: &Type) -> Option<Span> {
    find_secret(ty.to_token_stream())
}

fn find_secret(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) => (ident == "Secret").then(|| ident.span()),
        TokenTree::Group(group) => find_secret(group.stream()),
        _ => None,
    })
}
