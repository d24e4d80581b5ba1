//! What the values of a type look like in a line, told by constants.
//!
//! The derive writes them, the feature `catalog` reads them. Nothing here exists at run time unless
//! somebody asks: a constant that is not used leaves no byte in the binary.

mod described;
mod field;
mod hash_of;
mod key;
mod scalar;
mod time_span;
mod wrapper;

pub use self::described::{Described, EventDescription, FieldName, Member, Treatment};
pub use self::field::{EventField, EventRecord};
pub use self::hash_of::{HashOf, HashOfAnything};
pub use self::key::EventKey;
pub use self::time_span::{TimeSpan, Unit};

/// What the values of a type look like in a line, whatever engine reads it.
///
/// Made by `#[derive(EventField)]`, or by these constants and functions where an
/// [`EventField`] is implemented by hand.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    #[doc(hidden)]
    pub kind: Kind,
    #[doc(hidden)]
    pub optional: bool,
}

/// The owned form, for who reads it, is `event_log_catalog::FieldType`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// An integer of 8 to 128 bits.
    Integer {
        /// Its bits.
        bits: u8,
        /// Whether it can be negative.
        signed: bool,
    },
    /// A floating-point number of 32 or 64 bits.
    Float {
        /// Its bits.
        bits: u8,
    },
    /// An exact decimal number.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// A text.
    String,
    /// One of these texts.
    Enum(&'static [&'static str]),
    /// A moment, RFC 3339.
    Timestamp,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time of day.
    DateTime,
    /// A UUID as text.
    Uuid,
    /// Any JSON.
    Json,
    /// Values of one type, in order.
    List(&'static Schema),
    /// Values of one type, under keys.
    Map(&'static Schema),
    /// Named values.
    Record(&'static [Member]),
}

impl Schema {
    /// `true` or `false`.
    pub const BOOLEAN: Self = Self::of(Kind::Boolean);
    /// A text.
    pub const STRING: Self = Self::of(Kind::String);
    /// A moment as RFC 3339 has it, with an offset: `2021-09-16T05:57:27Z`.
    pub const TIMESTAMP: Self = Self::of(Kind::Timestamp);
    /// A day: `2021-09-16`.
    pub const DATE: Self = Self::of(Kind::Date);
    /// A time of day: `05:57:27`, with or without a fraction.
    pub const TIME: Self = Self::of(Kind::Time);
    /// A day and a time of day without an offset: `2021-09-16T05:57:27`.
    pub const DATE_TIME: Self = Self::of(Kind::DateTime);
    /// A UUID as text.
    pub const UUID: Self = Self::of(Kind::Uuid);
    /// Any JSON at all: an opaque column.
    ///
    /// It is optional, since `null` is JSON, too.
    pub const JSON: Self = Self::of(Kind::Json).optional();

    /// An integer of 8, 16, 32, 64 or 128 bits.
    ///
    /// # Panics
    /// At other numbers of bits; where a constant is made, which is usual, that is a compile error.
    #[must_use]
    pub const fn integer(bits: u8, signed: bool) -> Self {
        assert!(matches!(bits, 8 | 16 | 32 | 64 | 128), "an integer has 8, 16, 32, 64 or 128 bits");
        Self::of(Kind::Integer { bits, signed })
    }

    /// A floating-point number of 32 or 64 bits.
    ///
    /// It is optional, since JSON has no NaN and no infinity: they are written as `null`.
    ///
    /// # Panics
    /// At other numbers of bits; where a constant is made, which is usual, that is a compile error.
    #[must_use]
    pub const fn float(bits: u8) -> Self {
        assert!(matches!(bits, 32 | 64), "a float has 32 or 64 bits");
        Self::of(Kind::Float { bits }).optional()
    }

    /// An exact decimal number of `precision` digits (1 to 38), `scale` of them behind the point.
    ///
    /// # Panics
    /// If the precision is out of range or less than the scale; where a constant is made, which is
    /// usual, that is a compile error.
    #[must_use]
    pub const fn decimal(precision: u8, scale: u8) -> Self {
        assert!(precision >= 1 && precision <= 38, "a decimal has 1 to 38 digits");
        assert!(scale <= precision, "a decimal has no more digits behind the point than in all");
        Self::of(Kind::Decimal { precision, scale })
    }

    /// One of a closed set of texts.
    #[must_use]
    pub const fn one_of(texts: &'static [&'static str]) -> Self {
        Self::of(Kind::Enum(texts))
    }

    /// Values of one type, in order.
    #[must_use]
    pub const fn list(item: &'static Self) -> Self {
        Self::of(Kind::List(item))
    }

    /// Values of one type, under keys that differ from event to event.
    #[must_use]
    pub const fn map(value: &'static Self) -> Self {
        Self::of(Kind::Map(value))
    }

    /// Named values.
    #[doc(hidden)]
    #[must_use]
    pub const fn record(members: &'static [Member]) -> Self {
        Self::of(Kind::Record(members))
    }

    /// The same, or `null`.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { kind: self.kind, optional: true }
    }

    const fn of(kind: Kind) -> Self {
        Self { kind, optional: false }
    }
}
