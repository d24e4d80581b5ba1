//! The where clause of the impl: what the types of the fields must be able to do.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{GenericParam, Generics, Path, WhereClause, parse_quote};

use crate::ast::{Event, Field, Role, Target};
use crate::personal::Personal;

/// The user's own where clause, and one bound for each field whose type depends on a parameter.
///
/// The bound is on the field's type, not on the parameter: `Arc<T>` may serialize where `T` does not.
/// A type that depends on no parameter gets none, since the method bodies already say it, at a better
/// place.
pub(crate) fn where_clause(event: &Event) -> WhereClause {
    let mut clause = event.generics.where_clause.clone().unwrap_or_else(|| parse_quote!(where));
    let parameters = parameters(event.generics);
    let mut seen = HashSet::new();
    for field in event.fields() {
        let Some(capability) = capability(&event.runtime, field) else { continue };
        let ty = field.ty;
        let bound = quote!(#ty: #capability);
        if mentions(ty.to_token_stream(), &parameters) && seen.insert(bound.to_string()) {
            clause.predicates.push(parse_quote!(#bound));
        }
    }
    clause
}

/// The trait that a field's type must implement: the one place that says so.
pub(crate) fn capability(runtime: &Path, field: &Field) -> Option<TokenStream> {
    match field.target {
        Target::Skipped => None,
        Target::Envelope(Role::UserId) if field.personal == Some(Personal::Hash) => {
            Some(quote!(#runtime::AsHashedUserId))
        }
        Target::Envelope(Role::UserId) => Some(quote!(#runtime::AsUserId)),
        Target::Envelope(Role::Locale) => Some(quote!(#runtime::AsLocale)),
        Target::Envelope(Role::CountryCode) => Some(quote!(#runtime::AsCountryCode)),
        Target::Param { .. } => match field.personal {
            Some(Personal::Hash) => Some(quote!(#runtime::HashText)),
            // A mask says nothing of the value, nor asks anything of its type.
            Some(Personal::Mask | Personal::Drop) => None,
            None => Some(quote!(#runtime::Serialize)),
        },
    }
}

/// The names of the type and const parameters.
///
/// Const ones too: serde implements `Serialize` for arrays length by length, so `[u8; N]` needs it.
fn parameters(generics: &Generics) -> HashSet<String> {
    generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .map(|ident| ident.unraw().to_string())
        .collect()
}

/// Whether a type names one of the parameters.
///
/// Tokens are enough to tell: a parameter stands neither behind `::` nor behind the tick of a
/// lifetime, and in a macro's arguments nobody knows better.
fn mentions(ty: TokenStream, parameters: &HashSet<String>) -> bool {
    let tokens: Vec<TokenTree> = ty.into_iter().collect();
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Ident(ident) => {
            parameters.contains(&ident.unraw().to_string()) && stands_alone(&tokens[..index])
        }
        TokenTree::Group(group) => mentions(group.stream(), parameters),
        _ => false,
    })
}

/// Whether a name behind these tokens is one of its own, not the rest of a path or lifetime.
fn stands_alone(before: &[TokenTree]) -> bool {
    let punct = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => Some(punct.as_char()),
        _ => None,
    };
    match before {
        [.., a, b] if punct(a) == Some(':') && punct(b) == Some(':') => false,
        [.., tick] => punct(tick) != Some('\''),
        [] => true,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{HashSet, TokenStream, mentions};

    fn mentions_t(ty: TokenStream) -> bool {
        mentions(ty, &HashSet::from(["T".to_owned()]))
    }

    #[test]
    fn a_parameter_is_found_wherever_it_stands() {
        for ty in [
            quote!(T),
            quote!(r#T),
            quote!(Option<T>),
            quote!(&'a [T]),
            quote!([u8; { T }]),
            quote!(<T as Iterator>::Item),
            quote!(T::Item),
            quote!((u8, T)),
            quote!(fn(value: T)),
        ] {
            assert!(mentions_t(ty.clone()), "{ty}");
        }
    }

    #[test]
    fn what_merely_has_its_name_is_no_parameter() {
        for ty in [quote!(u8), quote!(module::T), quote!(&'T str), quote!(::T), quote!(Tt)] {
            assert!(!mentions_t(ty.clone()), "{ty}");
        }
    }
}
