//! What the derives write down: events and members.

use super::{EventRecord, Kind, Schema};

/// What is known of the types of event that a Rust type stands for: one for a struct, one for each
/// variant of an enum. The derive implements it; the catalogue and the test kit read it.
///
/// Not part of [`crate::Event`], because that one can be a trait object.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event whose type is known",
    label = "has no `#[derive(Event)]` of its own",
    note = "name the struct or enum itself, and let it have `#[derive(event_log::Event)]`"
)]
pub trait Described {
    /// In the order of the variants.
    const EVENTS: &'static [EventDescription];
}

/// One type of event.
#[derive(Clone, Copy, Debug)]
pub struct EventDescription {
    /// The value of `type`.
    pub event_type: &'static str,
    /// The doc comment.
    pub description: &'static str,
    /// `#[event(owner = "…")]`.
    pub owner: Option<&'static str>,
    /// `#[event(since = "…")]`.
    pub since: Option<&'static str>,
    /// `#[event(deprecated = "…")]`, or Rust's own attribute.
    pub deprecated: Option<&'static str>,
    /// `#[event(renamed_from = "…")]`.
    pub renamed_from: Option<&'static str>,
    /// The params, in the order of the line.
    pub params: &'static [Member],
    /// The variant, without `r#`; `None` for a struct.
    pub variant: Option<&'static str>,
    /// The fields that are in the line, in the envelope or among the params.
    pub fields: &'static [FieldName],
}

/// What a field is called, by which a line is read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldName {
    /// Its key in the line.
    pub key: &'static str,
    /// Its name in Rust, without `r#`.
    pub name: &'static str,
    /// Whether the text of a hash or a mask stands there in its place.
    pub is_personal: bool,
}

/// A param of an event, or a member of a record.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The key in the line; empty for a flattened member.
    pub name: &'static str,
    /// The doc comment.
    pub description: &'static str,
    /// `#[event(deprecated = "…")]`, or Rust's own attribute.
    pub deprecated: Option<&'static str>,
    /// `#[event(renamed_from = "…")]`.
    pub renamed_from: Option<&'static str>,
    /// What its values look like; a record if it is flattened.
    pub schema: Schema,
    /// Whether the members of its record stand in its place.
    pub is_flattened: bool,
    /// What takes the place of personal data.
    pub personal: Option<Treatment>,
}

/// What takes the place of personal data: `#[event(pii = "…")]`.
#[derive(Clone, Copy, Debug)]
pub enum Treatment {
    /// A keyed hash.
    Hash,
    /// A mask.
    Mask,
}

impl Member {
    /// A member of which nothing else is known.
    #[must_use]
    pub const fn new(name: &'static str, description: &'static str, schema: Schema) -> Self {
        Self {
            name,
            description,
            deprecated: None,
            renamed_from: None,
            schema,
            is_flattened: false,
            personal: None,
        }
    }

    /// The members of this record.
    #[must_use]
    pub const fn flattened<R: EventRecord + ?Sized>() -> Self {
        Self { is_flattened: true, ..Self::new("", "", R::SCHEMA) }
    }

    /// The same, whose key or value may be absent.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { schema: self.schema.optional(), ..self }
    }

    /// The same, not to be used any more.
    #[must_use]
    pub const fn deprecated(self, reason: &'static str) -> Self {
        Self { deprecated: Some(reason), ..self }
    }

    /// The same, which had another name before.
    #[must_use]
    pub const fn renamed_from(self, name: &'static str) -> Self {
        Self { renamed_from: Some(name), ..self }
    }

    /// The same, of which this takes the place.
    #[must_use]
    pub const fn personal(self, treatment: Treatment) -> Self {
        Self { personal: Some(treatment), ..self }
    }

    /// Hands the members back, if no two have one name, flattened ones included.
    ///
    /// # Panics
    /// If two have: the derive makes that a compile error.
    #[must_use]
    pub const fn all_different(members: &'static [Self]) -> &'static [Self] {
        let mut rest = members;
        while let [first, behind @ ..] = rest {
            assert!(
                !overlap(std::slice::from_ref(first), behind),
                "a flattened field brings a name that another field of this struct has already, but \
                 for its case; rename one of the two with #[serde(rename = \"...\")]"
            );
            rest = behind;
        }
        members
    }
}

/// Whether a member of `a` bears the name of one of `b` in any case.
const fn overlap(a: &[Member], b: &[Member]) -> bool {
    let mut rest = a;
    while let [first, behind @ ..] = rest {
        let overlaps = match members_in_place(first) {
            Some(members) => overlap(members, b),
            None => has(b, first.name),
        };
        if overlaps {
            return true;
        }
        rest = behind;
    }
    false
}

const fn has(members: &[Member], name: &str) -> bool {
    let mut rest = members;
    while let [first, behind @ ..] = rest {
        let is_there = match members_in_place(first) {
            Some(members) => has(members, name),
            None => first.name.eq_ignore_ascii_case(name),
        };
        if is_there {
            return true;
        }
        rest = behind;
    }
    false
}

/// The members that stand in the place of a flattened one.
const fn members_in_place(member: &Member) -> Option<&'static [Member]> {
    match member.schema.kind {
        Kind::Record(members) if member.is_flattened => Some(members),
        _ => None,
    }
}
