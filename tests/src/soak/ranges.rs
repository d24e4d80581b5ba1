//! A set of numbers that are mostly in a row.

use std::collections::BTreeMap;

/// Ranges that neither overlap nor touch, by their beginning, with the number behind their end.
#[derive(Debug, Default)]
pub(super) struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    /// Puts a number in; returns false if it was in already.
    pub(super) fn insert(&mut self, number: u64) -> bool {
        let before = self.0.range(..=number).next_back().map(|(start, end)| (*start, *end));
        if before.is_some_and(|(_, end)| number < end) {
            return false;
        }
        let start = match before {
            Some((start, end)) if end == number => start,
            _ => number,
        };
        let end = self.0.remove(&(number + 1)).unwrap_or(number + 1);
        self.0.insert(start, end);
        true
    }

    /// Whether it holds every number below `end`, and no other one.
    pub(super) fn is_all_below(&self, end: u64) -> bool {
        let whole = (end > 0).then_some((0, end));
        self.0.iter().map(|(start, end)| (*start, *end)).eq(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_any_order_become_one_range() {
        let mut ranges = Ranges::default();
        for number in [5, 0, 2, 1, 4, 3] {
            assert!(ranges.insert(number));
            assert!(!ranges.insert(number));
        }
        assert!(ranges.is_all_below(6));
        assert!(!ranges.is_all_below(5));
        assert!(!ranges.is_all_below(7));
    }
}
