//! A stub impl next to the errors, so that one mistake reads as one error.
//!
//! Without it, each place that emits the event would add that it is none.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Error;

use crate::ast::Event;

/// The errors, and implementations that are never used.
pub(crate) fn event(event: &Event, error: &Error) -> TokenStream {
    let Event { ident, generics, runtime, .. } = event;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let errors = error.to_compile_error();
    quote! {
        #errors

        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #runtime::Event for #ident #ty_generics #where_clause {
            fn event_type(&self) -> &'static #runtime::EventType {
                loop {}
            }
            fn write_params(
                &self,
                _: &mut #runtime::Params<'_>,
            ) -> #runtime::Result<(), #runtime::ParamsError> {
                loop {}
            }
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #runtime::Described for #ident #ty_generics #where_clause {
            const EVENTS: &'static [#runtime::EventDescription] = &[];
        }
    }
}
