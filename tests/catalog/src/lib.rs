//! Random values of the types that the generated source uses.
//!
//! They lean towards the ends of ranges: what is rare in a service must be common here.

mod collections;
mod scalars;

pub use tests::random::Random;

/// An event of a library, which is in the catalogue of each binary that uses the library.
#[derive(Debug, event_log::Event)]
pub struct OfLibrary {
    /// Of the library.
    pub version: u32,
}

/// Types of which there are random values.
pub trait Arbitrary {
    /// The next one.
    fn arbitrary(random: &mut Random) -> Self;
}

/// One of these.
///
/// # Panics
/// If there are none.
pub fn choose<T: Clone>(random: &mut Random, choices: &[T]) -> T {
    choices[index_below(random, choices.len())].clone()
}

fn index_below(random: &mut Random, end: usize) -> usize {
    usize::try_from(random.below(end as u64)).expect("an index")
}

/// What neither serializes nor has a schema.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Arbitrary for Nothing {
    fn arbitrary(_: &mut Random) -> Self {
        Self
    }
}

/// A number as text, as somebody's own `#[serde(with = "…")]`.
pub mod as_text {
    use std::fmt::Display;

    use serde::Serializer;

    /// As text.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        value: &impl Display,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }
}
