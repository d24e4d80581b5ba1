//! Which value of a context a key carries, and how it becomes text and comes back.

use serde_core::Serialize;

use crate::baggage::BaggageKind;
use crate::baggage::error::{self, BaggageError};
use crate::context::{COUNTRY_CODE, Context, LOCALE, LenientContext, USER_ID};
use crate::user_id::AsUserId;

/// The value of a context that a key carries.
#[derive(Clone, Debug)]
pub(super) enum Target {
    UserId(BaggageKind),
    Locale,
    CountryCode,
    Field(String, BaggageKind),
}

impl Target {
    /// The text of the value in a context, if there is one; an error if it is of another kind.
    pub(super) fn text_in(
        &self,
        key: &str,
        context: &Context,
    ) -> Option<Result<String, BaggageError>> {
        let json = match self {
            Self::UserId(_) => context.envelope_json(USER_ID),
            Self::Locale => context.envelope_json(LOCALE),
            Self::CountryCode => context.envelope_json(COUNTRY_CODE),
            Self::Field(name, _) => context.field_json(name),
        };
        let json = json.filter(|json| *json != b"null")?;
        let text = match self {
            Self::UserId(BaggageKind::Integer) | Self::Field(_, BaggageKind::Integer) => {
                str::from_utf8(json).ok().filter(|text| is_integer(text)).map(str::to_owned)
            }
            _ => serde_json::from_slice(json).ok(),
        };
        Some(text.ok_or_else(|| BaggageError::OtherKind { key: key.to_owned() }))
    }

    /// Sets the value to what its key holds, unless that is of another kind.
    pub(super) fn set(&self, context: LenientContext, key: &str, text: &str) -> LenientContext {
        let kind = match self {
            Self::Locale => return context.locale(text),
            Self::CountryCode => return context.country_code(text),
            Self::UserId(kind) | Self::Field(_, kind) => *kind,
        };
        match (kind, unsigned(text), signed(text)) {
            (BaggageKind::Text, ..) => self.set_value(context, text),
            (BaggageKind::Integer, Some(number), _) => self.set_value(context, number),
            (BaggageKind::Integer, None, Some(number)) => self.set_value(context, number),
            (BaggageKind::Integer, None, None) => {
                let found = text.chars().take(error::SHOWN).collect();
                context.refuse(BaggageError::NotInteger { key: key.to_owned(), found })
            }
        }
    }

    fn set_value(
        &self,
        context: LenientContext,
        value: impl AsUserId + Serialize,
    ) -> LenientContext {
        match self {
            Self::Field(name, _) => context.field(name, value),
            _ => context.user_id(value),
        }
    }
}

fn is_integer(text: &str) -> bool {
    unsigned(text).is_some() || signed(text).is_some()
}

/// The number, if this is how it is written: what is read must be written the same.
fn unsigned(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

fn signed(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number: &i64| number.to_string() == text)
}
