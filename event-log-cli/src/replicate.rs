//! One user's recorded events to the traffic of many, whose totals are known.
//!
//! ```text
//! template + rules ──> plan ──> pieces: a block of users in one hour ──> lines ──> segments, or a Logger
//!                                                                   └──> tally ──> expected.json
//! ```
//!
//! - [`template`]: the recorded events, compiled to what stays and what varies. [`rules`]: how it varies.
//! - [`schedule`]: when each user acts. [`random`]: numbers that follow from the seed and a place.
//! - [`piece`]: the events of some users in one hour, in the order of time, and what they amount to.
//! - [`segments`]: pieces to files, several at a time. [`emit`]: pieces through a `Logger`, at a rate.
//!
//! Each number follows from the seed and the number of user and event alone, and a piece from nothing
//! but the plan, so how many threads work is not seen in the result.

pub mod emit;
pub mod piece;
pub mod random;
pub mod rules;
pub mod schedule;
pub mod segments;
pub mod template;

use chrono::{Datelike, Days, NaiveDate};

use crate::failure::Failure;
use crate::replicate::random::Random;
use crate::replicate::schedule::{Curve, Schedule};
use crate::replicate::template::Template;
use crate::words::count;

/// So many events of a block are held at once at most, if they all fall into one hour.
const BLOCK_EVENTS: u64 = 1 << 22;

/// The numbers of events are the last 62 bits of ids, so that no two are alike.
const MOST_EVENTS: u64 = 1 << 62;

/// What is to be made.
#[derive(Debug)]
pub struct Plan {
    /// The recorded events.
    pub template: Template,
    /// How many users.
    pub users: u64,
    /// The number of the first, where user ids are integers.
    pub first_user: u64,
    /// The first day, in UTC.
    pub from: NaiveDate,
    /// How many days; each user acts on each of them.
    pub days: u32,
    /// When they act.
    pub schedule: Schedule,
    /// Where the numbers come from.
    pub random: Random,
}

/// The options of a plan, checked by [`Plan::new`].
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// See [`Plan::users`].
    pub users: u64,
    /// See [`Plan::first_user`].
    pub first_user: u64,
    /// See [`Plan::from`].
    pub from: NaiveDate,
    /// See [`Plan::days`].
    pub days: u32,
}

/// A part of the work: some users in one hour of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The number of the piece, in the order of time.
    pub number: u64,
    /// The number of the day, from 0.
    pub day: u64,
    /// 0 to 23.
    pub hour: u8,
    /// The number of the first user, from 0.
    pub users_from: u64,
    /// The number behind the last user.
    pub users_to: u64,
}

impl Plan {
    /// A plan.
    ///
    /// # Errors
    /// If there is nothing to do, or more than can be numbered.
    pub fn new(template: Template, size: Size, curve: Curve, seed: u64) -> Result<Self, Failure> {
        let Size { users, first_user, from, days } = size;
        let events = template.events.len() as u64;
        let total = users.checked_mul(days.into()).and_then(|n| n.checked_mul(events));
        if total.is_none_or(|total| total == 0 || total >= MOST_EVENTS) {
            return Err(Failure::Argument(format!(
                "{}, {} and {} make nothing, or 2^62 events or more",
                count(users, "user"),
                count(days, "day"),
                count(events, "event")
            )));
        }
        if first_user.checked_add(users).is_none_or(|last| i64::try_from(last).is_err()) {
            return Err(Failure::Argument(format!(
                "the numbers of {} from {first_user} on do not fit 63 bits",
                count(users, "user")
            )));
        }
        // What ids and dates of lines can say.
        let years = 1970..=9999;
        let last = from.checked_add_days(Days::new(u64::from(days) - 1));
        if !last.is_some_and(|last| years.contains(&from.year()) && years.contains(&last.year())) {
            return Err(Failure::Argument(format!(
                "{} from {from} on: not all of that is within the years 1970 to 9999",
                count(days, "day")
            )));
        }
        let schedule = Schedule::new(curve, template.span_micros());
        Ok(Self { template, users, first_user, from, days, schedule, random: Random::new(seed) })
    }

    /// How many events it makes.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.users * u64::from(self.days) * self.template.events.len() as u64
    }

    fn block(&self) -> u64 {
        (BLOCK_EVENTS / self.template.events.len() as u64).max(1)
    }

    /// How many pieces there are.
    #[must_use]
    pub fn parts(&self) -> u64 {
        u64::from(self.days) * 24 * self.users.div_ceil(self.block())
    }

    /// The piece of this number.
    ///
    /// # Panics
    /// Never: a day has 24 hours.
    #[must_use]
    pub fn part(&self, number: u64) -> Part {
        let blocks = self.users.div_ceil(self.block());
        let users_from = number % blocks * self.block();
        Part {
            number,
            day: number / blocks / 24,
            hour: u8::try_from(number / blocks % 24).expect("there are 24 hours"),
            users_from,
            users_to: self.users.min(users_from + self.block()),
        }
    }

    /// The date of a day.
    ///
    /// # Panics
    /// If it is none of the plan's days and beyond the calendar.
    #[must_use]
    pub fn date(&self, day: u64) -> NaiveDate {
        self.from.checked_add_days(Days::new(day)).expect("`new` has checked the last day")
    }
}
