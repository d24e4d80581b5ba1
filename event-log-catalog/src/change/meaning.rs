//! What each kind of change does to each target, but for types, which have a file of their own.

use super::{Change, ChangeKind, Target, Verdict};

impl Change {
    pub(super) fn safe(place: &str, kind: ChangeKind) -> Self {
        Self::new(place, kind, |_| Verdict::Safe)
    }

    pub(super) fn new(place: &str, kind: ChangeKind, verdict: impl Fn(Target) -> Verdict) -> Self {
        let verdicts = Target::ALL.map(|target| (target, verdict(target))).into();
        Self { place: place.to_owned(), kind, verdicts, way_out: None }
    }

    pub(super) fn way_out(self, text: &'static str) -> Self {
        Self { way_out: Some(text), ..self }
    }
}

pub(super) fn note(text: &str) -> Verdict {
    Verdict::Note(text.to_owned())
}

pub(super) fn breaking(text: &str) -> Verdict {
    Verdict::Breaking(text.to_owned())
}

pub(super) fn event_added(place: &str) -> Change {
    Change::new(place, ChangeKind::EventAdded, |target| match target {
        Target::JsonReaders => Verdict::Safe,
        _ => note("create its table before anybody looks for it"),
    })
}

pub(super) fn event_removed(place: &str) -> Change {
    Change::new(place, ChangeKind::EventRemoved, |target| match target {
        Target::JsonReaders => breaking("who waits for it waits in vain"),
        _ => breaking("its table is no longer made, and queries of it fail or find nothing new"),
    })
    .way_out("mark it deprecated and keep it until nobody asks for it; then accept the change: the lock remembers the name")
}

pub(super) fn event_renamed(place: &str, from: &str) -> Change {
    let kind = ChangeKind::EventRenamed { from: from.to_owned() };
    Change::new(place, kind, |target| match target {
        Target::JsonReaders => breaking("who takes lines by the former name finds no new ones"),
        _ => note("older lines stay in the table of the former name: ask both, with UNION ALL"),
    })
    .way_out("keep the old type with #[event(type = \"…\")]: the struct may have any name")
}

pub(super) fn event_returned(place: &str) -> Change {
    Change::new(place, ChangeKind::EventReturned, |_| {
        note("the table holds the lines of the former event of this name, too")
    })
}

pub(super) fn field_added(place: &str, optional: bool) -> Change {
    Change::new(place, ChangeKind::FieldAdded, |target| match (target, optional) {
        (_, true) => Verdict::Safe,
        (Target::JsonReaders, false) => {
            note("older lines lack it: who reads those, too, must not demand it")
        }
        (_, false) => note("NULL in all older lines"),
    })
}

pub(super) fn field_removed(place: &str) -> Change {
    Change::new(place, ChangeKind::FieldRemoved, |target| match target {
        Target::JsonReaders => breaking("who reads it finds nothing in newer lines"),
        _ => breaking("queries that name the column fail, or find NULL"),
    })
    .way_out("mark it deprecated and keep it until nobody asks for it; then accept the change: the lock remembers name and type")
}

pub(super) fn field_renamed(place: &str, from: &str) -> Change {
    let kind = ChangeKind::FieldRenamed { from: from.to_owned() };
    Change::new(place, kind, |target| match target {
        Target::JsonReaders => breaking("older lines hold it under the former name, newer ones not"),
        _ => note("the table keeps the former column for older lines: ask for COALESCE(new, old)"),
    })
    .way_out("keep the old name in the line with #[event(rename = \"…\")] or serde's rename: the Rust field may have any name")
}

pub(super) fn field_returned(place: &str) -> Change {
    Change::new(place, ChangeKind::FieldReturned, |_| {
        note("the column holds the values of the former field of this name, too")
    })
}

pub(super) fn made_optional(place: &str, loses_its_mode: bool) -> Change {
    Change::new(place, ChangeKind::MadeOptional, |target| match target {
        Target::JsonReaders => note("readers must expect null, or no key, from now on"),
        Target::BigQuery if loses_its_mode => {
            breaking("BigQuery has no list that is null or holds null: the column becomes JSON")
        }
        _ => Verdict::Safe,
    })
}

pub(super) fn made_required(place: &str, gains_its_mode: bool) -> Change {
    Change::new(place, ChangeKind::MadeRequired, |target| match target {
        Target::JsonReaders => breaking("older lines hold null, or lack the key"),
        Target::BigQuery if gains_its_mode => {
            breaking("a column of JSON becomes an array, which the older rows are not")
        }
        _ => note("older lines still hold NULL"),
    })
    .way_out("keep it an Option, which may always be Some")
}

pub(super) fn personal_changed(place: &str) -> Change {
    Change::new(place, ChangeKind::PersonalChanged, |_| {
        note(
            "values before and after cannot be compared: joins and distinct counts over both are wrong",
        )
    })
}
