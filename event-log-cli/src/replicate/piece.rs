//! The events of some users in one hour: in the order of time, as lines, and what they amount to.

use chrono::Datelike;
use uuid::Uuid;

use crate::lake::layout::Hour;
use crate::load::flatten;
use crate::replicate::random::Purpose;
use crate::replicate::rules::Draw;
use crate::replicate::schedule::HOUR_MICROS;
use crate::replicate::template::{Member, Recorded, UserKind, Value};
use crate::replicate::{Part, Plan};
use crate::tally::{Tally, count, fingerprint};

/// Versions 7 of UUIDs, without time and the rest.
const VERSION_7: u128 = 0x7 << 76 | 0b10 << 62;

/// One event that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// When, in microseconds of the day.
    pub micros: u64,
    /// Its number within the whole plan, by day, user and recorded event.
    pub number: u64,
}

/// What was drawn for one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawn {
    /// The choice of this number.
    Choice(usize),
    /// So many units of the last place.
    Units(i64),
}

/// The events of a piece, as they come.
#[derive(Debug)]
pub struct Piece<'a> {
    plan: &'a Plan,
    /// Which piece it is.
    pub part: Part,
    /// `2021-09-16T05:`
    date_head: String,
    /// When the day begins, in milliseconds since 1970.
    day_millis: u64,
    counts: Vec<Counted>,
}

/// What the copies of one recorded event amount to.
#[derive(Clone, Debug, Default)]
struct Counted {
    events: u64,
    ids: u64,
    country: Choices,
    /// Of each member, if it is drawn.
    members: Vec<Choices>,
}

/// What was drawn for one value altogether.
#[derive(Clone, Debug, Default)]
struct Choices {
    /// How often each choice was.
    times: Vec<u64>,
    /// The sum of the units.
    units: i128,
}

impl Choices {
    #[inline]
    fn add(&mut self, drawn: Drawn) {
        match drawn {
            Drawn::Units(units) => self.units += i128::from(units),
            Drawn::Choice(choice) => {
                if self.times.len() <= choice {
                    self.times.resize(choice + 1, 0);
                }
                self.times[choice] += 1;
            }
        }
    }
}

impl<'a> Piece<'a> {
    /// A piece of which nothing was rendered yet.
    #[must_use]
    pub fn new(plan: &'a Plan, part: Part) -> Self {
        let date = plan.date(part.day);
        let day_millis = date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
        let counted = |event: &Recorded| Counted {
            members: vec![Choices::default(); event.members().count()],
            ..Counted::default()
        };
        Self {
            plan,
            part,
            date_head: format!("{date}T{:02}:", part.hour),
            day_millis: u64::try_from(day_millis).unwrap_or_default(),
            counts: plan.template.events.iter().map(counted).collect(),
        }
    }

    /// When a moment of its day is, in microseconds since 1970.
    #[must_use]
    pub fn unix_micros(&self, micros: u64) -> u64 {
        self.day_millis * 1_000 + micros
    }

    /// The events that fall into its hour, in the order of time.
    #[must_use]
    pub fn due(&self) -> Vec<Due> {
        let Self { plan, part, .. } = self;
        let from = u64::from(part.hour) * HOUR_MICROS;
        let to = from + HOUR_MICROS;
        let span = plan.template.span_micros();
        let events = plan.template.events.len() as u64;
        let mut due = Vec::new();
        for user in part.users_from..part.users_to {
            let place = part.day * plan.users + user;
            let start = plan.schedule.start(plan.random, place);
            if start >= to || start + span < from {
                continue;
            }
            for (number, event) in (place * events..).zip(&plan.template.events) {
                let micros = start + event.after_micros;
                if micros >= from && micros < to {
                    due.push(Due { micros, number });
                }
            }
        }
        due.sort_unstable();
        due
    }

    /// The recorded event that this is a copy of, and the number of the user.
    ///
    /// # Panics
    /// Never: an index of an event is one.
    #[must_use]
    #[inline]
    pub fn recorded(&self, due: Due) -> (&'a Recorded, usize, u64) {
        let events = self.plan.template.events.len() as u64;
        let index = usize::try_from(due.number % events).expect("it is the index of an event");
        let user = due.number / events - self.part.day * self.plan.users;
        (&self.plan.template.events[index], index, user)
    }

