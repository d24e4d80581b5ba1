//! The mistakes found so far, so that the compiler shows all of them and not only the first.

use std::fmt::Display;

use proc_macro2::Span;
use syn::Error;

/// Collects mistakes; every stage goes on after one as well as it can.
#[derive(Default)]
pub(crate) struct Report {
    error: Option<Error>,
}

impl Report {
    /// Adds one mistake, shown at `span`: the smallest token that is wrong.
    pub(crate) fn mistake(&mut self, span: Span, message: impl Display) {
        self.add(Error::new(span, message));
    }

    /// Adds a mistake that syn has found.
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.error {
            Some(first) => first.combine(error),
            None => self.error = Some(error),
        }
    }

    /// All mistakes as one error, or `None` if there were none.
    pub(crate) fn into_error(self) -> Option<Error> {
        self.error
    }
}
