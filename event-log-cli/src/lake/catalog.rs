//! `_catalog/`: the types of the columns of a lake of Parquet, so that all loads write the same ones.
//!
//! A version is created once and never changed; a later one adds types and fields, and changes none in a
//! way that would break the files that are there.

use event_log_catalog::Catalog;
use event_log_catalog::change::{Target, compare};

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
        if store.create(&path(number + 1), &text(&wanted))? {
            return Ok(wanted);
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
