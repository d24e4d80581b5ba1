//! Values that hold no others, against their types.

use serde_json::value::RawValue;

use super::Invalid;
use super::text::{is_date, is_date_time, is_time, is_timestamp, is_uuid};
use crate::FieldType;

/// As many characters of a value as a message shows.
const SHOWN_CHARS: usize = 60;

/// Checks a value that is not null against a type that holds no others.
pub(super) fn check(field_type: &FieldType, raw: &RawValue) -> Result<(), Invalid> {
    let written = raw.get();
    let (is_valid, wanted) = match field_type {
        FieldType::Boolean => {
            (matches!(written, "true" | "false"), "neither true nor false".into())
        }
        FieldType::Integer { bits, signed } => {
            let kind = if *signed { "signed" } else { "unsigned" };
            (is_integer(written, *bits, *signed), format!("no {kind} integer of {bits} bits"))
        }
        FieldType::Float { bits } => (is_float(written, *bits), format!("no float of {bits} bits")),
        FieldType::Decimal { precision, scale } => (
            is_decimal(written, *precision, *scale),
            format!("no decimal of {precision} digits, {scale} of them behind the point"),
        ),
        FieldType::Enum(texts) => {
            (texts.contains(&string(raw)?), format!("none of {}", texts.join(", ")))
        }
        FieldType::String => return string(raw).map(drop),
        FieldType::Timestamp => (is_timestamp(&string(raw)?), "no RFC 3339 timestamp".into()),
        FieldType::Date => (is_date(&string(raw)?), "no date".into()),
        FieldType::Time => (is_time(&string(raw)?), "no time of day".into()),
        FieldType::DateTime => (is_date_time(&string(raw)?), "no date and time".into()),
        FieldType::Uuid => (is_uuid(&string(raw)?), "no UUID".into()),
        // Of those that hold others, the caller looks at what they hold.
        FieldType::Json | FieldType::List(_) | FieldType::Map(_) | FieldType::Record(_) => {
            return Ok(());
        }
    };
    if is_valid { Ok(()) } else { Err(Invalid::new(format!("{} is {wanted}", shown(raw)))) }
}

/// The text that a JSON string means.
pub(super) fn string(raw: &RawValue) -> Result<String, Invalid> {
    serde_json::from_str(raw.get()).map_err(|_| Invalid::new(format!("{} is no text", shown(raw))))
}

/// The value as a message shows it.
pub(super) fn shown(raw: &RawValue) -> String {
    match raw.get().char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &raw.get()[..end]),
        None => raw.get().to_owned(),
    }
}

fn is_integer(written: &str, bits: u8, signed: bool) -> bool {
    let digits = written.strip_prefix('-').unwrap_or(written);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let unused = 128_u32.saturating_sub(u32::from(bits));
    if signed {
        let range = (i128::MIN >> unused)..=(i128::MAX >> unused);
        written.parse().is_ok_and(|value| range.contains(&value))
    } else {
        written.parse().is_ok_and(|value: u128| value <= u128::MAX >> unused)
    }
}

fn is_float(written: &str, bits: u8) -> bool {
    let is_number = written.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let is_finite = if bits == 32 {
        written.parse().is_ok_and(f32::is_finite)
    } else {
        written.parse().is_ok_and(f64::is_finite)
    };
    is_number && is_finite
}

/// As a number or as a string, without an exponent.
fn is_decimal(written: &str, precision: u8, scale: u8) -> bool {
    let quoted = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let number = quoted.unwrap_or(written);
    let number = number.strip_prefix('-').unwrap_or(number);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits(whole)
        && are_digits(fraction)
        && whole.trim_start_matches('0').len() <= usize::from(precision.saturating_sub(scale))
        && fraction.trim_end_matches('0').len() <= usize::from(scale)
}
