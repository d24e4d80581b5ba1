//! [`Overflow`]: what an emit does when the spool is full.

use std::time::Duration;

/// What an emit does when the spool is full: the disk is stuck, or events come faster than it
/// writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overflow {
    /// Waits for room so long at most, then drops the event and counts it. Once an emit has waited
    /// in vain, the following ones drop at once until the writer makes room again. The default,
    /// with 100 ms.
    Wait(Duration),
    /// Drops the event at once and counts it.
    Drop,
    /// Waits until there is room, however long, or the logger is closed: for events that must not
    /// be dropped. A stuck disk then stops every thread that emits.
    Block,
}
