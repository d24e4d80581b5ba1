//! The library's own source of the ring.
#![expect(dead_code, reason = "the scenarios use a part of it")]

#[path = "../../event-log/src/spool/header.rs"]
pub(crate) mod header;
#[path = "../../event-log/src/spool/record.rs"]
pub(crate) mod record;
#[path = "../../event-log/src/spool/ring.rs"]
pub(crate) mod ring;
