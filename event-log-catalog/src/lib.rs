//! The catalogue of [event-log](https://docs.rs/event-log): which events a service emits, what they
//! hold, and what follows from that for those who query them.
//!
//! | module | what |
//! | --- | --- |
//! | [`lock`] | `events.lock.json`: the catalogue as it was accepted, and the check against it |
//! | [`change`] | what differs between two versions, and whom that breaks |
//! | [`outputs`] | table definitions for Athena, Hive, Spark, Trino, BigQuery, DuckDB and Terraform, JSON Schema, and a data dictionary |
//!
//! [`Catalog::validate`] checks a line against the schema of its type.
//!
//! What each output is for, which type becomes which in each engine, and what each engine does on each
//! change: `docs/catalog.md`.

pub mod change;
mod column_type;
mod describe;
mod engine;
mod example;
mod json;
pub mod lock;
mod model;
mod options;
pub mod outputs;
mod partition;
mod table;
mod validate;

pub use crate::column_type::{ColumnType, Member};
pub use crate::engine::Engine;
pub use crate::example::{example_line, example_query};
pub use crate::model::{
    Catalog, Envelope, EventSchema, Field, FieldType, ListItem, Personal, UserIdType,
};
pub use crate::options::{Format, Options, Shape};
pub use crate::table::{Column, columns};
pub use crate::validate::Invalid;
