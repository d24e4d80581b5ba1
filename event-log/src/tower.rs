//! A layer that makes the context of each request current: for axum, tonic and all else that is
//! built of [`tower`](https://docs.rs/tower) services. With the feature `tower`.
//!
//! ```
//! use event_log::Context;
//! use event_log::tower::ContextLayer;
//!
//! # struct Request;
//! # impl Request {
//! #     fn header(&self, name: &str) -> Option<&str> { (name == "x-user-id").then_some("ada") }
//! # }
//! /// What a request knows. A malformed header costs its own value, and never the request.
//! fn context_of(request: &Request) -> Context {
//!     Context::new()
//!         .lenient()
//!         .user_id(request.header("x-user-id"))
//!         .locale(request.header("x-locale"))
//!         .country_code(request.header("cf-ipcountry"))
//!         .finish(|error| eprintln!("a header is not used: {error}"))
//! }
//!
//! let layer = ContextLayer::new(context_of);
//! # assert!(format!("{:?}", context_of(&Request)).contains("ada"));
//! ```
//!
//! - **axum**: `Router::new().route(…).layer(ContextLayer::new(context_of))`, with
//!   `fn context_of(request: &axum::extract::Request) -> Context`.
//! - **tonic**: `Server::builder().layer(ContextLayer::new(context_of))`, with
//!   `fn context_of(request: &http::Request<tonic::body::Body>) -> Context`.
//! - **hyper**: `TowerToHyperService::new(layer.layer(service))` of hyper-util; or without tower, in
//!   the function of `service_fn`: `context_of(&request).scope(handle(request))`.
//!
//! The context is current while the inner service is called, while the future of the response is
//! polled, and while that is dropped. It is not while the *body* of the response is polled later:
//! for a body that streams and emits, see `Context::scope_stream` of the feature `stream`.
//!
//! What an outer layer made current is seen by the closure: start from [`Context::current`] to extend
//! it.

use std::fmt;
use std::task::{self, Poll};

use tower_layer::Layer;
use tower_service::Service;

use crate::context::{Context, Scope};

/// Makes the context that a closure takes from a request current for the services inside.
///
/// See the [module](self) for an example.
#[derive(Clone, Copy)]
#[must_use = "a layer does nothing until it is put around a service"]
pub struct ContextLayer<F> {
    context_of: F,
}

impl<F> ContextLayer<F> {
    /// A layer for requests of type `R`.
    ///
    /// `context_of` is called once for each request, before the inner service. It returns a context
    /// and no error: what strangers sent and makes no sense is left out with
    /// [`Context::lenient`], and a request that must be refused is the affair of another layer.
    ///
    /// The type of the request is taken from the closure, so name it there: `|request: &Request| …`.
    pub fn new<R>(context_of: F) -> Self
    where
        F: Fn(&R) -> Context,
    {
        Self { context_of }
    }
}

impl<S, F: Clone> Layer<S> for ContextLayer<F> {
    type Service = ContextService<S, F>;

    fn layer(&self, inner: S) -> Self::Service {
        ContextService { inner, context_of: self.context_of.clone() }
    }
}

impl<F> fmt::Debug for ContextLayer<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextLayer").finish_non_exhaustive()
    }
}

/// A service whose requests run in their context; made by [`ContextLayer`].
#[derive(Clone, Copy)]
pub struct ContextService<S, F> {
    inner: S,
    context_of: F,
}

impl<S, F, R> Service<R> for ContextService<S, F>
where
    S: Service<R>,
    F: Fn(&R) -> Context,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Scope<S::Future>;

    fn poll_ready(&mut self, cx: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    // The service that was polled ready is the one that is called, and it is called here and not in
    // the future: so no clone of it has to be swapped in.
    fn call(&mut self, request: R) -> Self::Future {
        let context = (self.context_of)(&request);
        let response = context.enter(|| self.inner.call(request));
        context.scope(response)
    }
}

impl<S: fmt::Debug, F> fmt::Debug for ContextService<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextService").field("inner", &self.inner).finish_non_exhaustive()
    }
}
