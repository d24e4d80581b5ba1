//! The floor: the same line rendered by hand, with a fresh id and date, into a reused buffer.
//!
//! What no logger can undercut: no ring, no thread, no safety. Its id and date are as cheap as they
//! can be made: a counter mixed once for the random bits, the coarse clock, the date's text cached.

use rustix::time::{ClockId, clock_gettime};

use crate::workload::LessonCleared;

/// Renders lines by hand.
#[derive(Debug)]
pub struct Floor {
    line: Vec<u8>,
    random: u64,
    second: i64,
    date: [u8; 20],
}

const HEX: &[u8; 16] = b"0123456789abcdef";

impl Floor {
    /// A floor with ids from this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { line: Vec::with_capacity(1_024), random: seed, second: 0, date: [b'0'; 20] }
    }

    /// Renders one line.
    #[inline]
    pub fn render(&mut self, event: &LessonCleared<'_>) -> &[u8] {
        let now = clock_gettime(ClockId::RealtimeCoarse);
        if now.tv_sec != self.second {
            self.second = now.tv_sec;
            self.date = date_text(now.tv_sec);
        }
        let millis = now.tv_sec.unsigned_abs() * 1_000 + now.tv_nsec.unsigned_abs() / 1_000_000;
        let id = self.next_id(millis);
        self.line.clear();
        self.push(b"{\"id\":\"");
        self.push_id(id);
        self.push(b"\",\"date\":\"");
        let date = self.date;
        self.push(&date);
        self.push(b"\",\"type\":\"lesson_cleared\",\"user_id\":123456789,\"locale\":\"ja-JP\",");
        self.push(b"\"country_code\":\"JP\",\"params\":{\"course\":\"");
        self.push_text(event.course);
        self.push(b"\",\"lesson\":");
        self.push_number(event.lesson);
        self.push(b",\"score\":");
        self.push_score(event.score);
        self.push(b",\"first_try\":");
        self.push(if event.first_try { b"true" } else { b"false" });
        self.push(b",\"badge\":");
        match event.badge {
            Some(badge) => {
                self.push(b"\"");
                self.push_text(badge);
                self.push(b"\"");
            }
            None => self.push(b"null"),
        }
        self.push(b"}}\n");
        &self.line
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        self.line.extend_from_slice(bytes);
    }

    /// Copies text up to the first byte that would need an escape; the workload has none.
    #[inline]
    fn push_text(&mut self, text: &str) {
        let plain = text.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\');
        self.push(&text.as_bytes()[..plain.unwrap_or(text.len())]);
    }

    #[inline]
    fn push_number(&mut self, mut number: u32) {
        let mut digits = [0; 10];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.push(&digits[start..]);
    }

    /// Any finite number, in the shortest form that reads back as the same.
    #[inline]
    fn push_score(&mut self, score: f64) {
        let mut digits = zmij::Buffer::new();
        self.push(digits.format_finite(score).as_bytes());
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

    #[inline]
    fn push_id(&mut self, id: u128) {
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
        self.push(&text);
    }
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
