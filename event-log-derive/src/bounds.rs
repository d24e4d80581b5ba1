//! The where clause of the impl: what the types of the fields must be able to do.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::{GenericParam, Generics, Path, WhereClause, parse_quote};

use crate::ast::{Event, Field, Role, Target};
use crate::personal::Personal;
use crate::shape::Shape;

/// The user's own where clause, and the bounds of each field whose type depends on a parameter.
///
/// The bound is on the field's type, not on the parameter: `Arc<T>` may serialize where `T` does not.
/// A type that depends on no parameter gets none, since the method bodies already say it, at a better
/// place.
pub(crate) fn where_clause(event: &Event) -> WhereClause {
    extended(event.generics, event.fields().flat_map(|field| bounds(&event.runtime, field)))
}

/// The where clause of `generics`, and those of the bounds that depend on a parameter.
pub(crate) fn extended(
    generics: &Generics,
    bounds: impl IntoIterator<Item = TokenStream>,
) -> WhereClause {
    let mut clause = generics.where_clause.clone().unwrap_or_else(|| parse_quote!(where));
    let parameters = parameters(generics);
    let mut seen = HashSet::new();
    for bound in bounds {
        // What stands behind the colon is the runtime's, which names no parameter.
        if mentions(bound.clone(), &parameters) && seen.insert(bound.to_string()) {
            clause.predicates.push(parse_quote!(#bound));
        }
    }
    clause
}

/// What must hold of a field: the one place that says so.
fn bounds(runtime: &Path, field: &Field) -> Vec<TokenStream> {
    let ty = field.ty;
    match &field.target {
        Target::Skipped => Vec::new(),
        Target::Envelope(role) => {
            let capability = capability(runtime, *role, field.personal);
            vec![quote!(#ty: #capability)]
        }
        Target::Param { shape, .. } => {
            let serialize = match shape {
                Shape::Counted(_) | Shape::Personal(_) => None,
                Shape::OfItsType | Shape::Json | Shape::As(_) => {
                    Some(quote!(#ty: #runtime::Serialize))
                }
            };
            serialize.into_iter().chain(shape.bound(runtime, ty)).collect()
        }
    }
}

/// The trait that a field with this role implements.
pub(crate) fn capability(runtime: &Path, role: Role, personal: Option<Personal>) -> TokenStream {
    match (role, personal) {
        (Role::UserId, Some(Personal::Hash)) => quote!(#runtime::AsHashedUserId),
        (Role::UserId, _) => quote!(#runtime::AsUserId),
        (Role::Locale, _) => quote!(#runtime::AsLocale),
        (Role::CountryCode, _) => quote!(#runtime::AsCountryCode),
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
pub(crate) fn mentions(ty: TokenStream, parameters: &HashSet<String>) -> bool {
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
