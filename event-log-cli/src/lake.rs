//! The lake: where tables lie, and what has been loaded into it.
//!
//! ```text
//! <lake>/
//!   purchase/year=2021/month=09/day=16/hour=05/<batch>.json.gz    what engines read
//!   _lake.json                                                    how this lake is written
//!   _catalog/…                                                    the types of its columns, if it is of Parquet
//!   _ledger/…                                                     what was loaded
//!   _quarantine/<batch>.jsonl                                     lines that could not be loaded
//! ```
//!
//! Engines pass over names that begin with `_`.
//!
//! - [`store`]: objects by path; each appears whole or not at all. [`local`]: in a directory.
//!   [`remote`]: in a bucket of an S3-compatible store.
//! - [`layout`]: the path of an event's partition. [`settings`]: what all loads of a lake agree on.
//! - [`catalog`]: the types of the columns, where the files have such.
//! - [`ledger`]: which bytes of which input belong to which batch, and which batches are done.

pub mod catalog;
pub mod layout;
pub mod ledger;
pub mod local;
pub mod remote;
pub mod settings;
pub mod store;

use std::path::Path;

use crate::failure::Failure;
use crate::input::objects::Objects;
use crate::remote::Location;

/// Opens the lake at an address `s3://bucket/prefix`, or else in a directory, which is made if it is
/// not there.
///
/// # Errors
/// If the directory cannot be made, the address is none, or the server not as it must be.
pub fn open(at: &str, objects: &Objects) -> Result<Box<dyn store::Store>, Failure> {
    if !Location::is_meant(at) {
        return Ok(Box::new(local::LocalStore::open(Path::new(at))?));
    }
    let at = Location::parse(at).ok_or_else(|| Location::wanted(at))?;
    let bucket =
        objects.bucket(&at.bucket).map_err(Failure::file("open", at.to_string().as_ref()))?;
    Ok(Box::new(remote::RemoteStore::open(bucket, &at)?))
}

/// Whether an object is one that a load wrote into the lake at this address: loaded as an input, each
/// would lead to the next.
#[must_use]
pub fn is_own(at: &str, object: &Path) -> bool {
    let below = || {
        let below = object.to_str()?.strip_prefix(at.trim_end_matches('/'))?;
        below.strip_prefix('/')
    };
    let is_ours = |below: &str| {
        let partition = below.split_once('/').map_or("", |(_, partition)| partition);
        below.starts_with('_') || partition.starts_with("year=")
    };
    Location::is_meant(at) && below().is_some_and(is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_load_wrote_is_told_from_what_lies_beside_it() {
        let is_own = |at, object: &str| is_own(at, object.as_ref());
        for at in ["s3://b/lake", "s3://b/lake/"] {
            assert!(is_own(at, "s3://b/lake/ping/year=2021/month=09/day=16/1.json.gz"));
            assert!(is_own(at, "s3://b/lake/_quarantine/1.jsonl"));
            assert!(!is_own(at, "s3://b/lake/raw/1.jsonl") && !is_own(at, "s3://b/lakes/_1.jsonl"));
        }
        assert!(!is_own("/lake", "/lake/_quarantine/1.jsonl"), "a directory has nothing below it");
    }
}
