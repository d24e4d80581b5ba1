//! The current context of a thread, and the guards that set it.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use crate::context::Context;

/// The contexts that are entered on a thread; the last one is current.
struct Stack {
    entries: Vec<Entry>,
    /// The number of the next entry; a thread never uses one twice.
    next_number: u64,
}

struct Entry {
    number: u64,
    context: Context,
}

thread_local! {
    static STACK: RefCell<Stack> =
        const { RefCell::new(Stack { entries: Vec::new(), next_number: 0 }) };
}

/// Calls `read` once, with the current context itself rather than a copy, or with `None` where there
/// is none, as during the end of a thread.
///
/// `read` must not call into user code, which might enter a context while the stack is borrowed.
#[inline]
pub(crate) fn with_current<R>(mut read: impl FnMut(Option<&Context>) -> R) -> R {
    STACK
        .try_with(|stack| match stack.try_borrow() {
            Ok(stack) => read(stack.entries.last().map(|entry| &entry.context)),
            Err(_) => read(None),
        })
        .unwrap_or_else(|_| read(None))
}

/// A context that is current on this thread until the guard is dropped; made by [`Context::attach`].
#[must_use = "the context is left as soon as this guard is dropped; bind it to a name"]
pub struct Entered {
    number: Option<u64>,
    /// The guard must be dropped on the thread whose context it is.
    not_send: PhantomData<*const ()>,
}

impl Entered {
    pub(super) fn new(context: &Context) -> Self {
        Self { number: push(context), not_send: PhantomData }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        leave(self.number, |entries, index| drop(entries.remove(index)));
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entered").finish_non_exhaustive()
    }
}

/// A context that is current while a closure runs or a future is polled.
///
/// Its end also leaves what was attached in between and not dropped, so nothing leaks out of it.
pub(super) struct Frame {
    number: Option<u64>,
}

impl Frame {
    pub(super) fn new(context: &Context) -> Self {
        Self { number: push(context) }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        leave(self.number, Vec::truncate);
    }
}

/// The number of the new entry, or `None` during the end of the thread.
fn push(context: &Context) -> Option<u64> {
    let context = context.clone();
    let push = |stack: &RefCell<Stack>| {
        let mut stack = stack.try_borrow_mut().ok()?;
        let number = stack.next_number;
        stack.next_number += 1;
        stack.entries.push(Entry { number, context });
        Some(number)
    };
    STACK.try_with(push).ok().flatten()
}

/// Calls `cut` with the entries and the index of this one, if it is still there.
fn leave(number: Option<u64>, cut: impl FnOnce(&mut Vec<Entry>, usize)) {
    let Some(number) = number else { return };
    let leave = |stack: &RefCell<Stack>| {
        let entries = &mut stack.try_borrow_mut().ok()?.entries;
        let index = entries.iter().rposition(|entry| entry.number == number)?;
        cut(entries, index);
        Some(())
    };
    // During the end of the thread there is no stack left to cut.
    let _: Result<_, _> = STACK.try_with(leave);
}
