//! Random values that hold others.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::hash::{BuildHasher, Hash};

use serde_json::{Map, Number, Value, json};

use crate::{Arbitrary, Random};

/// Up to three, so that values stay small however deep types nest.
fn few<T: Arbitrary, C: FromIterator<T>>(random: &mut Random) -> C {
    let count = random.below(4);
    (0..count).map(|_| T::arbitrary(random)).collect()
}

impl<T: Arbitrary> Arbitrary for Option<T> {
    fn arbitrary(random: &mut Random) -> Self {
        (random.below(3) > 0).then(|| T::arbitrary(random))
    }
}

impl<T: Arbitrary> Arbitrary for Box<T> {
    fn arbitrary(random: &mut Random) -> Self {
        Self::new(T::arbitrary(random))
    }
}

impl<T: Arbitrary> Arbitrary for Box<[T]> {
    fn arbitrary(random: &mut Random) -> Self {
        few(random)
    }
}

impl<T: Arbitrary, const N: usize> Arbitrary for [T; N] {
    fn arbitrary(random: &mut Random) -> Self {
        std::array::from_fn(|_| T::arbitrary(random))
    }
}

impl<T: Arbitrary> Arbitrary for Vec<T> {
    fn arbitrary(random: &mut Random) -> Self {
        few(random)
    }
}

impl<T: Arbitrary> Arbitrary for VecDeque<T> {
    fn arbitrary(random: &mut Random) -> Self {
        few(random)
    }
}

impl<T: Arbitrary + Ord> Arbitrary for BTreeSet<T> {
    fn arbitrary(random: &mut Random) -> Self {
        few(random)
    }
}

impl<A: Arbitrary, B: Arbitrary> Arbitrary for (A, B) {
    fn arbitrary(random: &mut Random) -> Self {
        (A::arbitrary(random), B::arbitrary(random))
    }
}

impl<K: Arbitrary + Ord, T: Arbitrary> Arbitrary for BTreeMap<K, T> {
    fn arbitrary(random: &mut Random) -> Self {
        few(random)
    }
}

impl<K: Arbitrary + Eq + Hash, T: Arbitrary, S: BuildHasher + Default> Arbitrary
    for HashMap<K, T, S>
{
    fn arbitrary(random: &mut Random) -> Self {
        few(random)
    }
}

impl Arbitrary for Value {
    fn arbitrary(random: &mut Random) -> Self {
        match random.below(4) {
            0 => Self::Null,
            1 => Number::arbitrary(random).into(),
            2 => String::arbitrary(random).into(),
            _ => json!({"a": [1, null, {"b": "\n"}]}),
        }
    }
}

impl Arbitrary for Number {
    fn arbitrary(random: &mut Random) -> Self {
        match random.below(2) {
            0 => u64::arbitrary(random).into(),
            _ => Self::from_f64(f64::arbitrary(random)).unwrap_or_else(|| 0.into()),
        }
    }
}

impl Arbitrary for Map<String, Value> {
    fn arbitrary(random: &mut Random) -> Self {
        few(random)
    }
}
