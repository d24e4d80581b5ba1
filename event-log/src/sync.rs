//! The atomics of the ring, named in one place so that the model checker can put its own here: see
//! `tests/models`, which compiles the ring's own source against loom.

pub(crate) use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use crate::mapping::prefetch_for_write;
