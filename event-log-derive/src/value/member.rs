//! One named value of a record: what serde makes of a field, or adds as a tag.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{LitStr, Type};

use super::case::Case;
use super::serde::{self, Attributes};
use crate::ast::Name;
use crate::attr::Options;
use crate::key::Place;
use crate::notes::Notes;
use crate::report::Report;
use crate::shape::Shape;

/// One named value of a record.
pub(crate) struct Member<'a> {
    pub(crate) name: Name,
    pub(crate) content: Content<'a>,
    /// Whether serde may leave the key out.
    pub(crate) is_optional: bool,
    pub(crate) options: Options,
    pub(crate) notes: Notes,
}

/// Where the schema of a member comes from.
pub(crate) enum Content<'a> {
    /// The tag that serde adds: one of these texts.
    Tag(Vec<Name>),
    Field(&'a Type, Shape),
    /// The members of this type stand in its place.
    Flattened(&'a Type),
}

impl<'a> Member<'a> {
    /// The tag that serde adds.
    pub(super) fn tag(tag: &LitStr, texts: Vec<Name>) -> Self {
        Self {
            name: Name { text: tag.value(), span: tag.span() },
            content: Content::Tag(texts),
            is_optional: false,
            options: Options::default(),
            notes: Notes::default(),
        }
    }

    /// A named field, unless serde leaves it out.
    pub(super) fn parse(
        field: &'a syn::Field,
        case: Option<Case>,
        report: &mut Report,
    ) -> Option<Self> {
        let options = Options::parse(&field.attrs, Place::Member, report);
        let attributes = Attributes::parse(&field.attrs, serde::Place::Field, report);
        let ident = field.ident.as_ref()?;
        if attributes.first(&["skip", "skip_serializing"]).is_some() {
            return None;
        }
        let shape = Shape::parse(&options, report);
        refuse_with(&attributes, &shape, report);
        let content = match attributes.find("flatten") {
            None => Content::Field(&field.ty, shape),
            Some(flatten) => {
                if !matches!(shape, Shape::OfItsType) {
                    report.mistake(flatten.span, FLATTENED_OPAQUE);
                }
                Content::Flattened(&field.ty)
            }
        };
        let default = |name: &str| case.map_or_else(|| name.to_owned(), |case| case.of_field(name));
        Some(Self {
            name: Name::new(attributes.value("rename"), ident, default),
            content,
            is_optional: attributes.has("skip_serializing_if"),
            notes: Notes::new(&field.attrs, &options),
            options,
        })
    }
}

/// A function of the user's writes what it likes; an option must say what that is.
pub(super) fn refuse_with(attributes: &Attributes, shape: &Shape, report: &mut Report) {
    let Some((name, entry)) = attributes.first(&["serialize_with", "with", "getter"]) else {
        return;
    };
    if matches!(shape, Shape::OfItsType) {
        let message = format!(
            "`{name}` writes what only its author knows; say what it looks like with \
             #[event(as = \"...\")], or #[event(json)]"
        );
        report.mistake(entry.span, message);
    }
}

impl Content<'_> {
    /// The span that blames the member as a whole.
    pub(crate) fn span(&self, otherwise: Span) -> Span {
        match self {
            Self::Field(ty, _) | Self::Flattened(ty) => ty.span(),
            Self::Tag(_) => otherwise,
        }
    }
}

const FLATTENED_OPAQUE: &str = "`flatten` needs to know the members, which an opaque or declared type \
                                does not tell; remove one of the two";
