//! The options that there are: where each belongs, and how it is written.

use std::fmt;

/// What an attribute stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Struct,
    Enum,
    Variant,
    Field,
}

/// The name of an option.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Type,
    Crate,
    Rename,
    Skip,
    SkipNone,
    UserId,
    Locale,
    CountryCode,
    Json,
    Pii,
}

impl Key {
    pub(crate) const ALL: [Self; 10] = [
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
    ];

    /// The option as it is written.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Crate => "crate",
            Self::Rename => "rename",
            Self::Skip => "skip",
            Self::SkipNone => "skip_none",
            Self::UserId => "user_id",
            Self::Locale => "locale",
            Self::CountryCode => "country_code",
            Self::Json => "json",
            Self::Pii => "pii",
        }
    }

    pub(crate) fn takes_value(self) -> bool {
        matches!(self, Self::Type | Self::Crate | Self::Rename | Self::Pii)
    }

    pub(crate) fn belongs_on(self, place: Place) -> bool {
        match self {
            Self::Type => matches!(place, Place::Struct | Place::Variant),
            Self::Crate => matches!(place, Place::Struct | Place::Enum),
            _ => place == Place::Field,
        }
    }

    /// What to write instead, for an option that does not belong on `place`.
    pub(crate) fn instead(self, place: Place) -> &'static str {
        match (self, place) {
            (Self::Type, Place::Enum) => {
                "belongs on the variants, each of which is a type of its own; move it there"
            }
            (Self::Type, _) => {
                "belongs on a struct or a variant; rename a param with #[event(rename = \"...\")]"
            }
            (Self::Crate, _) => "belongs on the struct or enum; move it there",
            (Self::Rename, Place::Enum) => {
                "belongs on a field; name the type of a variant with #[event(type = \"...\")] there"
            }
            (Self::Rename, _) => {
                "belongs on a field; name the type of event with #[event(type = \"...\")]"
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
    };
    let names: Vec<String> = keys_on(place).map(|key| format!("`{key}`")).collect();
    format!("{place_name} takes {}", names.join(", "))
}