    /// Appends the line of an event, and counts it.
    pub fn line(&mut self, due: Due, out: &mut Vec<u8>) {
        let (event, index, user) = self.recorded(due);
        let id = self.id(due, index);
        let mut text = [0; 36];
        let id = &*id.hyphenated().encode_lower(&mut text);
        out.extend_from_slice(b"{\"id\":\"");
        out.extend_from_slice(id.as_bytes());
        out.extend_from_slice(b"\",\"date\":\"");
        self.date(due, event.precision, out);
        out.extend_from_slice(b"\",\"type\":\"");
        out.extend_from_slice(event.event_type.as_bytes());
        out.extend_from_slice(b"\",\"user_id\":");
        self.value(&event.user_id, due, user, out);
        out.extend_from_slice(b",\"locale\":");
        self.value(&event.locale, due, user, out);
        out.extend_from_slice(b",\"country_code\":");
        let country = self.value(&event.country_code, due, user, out);
        self.count(index, fingerprint(id), country);
        let mut slot = 0;
        for member in &event.common_fields {
            out.push(b',');
            self.member(member, due, user, (index, slot), out);
            slot += 1;
        }
        out.extend_from_slice(b",\"params\":{");
        for (position, member) in event.params.iter().enumerate() {
            if position > 0 {
                out.push(b',');
            }
            self.member(member, due, user, (index, slot), out);
            slot += 1;
        }
        out.extend_from_slice(b"}}\n");
    }

    fn member(
        &mut self,
        member: &Member,
        due: Due,
        user: u64,
        (index, slot): (usize, usize),
        out: &mut Vec<u8>,
    ) {
        flatten::text(&member.name, out);
        out.push(b':');
        if let Some(drawn) = self.value(&member.value, due, user, out) {
            self.count_member(index, slot, drawn);
        }
    }

    /// Counts a copy of the recorded event with this index.
    pub fn count(&mut self, index: usize, fingerprint: u64, country: Option<Drawn>) {
        let counted = &mut self.counts[index];
        counted.events += 1;
        counted.ids = counted.ids.wrapping_add(fingerprint);
        if let Some(drawn) = country {
            counted.country.add(drawn);
        }
    }

    /// Counts what was drawn for a member.
    #[inline]
    pub fn count_member(&mut self, index: usize, slot: usize, drawn: Drawn) {
        self.counts[index].members[slot].add(drawn);
    }

    /// The time of the event, its place in the template so that events of one millisecond stay in
    /// order, and its number in disguise, so that no two ids are alike.
    fn id(&self, due: Due, index: usize) -> Uuid {
        let millis = u128::from(self.day_millis + due.micros / 1_000);
        let order = index.min(0xFFF) as u128;
        let unique = u128::from(self.plan.random.shuffled(due.number));
        Uuid::from_u128(millis << 80 | VERSION_7 | order << 64 | unique)
    }

    fn date(&self, due: Due, precision: usize, out: &mut Vec<u8>) {
        let of_hour = due.micros % HOUR_MICROS;
        let (second, micros) = (of_hour / 1_000_000, of_hour % 1_000_000);
        out.extend_from_slice(self.date_head.as_bytes());
        digits(second / 60, 2, out);
        out.push(b':');
        digits(second % 60, 2, out);
        if precision > 0 {
            out.push(b'.');
            digits(micros, 6, out);
            out.truncate(out.len() - 6 + precision);
        }
        out.push(b'Z');
    }

    /// Appends a value, and says what was drawn for it.
    pub fn value(&self, value: &Value, due: Due, user: u64, out: &mut Vec<u8>) -> Option<Drawn> {
        match value {
            Value::Same(text) => {
                out.extend_from_slice(text.as_bytes());
                None
            }
            Value::User => self.user(user, out),
            Value::Drawn(rule) => Some(self.drawn(*rule, due, user, out)),
        }
    }

    fn drawn(&self, number: usize, due: Due, user: u64, out: &mut Vec<u8>) -> Drawn {
        let rule = &self.plan.template.rules[number];
        let place = if rule.is_per_user { user } else { due.number };
        let at = self.plan.random.below(Purpose::Rule(number), place, rule.draw.total());
        match &rule.draw {
            Draw::Choose(values) => {
                let choice = values.partition_point(|(_, sum)| *sum <= at);
                out.extend_from_slice(values[choice].0.as_bytes());
                Drawn::Choice(choice)
            }
            Draw::Range { low, step, places, .. } => {
                let at = i64::try_from(at).expect("a range is within 63 bits");
                let units = low + at * step;
                decimal(units, *places as usize, out);
                Drawn::Units(units)
            }
            Draw::User => unreachable!("the template has `Value::User` for it"),
        }
    }

