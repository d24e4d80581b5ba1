//! Floats with at most six places after the point, as amounts, percentages and coordinates are.
//!
//! The general search for the shortest text that reads back as a float takes a quarter of an emit.
//! For these a multiplication finds it and a division proves it: `n / 10^6`, rounded to the nearest
//! float, is what a reader makes of the text, so if that is the value, the text is right. It is also
//! the shortest: floats tell all decimals of up to 15 digits apart, so no other one is this value.

use std::ops::Range;

use crate::line_buffer::LineBuffer;

/// One in the last of the six places.
const SCALE: u32 = 1_000_000;
/// From where on `serde_json` writes no exponent, to where there would be more than 15 digits.
const RANGE: Range<f64> = 1e-4..1e9;
/// A sign, nine digits, the point, six digits.
const MAX_BYTES: usize = 17;

/// Appends the value if it is such a decimal, and says whether it is.
#[inline]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10^15")]
#[expect(clippy::cast_precision_loss, reason = "floats hold integers up to 2^53")]
#[expect(clippy::float_cmp, reason = "only the very same value will do")]
pub(super) fn push(line: &mut LineBuffer, value: f64) -> bool {
    let size = value.abs();
    let millionths = (size * f64::from(SCALE) + 0.5) as u64;
    if !RANGE.contains(&size) || millionths as f64 / f64::from(SCALE) != size {
        return false;
    }
    let scale = u64::from(SCALE);
    let (whole, fraction) = ((millionths / scale) as u32, (millionths % scale) as u32);
    line.push_with(|out| write(out, value.is_sign_negative(), whole, fraction));
    true
}

/// Writes `whole.fraction` without needless zeros and returns its length.
#[inline]
fn write(out: &mut [u8; MAX_BYTES], is_negative: bool, whole: u32, fraction: u32) -> usize {
    let sign = usize::from(is_negative);
    let point = sign + whole.checked_ilog10().map_or(1, |log| log as usize + 1);
    out[0] = b'-';
    digits(&mut out[sign..point], whole);
    out[point] = b'.';
    // Most have two places at most.
    let (mut places, digits_of) =
        if fraction.is_multiple_of(10_000) { (2, fraction / 10_000) } else { (6, fraction) };
    digits(&mut out[point + 1..][..places], digits_of);
    while places > 1 && out[point + places] == b'0' {
        places -= 1;
    }
    point + 1 + places
}

/// Writes as many of the last digits as there is room for.
#[inline]
fn digits(out: &mut [u8], mut number: u32) {
    for place in out.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(value: f64) -> Option<String> {
        let mut line = LineBuffer::default();
        line.start(100);
        push(&mut line, value).then(|| String::from_utf8(line.as_slice().to_vec()).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_decimal_is_written_as_serde_json_writes_it(
            digits in prop_oneof![0..100_000_i64, -999_999_999_999_999..=999_999_999_999_999_i64],
            places in 0..=6,
        ) {
            #[expect(clippy::cast_precision_loss, reason = "at most 15 digits")]
            let value = digits as f64 / 10_f64.powi(places);
            let expected = serde_json::to_string(&value).unwrap();
            prop_assert_eq!(text(value), RANGE.contains(&value.abs()).then_some(expected));
        }

        #[test]
        fn no_float_is_written_otherwise_than_serde_json_writes_it(
            bits: u64, nearby in -1e10..1e10_f64, ulps in -3..=3_i64,
        ) {
            let near_a_decimal = f64::round(nearby * 100.0) / 100.0;
            let beside = f64::from_bits(near_a_decimal.to_bits().wrapping_add_signed(ulps));
            for value in [f64::from_bits(bits), nearby, near_a_decimal, beside] {
                if let Some(text) = text(value) {
                    prop_assert_eq!(text, serde_json::to_string(&value).unwrap());
                }
            }
        }
    }

    #[test]
    fn amounts_are_decimals_and_what_has_more_places_is_none() {
        let decimals = ["1.0", "19.99", "-0.5", "0.0001", "139.767125", "999999999.999999"];
        for decimal in decimals {
            assert_eq!(text(decimal.parse().unwrap()).as_deref(), Some(decimal));
        }
        for other in [0.0, 1e9, 0.1 + 0.2, 1e-5, f64::MIN_POSITIVE, f64::NAN, f64::INFINITY] {
            assert_eq!(text(other), None, "{other}");
        }
    }
}
