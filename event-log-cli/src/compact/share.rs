//! Pieces of work, shared out to threads.

use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::failure::Failure;

/// Has some threads do `work` for each item; what came of it, in no order.
///
/// # Errors
/// The first failure. What other threads had begun is done then, and nothing else is begun.
pub fn share<I: Sync, T: Send>(
    threads: usize,
    items: &[I],
    work: impl Fn(&I) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut results = Vec::new();
        // Relaxed: nothing but the number itself is passed on.
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = work(item);
            if result.is_err() {
                next.fetch_max(items.len(), Ordering::Relaxed);
            }
            results.push(result);
        }
        results
    };
    let threads = threads.clamp(1, items.len().max(1));
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let results = results.into_iter();
    results
        .flat_map(|results| results.unwrap_or_else(|panic| panic::resume_unwind(panic)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_worked_on_once_until_one_fails() {
        let items: Vec<u32> = (0..100).collect();
        for threads in [0, 1, 3, 1_000] {
            let mut all = share(threads, &items, |item| Ok(*item)).unwrap();
            all.sort_unstable();
            assert_eq!(all, items);
        }
        assert!(share(3, &[0; 0], |_: &u32| Ok(())).unwrap().is_empty());
        let begun = AtomicUsize::new(0);
        let failed = share(1, &items, |_| -> Result<(), _> {
            begun.fetch_add(1, Ordering::Relaxed);
            Err(Failure::Interrupted)
        });
        assert!(matches!(failed, Err(Failure::Interrupted)));
        assert_eq!(begun.into_inner(), 1);
    }
}
