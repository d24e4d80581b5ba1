//! `expected.json`: what a set of events amounts to, so that every copy of it can be compared.
//!
//! ```json
//! {"version": 1, "events": 2, "users": 1,
//!  "days": {"2021-09-16": {"events": 2, "users": 1}},
//!  "countries": {"JP": 2},
//!  "types": {"purchase": {"events": 2, "users": 1, "hours": {
//!    "2021-09-16T05": {"events": 2, "ids": "5f0c…", "countries": {"JP": 2},
//!                      "sums": {"price": {"numbers": 2, "sum": "1602"}}}}}}}
//! ```
//!
//! Sums are exact decimals: a number is what its digits say, also a float, so nothing is rounded and
//! the order of adding does not matter. Numbers in nested values are not summed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::lake::layout::Hour;
use crate::tally::{OfHour, OfType, Tally};

const VERSION: u32 = 1;

/// What events amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Always 1.
    version: u32,
    /// How many events.
    pub events: u64,
    /// How many different users.
    pub users: u64,
    /// By day, as `2021-09-16`.
    pub days: BTreeMap<String, ExpectedDay>,
    /// Events by country.
    pub countries: BTreeMap<String, u64>,
    /// By type.
    pub types: BTreeMap<String, ExpectedType>,
}

/// The events of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedDay {
    /// How many events.
    pub events: u64,
    /// How many different users.
    pub users: u64,
}

/// The events of a type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedType {
    /// How many events.
    pub events: u64,
    /// How many different users.
    pub users: u64,
    /// By hour, as `2021-09-16T05`.
    pub hours: BTreeMap<String, ExpectedHour>,
}

/// The events of a type in an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedHour {
    /// How many events.
    pub events: u64,
    /// The fingerprint of their ids: equal if they are the same, in whatever order.
    pub ids: String,
    /// Events by country; `null` stands for none.
    pub countries: BTreeMap<String, u64>,
    /// By field: its numbers.
    pub sums: BTreeMap<String, ExpectedSum>,
}

/// The numbers in a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedSum {
    /// How many.
    pub numbers: u64,
    /// Their exact sum.
    pub sum: String,
}

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Of which type; `None` where all types are counted together.
    #[serde(rename = "type")]
    pub event_type: Option<String>,
    /// In which hour or on which day; `None` where all are counted together.
    pub time: Option<String>,
    /// What differs, as `events` or `sum of price`.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { event_type, time, what, expected, found } = self;
        let event_type = event_type.as_deref().unwrap_or("all types");
        let time = time.as_deref().unwrap_or("all hours");
        write!(f, "{event_type}, {time}: {what}: expected {expected}, found {found}")
    }
}

impl Expected {
    /// What a tally says.
    #[must_use]
    pub fn of(tally: &Tally) -> Self {
        let mut expected = Self { version: VERSION, users: tally.users.count(), ..Self::default() };
        for (day, users) in &tally.days {
            expected.days.entry(day_text(*day)).or_default().users = users.count();
        }
        for (name, of_type) in &tally.types {
            let ty = expected.add_type(of_type);
            expected.events += ty.events;
            expected.types.insert(name.to_string(), ty);
        }
        expected
    }

    fn add_type(&mut self, of_type: &OfType) -> ExpectedType {
        let mut ty = ExpectedType { users: of_type.users.count(), ..ExpectedType::default() };
        for (hour, of_hour) in &of_type.hours {
            ty.events += of_hour.events;
            self.days.entry(day_text(*hour)).or_default().events += of_hour.events;
            for (country, events) in &of_hour.countries {
                *self.countries.entry(country.to_string()).or_default() += events;
            }
            let text = format!("{}T{:02}", day_text(*hour), hour.hour);
            ty.hours.insert(text, ExpectedHour::of(of_hour, &of_type.fields));
        }
        ty
    }

