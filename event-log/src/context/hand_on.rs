//! A context handed on to other threads and tasks: wrapped closures and futures.

use std::future::Future;

use crate::context::{Context, Frame, Scope};

impl Context {
    /// Wraps a closure that is called once, perhaps on another thread: this context is current while
    /// it runs, and while what it captured is dropped, even if it is never called.
    ///
    /// For `std::thread::spawn`, scoped threads, `tokio::task::spawn_blocking`, `rayon::spawn`,
    /// `rayon::join` and channels of jobs.
    ///
    /// ```
    /// use event_log::Context;
    ///
    /// let context = Context::new().user_id(42);
    /// let seen = std::thread::spawn(context.wrap(|| format!("{:?}", Context::current())));
    /// assert!(seen.join().unwrap().contains(r#""user_id":42"#));
    /// ```
    pub fn wrap<F, R>(&self, run: F) -> impl FnOnce() -> R + use<F, R>
    where
        F: FnOnce() -> R,
    {
        let mut wrapped = Wrapped { run: Some(run), context: self.clone() };
        move || wrapped.call()
    }

    /// Wraps a function of one argument that is called many times, perhaps on several threads at
    /// once: this context is current during each call.
    ///
    /// For `for_each` and `map` of rayon's and other parallel iterators. A function of several
    /// arguments takes them as a tuple.
    ///
    /// ```
    /// use event_log::Context;
    ///
    /// # fn store(order: &u64) { assert!(format!("{:?}", Context::current()).contains("42")) }
    /// let orders = [1_u64, 2, 3];
    /// let context = Context::new().user_id(42);
    /// // With rayon: `orders.par_iter().for_each(…)`.
    /// orders.iter().for_each(context.wrap_fn(|order| store(order)));
    /// ```
    pub fn wrap_fn<F, A, R>(&self, run: F) -> impl Fn(A) -> R + use<F, A, R>
    where
        F: Fn(A) -> R,
    {
        let context = self.clone();
        move |argument| context.enter(|| run(argument))
    }

    /// Lets a stream run in this context: it is current whenever the stream is polled, and while it
    /// is dropped. With the feature `stream`.
    ///
    /// A stream that is consumed where the context is current needs no such thing. The body of a
    /// response does: it is polled after the handler has returned.
    ///
    /// ```
    /// use std::pin::pin;
    ///
    /// use event_log::Context;
    /// use futures_util::{FutureExt, StreamExt, stream};
    ///
    /// let pages = stream::iter([1, 2]).map(|page| format!("{page} {:?}", Context::current()));
    /// let mut body = pin!(Context::new().user_id(42).scope_stream(pages));
    /// let first = body.next().now_or_never().flatten().unwrap();
    /// assert!(first.contains(r#""user_id":42"#));
    /// ```
    #[cfg(feature = "stream")]
    pub fn scope_stream<S: futures_core::Stream>(&self, stream: S) -> Scope<S> {
        Scope::new(self.clone(), stream)
    }
}

/// A closure that is called once, and its context.
struct Wrapped<F> {
    /// Taken away by the call.
    run: Option<F>,
    context: Context,
}

impl<F> Wrapped<F> {
    fn call<R>(&mut self) -> R
    where
        F: FnOnce() -> R,
    {
        let _frame = Frame::new(&self.context);
        self.run.take().expect("the closure that owns this is called once")()
    }
}

impl<F> Drop for Wrapped<F> {
    fn drop(&mut self) {
        if let Some(run) = self.run.take() {
            let _frame = Frame::new(&self.context);
            drop(run);
        }
    }
}

/// Futures that take a context along, written behind them.
///
/// ```
/// use event_log::{Context, InContext};
///
/// # async fn notify(user: u64) {}
/// # mod tokio { pub fn spawn<F: Future + Send + 'static>(_task: F) {} }
/// async fn serve(user: u64) {
///     // A spawned task starts without a context, unless it is handed one.
///     tokio::spawn(notify(user).in_current_context());
/// }
/// ```
pub trait InContext: Future + Sized {
    /// Lets this future run in `context`: [`Context::scope`], the other way round.
    fn in_context(self, context: &Context) -> Scope<Self> {
        context.scope(self)
    }

    /// Lets this future run in the context that is current now, wherever it is spawned.
    fn in_current_context(self) -> Scope<Self> {
        Context::current().scope(self)
    }
}

impl<F: Future> InContext for F {}
