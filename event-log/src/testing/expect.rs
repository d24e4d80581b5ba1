//! What the macros call: finds what matches, or panics with a report at the user's line.

use serde_core::Deserialize;
use serde_json::{Map, Value};

use crate::schema::Described;
use crate::testing::Recorded;
use crate::testing::check::{self, Check};
use crate::testing::emitted::Emitted;
use crate::testing::line::Line;
use crate::testing::read::description_of;
use crate::testing::report::{NearMiss, Report};

/// A type of event, and columns that its line has among others.
#[derive(Debug)]
pub struct Columns {
    /// The type.
    pub event_type: &'static str,
    /// An object of the columns.
    pub columns: Value,
}

/// A pattern as it stands in the user's code.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    /// Without the guard.
    pub pattern: &'static str,
    /// What follows `if`.
    pub guard: Option<&'static str>,
}

/// What a pattern says of one event.
#[derive(Debug)]
pub struct Judgement {
    /// Whether the event has the pattern and the guard holds.
    pub matches: bool,
    /// What each field of the pattern says; `None` if the event is of another variant.
    pub fields: Option<Vec<FieldCheck>>,
}

/// What one field of a pattern says.
#[derive(Clone, Copy, Debug)]
pub struct FieldCheck {
    /// The field.
    pub name: &'static str,
    /// Its pattern.
    pub wanted: &'static str,
    /// Whether it has it.
    pub holds: bool,
}

/// What was found for one assertion.
#[derive(Debug)]
#[must_use]
pub struct Found<'r, T> {
    recorded: &'r Recorded,
    /// With its label.
    wanted: Option<(&'static str, String)>,
    matches: Vec<T>,
    near_misses: Vec<NearMiss<'r>>,
}

/// Finds the lines of a type with these columns.
pub fn lines(recorded: &Recorded, wanted: Columns) -> Found<'_, Line<'_>> {
    let Columns { event_type, columns } = wanted;
    let text = if columns.as_object().is_some_and(Map::is_empty) {
        event_type.to_owned()
    } else {
        format!("{event_type} {columns}")
    };
    let mut found = Found::new(recorded, Some(("wanted", text)));
    for line in recorded.all() {
        if line.event_type() == event_type {
            let checks = check::columns(&columns, &line);
            if checks.iter().all(|check| check.holds) {
                found.matches.push(line);
            } else {
                found.near_misses.push(NearMiss { line, checks });
            }
        }
    }
    found
}

/// Finds the events that `judge` has match.
#[track_caller]
pub fn events<'r, E: Described + Deserialize<'r>>(
    recorded: &'r Recorded,
    wanted: Pattern,
    judge: impl Fn(&E) -> Judgement,
) -> Found<'r, Emitted<'r, E>> {
    let text = match wanted.guard {
        Some(guard) => format!("{} if {guard}", wanted.pattern),
        None => wanted.pattern.to_owned(),
    };
    let mut found = Found::new(recorded, Some(("wanted", text)));
    for event in recorded.of::<E>() {
        match judge(&event) {
            Judgement { matches: true, .. } => found.matches.push(event),
            Judgement { fields: Some(fields), .. } => {
                let checks = checks_of(&event, &fields, wanted.guard);
                found.near_misses.push(NearMiss { line: event.line().clone(), checks });
            }
            Judgement { fields: None, .. } => {}
        }
    }
    found
}

/// What each field says, with the value from the line; a guard is at fault if no field is.
fn checks_of<E: Described>(
    event: &Emitted<'_, E>,
    fields: &[FieldCheck],
    guard: Option<&str>,
) -> Vec<Check> {
    let line = event.line();
    let names = description_of::<E>(line.event_type()).map_or(&[][..], |event| event.fields);
    let check = |field: &FieldCheck| {
        let name = field.name.trim_start_matches("r#");
        let known = names.iter().find(|known| known.name == name);
        let got = known.and_then(|known| line.raw(known.key)).map(|json| json.get().to_owned());
        let wanted = field.wanted.to_owned();
        Check { place: field.name.to_owned(), wanted, got, holds: field.holds }
    };
    let mut checks: Vec<Check> = fields.iter().map(check).collect();
    if let Some(guard) = guard
        && checks.iter().all(|check| check.holds)
    {
        let (wanted, got) = (guard.to_owned(), Some("(does not hold)".to_owned()));
        checks.push(Check { place: "if".to_owned(), wanted, got, holds: false });
    }
    checks
}

/// Asserts that nothing was recorded.
#[track_caller]
pub fn nothing(recorded: &Recorded) {
    if !recorded.is_empty() {
        let found: Found<'_, Line<'_>> = Found::new(recorded, None);
        found.fail("nothing should have been emitted");
    }
}

impl<'r, T: HasLine<'r>> Found<'r, T> {
    fn new(recorded: &'r Recorded, wanted: Option<(&'static str, String)>) -> Self {
        Self { recorded, wanted, matches: Vec::new(), near_misses: Vec::new() }
    }

    /// The first that matches.
    #[track_caller]
    pub fn first(mut self) -> T {
        if self.matches.is_empty() {
            self.fail("no emitted event matches");
        }
        self.matches.swap_remove(0)
    }

    /// Exactly so many that match.
    #[track_caller]
    pub fn exactly(self, times: usize) -> Vec<T> {
        match self.matches.len() {
            0 if times > 0 => self.fail(&format!("no emitted event matches, {times} should")),
            1 if times != 1 => self.fail(&format!("1 emitted event matches, {times} should")),
            found if found != times => {
                self.fail(&format!("{found} emitted events match, {times} should"))
            }
            _ => self.matches,
        }
    }

    /// None that matches.
    #[track_caller]
    pub fn none(mut self) {
        // What nearly matches is as it should be.
        self.near_misses.clear();
        self.wanted = self.wanted.map(|(_, pattern)| ("unwanted", pattern));
        match self.matches.len() {
            0 => {}
            1 => self.fail("1 emitted event matches, none should"),
            found => self.fail(&format!("{found} emitted events match, none should")),
        }
    }

    #[track_caller]
    fn fail(self, headline: &str) -> ! {
        let Self { recorded, wanted, matches, near_misses } = self;
        let matches = matches.iter().map(HasLine::line).collect();
        panic!("{}", Report { headline, wanted, matches, near_misses, recorded });
    }
}

/// What stands for a line.
pub trait HasLine<'r> {
    /// The line.
    fn line(&self) -> &Line<'r>;
}

impl<'r> HasLine<'r> for Line<'r> {
    fn line(&self) -> &Line<'r> {
        self
    }
}

impl<'r, E> HasLine<'r> for Emitted<'r, E> {
    fn line(&self) -> &Line<'r> {
        Emitted::line(self)
    }
}
