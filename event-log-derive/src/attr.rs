//! `#[event(...)]`: each option with the tokens it came from.
//!
//! The list is split at its commas before anything in it is understood, so that a mistake in one
//! option hides none in the next.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, LitStr, Meta};

use crate::key::{Key, Place, keys_on, options_of};
use crate::report::Report;
use crate::similar;

/// One option that is known, in its place, and complete.
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) key_span: Span,
    /// Present exactly for the keys that take a value.
    pub(crate) value: Option<LitStr>,
}

/// The options of one struct, enum, variant or field, in the order in which they are written.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) entries: Vec<Entry>,
    /// Whether something was reported and left out: then an absent option may have been meant.
    pub(crate) incomplete: bool,
}

impl Options {
    /// Reads every `#[event(...)]` among `attributes`, and reports what is wrong with them.
    pub(crate) fn parse(attributes: &[Attribute], place: Place, report: &mut Report) -> Self {
        let mut options = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("event")) {
            match list(attribute, report) {
                Some(tokens) => options.add_list(tokens, place, report),
                None => options.incomplete = true,
            }
        }
        options
    }

    pub(crate) fn find(&self, key: Key) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of `key`, if it is given.
    pub(crate) fn value(&self, key: Key) -> Option<&LitStr> {
        self.find(key)?.value.as_ref()
    }

    fn add_list(&mut self, tokens: TokenStream, place: Place, report: &mut Report) {
        for option in split_at_commas(tokens) {
            let entry = entry(option, place, report);
            match entry {
                Some(entry) if self.find(entry.key).is_some() => {
                    report.mistake(
                        entry.key_span,
                        format_args!("`{}` is given twice; remove one of the two", entry.key),
                    );
                    self.incomplete = true;
                }
                Some(entry) => self.entries.push(entry),
                None => self.incomplete = true,
            }
        }
    }
}

/// The tokens between the parentheses of `#[event(...)]`.
fn list(attribute: &Attribute, report: &mut Report) -> Option<TokenStream> {
    if let Meta::List(list) = &attribute.meta {
        return Some(list.tokens.clone());
    }
    report.mistake(
        attribute.meta.span(),
        "`event` is a list of options; write them in parentheses, as in #[event(skip)]",
    );
    None
}

/// Cuts a list into its options, of which only the last may be empty: the trailing comma.
fn split_at_commas(tokens: TokenStream) -> Vec<Written> {
    let mut options = vec![Written::default()];
    for token in tokens {
        let option = options.last_mut().expect("one is there from the start");
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                option.comma = Some(punct.span());
                options.push(Written::default());
            }
            token => option.tokens.push(token),
        }
    }
    options.retain(|option| option.comma.is_some() || !option.tokens.is_empty());
    options
}

/// The tokens of one option, and the comma behind them.
#[derive(Default)]
struct Written {
    tokens: Vec<TokenTree>,
    comma: Option<Span>,
}

/// Understands one option, or reports what is wrong with it.
fn entry(written: Written, place: Place, report: &mut Report) -> Option<Entry> {
    let mut tokens = written.tokens.into_iter();
    let name = match tokens.next() {
        Some(TokenTree::Ident(name)) => name,
        other => {
            let span = other.map_or(written.comma, |token| Some(token.span()));
            let message = format!("an option starts with its name; {}", options_of(place));
            report.mistake(span.unwrap_or_else(Span::call_site), message);
            return None;
        }
    };
    let key = key(&name, place, report)?;
    let rest = tokens.collect();
    let value = if key.takes_value() {
        Some(string(key, &name, &rest, report)?)
    } else {
        nothing(key, &rest, report)?;
        None
    };
    Some(Entry { key, key_span: name.span(), value })
}

/// The option of this name, if it exists and belongs here.
fn key(name: &Ident, place: Place, report: &mut Report) -> Option<Key> {
    let text = name.unraw().to_string();
    let key = Key::ALL.into_iter().find(|key| key.as_str() == text);
    match key {
        Some(key) if key.belongs_on(place) => return Some(key),
        Some(key) => {
            report.mistake(name.span(), format_args!("`{key}` {}", key.instead(place)));
        }
        None => {
            let instead = match similar::nearest(&text, keys_on(place).map(Key::as_str)) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => options_of(place),
            };
            report.mistake(
                name.span(),
                format_args!("`{text}` is not an option of #[event(...)]; {instead}"),
            );
        }
    }
    None
}

/// The string behind `name =`.
fn string(key: Key, name: &Ident, rest: &TokenStream, report: &mut Report) -> Option<LitStr> {
    let value = without_equals(rest);
    match syn::parse2::<LitStr>(value.clone()) {
        Ok(string) if string.suffix().is_empty() => return Some(string),
        _ => {}
    }
    let span = if value.is_empty() { name.span() } else { value.span() };
    report.mistake(span, format_args!("`{key}` takes a string literal; write {}", key.usage()));
    None
}

/// Nothing behind the name.
fn nothing(key: Key, rest: &TokenStream, report: &mut Report) -> Option<()> {
    if rest.is_empty() {
        return Some(());
    }
    let span = without_equals(rest).span();
    report.mistake(span, format_args!("`{key}` takes no value; write {}", key.usage()));
    None
}

/// What stands behind the `=`; all of it if there is none, which then is no value either.
fn without_equals(rest: &TokenStream) -> TokenStream {
    let mut tokens = rest.clone().into_iter();
    match tokens.next() {
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
            let value: TokenStream = tokens.collect();
            if value.is_empty() { punct.into_token_stream() } else { value }
        }
        _ => rest.clone(),
    }
}
