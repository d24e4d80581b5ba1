//! The constants that describe an event: what the catalogue knows of it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{GenericParam, Path};

use crate::ast::{Event, Field, Target, Variant};
use crate::bounds;
use crate::notes::Notes;
use crate::personal::Personal;
use crate::shape::Shape;

/// The implementation of `Described`, and the entry in the catalogue.
pub(crate) fn event(event: &Event) -> TokenStream {
    let Event { ident, generics, runtime, .. } = event;
    let (impl_generics, ty_generics, _) = generics.split_for_impl();
    let where_clause = bounds::where_clause(event);
    let events = event.variants.iter().map(|variant| description(runtime, variant));
    let entry = entry(event);
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #runtime::Described for #ident #ty_generics #where_clause {
            const EVENTS: &'static [#runtime::EventDescription] = &[#(#events),*];
        }
        #entry
    }
}

/// The call that lists the event in the catalogue, if there is one type to list: of a generic event
/// each instance has a schema of its own.
fn entry(event: &Event) -> Option<TokenStream> {
    let Event { ident, generics, runtime, .. } = event;
    let is_lifetime = |parameter: &GenericParam| matches!(parameter, GenericParam::Lifetime(_));
    if event.is_unlisted || !generics.params.iter().all(is_lifetime) {
        return None;
    }
    let lifetimes = generics.params.iter().map(|_| quote!('static));
    Some(quote!(#runtime::list_event! { #ident<#(#lifetimes),*> }))
}

fn description(runtime: &Path, variant: &Variant) -> TokenStream {
    let name = &variant.type_name.text;
    let Notes { description, owner, since, deprecated, renamed_from } = &variant.notes;
    let [owner, since, deprecated, renamed_from] =
        [owner, since, deprecated, renamed_from].map(|text| option(runtime, text.as_deref()));
    let params = variant.fields.iter().filter_map(|field| param(runtime, field));
    let rust_name = variant.ident.map(|ident| ident.unraw().to_string());
    let rust_name = option(runtime, rust_name.as_deref());
    let fields = variant.fields.iter().filter_map(|field| field_name(runtime, field));
    quote! {
        #runtime::EventDescription {
            event_type: #name,
            description: #description,
            owner: #owner,
            since: #since,
            deprecated: #deprecated,
            renamed_from: #renamed_from,
            params: &[#(#params),*],
            variant: #rust_name,
            fields: &[#(#fields),*],
        }
    }
}

/// What a field is called in the line and in Rust.
fn field_name(runtime: &Path, field: &Field) -> Option<TokenStream> {
    let key = match &field.target {
        Target::Skipped => return None,
        Target::Envelope(role) => role.key().as_str(),
        Target::Param { name, .. } => &name.text,
    };
    let name = field.ident.unraw().to_string();
    let is_personal = field.personal.is_some();
    Some(quote!(#runtime::FieldName { key: #key, name: #name, is_personal: #is_personal }))
}

fn option(runtime: &Path, text: Option<&str>) -> TokenStream {
    let some = text.map(|text| quote!(#runtime::Option::Some(#text)));
    some.unwrap_or_else(|| quote!(#runtime::Option::None))
}

fn param(runtime: &Path, field: &Field) -> Option<TokenStream> {
    let Target::Param { name, shape, .. } = &field.target else { return None };
    let schema = shape.schema(runtime, field.ty);
    let member = member(runtime, &name.text, &field.notes, &schema);
    let treatment = match shape {
        Shape::Personal(Personal::Hash) => quote!(#runtime::Treatment::Hash),
        Shape::Personal(Personal::Mask | Personal::Drop) => quote!(#runtime::Treatment::Mask),
        _ => return Some(member),
    };
    Some(quote!(#runtime::Member::personal(#member, #treatment)))
}

/// One named value: of an event or of a record.
pub(crate) fn member(
    runtime: &Path,
    name: &str,
    notes: &Notes,
    schema: &TokenStream,
) -> TokenStream {
    let description = &notes.description;
    let mut member = quote!(#runtime::Member::new(#name, #description, #schema));
    if let Some(reason) = &notes.deprecated {
        member = quote!(#runtime::Member::deprecated(#member, #reason));
    }
    if let Some(before) = &notes.renamed_from {
        member = quote!(#runtime::Member::renamed_from(#member, #before));
    }
    member
}
