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
