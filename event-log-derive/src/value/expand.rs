//! A valid model to tokens; cannot fail. Names and spans are kept as for events.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Error, GenericParam, Path};

use super::ast::{Body, Inner, Value};
use super::member::{Content, Member};
use crate::ast::Name;
use crate::{bounds, described};

/// The implementation of `EventField`, and of what follows from it.
pub(crate) fn value(value: &Value) -> TokenStream {
    let runtime = &value.runtime;
    match &value.body {
        Body::Unknown => TokenStream::new(),
        Body::Told(shape) => {
            // No field is named, so there is none for which to ask; `as` may name a parameter.
            let nobody = syn::parse_quote!(Self);
            let bound = shape.bound(runtime, &nobody);
            implementation(value, bound, &shape.schema(runtime, &nobody))
        }
        Body::Inner(Inner { ty, shape }) => {
            implementation(value, shape.bound(runtime, ty), &shape.schema(runtime, ty))
        }
        Body::Texts(texts) => {
            let key = marker(value, &quote!(EventKey));
            let implementation = implementation(value, None, &one_of(runtime, texts));
            quote!(#implementation #key)
        }
        Body::Record(members) => record(value, members),
    }
}

/// The errors, and implementations that are never used.
pub(crate) fn fallback(value: &Value, error: &Error) -> TokenStream {
    let runtime = &value.runtime;
    let errors = error.to_compile_error();
    let implementation = implementation(value, None, &quote!(#runtime::Schema::JSON));
    let record = value.has_names.then(|| members(value, Vec::new(), &[]));
    quote!(#errors #implementation #record)
}

fn implementation(
    value: &Value,
    bounds: impl IntoIterator<Item = TokenStream>,
    schema: &TokenStream,
) -> TokenStream {
    let Value { ident, generics, runtime, .. } = value;
    let (impl_generics, ty_generics, _) = generics.split_for_impl();
    let where_clause = bounds::extended(generics, bounds);
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #runtime::EventField for #ident #ty_generics #where_clause {
            const SCHEMA: #runtime::Schema = #schema;
        }
    }
}

/// The implementation of a trait without items, under the user's own bounds.
fn marker(value: &Value, name: &TokenStream) -> TokenStream {
    let Value { ident, generics, runtime, .. } = value;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #runtime::#name for #ident #ty_generics #where_clause {}
    }
}

fn record(value: &Value, of: &[Member]) -> TokenStream {
    let Value { ident, generics, runtime, .. } = value;
    let bounds: Vec<TokenStream> = of.iter().filter_map(|member| bound(runtime, member)).collect();
    let tokens: Vec<TokenStream> = of.iter().map(|member| one(runtime, member)).collect();
    let members = members(value, bounds.clone(), &tokens);
    let flattened = of.iter().find(|member| matches!(member.content, Content::Flattened(_)));
    let own = quote!(<Self as #runtime::EventRecord>::MEMBERS);
    let Some(flattened) = flattened else {
        let schema = quote!(#runtime::Schema::record(#own));
        let implementation = implementation(value, bounds, &schema);
        return quote!(#implementation #members);
    };
    // What a flattened type brings is not known to this macro, so the compiler compares the names:
    // at once where no parameter is open, else where the schema is used.
    let schema = quote!(#runtime::Schema::record(#runtime::Member::all_different(#own)));
    let implementation = implementation(value, bounds, &schema);
    let span = flattened.content.span(Span::call_site());
    let lifetimes = generics.params.iter().map(|_| quote!('static));
    let is_lifetime = |parameter: &GenericParam| matches!(parameter, GenericParam::Lifetime(_));
    let check = generics.params.iter().all(is_lifetime).then(|| {
        quote_spanned! {span=>
            #[allow(deprecated)]
            const _: #runtime::Schema = <#ident<#(#lifetimes),*> as #runtime::EventField>::SCHEMA;
        }
    });
    quote!(#implementation #members #check)
}

fn members(value: &Value, bounds: Vec<TokenStream>, members: &[TokenStream]) -> TokenStream {
    let Value { ident, generics, runtime, .. } = value;
    let (impl_generics, ty_generics, _) = generics.split_for_impl();
    let where_clause = bounds::extended(generics, bounds);
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #runtime::EventRecord for #ident #ty_generics #where_clause {
            const MEMBERS: &'static [#runtime::Member] = &[#(#members),*];
        }
    }
}

fn one(runtime: &Path, member: &Member) -> TokenStream {
    let name = &member.name.text;
    let tokens = match &member.content {
        Content::Tag(texts) => {
            described::member(runtime, name, &member.notes, &one_of(runtime, texts))
        }
        Content::Field(ty, shape) => {
            described::member(runtime, name, &member.notes, &shape.schema(runtime, ty))
        }
        Content::Flattened(ty) => quote!(#runtime::Member::flattened::<#ty>()),
    };
    if member.is_optional { quote!(#runtime::Member::optional(#tokens)) } else { tokens }
}

fn bound(runtime: &Path, member: &Member) -> Option<TokenStream> {
    match &member.content {
        Content::Tag(_) => None,
        Content::Field(ty, shape) => shape.bound(runtime, ty),
        Content::Flattened(ty) => Some(quote!(#ty: #runtime::EventRecord)),
    }
}

fn one_of(runtime: &Path, texts: &[Name]) -> TokenStream {
    let texts = texts.iter().map(|text| &text.text);
    quote!(#runtime::Schema::one_of(&[#(#texts),*]))
}
