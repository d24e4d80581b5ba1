//! Scalars of JSON in the types of columns: `None` where one is no such value.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};

/// Whether a JSON value is a number.
pub(super) fn is_number(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(b'-' | b'0'..=b'9'))
}

/// An integer of so many bits.
pub(super) fn integer(text: &str, bits: u8) -> Option<i64> {
    let value: i64 = text.parse().ok()?;
    let unused = 64 - u32::from(bits);
    // What survives the way to the column's width and back is in its range.
    ((value << unused) >> unused == value).then_some(value)
}

/// The number of the column's width that is nearest to a fraction; an integer that it would round is none.
pub(super) fn float(text: &str, bits: u8) -> Option<f64> {
    if !is_number(text) {
        return None;
    }
    let (value, whole_to) = match bits {
        ..=32 => (f64::from(text.parse::<f32>().ok()?), 2_f64.powi(24)),
        _ => (text.parse().ok()?, 2_f64.powi(53)),
    };
    let is_whole = !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    #[expect(clippy::cast_possible_truncation, reason = "2^53 and less are whole")]
    let is_exact = || value.abs() <= whole_to && text.parse() == Ok(value as i64);
    (value.is_finite() && (!is_whole || is_exact())).then_some(value)
}

/// The text of a JSON string.
pub(super) fn string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        return serde_json::from_str(json).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}

/// A number without an exponent, as an integer that counts the last digit behind the point.
pub(super) fn decimal(text: &str, precision: u8, scale: u8) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // Zeros at the end say nothing; other digits beyond the scale would be lost.
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::from(scale).checked_sub(fraction.len())?;
    let all = format!("{whole}{fraction}{}", "0".repeat(missing));
    let is_digits = !whole.is_empty() && all.bytes().all(|byte| byte.is_ascii_digit());
    let value: i128 = if is_digits { all.parse().ok()? } else { return None };
    (value < 10_i128.checked_pow(u32::from(precision))?).then_some(sign * value)
}

/// Microseconds since 1970 of a moment; what is finer is cut off.
pub(super) fn moment(text: &str) -> Option<i64> {
    plain_moment(text.as_bytes())
        .or_else(|| Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros()))
}

/// The common case, as loggers write it: `2021-09-16T05:57:27Z`, with or without a fraction.
fn plain_moment(text: &[u8]) -> Option<i64> {
    let micros = match text.get(19..)? {
        b"Z" => 0,
        [b'.', digits @ .., b'Z'] => {
            let missing = 6_usize.checked_sub(digits.len()).filter(|missing| *missing < 6)?;
            number(digits)? * 10_i64.pow(u32::try_from(missing).ok()?)
        }
        _ => return None,
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if marks.into_iter().any(|(at, mark)| text[at] != mark) {
        return None;
    }
    let two = |at: usize| Some(u32::from(pair(text[at], text[at + 1])?));
    let year = i32::from(pair(text[0], text[1])?) * 100 + i32::from(pair(text[2], text[3])?);
    let date = NaiveDate::from_ymd_opt(year, two(5)?, two(8)?)?;
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    let days = i64::from(date.num_days_from_ce() - NaiveDate::default().num_days_from_ce());
    let seconds = days * 86_400 + i64::from(hour * 3_600 + minute * 60 + second);
    // A leap second is for chrono.
    (hour < 24 && minute < 60 && second < 60).then_some(seconds * 1_000_000 + micros)
}

fn pair(tens: u8, ones: u8) -> Option<u8> {
    let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
    is_number.then(|| (tens - b'0') * 10 + (ones - b'0'))
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
    })
}

/// Microseconds since 1970 of a date and time without an offset.
pub(super) fn date_time(text: &str) -> Option<i64> {
    Some(text.parse::<NaiveDateTime>().ok()?.and_utc().timestamp_micros())
}

/// Days since 1970.
pub(super) fn day(text: &str) -> Option<i64> {
    let date: NaiveDate = text.parse().ok()?;
    // The default is the first day of 1970.
    Some(date.signed_duration_since(NaiveDate::default()).num_days())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_chrono(text: &str) -> Option<i64> {
        Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros())
    }

    #[test]
    fn a_moment_that_is_out_of_the_ordinary_is_that_of_chrono() {
        for text in [
            "2021-09-16T05:57:27Z",
            "1969-12-31T23:59:59.5Z",
            "0000-02-29T00:00:00.000001Z",
            "2021-09-16T05:57:27.123456789Z",
            "2021-09-16T05:57:27+09:00",
            "2021-09-16t05:57:27z",
            "2016-12-31T23:59:60Z",
            "2021-09-16T24:00:00Z",
            "2021-09-31T05:57:27Z",
            "2021-09-16T05:57:27.Z",
            "2021-09-16T05:57:27",
            "2021-09-16T05:57:2é",
            "",
        ] {
            assert_eq!(moment(text), by_chrono(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_is_that_of_chrono(text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,10})?Z") {
            prop_assert_eq!(moment(&text), by_chrono(&text));
        }
    }
}
