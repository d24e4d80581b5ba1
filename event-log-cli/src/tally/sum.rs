//! Exact sums of JSON numbers.
//!
//! A number's text is a decimal: `801.0` is 8010 tenths. Decimals are added as integers, apart for
//! each number of places, so no number is rounded, floats as little as others, and the order does not
//! matter. The sum's text has no needless zeros, so `801.0` and `801` have the same sum.

use num_bigint::BigInt;

/// Exponents beyond are not followed: the sum would have as many digits.
const MOST_PLACES: i64 = 4_096;

/// So many digits fit an `i128` with room for 10^10 of them to be added.
const MOST_DIGITS: usize = 28;

/// The sum of some numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many were added.
    numbers: u64,
    /// By the places behind the point: the sum in units of the last place.
    units: Vec<(i64, i128)>,
    /// The same for numbers of more digits.
    long: Vec<(i64, BigInt)>,
    /// Numbers with an exponent beyond all use, which were left out.
    beyond: u64,
}

impl Sum {
    /// Adds a number, given as valid JSON.
    #[inline]
    pub fn add(&mut self, text: &str) {
        self.add_times(text, 1);
    }

    /// Adds a number so many times.
    pub fn add_times(&mut self, text: &str, times: u64) {
        match short(text.as_bytes()) {
            Some((units, places)) => self.add_units(units, places, times),
            None => self.add_long(text, times),
        }
    }

    /// Adds a count of units of the last of so many places, for so many numbers of that value.
    pub fn add_units(&mut self, units: i128, places: i64, times: u64) {
        self.add_total(units * i128::from(times), places, times);
    }

    /// Adds a sum of so many numbers, in units of the last of so many places.
    pub fn add_total(&mut self, units: i128, places: i64, numbers: u64) {
        self.numbers += numbers;
        self.put(places, units);
    }

    #[inline]
    fn put(&mut self, places: i64, units: i128) {
        let found = self.units.iter_mut().find(|(other, _)| *other == places);
        let Some((_, sum)) = found else {
            self.units.push((places, units));
            return;
        };
        match sum.checked_add(units) {
            Some(total) => *sum = total,
            None => self.put_long(places, units.into()),
        }
    }

    fn put_long(&mut self, places: i64, units: BigInt) {
        match self.long.iter_mut().find(|(other, _)| *other == places) {
            Some((_, sum)) => *sum += units,
            None => self.long.push((places, units)),
        }
    }

    #[cold]
    fn add_long(&mut self, text: &str, times: u64) {
        self.numbers += times;
        match long(text) {
            Some((units, places)) => self.put_long(places, units * times),
            None => self.beyond += times,
        }
    }

    /// Adds other numbers' sum.
    pub fn merge(&mut self, other: Self) {
        self.numbers += other.numbers;
        self.beyond += other.beyond;
        for (places, units) in other.units {
            self.put(places, units);
        }
        for (places, units) in other.long {
            self.put_long(places, units);
        }
    }

    /// How many numbers were added, also such as were left out of the text.
    #[must_use]
    pub fn numbers(&self) -> u64 {
        self.numbers
    }

    /// The sum as a decimal without needless zeros, as `-12.5`.
    #[must_use]
    pub fn text(&self) -> String {
        let short = self.units.iter().map(|(places, units)| (*places, BigInt::from(*units)));
        let all: Vec<_> = short.chain(self.long.iter().cloned()).collect();
        let most = all.iter().map(|(places, _)| *places).max().unwrap_or_default().max(0);
        let scaled = all.into_iter().map(|(places, units)| {
            units * BigInt::from(10).pow(u32::try_from(most - places).unwrap_or_default())
        });
        let text = with_point(&scaled.sum(), usize::try_from(most).unwrap_or_default());
        if self.beyond == 0 { text } else { format!("{text} and {} beyond", self.beyond) }
    }
}

/// The units and places of a number without exponent and with few digits.
#[inline]
fn short(text: &[u8]) -> Option<(i128, i64)> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > MOST_DIGITS {
        return None;
    }
    if digits.len() <= 18 {
        let (units, places) = of_digits::<i64>(digits, |sum, digit| sum * 10 + i64::from(digit))?;
        return Some((i128::from(if is_negative { -units } else { units }), places));
    }
    let (units, places) = of_digits::<i128>(digits, |sum, digit| sum * 10 + i128::from(digit))?;
    Some((if is_negative { -units } else { units }, places))
}

#[inline]
fn of_digits<N: Default>(digits: &[u8], push: impl Fn(N, u8) -> N) -> Option<(N, i64)> {
    let mut units = N::default();
    let mut point = None;
    for (index, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => units = push(units, byte - b'0'),
            b'.' => point = Some(index),
            _ => return None,
        }
    }
    let places = point.map_or(0, |point| digits.len() - point - 1);
    Some((units, i64::try_from(places).ok()?))
}

/// The same for any number; `None` if its exponent is beyond all use.
fn long(text: &str) -> Option<(BigInt, i64)> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i64 = exponent.parse().ok()?;
    let places = i64::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let units = format!("{whole}{fraction}").parse().ok()?;
    (places.abs() <= MOST_PLACES).then_some((units, places))
}

/// A decimal of so many units of the last of its places, without needless zeros.
pub(crate) fn with_point(units: &BigInt, places: usize) -> String {
    let text = units.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", &*text), |digits| ("-", digits));
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(numbers: &[&str]) -> String {
        let mut sum = Sum::default();
        for number in numbers {
            sum.add(number);
        }
        // Halves that are merged amount to the same.
        let mut merged = Sum::default();
        for half in [&numbers[..numbers.len() / 2], &numbers[numbers.len() / 2..]] {
            let mut sum = Sum::default();
            for number in half {
                sum.add(number);
            }
            merged.merge(sum);
        }
        assert_eq!((merged.text(), merged.numbers()), (sum.text(), numbers.len() as u64));
        sum.text()
    }

    #[test]
    fn sums_are_exact_and_have_one_text() {
        for (numbers, text) in [
            (&[][..], "0"),
            (&["801.0"], "801"),
            (&["801", "-801.0"], "0"),
            (&["0.1", "0.2"], "0.3"),
            (&["-0.05", "0.02"], "-0.03"),
            (&["1e3", "2.5E-2", "1E+1"], "1010.025"),
            (&["18446744073709551615", "18446744073709551615"], "36893488147419103230"),
            (
                &["9007199254740993", "0.000000000000000000001"],
                "9007199254740993.000000000000000000001",
            ),
            (
                &["99999999999999999999999999999999999999999", "1"],
                "100000000000000000000000000000000000000000",
            ),
            (&["1e999999999999", "2"], "2 and 1 beyond"),
        ] {
            assert_eq!(sum(numbers), text);
        }
    }

    #[test]
    fn many_of_one_number_are_its_multiple() {
        let mut sum = Sum::default();
        sum.add_times("0.10", 1_000_000);
        sum.add_units(-5, 1, 3);
        assert_eq!((sum.text(), sum.numbers()), ("99998.5".to_owned(), 1_000_003));
    }

    #[test]
    fn what_passes_128_bits_is_still_exact() {
        let mut sum = Sum::default();
        for _ in 0..3 {
            sum.add_total(i128::MAX, 0, 1);
        }
        assert_eq!(sum.text(), (BigInt::from(i128::MAX) * BigInt::from(3)).to_string());
    }
}
