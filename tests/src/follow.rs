//! What a follower yields, as numbers and troubles.

use event_log::follow::{FollowError, Follower, Line};

use crate::wait::PATIENCE;

/// Lines as the numbers of their [`Tick`](crate::Tick)s, and troubles as text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The numbers, in the order in which they came.
    pub numbers: Vec<u64>,
    /// The troubles, in the order in which they came.
    pub troubles: Vec<String>,
}

impl Seen {
    /// Everything that is there already.
    ///
    /// # Panics
    /// If a line has no number.
    #[must_use]
    pub fn available(follower: &mut Follower) -> Self {
        let mut seen = Self::default();
        while let Some(next) = follower.read_available() {
            seen.add(next);
        }
        seen
    }

    /// Adds what was yielded.
    ///
    /// # Panics
    /// If a line has no number.
    pub fn add(&mut self, yielded: Result<Line, FollowError>) {
        match yielded {
            Ok(line) => self.numbers.push(number(&line)),
            Err(trouble) => self.troubles.push(trouble.to_string()),
        }
    }
}

/// So many numbers, waited for.
///
/// # Panics
/// If they do not come, or trouble does.
#[must_use]
pub fn next_numbers(follower: &mut Follower, how_many: u64) -> Vec<u64> {
    let next = |index| {
        let next = follower.next_timeout(PATIENCE);
        let line = next.unwrap_or_else(|| panic!("only {index} of {how_many} lines came"));
        number(&line.expect("no trouble"))
    };
    (0..how_many).map(next).collect()
}

/// These numbers.
#[must_use]
pub fn all(numbers: std::ops::Range<u64>) -> Vec<u64> {
    numbers.collect()
}

/// The number of a line.
///
/// # Panics
/// If it has none.
#[must_use]
pub fn number(line: &Line) -> u64 {
    let params: serde_json::Value = line.params().expect("params are JSON");
    params["number"].as_u64().expect("a number")
}
