//! What tests need of the system that the standard library does not offer: forks, marker calls, a
//! counting allocator.
#![expect(unsafe_code, reason = "fork and a global allocator are unsafe to use or to write")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io;

/// Forks this process, which must have no other thread that holds a lock: `None` in the child, the
/// child's process id in the parent.
///
/// # Errors
/// What the system says.
pub fn fork() -> io::Result<Option<i32>> {
    // SAFETY: the programs that call it are single-threaded but for the logger's writer, and the
    // child uses memory and threads only through glibc, which repairs its own locks after a fork.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(None),
        child => Ok(Some(child)),
    }
}

/// Waits for a child; returns whether it exited with 0.
#[must_use]
pub fn wait_for(child: i32) -> bool {
    let mut status = 0;
    // SAFETY: `status` is a valid place for the result.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    waited == child && status == 0
}

/// Ends the process at once: no destructor, no exit handler.
pub fn exit_at_once(code: i32) -> ! {
    // SAFETY: it has no conditions.
    unsafe { libc::_exit(code) }
}

/// Kills this very process with `SIGKILL`.
pub fn kill_self() {
    // SAFETY: it has no conditions.
    unsafe { libc::raise(libc::SIGKILL) };
}

/// Stops this very process with `SIGSTOP`; it goes on when somebody sends `SIGCONT`.
pub fn stop_self() {
    // SAFETY: it has no conditions.
    unsafe { libc::raise(libc::SIGSTOP) };
}

/// Makes one system call that is seen in a trace and does nothing else.
pub fn marker() {
    // SAFETY: it has no conditions.
    unsafe { libc::getppid() };
}

/// Whether this process may do everything.
#[must_use]
pub fn is_root() -> bool {
    // SAFETY: it has no conditions.
    unsafe { libc::geteuid() == 0 }
}

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting the calls of each thread.
#[derive(Debug)]
pub struct CountingAllocator;

/// How often the calling thread has allocated or reallocated.
#[must_use]
pub fn allocations() -> u64 {
    ALLOCATIONS.with(Cell::get)
}

fn count() {
    // A thread that is ending has no counter any more.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call is the system allocator's, with the arguments as they came.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(place, layout, bytes) }
    }
}
