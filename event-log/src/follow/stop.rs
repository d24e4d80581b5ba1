//! [`StopHandle`]: ends a follower from another thread.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{EventfdFlags, eventfd};

/// Ends a follower, from any thread: its iterator or stream returns `None` from then on, also where
/// it is waiting. Clones stop the same follower.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use event_log::follow::Follower;
///
/// # let directory = tempfile::tempdir()?;
/// let mut follower = Follower::builder(directory.path()).build()?;
/// let stop = follower.stop_handle();
/// let consumer = std::thread::spawn(move || follower.by_ref().count());
/// stop.stop();
/// assert_eq!(consumer.join().unwrap(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct StopHandle(Arc<Stop>);

#[derive(Debug)]
struct Stop {
    is_stopped: AtomicBool,
    /// Readable once stopped, and for ever after: wakes who polls.
    descriptor: OwnedFd,
}

impl StopHandle {
    pub(super) fn new() -> io::Result<Self> {
        let descriptor = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        Ok(Self(Arc::new(Stop { is_stopped: AtomicBool::new(false), descriptor })))
    }

    /// Stops the follower; it does not wait. The position stays where it is.
    pub fn stop(&self) {
        // Release pairs with the Acquire in `is_stopped`: who sees it sees what was done before it.
        self.0.is_stopped.store(true, Ordering::Release);
        // Any number but zero; and if it fails, the counter is full and so readable too.
        let _ = rustix::io::write(&self.0.descriptor, &1_u64.to_le_bytes());
    }

    /// Whether somebody called [`stop`](Self::stop).
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.0.is_stopped.load(Ordering::Acquire)
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.0.descriptor.as_fd()
    }
}
