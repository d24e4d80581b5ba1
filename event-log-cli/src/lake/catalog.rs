//! `_catalog/`: the types of the columns of a lake of Parquet, so that all loads write the same ones.
//!
//! A version is created once and never changed; a later one adds types and fields, and changes none in a
//! way that would break the files that are there.

use event_log_catalog::change::{Target, compare};
use event_log_catalog::{Catalog, Field};

use crate::failure::Failure;
use crate::lake::store::Store;

const DIRECTORY: &str = "_catalog";

/// The latest version, and its number; an empty catalogue and 0 if there is none.
///
/// # Errors
/// If it cannot be read, or was written by another version of this program.
pub fn latest(store: &dyn Store) -> Result<(Catalog, u32), Failure> {
    let names = store.list(DIRECTORY)?;
    let number = |name: &String| name.strip_suffix(".json")?.parse::<u32>().ok();
    let Some(number) = names.iter().filter_map(number).max() else {
        return Ok((Catalog::default(), 0));
    };
    let path = path(number);
    let bytes = store.get(&path)?.unwrap_or_default();
    let catalog = serde_json::from_slice(&bytes);
    Ok((catalog.map_err(|source| Failure::Ledger { path, source })?, number))
}

/// Makes `change` of the latest version the lake's, and returns what is the lake's then.
///
/// # Errors
/// If it would break the files that are there, or the lake cannot be read or written.
pub fn agree(store: &dyn Store, change: impl Fn(&Catalog) -> Catalog) -> Result<Catalog, Failure> {
    loop {
        let (there, number) = latest(store)?;
        let wanted = change(&there);
        if number > 0 && wanted == there {
            return Ok(there);
        }
        check(&there, &wanted, number)?;
        // If another load was faster, its version is what to change.
        let created = store.create(&path(number + 1), &text(&wanted))?;
        store.sync()?;
        if created {
            return Ok(wanted);
        }
    }
}

/// A catalogue, with what the lake's has beyond it: other services load into the same lake, and older
/// files hold fields that are gone by now.
#[must_use]
pub fn joined(there: &Catalog, given: &Catalog) -> Catalog {
    let mut joined = given.clone();
    keep(&there.envelope.common_fields, &mut joined.envelope.common_fields);
    for event in &there.events {
        let named = joined.events.iter_mut().find(|other| other.event_type == event.event_type);
        if let Some(named) = named {
            keep(&event.fields, &mut named.fields);
            continue;
        }
        let former = Some(&event.event_type);
        let renamed = joined.events.iter_mut().find(|other| other.renamed_from.as_ref() == former);
        match renamed {
            Some(renamed) => keep(&event.fields, &mut renamed.fields),
            None => joined.events.push(event.clone()),
        }
    }
    joined.events.sort_by(|a, b| a.event_type.cmp(&b.event_type));
    joined
}

/// Adds the fields that are not there, under their own names or as former ones.
fn keep(there: &[Field], fields: &mut Vec<Field>) {
    for field in there {
        let is_name = |name: &str| name.eq_ignore_ascii_case(&field.name);
        let is_kept = fields.iter().any(|other| {
            is_name(&other.name) || other.renamed_from.as_deref().is_some_and(is_name)
        });
        if !is_kept {
            fields.push(field.clone());
        }
    }
}

fn check(there: &Catalog, wanted: &Catalog, number: u32) -> Result<(), Failure> {
    if number == 0 {
        return Ok(());
    }
    let changes = compare(there, wanted);
    let breaking: Vec<_> = changes
        .iter()
        .filter(|change| change.breaks(Target::Parquet))
        .map(ToString::to_string)
        .collect();
    if breaking.is_empty() {
        return Ok(());
    }
    Err(Failure::Argument(format!(
        "the lake's files have other types than the catalogue; load into another lake, or mend the \
         catalogue:\n{}",
        breaking.join("\n")
    )))
}

fn text(catalog: &Catalog) -> Vec<u8> {
    serde_json::to_vec_pretty(catalog).expect("a catalogue is plain data")
}

