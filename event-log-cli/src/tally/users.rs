//! How many users were different, in little memory.

use std::collections::HashSet;

use foldhash::fast::RandomState;
use roaring::RoaringTreemap;
use xxhash_rust::xxh3::xxh3_128;

/// Different users, by the JSON text of their ids.
///
/// Integers are kept as compressed bitmaps, a bit or two each where they are dense. Others are told
/// apart by 128 bits of their text, so two of them count as one by a chance that is none.
#[derive(Clone, Debug, Default)]
pub struct Users {
    integers: RoaringTreemap,
    others: HashSet<u128, RandomState>,
    /// Users that are known to be different, and from those above.
    counted: u64,
}

impl Users {
    /// So many, of whom it is known that they are different.
    #[must_use]
    pub fn counted(count: u64) -> Self {
        Self { counted: count, ..Self::default() }
    }

    /// Adds a user.
    #[inline]
    pub fn insert(&mut self, user_id: &str) {
        match integer(user_id.as_bytes()) {
            Some(number) => _ = self.integers.insert(number),
            None => _ = self.others.insert(xxh3_128(user_id.as_bytes())),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.integers.len() + self.others.len() as u64 + self.counted
    }

    /// Adds others; what was counted only must be different.
    pub fn merge(&mut self, other: Self) {
        self.integers |= other.integers;
        self.others.extend(other.others);
        self.counted += other.counted;
    }
}

/// An integer that fits 64 bits, in its only text.
fn integer(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 19 || (text[0] == b'0' && text.len() > 1) {
        return None;
    }
    text.iter().try_fold(0_u64, |number, byte| {
        byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_counts_once() {
        let mut users = Users::default();
        for id in ["1", "1", "2", "-1", "\"1\"", "\"a\"", "\"a\"", "18446744073709551615", "1.0"] {
            users.insert(id);
        }
        let mut others = Users::default();
        for id in ["2", "3", "\"a\"", "9999999999999999999"] {
            others.insert(id);
        }
        assert_eq!((users.count(), others.count()), (7, 4));
        users.merge(others);
        assert_eq!(users.count(), 9);
    }
}
