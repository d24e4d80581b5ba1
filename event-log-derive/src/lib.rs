//! The derive macros of [event-log](https://docs.rs/event-log), which re-exports and documents them.
//!
//! Three stages: `ast` and `attr` turn syntax into a model, `valid` applies the rules to it, and
//! `expand` writes tokens and cannot fail. The first two report every mistake that they find; if
//! there is one, `fallback` takes the place of `expand`.

mod ast;
mod attr;
mod bounds;
mod described;
mod docs;
mod expand;
mod fallback;
mod key;
mod name;
mod notes;
mod personal;
mod report;
mod shape;
mod similar;
mod valid;
mod value;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::report::Report;

#[allow(missing_docs, reason = "event-log documents it, where it re-exports it")]
#[proc_macro_derive(Event, attributes(event))]
pub fn derive_event(item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    event(item.into()).into()
}

#[allow(missing_docs, reason = "event-log documents it, where it re-exports it")]
#[proc_macro_derive(EventField, attributes(event, serde))]
pub fn derive_event_field(item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    match syn::parse(item) {
        Ok(item) => value::derive(&item).into(),
        Err(error) => error.into_compile_error().into(),
    }
}

/// The derive without the compiler around it.
fn event(item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.into_compile_error(),
    };
    let mut report = Report::default();
    let event = ast::Event::parse(&item, &mut report);
    valid::check(&event, &mut report);
    match report.into_error() {
        None => expand::event(&event),
        Some(error) => fallback::event(&event, &error),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{TokenStream, event};

    /// The answer to a struct with these tokens in its `#[event(...)]` and in that of its field.
    fn answer(options: &TokenStream) -> String {
        event(quote! {
            #[event(#options)]
            struct Purchase {
                #[event(#options)]
                amount: u64,
            }
        })
        .to_string()
    }

    #[test]
    fn whatever_stands_in_the_list_is_answered_by_a_message() {
        for options in [
            quote!(,),
            quote!(=),
            quote!(,,= ,),
            quote!(()),
            quote!(({[<]})),
            quote!(type),
            quote!(type = ),
            quote!(type == "a"),
            quote!(type = "a" = "b"),
            quote!(type = "a"suffix),
            quote!(r#type),
            quote!(crate = "::"),
            quote!(crate = ""),
            quote!('lifetime),
            quote!(skip::none),
            quote!(#[event]),
        ] {
            assert!(answer(&options).contains("compile_error"), "{options}");
        }
    }

    #[test]
    fn a_mistake_comes_with_a_stub_and_a_valid_item_without_a_message() {
        assert!(answer(&quote!(skip)).contains("Event for Purchase"));
        let valid = event(quote!(
            struct Purchase {
                amount: u64,
            }
        ))
        .to_string();
        assert!(valid.contains("Event for Purchase") && !valid.contains("compile_error"));
    }
}
