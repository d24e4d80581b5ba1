//! Numbers that follow from a seed and a place, so that they are the same in whatever order they are
//! asked for.

/// A source of numbers.
#[derive(Clone, Copy, Debug)]
pub struct Random {
    key: u64,
}

/// What a number is for; others of the same place are independent of it.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// When a user begins on a day.
    Start,
    /// A drawn value, by the number of its rule.
    Rule(usize),
    /// The random part of ids.
    Id,
    /// The ids of users who have UUIDs.
    User,
    /// The tokens of segments.
    Token,
}

impl Purpose {
    fn number(self) -> u64 {
        match self {
            Self::Start => 1,
            Self::Id => 2,
            Self::User => 3,
            Self::Token => 4,
            Self::Rule(rule) => 16 + rule as u64,
        }
    }
}

impl Random {
    /// The numbers of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { key: mix(seed ^ 0x9E37_79B9_7F4A_7C15) }
    }

    /// The number of a place.
    #[must_use]
    #[inline]
    pub fn at(self, purpose: Purpose, place: u64) -> u64 {
        let key = self.key ^ purpose.number().wrapping_mul(0xD1B5_4A32_D192_ED03);
        mix(mix(key).wrapping_add(place))
    }

    /// A number below `bound` for a place.
    ///
    /// # Panics
    /// Never: the high half of a product is below the bound.
    #[must_use]
    #[inline]
    pub fn below(self, purpose: Purpose, place: u64, bound: u64) -> u64 {
        let product = u128::from(self.at(purpose, place)) * u128::from(bound);
        u64::try_from(product >> 64).expect("it is below the bound")
    }

    /// Another number of 62 bits for each number of 62 bits.
    #[must_use]
    #[inline]
    pub fn shuffled(self, number: u64) -> u64 {
        const MASK: u64 = (1 << 62) - 1;
        // Each step can be undone: an exclusive or, a product with an odd number, a shift to the right.
        let mut x = (number ^ self.at(Purpose::Id, 0)) & MASK;
        for factor in [0xBF58_476D_1CE4_E5B9_u64, 0x94D0_49BB_1331_11EB] {
            x ^= x >> 30;
            x = x.wrapping_mul(factor) & MASK;
        }
        x ^ x >> 31
    }
}

/// The finalizer of splitmix64.
#[inline]
fn mix(mut x: u64) -> u64 {
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ x >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn shuffled_numbers_are_different_and_have_62_bits() {
        let random = Random::new(7);
        let numbers = (0..100_000).chain([(1 << 62) - 1, 1 << 61]);
        let all: HashSet<u64> = numbers.map(|number| random.shuffled(number)).collect();
        assert_eq!(all.len(), 100_002);
        assert!(all.iter().all(|number| *number < 1 << 62));
    }

    #[test]
    fn numbers_differ_by_seed_purpose_and_place_and_stay_below_the_bound() {
        let all: HashSet<u64> = (0..4)
            .flat_map(|seed| (0..4).map(move |rule| (seed, rule)))
            .flat_map(|(seed, rule)| {
                (0..100).map(move |place| Random::new(seed).at(Purpose::Rule(rule), place))
            })
            .collect();
        assert_eq!(all.len(), 1_600);
        let random = Random::new(1);
        let mut counts = [0_u32; 3];
        for place in 0..30_000 {
            counts[usize::try_from(random.below(Purpose::Start, place, 3)).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (9_500..10_500).contains(count)), "{counts:?}");
    }
}
