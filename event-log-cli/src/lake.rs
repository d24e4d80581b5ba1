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
//! - [`store`]: objects by path, on a local disk or elsewhere; each appears whole or not at all.
//! - [`layout`]: the path of an event's partition. [`settings`]: what all loads of a lake agree on.
//! - [`catalog`]: the types of the columns, where the files have such.
//! - [`ledger`]: which bytes of which input belong to which batch, and which batches are done.

pub mod catalog;
pub mod layout;
pub mod ledger;
pub mod local;
pub mod settings;
pub mod store;
