//! A valid model to tokens; cannot fail.
//!
//! Names: every path starts at the runtime, every method is called by its path, and what the
//! expansion binds starts with two underscores and has the hygiene of the macro, so nothing in the
//! user's scope changes its meaning. Spans: the type of a field is repeated as the user wrote it, so
//! that rustc points there when it lacks a trait.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use crate::ast::{Event, Field, Role, Target, Variant};
use crate::key::Key;
use crate::personal::Personal;
use crate::shape::{self, Shape};
use crate::{bounds, described};

/// The implementations of `Event` and of what describes it.
///
/// A deprecated event, variant or type of a field was warned of where the user wrote it; that the
/// expansion names it again is no news.
pub(crate) fn event(event: &Event) -> TokenStream {
    let Event { ident, generics, runtime, .. } = event;
    let (impl_generics, ty_generics, _) = generics.split_for_impl();
    let where_clause = bounds::where_clause(event);
    let event_type = event_type(event);
    let own_envelope = own_envelope(event);
    let write_params = write_params(event);
    let hashed_fields = hashed_fields(event);
    let described = described::event(event);
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #runtime::Event for #ident #ty_generics #where_clause {
            #event_type
            #own_envelope
            #write_params
        }

        #hashed_fields
        #described
    }
}

/// One declaration for each field that needs a key, so that a logger without one is not built.
///
/// The macro is the library's, as only that knows whether it has the feature; it is blamed on the
/// value of the option.
fn hashed_fields(event: &Event) -> TokenStream {
    let runtime = &event.runtime;
    let declarations = event.variants.iter().flat_map(|variant| {
        let event_type = &variant.type_name.text;
        let hashed = |field: &&Field| field.personal == Some(Personal::Hash);
        variant.fields.iter().filter(hashed).map(move |field| {
            let value = field.options.value(Key::Pii);
            let span = value.map_or_else(Span::call_site, syn::LitStr::span);
            let key = field.key();
            let span = Span::mixed_site().located_at(span);
            quote_spanned!(span=> #runtime::hashed_field! { #event_type, #key })
        })
    });
    quote!(#(#declarations)*)
}

/// The method that names the type: one static for each, which the ledger counts under.
fn event_type(event: &Event) -> TokenStream {
    let runtime = &event.runtime;
    let arms = event.variants.iter().map(|variant| {
        let pattern = pattern(variant, |_| false);
        let name = &variant.type_name.text;
        quote! {
            #pattern => {
                static TYPE: #runtime::EventType = #runtime::EventType::new(#name);
                &TYPE
            }
        }
    });
    quote! {
        #[inline]
        fn event_type(&self) -> &'static #runtime::EventType {
            match self { #(#arms)* }
        }
    }
}

/// The method that fills the envelope; nothing if no field does, since the trait has a default.
fn own_envelope(event: &Event) -> Option<TokenStream> {
    let fills = |field: &Field| matches!(field.target, Target::Envelope(_));
    if !event.fields().any(fills) {
        return None;
    }
    let runtime = &event.runtime;
    let arms = event.variants.iter().map(|variant| {
        let pattern = pattern(variant, fills);
        let envelope = envelope(runtime, variant);
        quote!(#pattern => #envelope,)
    });
    Some(quote! {
        #[inline]
        fn own_envelope(&self) -> #runtime::Envelope<'_> {
            match self { #(#arms)* }
        }
    })
}

/// All three values of the envelope of one type.
fn envelope(runtime: &Path, variant: &Variant) -> TokenStream {
    let value = |role: Role, method: &str| {
        let plays =
            |field: &&Field| matches!(field.target, Target::Envelope(played) if played == role);
        let Some(field) = variant.fields.iter().find(plays) else {
            return quote!(#runtime::Option::None);
        };
        let ty = field.ty;
        let method = Ident::new(method, Span::call_site());
        let capability = bounds::capability(runtime, role, field.personal);
        let value = binding(field);
        quote!(<#ty as #capability>::#method(#value))
    };
    let user_id = value(Role::UserId, "as_user_id");
    let locale = value(Role::Locale, "as_locale");
    let country_code = value(Role::CountryCode, "as_country_code");
    let hash_user_id = variant.fields.iter().any(is_hashed_user_id);
    quote! {
        #runtime::Envelope {
            user_id: #user_id,
            hash_user_id: #hash_user_id,
            locale: #locale,
            country_code: #country_code,
        }
    }
}

/// The method that writes the params, in the order of the fields.
fn write_params(event: &Event) -> TokenStream {
    let runtime = &event.runtime;
    let params = Ident::new("__params", Span::mixed_site());
    let arms = event.variants.iter().map(|variant| {
        // One to drop as well: that it is not written shall not make it a field that nobody reads.
        let pattern = pattern(variant, |field| {
            matches!(field.target, Target::Param { .. }) || field.personal == Some(Personal::Drop)
        });
        let statements = variant.fields.iter().filter_map(|field| param(runtime, &params, field));
        quote!(#pattern => { #(#statements)* })
    });
    quote! {
        #[inline]
        fn write_params(
            &self,
            #params: &mut #runtime::Params<'_>,
        ) -> #runtime::Result<(), #runtime::ParamsError> {
            match self { #(#arms)* }
            #runtime::Ok(())
        }
    }
}

/// The statement that writes one param.
///
/// `skip_none` asks the `Option` and then writes the field like any other, so that the bound on the
/// field's type is enough: `Option<T>: Serialize` does not imply `T: Serialize`.
fn param(runtime: &Path, params: &Ident, field: &Field) -> Option<TokenStream> {
    let Target::Param { name, skip_none, shape } = &field.target else { return None };
    let ty = field.ty;
    let value = binding(field);
    // The rules for names leave nothing that JSON would escape.
    let key = Literal::string(&format!(",\"{}\":", name.text));
    let write = match shape {
        Shape::Counted(unit) => {
            let unit = shape::unit(runtime, unit);
            let count = quote!(<#ty as #runtime::TimeSpan>::count(#value, #unit));
            quote!(#runtime::Params::field(#params, #key, &#count)?;)
        }
        Shape::OfItsType | Shape::Json | Shape::As(_) => {
            quote!(#runtime::Params::field::<#ty>(#params, #key, #value)?;)
        }
        Shape::Personal(Personal::Hash) => {
            quote!(#runtime::Params::hashed::<#ty>(#params, #key, #value)?;)
        }
        // A mask says nothing of the value, nor asks anything of its type.
        Shape::Personal(Personal::Mask | Personal::Drop) => {
            quote!(#runtime::Params::masked(#params, #key);)
        }
    };
    Some(if *skip_none { quote!(if #runtime::Option::is_some(#value) { #write }) } else { write })
}

fn is_hashed_user_id(field: &Field) -> bool {
    matches!(field.target, Target::Envelope(Role::UserId)) && field.personal == Some(Personal::Hash)
}

/// The pattern that matches one type and binds the fields that are `wanted`.
///
/// Braces match a unit struct or variant, too.
fn pattern(variant: &Variant, wanted: impl Fn(&Field) -> bool) -> TokenStream {
    let path = variant.ident.map_or_else(|| quote!(Self), |ident| quote!(Self::#ident));
    let bindings = variant.fields.iter().filter(|field| wanted(field)).map(|field| {
        let ident = field.ident;
        let binding = binding(field);
        quote!(#ident: #binding,)
    });
    quote!(#path { #(#bindings)* .. })
}

/// What a field is bound to: blamed at the field's type, and out of reach of the user's names.
fn binding(field: &Field) -> Ident {
    let span = Span::mixed_site().located_at(field.ty.span());
    format_ident!("__field_{}", field.ident, span = span)
}
