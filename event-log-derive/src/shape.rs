//! Where the schema of a value comes from: its type, or an option that stands in for it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{LitStr, Path, Type};

use crate::attr::{Entry, Options};
use crate::key::Key;
use crate::personal::Personal;
use crate::report::Report;

/// What the values of a field look like in a line.
#[derive(Clone)]
pub(crate) enum Shape {
    /// What its type says.
    OfItsType,
    /// Any JSON.
    Json,
    /// What this type says, whose values serialize alike.
    As(Box<Type>),
    /// An integer that counts this variant of `Unit`.
    Counted(&'static str),
    /// The text that takes the place of personal data.
    Personal(Personal),
}

/// The options that decide, of which a field has one.
const DECISIVE: [Key; 3] = [Key::Json, Key::As, Key::Unit];

/// The units as they are written, and as variants of the library's `Unit`.
const UNITS: [(&str, &str); 4] =
    [("s", "Seconds"), ("ms", "Milliseconds"), ("us", "Microseconds"), ("ns", "Nanoseconds")];

impl Shape {
    /// What the options say, or else that the type does.
    pub(crate) fn parse(options: &Options, report: &mut Report) -> Self {
        let mut given = options.entries.iter().filter(|entry| DECISIVE.contains(&entry.key));
        let Some(first) = given.next() else { return Self::OfItsType };
        for second in given {
            let message = format!(
                "`{}` and `{}` both say what the value looks like; remove one of the two",
                first.key, second.key
            );
            report.mistake(second.key_span, message);
        }
        Self::of(first, report)
    }

    fn of(entry: &Entry, report: &mut Report) -> Self {
        match (entry.key, &entry.value) {
            (Key::As, Some(name)) => parse_type(name, report),
            (Key::Unit, Some(unit)) => parse_unit(unit, report),
            _ => Self::Json,
        }
    }

    /// The constant with the schema of a field of type `ty`.
    pub(crate) fn schema(&self, runtime: &Path, ty: &Type) -> TokenStream {
        match self {
            Self::OfItsType => quote!(<#ty as #runtime::EventField>::SCHEMA),
            Self::Json => quote!(#runtime::Schema::JSON),
            Self::As(other) => quote!(<#other as #runtime::EventField>::SCHEMA),
            Self::Counted(_) => quote!(<#ty as #runtime::TimeSpan>::SCHEMA),
            Self::Personal(Personal::Hash) => quote!({
                #[allow(unused_imports)]
                use #runtime::HashOfAnything as _;
                #runtime::HashOf::<#ty>::SCHEMA
            }),
            Self::Personal(Personal::Mask | Personal::Drop) => quote!(#runtime::Schema::STRING),
        }
    }

    /// What must hold of `ty`, or of what stands in for it, so that there is a schema.
    pub(crate) fn bound(&self, runtime: &Path, ty: &Type) -> Option<TokenStream> {
        match self {
            Self::OfItsType => Some(quote!(#ty: #runtime::EventField)),
            Self::As(other) => Some(quote!(#other: #runtime::EventField)),
            Self::Counted(_) => Some(quote!(#ty: #runtime::TimeSpan)),
            Self::Personal(Personal::Hash) => Some(quote!(#ty: #runtime::HashText)),
            Self::Json | Self::Personal(Personal::Mask | Personal::Drop) => None,
        }
    }
}

fn parse_type(name: &LitStr, report: &mut Report) -> Shape {
    if let Ok(ty) = name.parse() {
        return Shape::As(Box::new(ty));
    }
    let message = format!(
        "`{}` is not a type; write one that serializes alike, as in #[event(as = \"u64\")]",
        name.value()
    );
    report.mistake(name.span(), message);
    Shape::Json
}

fn parse_unit(unit: &LitStr, report: &mut Report) -> Shape {
    let written = unit.value();
    if let Some((_, variant)) = UNITS.into_iter().find(|(name, _)| *name == written) {
        return Shape::Counted(variant);
    }
    let units = UNITS.map(|(name, _)| format!("`{name}`")).join(", ");
    report.mistake(unit.span(), format!("`{written}` is not a unit of time; write one of {units}"));
    Shape::Json
}

/// The path of a variant of `Unit`.
pub(crate) fn unit(runtime: &Path, variant: &str) -> TokenStream {
    let variant = Ident::new(variant, Span::call_site());
    quote!(#runtime::Unit::#variant)
}
