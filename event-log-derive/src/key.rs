//! The options that there are: where each belongs, and how it is written.

use std::fmt;

/// What an attribute stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A struct with `#[derive(Event)]`.
    Struct,
    /// An enum with `#[derive(Event)]`.
    Enum,
    /// A variant of such an enum.
    Variant,
    /// A field of an event.
    Field,
    /// A struct or enum with `#[derive(EventField)]`.
    Value,
    /// A variant of such an enum.
    ValueVariant,
    /// A field of such a struct.
    Member,
}

/// The name of an option.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Type,
    Crate,
    Owner,
    Since,
    Deprecated,
    RenamedFrom,
    Unlisted,
    Rename,
    Skip,
    SkipNone,
    UserId,
    Locale,
    CountryCode,
    Json,
    Pii,
    As,
    Unit,
}

impl Key {
    pub(crate) const ALL: [Self; 17] = [
        Self::Type,
        Self::Crate,
        Self::Rename,
        Self::Skip,
        Self::SkipNone,
        Self::UserId,
        Self::Locale,
        Self::CountryCode,
        Self::Json,
        Self::Pii,
        Self::As,
        Self::Unit,
        Self::Owner,
        Self::Since,
        Self::Deprecated,
        Self::RenamedFrom,
        Self::Unlisted,
    ];

    /// The option as it is written.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Crate => "crate",
            Self::Owner => "owner",
            Self::Since => "since",
            Self::Deprecated => "deprecated",
            Self::RenamedFrom => "renamed_from",
            Self::Unlisted => "unlisted",
            Self::Rename => "rename",
            Self::Skip => "skip",
            Self::SkipNone => "skip_none",
            Self::UserId => "user_id",
            Self::Locale => "locale",
            Self::CountryCode => "country_code",
            Self::Json => "json",
            Self::Pii => "pii",
            Self::As => "as",
            Self::Unit => "unit",
        }
    }

    pub(crate) fn takes_value(self) -> bool {
        match self {
            Self::Type
            | Self::Crate
            | Self::Owner
            | Self::Since
            | Self::Deprecated
            | Self::RenamedFrom
            | Self::Rename
            | Self::As
            | Self::Unit
            | Self::Pii => true,
            Self::Unlisted
            | Self::Skip
            | Self::SkipNone
            | Self::UserId
            | Self::Locale
            | Self::CountryCode
            | Self::Json => false,
        }
    }

    pub(crate) fn belongs_on(self, place: Place) -> bool {
        use Place::{Enum, Field, Member, Struct, Value, Variant};
        match self {
            Self::Type => matches!(place, Struct | Variant),
            Self::Crate => matches!(place, Struct | Enum | Value),
            Self::Owner | Self::Since => matches!(place, Struct | Enum | Variant),
            Self::Deprecated => matches!(place, Struct | Enum | Variant | Field | Member),
            Self::RenamedFrom => matches!(place, Struct | Variant | Field | Member),
            Self::Unlisted => matches!(place, Struct | Enum),
            Self::Json | Self::As => matches!(place, Field | Value | Member),
            Self::Rename
            | Self::Skip
            | Self::SkipNone
            | Self::UserId
            | Self::Locale
            | Self::CountryCode
            | Self::Pii
            | Self::Unit => place == Field,
        }
    }

    /// What to write instead, for an option that does not belong on `place`.
    pub(crate) fn instead(self, place: Place) -> &'static str {
        match (self, place) {
            (Self::Type | Self::RenamedFrom, Place::Enum) => {
                "belongs on the variants, each of which is a type of its own; move it there"
            }
            (Self::Type, Place::Field) => {
                "belongs on a struct or a variant; rename a param with #[event(rename = \"...\")]"
            }
            (Self::Rename, Place::Enum) => {
                "belongs on a field; name the type of a variant with #[event(type = \"...\")] there"
            }
            (Self::Rename, Place::Struct | Place::Variant) => {
                "belongs on a field; name the type of event with #[event(type = \"...\")]"
            }
            (Self::Rename, _) => {
                "renames a param of an event, but here serde names what is written; write \
                 #[serde(rename = \"...\")]"
            }
            (Self::Skip | Self::SkipNone, Place::Member | Place::ValueVariant) => {
                "is for params of an event, but here serde decides what is written; write \
                 #[serde(skip)] or #[serde(skip_serializing_if = \"...\")]"
            }
            (Self::Unit, Place::Member) => {
                "is for params of an event; give the member the type of an integer, and say the \
                 unit in its name"
            }
            (_, Place::Value | Place::ValueVariant | Place::Member) => {
                "is for #[derive(Event)]; remove it here"
            }
            (Self::Crate | Self::Unlisted, _) => "belongs on the struct or enum; move it there",
            (Self::Owner | Self::Since, _) => {
                "belongs on a struct, an enum or a variant; move it there"
            }
            _ => "belongs on a field; move it there",
        }
    }

    /// How the option is written, for messages.
    pub(crate) fn usage(self) -> String {
        if self == Self::Pii {
            "#[event(pii = \"hash\")], \"mask\" or \"drop\"".to_owned()
        } else if self.takes_value() {
            format!("#[event({self} = \"...\")]")
        } else {
            format!("#[event({self})]")
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The options that belong on `place`.
pub(crate) fn keys_on(place: Place) -> impl Iterator<Item = Key> {
    Key::ALL.into_iter().filter(move |key| key.belongs_on(place))
}

/// The end of a message: which options there are.
pub(crate) fn options_of(place: Place) -> String {
    let place_name = match place {
        Place::Struct => "a struct",
        Place::Enum => "an enum",
        Place::Variant => "a variant",
        Place::Field => "a field",
        Place::Value => "a type of fields",
        Place::ValueVariant => "a variant of a type of fields",
        Place::Member => "a field of a record",
    };
    let names: Vec<String> = keys_on(place).map(|key| format!("`{key}`")).collect();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    format!("{place_name} takes {names}")
}
