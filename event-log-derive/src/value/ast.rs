//! What serde will write of a struct or enum, as this macro sees it, spans kept.

use proc_macro2::Ident;
use syn::{Data, DeriveInput, Fields, Generics, Path, Type};

use super::case::{CASES, Case};
use super::member::{Member, refuse_with};
use super::serde::{self, Attributes};
use super::texts::{of_enum, texts};
use crate::ast::{Name, runtime};
use crate::attr::Options;
use crate::key::{Key, Place};
use crate::report::Report;
use crate::shape::Shape;

/// A type whose values are to be fields of events.
pub(crate) struct Value<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) runtime: Path,
    pub(crate) body: Body<'a>,
    /// Whether it is a struct with named fields, whatever became of them.
    pub(crate) has_names: bool,
}

/// What its values look like.
pub(crate) enum Body<'a> {
    /// Nothing that could be told; a mistake says why.
    Unknown,
    /// What an option on the type, or `into`, says.
    Told(Shape),
    /// What the one field looks like.
    Inner(Inner<'a>),
    /// Named values.
    Record(Vec<Member<'a>>),
    /// One of a closed set of texts.
    Texts(Vec<Name>),
}

/// The field of a newtype.
pub(crate) struct Inner<'a> {
    pub(crate) ty: &'a Type,
    pub(crate) shape: Shape,
}

impl<'a> Value<'a> {
    /// Reads the item, and reports what has no schema.
    pub(crate) fn parse(item: &'a DeriveInput, report: &mut Report) -> Self {
        let options = Options::parse(&item.attrs, Place::Value, report);
        let runtime = runtime(options.value(Key::Crate), report);
        let told = Shape::parse(&options, report);
        let body = match told {
            // Then nothing else matters, not even what nobody here would understand.
            Shape::Json | Shape::As(_) => Body::Told(told),
            Shape::OfItsType | Shape::Counted(_) | Shape::Personal(_) => Body::parse(item, report),
        };
        let has_names = match &item.data {
            Data::Struct(data) => matches!(data.fields, Fields::Named(_)),
            Data::Enum(_) | Data::Union(_) => false,
        };
        Self { ident: &item.ident, generics: &item.generics, runtime, body, has_names }
    }
}

impl<'a> Body<'a> {
    fn parse(item: &'a DeriveInput, report: &mut Report) -> Self {
        let attributes = Attributes::parse(&item.attrs, serde::Place::Type, report);
        if let Some(into) = attributes.value("into") {
            return match into.parse() {
                Ok(ty) => Self::Told(Shape::As(Box::new(ty))),
                Err(error) => {
                    report.add(error);
                    Self::Unknown
                }
            };
        }
        if let Some(remote) = attributes.find("remote") {
            report.mistake(remote.span, REMOTE);
            return Self::Unknown;
        }
        let case = rename_all(&attributes, report);
        match &item.data {
            Data::Struct(data) => of_struct(item, &data.fields, &attributes, case, report),
            Data::Enum(data) => {
                let texts = texts(item, data, case, report);
                of_enum(texts, &attributes, report)
            }
            Data::Union(data) => {
                report.mistake(data.union_token.span, UNION);
                Self::Unknown
            }
        }
    }
}

fn of_struct<'a>(
    item: &'a DeriveInput,
    fields: &'a Fields,
    attributes: &Attributes,
    case: Option<Case>,
    report: &mut Report,
) -> Body<'a> {
    match fields {
        Fields::Unit => {
            report.mistake(item.ident.span(), nothing(&item.ident));
            Body::Unknown
        }
        Fields::Unnamed(unnamed) if unnamed.unnamed.len() == 1 => {
            inner(&unnamed.unnamed[0], report)
        }
        _ if attributes.has("transparent") => transparent(item, fields, report),
        Fields::Unnamed(unnamed) => {
            report.mistake(unnamed.paren_token.span.join(), tuple(&item.ident));
            Body::Unknown
        }
        Fields::Named(_) => {
            let tag = attributes.value("tag").map(|tag| {
                let name = attributes.value("rename");
                Member::tag(tag, vec![Name::new(name, &item.ident, str::to_owned)])
            });
            let members = fields.iter().filter_map(|field| Member::parse(field, case, report));
            Body::Record(tag.into_iter().chain(members).collect())
        }
    }
}

/// The one field that a transparent struct is written as.
fn transparent<'a>(item: &DeriveInput, fields: &'a Fields, report: &mut Report) -> Body<'a> {
    // As serde chooses it. Serde also reports it if there is not exactly one.
    let mut written = fields.iter().filter(|field| {
        let attributes =
            Attributes::parse(&field.attrs, serde::Place::Field, &mut Report::default());
        !is_phantom(&field.ty) && attributes.first(&["skip", "skip_serializing"]).is_none()
    });
    if let Some(field) = written.next() {
        return inner(field, report);
    }
    report.mistake(item.ident.span(), nothing(&item.ident));
    Body::Unknown
}

fn inner<'a>(field: &'a syn::Field, report: &mut Report) -> Body<'a> {
    let options = Options::parse(&field.attrs, Place::Member, report);
    let attributes = Attributes::parse(&field.attrs, serde::Place::Field, report);
    let shape = Shape::parse(&options, report);
    if let Some((name, entry)) = attributes.first(&["skip", "skip_serializing"]) {
        report.mistake(entry.span, format!("`{name}` leaves nothing of a newtype; remove it"));
    }
    refuse_with(&attributes, &shape, report);
    for entry in &options.entries {
        if matches!(entry.key, Key::Deprecated | Key::RenamedFrom) {
            let message = format!(
                "`{}` is for fields that have a name in the line; remove it here",
                entry.key
            );
            report.mistake(entry.key_span, message);
        }
    }
    Body::Inner(Inner { ty: &field.ty, shape })
}

fn rename_all(attributes: &Attributes, report: &mut Report) -> Option<Case> {
    let written = attributes.value("rename_all")?;
    let case = Case::parse(&written.value());
    if case.is_none() {
        let cases = CASES.map(|(name, _)| format!("`{name}`")).join(", ");
        let message = format!("`{}` is not a case that serde knows: {cases}", written.value());
        report.mistake(written.span(), message);
    }
    case
}

fn is_phantom(ty: &Type) -> bool {
    match ty {
        Type::Group(group) => is_phantom(&group.elem),
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|last| last.ident == "PhantomData")
        }
        _ => false,
    }
}

const REMOTE: &str = "`remote` writes another type than this one, so this is no type of fields; name \
                      it where it is used, with #[event(as = \"...\")] or #[event(json)]";
const UNION: &str = "a union has no schema, since nobody knows the valid field; make it a struct";
fn nothing(ident: &Ident) -> String {
    format!("`{ident}` holds nothing that is written, so it makes no column; leave such fields out")
}

fn tuple(ident: &Ident) -> String {
    format!(
        "`{ident}` is written as an array of mixed types, which is no column of any engine; name its \
         fields, or put #[event(json)] on the type"
    )
}