fn path(number: u32) -> String {
    format!("{DIRECTORY}/{number:04}.json")
}

#[cfg(test)]
mod tests {
    use event_log_catalog::EventSchema;

    use super::*;
    use crate::lake::local::LocalStore;

    /// Types of events, each with its fields as JSON.
    fn catalog(events: &[(&str, &str)]) -> Catalog {
        let event = |(name, fields): &(&str, &str)| -> EventSchema {
            serde_json::from_str(&format!(r#"{{"type":"{name}","fields":[{fields}]}}"#)).unwrap()
        };
        Catalog { events: events.iter().map(event).collect(), ..Catalog::default() }
    }

    fn integer(name: &str, bits: u8) -> String {
        format!(r#"{{"name":"{name}","type":{{"integer":{{"bits":{bits},"signed":true}}}}}}"#)
    }

    #[test]
    fn a_wider_catalogue_is_the_next_version_and_the_same_one_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(directory.path()).unwrap();
        let narrow = catalog(&[("a", &integer("n", 32))]);
        assert_eq!(agree(&store, |_| narrow.clone()).unwrap(), narrow);
        assert_eq!(agree(&store, |_| narrow.clone()).unwrap(), narrow);
        assert_eq!(latest(&store).unwrap().1, 1);
        let fields = format!("{},{}", integer("n", 64), integer("m", 8));
        let wide = catalog(&[("a", &fields), ("b", "")]);
        assert_eq!(agree(&store, |_| wide.clone()).unwrap(), wide);
        assert_eq!(latest(&store).unwrap(), (wide, 2));
    }

    #[test]
    fn a_catalogue_that_would_break_files_is_refused_with_the_place() {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(directory.path()).unwrap();
        let there = catalog(&[("a", &integer("n", 64))]);
        agree(&store, |_| there.clone()).unwrap();
        for field in [integer("n", 32), r#"{"name":"n","type":"string"}"#.to_owned()] {
            let breaking = catalog(&[("a", &field)]);
            let error = agree(&store, |_| breaking.clone()).unwrap_err().to_string();
            assert!(error.contains("\na.n: "), "{error}");
        }
        assert_eq!(latest(&store).unwrap(), (there, 1));
    }

    #[test]
    fn what_others_loaded_and_what_is_gone_stays_in_the_lakes_catalogue() {
        let there = catalog(&[("a", &integer("old", 8)), ("theirs", &integer("n", 8))]);
        let given = catalog(&[("a", &integer("new", 8)), ("z", "")]);
        let fields = format!("{},{}", integer("new", 8), integer("old", 8));
        let wanted = catalog(&[("a", &fields), ("theirs", &integer("n", 8)), ("z", "")]);
        assert_eq!(joined(&there, &given), wanted);
        assert_eq!(joined(&wanted, &given), wanted);
    }

    #[test]
    fn a_renamed_field_or_type_is_not_kept_under_its_former_name_as_well() {
        let there = catalog(&[("a", &integer("old", 8))]);
        let field =
            r#"{"name":"new","renamed_from":"OLD","type":{"integer":{"bits":8,"signed":true}}}"#;
        let mut given = catalog(&[("b", field)]);
        given.events[0].renamed_from = Some("a".to_owned());
        assert_eq!(joined(&there, &given), given);
    }

    #[test]
    fn of_loads_that_change_the_catalogue_at_once_none_is_forgotten() {
        let directory = tempfile::tempdir().unwrap();
        let store = LocalStore::open(directory.path()).unwrap();
        let names = ["a", "b", "c", "d", "e", "f"];
        std::thread::scope(|scope| {
            for name in names {
                let store = &store;
                let own = catalog(&[(name, &integer("n", 8))]);
                scope.spawn(move || {
                    let agreed = agree(store, |there| joined(there, &own)).unwrap();
                    assert!(agreed.events.contains(&own.events[0]));
                });
            }
        });
        let (catalog, version) = latest(&store).unwrap();
        let there: Vec<_> = catalog.events.iter().map(|event| event.event_type.as_str()).collect();
        assert_eq!((there.as_slice(), version), (&names[..], 6));
    }
}
