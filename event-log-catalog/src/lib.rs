//! The catalogue of [event-log](https://docs.rs/event-log): which events a service emits, what they
//! hold, and what follows from that for those who query them.

mod model;

pub use crate::model::{
    Catalog, Envelope, EventSchema, Field, FieldType, ListItem, Personal, UserIdType,
};
