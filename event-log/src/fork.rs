//! Tells a forked child from its parent, without a system call.
//!
//! A child shares its parent's spool and has none of its threads, so it must not emit through the
//! logger that it inherited, nor draw ids from an inherited random state.

use std::sync::atomic::{AtomicU64, Ordering};

/// The number of this process among the forks that led to it; never 0.
///
/// Two processes may bear the same number, but never a process and its own ancestor, and memory is
/// only ever inherited from an ancestor.
#[inline]
pub(crate) fn epoch() -> u64 {
    match page().load(Ordering::Relaxed) {
        0 => begin_epoch(),
        epoch => epoch,
    }
}

/// The last epoch of the ancestors: ordinary memory, so a child inherits it.
static ANCESTORS: AtomicU64 = AtomicU64::new(0);

#[cold]
fn begin_epoch() -> u64 {
    let epoch = ANCESTORS.load(Ordering::Relaxed) + 1;
    // Before the exchange, so that a fork in between leaves the child a number that is free.
    ANCESTORS.fetch_max(epoch, Ordering::Relaxed);
    match page().compare_exchange(0, epoch, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => epoch,
        Err(begun_by_another_thread) => begun_by_another_thread,
    }
}

/// A word that is 0 in a process which has not yet called [`epoch`], also right after a fork.
#[inline]
fn page() -> &'static AtomicU64 {
    use std::sync::OnceLock;

    use crate::mapping::Mapping;

    static PAGE: OnceLock<Option<Mapping>> = OnceLock::new();
    /// Stands in where the kernel is too old to wipe a page: forks go unnoticed there.
    static BLIND: AtomicU64 = AtomicU64::new(0);
    match PAGE.get_or_init(|| Mapping::wiped_on_fork(4096).ok()) {
        Some(mapping) => &mapping.words()[0],
        None => &BLIND,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_epoch_of_a_process_never_changes() {
        let first = epoch();
        assert_ne!(first, 0);
        let other = std::thread::spawn(epoch).join().unwrap();
        assert_eq!((first, first), (other, epoch()));
    }
}
