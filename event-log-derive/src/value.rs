//! `#[derive(EventField)]`: the schema of a user's own struct or enum.
//!
//! The same stages as for an event, over another model: `ast` reads what serde will write, `valid`
//! applies the rules, `expand` cannot fail.

// With their paths, since `fuzz/fuzz_targets/attributes.rs` compiles this file by its own.
#[path = "value/ast.rs"]
mod ast;
#[path = "value/case.rs"]
mod case;
#[path = "value/expand.rs"]
mod expand;
#[path = "value/member.rs"]
mod member;
#[path = "value/serde.rs"]
mod serde;
#[path = "value/texts.rs"]
mod texts;
#[path = "value/valid.rs"]
mod valid;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::report::Report;

/// The derive without the compiler around it.
pub(crate) fn derive(item: &DeriveInput) -> TokenStream {
    let mut report = Report::default();
    let value = ast::Value::parse(item, &mut report);
    valid::check(&value, &mut report);
    match report.into_error() {
        None => expand::value(&value),
        Some(error) => expand::fallback(&value, &error),
    }
}
