//! A future that carries a context along.

use std::fmt;
use std::pin::Pin;
use std::task::{self, Poll};

use pin_project_lite::pin_project;

use crate::context::{Context, Frame};

pin_project! {
    /// A future whose context is current whenever it runs, on any thread of any executor; made by
    /// [`Context::scope`].
    ///
    /// With the feature `stream` it may also be a stream, made by `Context::scope_stream`.
    #[must_use = "a future or stream does nothing unless it is polled"]
    pub struct Scope<F> {
        // `None` only while this is dropped.
        #[pin]
        future: Option<F>,
        context: Context,
    }

    impl<F> PinnedDrop for Scope<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _frame = Frame::new(this.context);
            this.future.set(None);
        }
    }
}

impl<F> Scope<F> {
    pub(super) fn new(context: Context, future: F) -> Self {
        Self { future: Some(future), context }
    }
}

impl<F: Future> Future for Scope<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _frame = Frame::new(this.context);
        this.future.as_pin_mut().expect("only the drop takes the future away").poll(cx)
    }
}

#[cfg(feature = "stream")]
impl<S: futures_core::Stream> futures_core::Stream for Scope<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let _frame = Frame::new(this.context);
        this.future.as_pin_mut().expect("only the drop takes the stream away").poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.future.as_ref().map_or((0, Some(0)), S::size_hint)
    }
}

impl<F> fmt::Debug for Scope<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("context", &self.context).finish_non_exhaustive()
    }
}
