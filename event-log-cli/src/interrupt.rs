//! Ctrl-C and SIGTERM: what was begun is finished, nothing more is begun.

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::progress::Progress;

/// The exit code of a command that Ctrl-C ends at once: 128 and the number of SIGINT.
const ENDED: i32 = 130;

/// Whether the user wants the command to end.
#[derive(Clone, Default)]
pub struct Interrupt {
    shared: Arc<(Mutex<bool>, Condvar)>,
}

impl fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Interrupt").field(&self.is_set()).finish()
    }
}

impl Interrupt {
    /// One that the next Ctrl-C or SIGTERM of this process sets; the one after it ends the process. The
    /// progress says so, and leaves the terminal clean.
    ///
    /// # Errors
    /// If the system gives no thread or no signals.
    pub fn listen(progress: &Progress) -> io::Result<Self> {
        let interrupt = Self::default();
        let ours = interrupt.clone();
        let progress = progress.clone();
        on_signals(move |next| {
            next();
            ours.set();
            progress.doing("ending after what was begun; Ctrl-C again ends at once:");
            next();
            end(&progress)
        })?;
        Ok(interrupt)
    }

    /// Asks for the end.
    pub fn set(&self) {
        let (is_set, changed) = &*self.shared;
        *is_set.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }

    /// Whether the end was asked for.
    #[must_use]
    pub fn is_set(&self) -> bool {
        *self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for so long, or until the end is asked for; whether it was.
    #[must_use]
    pub fn wait(&self, most: Duration) -> bool {
        let (is_set, changed) = &*self.shared;
        let guard = is_set.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(guard, most, |is_set| !*is_set);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Has the next Ctrl-C or SIGTERM end the process at once, as it would without this, but with the terminal clean.
///
/// # Errors
/// If the system gives no thread or no signals.
pub fn end_at_once(progress: &Progress) -> io::Result<()> {
    let progress = progress.clone();
    on_signals(move |next| {
        next();
        end(&progress)
    })
}

fn end(progress: &Progress) -> ! {
    progress.clear();
    std::process::exit(ENDED);
}

/// Runs this on a thread of its own, with a function that waits for the next signal.
fn on_signals(act: impl FnOnce(&mut dyn FnMut()) + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let mut signals = {
        let _context = runtime.enter();
        Signals::new()?
    };
    let wait = move || act(&mut || runtime.block_on(signals.next()));
    thread::Builder::new().name("event-log-signals".to_owned()).spawn(wait)?;
    Ok(())
}

/// The signals that ask for the end.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        std::future::poll_fn(|context| {
            let interrupt = self.interrupt.poll_recv(context);
            if interrupt.is_ready() { interrupt } else { self.terminate.poll_recv(context) }
        })
        .await;
    }
}

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_woken_when_the_end_is_asked_for() {
        let interrupt = Interrupt::default();
        assert!(!interrupt.wait(Duration::ZERO));
        let other = interrupt.clone();
        let waiting = thread::spawn(move || other.wait(Duration::from_secs(3_600)));
        interrupt.set();
        assert!(waiting.join().unwrap());
    }
}