    /// Appends the id of a user; an integer is drawn, so that it is summed where it is a field.
    fn user(&self, user: u64, out: &mut Vec<u8>) -> Option<Drawn> {
        match &self.plan.template.user {
            UserKind::None => out.extend_from_slice(b"null"),
            UserKind::Integer => {
                let id = i64::try_from(self.plan.first_user + user).expect("`Plan::new` looked");
                decimal(id, 0, out);
                return Some(Drawn::Units(id));
            }
            UserKind::Uuid => {
                let high = u128::from(self.plan.random.at(Purpose::User, user)) << 64;
                // The number itself, in disguise, so that no two are alike; of version 4.
                let low = u128::from(self.plan.random.shuffled(user));
                let id = uuid::Builder::from_random_bytes((high | low).to_be_bytes()).into_uuid();
                let mut text = [0; 36];
                out.push(b'"');
                out.extend_from_slice(id.hyphenated().encode_lower(&mut text).as_bytes());
                out.push(b'"');
            }
            UserKind::Text(text) => {
                out.push(b'"');
                out.extend_from_slice(text.as_bytes());
                out.push(b'-');
                digits(self.plan.first_user + user, 1, out);
                out.push(b'"');
            }
        }
        None
    }

    /// Its hour.
    ///
    /// # Panics
    /// Never: `Plan::new` has looked at the dates.
    #[must_use]
    pub fn hour(&self) -> Hour {
        let date = self.plan.date(self.part.day);
        Hour {
            year: u16::try_from(date.year()).expect("`Plan::new` looked"),
            month: u8::try_from(date.month()).expect("12 at most"),
            day: u8::try_from(date.day()).expect("31 at most"),
            hour: self.part.hour,
        }
    }

    /// Adds what was counted to a tally; users are not in it.
    pub fn add_to(&self, tally: &mut Tally) {
        let hour = self.hour();
        for (event, counted) in self.plan.template.events.iter().zip(&self.counts) {
            if counted.events > 0 {
                self.add_event(event, counted, hour, tally);
            }
        }
    }

    fn add_event(&self, event: &Recorded, counted: &Counted, hour: Hour, tally: &mut Tally) {
        let of_type = tally.of_type(&event.event_type);
        let indexes: Vec<usize> =
            event.members().enumerate().map(|(hint, m)| of_type.field(&m.column, hint)).collect();
        let of_hour = of_type.hours.entry(hour).or_default();
        of_hour.events += counted.events;
        of_hour.ids = of_hour.ids.wrapping_add(counted.ids);
        for (text, times) in self.times(&event.country_code, &counted.country, counted.events) {
            count(&mut of_hour.countries, text.trim_matches('"'), times);
        }
        for ((member, choices), index) in event.members().zip(&counted.members).zip(indexes) {
            let sum = of_hour.sum(index);
            for (text, times) in self.times(&member.value, choices, counted.events) {
                if text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
                    sum.add_times(text, times);
                }
            }
            if let Some(places) = self.places(&member.value) {
                sum.add_total(choices.units, places.into(), counted.events);
            }
        }
    }

    /// The texts that a value had, and how often.
    fn times<'v>(
        &'v self,
        value: &'v Value,
        choices: &'v Choices,
        events: u64,
    ) -> impl Iterator<Item = (&'v str, u64)> {
        let same = match value {
            Value::Same(text) => Some((&**text, events)),
            _ => None,
        };
        let values: &[_] = match value {
            Value::Drawn(rule) => match &self.plan.template.rules[*rule].draw {
                Draw::Choose(values) => values,
                _ => &[],
            },
            _ => &[],
        };
        let chosen = values.iter().zip(&choices.times).map(|((text, _), times)| (&**text, *times));
        same.into_iter().chain(chosen).filter(|(_, times)| *times > 0)
    }

    /// The places of a value that is summed by its units.
    fn places(&self, value: &Value) -> Option<u32> {
        match value {
            Value::Drawn(rule) => match self.plan.template.rules[*rule].draw {
                Draw::Range { places, .. } => Some(places),
                _ => None,
            },
            Value::User => (self.plan.template.user == UserKind::Integer).then_some(0),
            Value::Same(_) => None,
        }
    }
}

/// Appends a number, with zeros before it up to a width.
#[inline]
fn digits(mut number: u64, width: usize, out: &mut Vec<u8>) {
    let mut text = [b'0'; 20];
    let mut begin = text.len();
    while number > 0 {
        begin -= 1;
        text[begin] = b'0' + u8::try_from(number % 10).expect("a digit");
        number /= 10;
    }
    out.extend_from_slice(&text[begin.min(text.len() - width)..]);
}

/// Appends a decimal of so many units of the last place.
fn decimal(units: i64, places: usize, out: &mut Vec<u8>) {
    if units < 0 {
        out.push(b'-');
    }
    let begin = out.len();
    digits(units.unsigned_abs(), places + 1, out);
    if places > 0 {
        out.insert(out.len() - places, b'.');
    }
    debug_assert!(out.len() > begin);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_their_places() {
        for (units, places, text) in [
            (0, 0, "0"),
            (5, 2, "0.05"),
            (-5, 1, "-0.5"),
            (12_345, 2, "123.45"),
            (i64::MIN, 0, "-9223372036854775808"),
        ] {
            let mut out = Vec::new();
            decimal(units, places, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }
}
