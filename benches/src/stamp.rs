//! An id and a date per event, as cheap as they can be made: a counter mixed once for the random
//! bits, the coarse clock, the date's text cached per second.
//!
//! The floor uses them, and so do the peers: no peer pays for a slow generator of ids.

use rustix::time::{ClockId, clock_gettime};

/// Makes the id and the date of one event after another.
#[derive(Debug)]
pub struct Stamp {
    random: u64,
    second: i64,
    id: [u8; 36],
    date: [u8; 20],
}

const HEX: &[u8; 16] = b"0123456789abcdef";

impl Stamp {
    /// Stamps with ids from this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { random: seed, second: 0, id: [b'-'; 36], date: [b'0'; 20] }
    }

    /// Goes on to the next event.
    #[inline]
    pub fn renew(&mut self) {
        let now = clock_gettime(ClockId::RealtimeCoarse);
        if now.tv_sec != self.second {
            self.second = now.tv_sec;
            self.date = date_text(now.tv_sec);
        }
        let millis = now.tv_sec.unsigned_abs() * 1_000 + now.tv_nsec.unsigned_abs() / 1_000_000;
        self.id = id_text(self.next_id(millis));
    }

    /// The id's text.
    #[must_use]
    #[inline]
    pub fn id_bytes(&self) -> [u8; 36] {
        self.id
    }

    /// The date's text.
    #[must_use]
    #[inline]
    pub fn date_bytes(&self) -> [u8; 20] {
        self.date
    }

    /// The id's text.
    ///
    /// # Panics
    /// Never: it is ASCII.
    #[must_use]
    #[inline]
    pub fn id(&self) -> &str {
        str::from_utf8(&self.id).expect("ASCII")
    }

    /// The date's text.
    ///
    /// # Panics
    /// Never: it is ASCII.
    #[must_use]
    #[inline]
    pub fn date(&self) -> &str {
        str::from_utf8(&self.date).expect("ASCII")
    }

    #[inline]
    fn next_id(&mut self, millis: u64) -> u128 {
        let mut random = || {
            self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (self.random ^ self.random >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed ^ mixed >> 27
        };
        let high = millis << 16 | 0x7000 | random() & 0xFFF;
        let low = 1 << 63 | random() >> 2;
        u128::from(high) << 64 | u128::from(low)
    }
}

#[inline]
fn id_text(id: u128) -> [u8; 36] {
    let mut text = [b'-'; 36];
    let mut at = 0;
    for (index, byte) in id.to_be_bytes().into_iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            at += 1;
        }
        text[at] = HEX[usize::from(byte >> 4)];
        text[at + 1] = HEX[usize::from(byte & 15)];
        at += 2;
    }
    text
}

/// RFC 3339 in whole seconds, by Howard Hinnant's civil-from-days.
fn date_text(second: i64) -> [u8; 20] {
    let (days, of_day) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (of_day / 3_600, of_day / 60 % 60);
    let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", of_day % 60);
    text.as_bytes().try_into().expect("20 bytes until the year 10000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_rfc_3339() {
        assert_eq!(&date_text(1_631_771_847), b"2021-09-16T05:57:27Z");
    }
}