    /// Reads it.
    ///
    /// # Errors
    /// If it cannot be read, or is of another form or version.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = fs::read(path).map_err(Failure::file("read", path))?;
        let wrong = |reason: String| {
            Failure::Argument(format!(
                "`{}` is not what `replicate` or `verify --write` writes: {reason}",
                path.display()
            ))
        };
        let expected: Self =
            serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if expected.version != VERSION {
            return Err(wrong(format!("it has version {}, not {VERSION}", expected.version)));
        }
        Ok(expected)
    }

    /// Writes it.
    ///
    /// # Errors
    /// If the file cannot be written.
    ///
    /// # Panics
    /// Never: counts and texts have a form as JSON.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let mut text = serde_json::to_vec_pretty(self).expect("counts are plain data");
        text.push(b'\n');
        fs::write(path, text).map_err(Failure::file("write", path))
    }

    /// How what was found differs, the hours of each type first.
    #[must_use]
    pub fn differences(&self, found: &Self) -> Vec<Difference> {
        let mut all = Vec::new();
        let none = ExpectedType::default();
        for name in union(&self.types, &found.types) {
            let wanted = self.types.get(name).unwrap_or(&none);
            wanted.compare(found.types.get(name).unwrap_or(&none), name, &mut all);
        }
        let no_day = ExpectedDay::default();
        for day in union(&self.days, &found.days) {
            let wanted = self.days.get(day).unwrap_or(&no_day);
            let there = found.days.get(day).unwrap_or(&no_day);
            let mut place = Place { event_type: None, time: Some(day), all: &mut all };
            place.compare("events", &wanted.events, &there.events);
            place.compare("distinct users", &wanted.users, &there.users);
        }
        let mut place = Place { event_type: None, time: None, all: &mut all };
        place.compare("events", &self.events, &found.events);
        place.compare("distinct users", &self.users, &found.users);
        place.countries(&self.countries, &found.countries);
        all
    }
}

fn day_text(Hour { year, month, day, .. }: Hour) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

impl ExpectedType {
    fn compare(&self, found: &Self, name: &str, all: &mut Vec<Difference>) {
        let none = ExpectedHour::default();
        for hour in union(&self.hours, &found.hours) {
            let wanted = self.hours.get(hour).unwrap_or(&none);
            let there = found.hours.get(hour).unwrap_or(&none);
            wanted.compare(there, Place { event_type: Some(name), time: Some(hour), all });
        }
        let mut place = Place { event_type: Some(name), time: None, all };
        place.compare("distinct users", &self.users, &found.users);
    }
}

impl ExpectedHour {
    fn of(of_hour: &OfHour, fields: &[Box<str>]) -> Self {
        let sums = of_hour.sums.iter().zip(fields).filter(|(sum, _)| sum.numbers() > 0);
        let sums = sums.map(|(sum, name)| {
            (name.to_string(), ExpectedSum { numbers: sum.numbers(), sum: sum.text() })
        });
        let countries = of_hour.countries.iter();
        Self {
            events: of_hour.events,
            ids: format!("{:016x}", of_hour.ids),
            countries: countries.map(|(country, events)| (country.to_string(), *events)).collect(),
            sums: sums.collect(),
        }
    }

    fn compare(&self, found: &Self, mut place: Place<'_>) {
        place.compare("events", &self.events, &found.events);
        if self.events == found.events {
            // Else the ids differ of course.
            place.compare("ids", &self.ids, &found.ids);
        }
        place.countries(&self.countries, &found.countries);
        let none = ExpectedSum { numbers: 0, sum: "0".to_owned() };
        for field in union(&self.sums, &found.sums) {
            let wanted = self.sums.get(field).unwrap_or(&none);
            let there = found.sums.get(field).unwrap_or(&none);
            place.compare(&format!("numbers in {field}"), &wanted.numbers, &there.numbers);
            place.compare(&format!("sum of {field}"), &wanted.sum, &there.sum);
        }
    }
}

/// Where two expectations are compared.
struct Place<'a> {
    event_type: Option<&'a str>,
    time: Option<&'a str>,
    all: &'a mut Vec<Difference>,
}

impl Place<'_> {
    fn compare<T: PartialEq + ToString>(&mut self, what: &str, expected: &T, found: &T) {
        if expected != found {
            self.all.push(Difference {
                event_type: self.event_type.map(str::to_owned),
                time: self.time.map(str::to_owned),
                what: what.to_owned(),
                expected: expected.to_string(),
                found: found.to_string(),
            });
        }
    }

    fn countries(&mut self, expected: &BTreeMap<String, u64>, found: &BTreeMap<String, u64>) {
        for country in union(expected, found) {
            let events = |of: &BTreeMap<String, u64>| of.get(country).copied().unwrap_or_default();
            let what = format!("events of country {country}");
            self.compare(&what, &events(expected), &events(found));
        }
    }
}

fn union<'a, T>(a: &'a BTreeMap<String, T>, b: &'a BTreeMap<String, T>) -> BTreeSet<&'a str> {
    a.keys().chain(b.keys()).map(String::as_str).collect()
}
