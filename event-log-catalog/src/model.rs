//! The catalogue as data: events, fields, types. Every output and every check starts from it.

use serde::{Deserialize, Serialize};

/// All types of events of one log, as `events.lock.json` holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// What every line has beside its params.
    pub envelope: Envelope,
    /// The types, in the order of their names.
    pub events: Vec<EventSchema>,
}

/// The columns that all events have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// What `user_id` holds.
    pub user_id: UserIdType,
    /// The common fields, which stand between `country_code` and `params`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub common_fields: Vec<Field>,
}

/// What `user_id` holds, in all events alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserIdType {
    /// An integer of 64 bits with a sign, as the tables of every engine have one.
    #[default]
    Integer,
    /// A text.
    String,
}

impl UserIdType {
    /// The same as the type of a field.
    pub(crate) fn field_type(self) -> FieldType {
        match self {
            Self::Integer => FieldType::Integer { bits: 64, signed: true },
            Self::String => FieldType::String,
        }
    }
}

/// One type of event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventSchema {
    /// The value of the key `type`, as in `user_registration`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// What the doc comment says; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Who answers questions about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Since when, or since which release, it is emitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Why it should not be used any more, and what to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// The name that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// The params, in the order in which they stand in the line.
    pub fields: Vec<Field>,
}

/// One named value: a param, a common field, or a member of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The key as it stands in the line.
    pub name: String,
    /// What the value is.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Whether the value may be null, or the key be absent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
    /// What the doc comment says; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// How personal data in it is treated before it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<Personal>,
    /// Why it should not be used any more, and what to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// The name that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
}

/// What becomes of personal data: `#[event(pii = "…")]`. A dropped field has no column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Personal {
    /// A keyed hash takes its place: a string.
    Hash,
    /// A mask takes its place: a string.
    Mask,
}

/// What a value is, in the line and in every engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldType {
    /// `true` or `false`.
    Boolean,
    /// An integer of so many bits: 8, 16, 32, 64 or 128.
    Integer {
        /// 8, 16, 32, 64 or 128.
        bits: u8,
        /// Whether it can be negative.
        signed: bool,
    },
    /// A floating-point number of 32 or 64 bits.
    Float {
        /// 32 or 64.
        bits: u8,
    },
    /// An exact decimal number, written as a string or as a number.
    Decimal {
        /// How many digits in all.
        precision: u8,
        /// How many of them stand behind the point.
        scale: u8,
    },
    /// A text.
    String,
    /// One of a closed set of texts.
    Enum(Vec<String>),
    /// A moment: RFC 3339 with an offset, as in `2021-09-16T05:57:27Z`.
    Timestamp,
    /// A day: `2021-09-16`.
    Date,
    /// A time of day: `05:57:27`, with or without a fraction.
    Time,
    /// A date and a time of day without an offset: `2021-09-16T05:57:27`.
    DateTime,
    /// A UUID as text.
    Uuid,
    /// Any JSON at all; engines see it as text, or as their JSON type.
    Json,
    /// Values of one type, in order.
    List(Box<ListItem>),
    /// Values of one type under keys that differ from event to event.
    Map(Box<ListItem>),
    /// Named values.
    Record(Vec<Field>),
}

/// What a list or a map holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListItem {
    /// The type of each value.
    #[serde(rename = "type")]
    pub item_type: FieldType,
    /// Whether a value may be null.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}
