//! The struct or enum as this macro sees it, spans kept.
//!
//! Syntax that the model has no room for is reported here; everything else is for `valid`.

use std::fmt;

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, Generics, LitStr, Path, Type, parse_quote};

use crate::attr::Options;
use crate::key::{Key, Place};
use crate::name;
use crate::notes::Notes;
use crate::personal::Personal;
use crate::report::Report;
use crate::shape::Shape;

/// A struct, which is one type of event, or an enum, which is one per variant.
pub(crate) struct Event<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    /// Where the expansion finds everything that it names: `::event_log::__private`.
    pub(crate) runtime: Path,
    /// Whether the catalogue leaves it out.
    pub(crate) is_unlisted: bool,
    /// The options of the struct or enum.
    pub(crate) options: Options,
    pub(crate) variants: Vec<Variant<'a>>,
}

/// One type of event.
pub(crate) struct Variant<'a> {
    /// The variant's own name; `None` for a struct.
    pub(crate) ident: Option<&'a Ident>,
    pub(crate) type_name: Name,
    /// The options of the variant; none for a struct, which has its own above.
    pub(crate) options: Options,
    pub(crate) notes: Notes,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A named field whose options could all be read.
pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) options: Options,
    pub(crate) notes: Notes,
    pub(crate) target: Target,
    /// What `pii` asks for; a field to drop has the target [`Target::Skipped`].
    pub(crate) personal: Option<Personal>,
}

/// Where the value of a field goes.
pub(crate) enum Target {
    /// Nowhere.
    Skipped,
    /// Into a key of the envelope.
    Envelope(Role),
    /// Into the params.
    Param {
        name: Name,
        /// Leave the key out when the value is `None`.
        skip_none: bool,
        shape: Shape,
    },
}

/// The keys of the envelope that an event can fill itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    UserId,
    Locale,
    CountryCode,
}

/// A name as it will stand in the data, and the token to blame for it.
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl Name {
    /// The name that the user gave, or else `default` after `ident`.
    pub(crate) fn new(
        given: Option<&LitStr>,
        ident: &Ident,
        default: impl Fn(&str) -> String,
    ) -> Self {
        match given {
            Some(given) => Self { text: given.value(), span: given.span() },
            None => Self { text: default(&ident.unraw().to_string()), span: ident.span() },
        }
    }
}

/// As it stands in a message.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text.as_str() {
            "" => f.write_str("the empty string"),
            text => write!(f, "`{text}`"),
        }
    }
}

impl<'a> Event<'a> {
    /// Reads the item, and reports what has no place in an event.
    pub(crate) fn parse(item: &'a DeriveInput, report: &mut Report) -> Self {
        let place = if matches!(item.data, Data::Enum(_)) { Place::Enum } else { Place::Struct };
        let options = Options::parse(&item.attrs, place, report);
        let runtime = runtime(options.value(Key::Crate), report);
        let notes = Notes::new(&item.attrs, &options);
        let variants = match &item.data {
            Data::Struct(data) => vec![Variant {
                ident: None,
                type_name: Name::new(options.value(Key::Type), &item.ident, name::snake_case),
                options: Options::default(),
                notes,
                fields: fields(&data.fields, &item.ident, report),
            }],
            Data::Enum(data) => {
                if data.variants.is_empty() {
                    report.mistake(item.ident.span(), never_emitted(&item.ident));
                }
                let parse = |variant| Variant::parse(variant, &notes, report);
                data.variants.iter().map(parse).collect()
            }
            Data::Union(data) => {
                report.mistake(data.union_token.span, unreadable(&item.ident));
                Vec::new()
            }
        };
        let is_unlisted = options.find(Key::Unlisted).is_some();
        let (ident, generics) = (&item.ident, &item.generics);
        Self { ident, generics, runtime, is_unlisted, options, variants }
    }

    /// Every field that the events have, variant after variant.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field<'a>> {
        self.variants.iter().flat_map(|variant| &variant.fields)
    }
}

impl<'a> Variant<'a> {
    fn parse(variant: &'a syn::Variant, of_enum: &Notes, report: &mut Report) -> Self {
        let options = Options::parse(&variant.attrs, Place::Variant, report);
        Self {
            ident: Some(&variant.ident),
            type_name: Name::new(options.value(Key::Type), &variant.ident, name::snake_case),
            notes: Notes::new(&variant.attrs, &options).or(of_enum),
            fields: fields(&variant.fields, &variant.ident, report),
            options,
        }
    }
}

impl<'a> Field<'a> {
    /// A field with a mistake in its options is left out of the model: what its rules would say
    /// may be about something that was not meant.
    fn parse(field: &'a syn::Field, report: &mut Report) -> Option<Self> {
        let options = Options::parse(&field.attrs, Place::Field, report);
        let ident = field.ident.as_ref()?;
        if options.incomplete {
            return None;
        }
        let personal = match options.value(Key::Pii) {
            Some(value) => Some(Personal::parse(value, report)?),
            None => None,
        };
        let target = Target::new(ident, &options, personal, report);
        let notes = Notes::new(&field.attrs, &options);
        Some(Self { ident, ty: &field.ty, options, notes, target, personal })
    }

    /// The key that the value has in the line.
    pub(crate) fn key(&self) -> String {
        match &self.target {
            Target::Param { name, .. } => name.text.clone(),
            Target::Envelope(role) => role.key().to_string(),
            Target::Skipped => self.ident.unraw().to_string(),
        }
    }
}

impl Target {
    fn new(
        ident: &Ident,
        options: &Options,
        personal: Option<Personal>,
        report: &mut Report,
    ) -> Self {
        if options.find(Key::Skip).is_some() {
            return Self::Skipped;
        }
        if let Some(role) = options.entries.iter().find_map(|entry| Role::of(entry.key)) {
            return Self::Envelope(role);
        }
        if personal == Some(Personal::Drop) {
            return Self::Skipped;
        }
        Self::Param {
            name: Name::new(options.value(Key::Rename), ident, str::to_owned),
            skip_none: options.find(Key::SkipNone).is_some(),
            shape: match personal {
                Some(personal) => Shape::Personal(personal),
                None => Shape::parse(options, report),
            },
        }
    }
}

impl Role {
    pub(crate) const ALL: [Self; 3] = [Self::UserId, Self::Locale, Self::CountryCode];

    /// The option that gives a field this role.
    pub(crate) const fn key(self) -> Key {
        match self {
            Self::UserId => Key::UserId,
            Self::Locale => Key::Locale,
            Self::CountryCode => Key::CountryCode,
        }
    }

    fn of(key: Key) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

/// The path that `#[event(crate = "...")]` names, `::event_log` by default, and its private module.
pub(crate) fn runtime(given: Option<&LitStr>, report: &mut Report) -> Path {
    let root = given.and_then(|given| {
        let path = given.parse_with(Path::parse_mod_style).ok();
        if path.is_none() {
            report.mistake(given.span(), not_a_path(given));
        }
        path
    });
    let root = root.unwrap_or_else(|| parse_quote!(::event_log));
    parse_quote!(#root::__private)
}

/// The named fields of the struct or variant `owner`.
fn fields<'a>(fields: &'a Fields, owner: &Ident, report: &mut Report) -> Vec<Field<'a>> {
    if let Fields::Unnamed(unnamed) = fields {
        report.mistake(unnamed.paren_token.span.join(), nameless(owner));
    }
    fields.iter().filter_map(|field| Field::parse(field, report)).collect()
}

fn never_emitted(ident: &Ident) -> String {
    format!("`{ident}` has no variants, so it can never be emitted; add one, or make it a struct")
}

fn unreadable(ident: &Ident) -> String {
    format!("`{ident}` is a union, of which nobody knows the valid field; make it a struct or enum")
}

fn nameless(ident: &Ident) -> String {
    format!(
        "`{ident}` has fields without names, but a param is called like its field; write \
         {{ name: Type }} instead of (Type)"
    )
}

fn not_a_path(given: &LitStr) -> String {
    format!(
        "`{}` is not a path; write where the crate is found, as in \
         #[event(crate = \"::event_log\")]",
        given.value()
    )
}
