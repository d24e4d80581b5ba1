//! What the tower layer promises beside the context: it stays out of the way of its service.

use std::future::{Ready, poll_fn, ready};
use std::task::{Context as TaskContext, Poll, Waker};

use event_log::Context;
use event_log::tower::ContextLayer;
use futures_util::FutureExt;
use tower::{Layer, Service};

/// Answers with the context that it is called in; must be polled ready before each call, and a clone
/// is not ready because its original is.
#[derive(Debug, Default)]
struct Strict {
    /// How often it is polled before it is ready.
    polls: u8,
    is_ready: bool,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { polls: self.polls, is_ready: false }
    }
}

impl Service<&'static str> for Strict {
    type Response = String;
    type Error = &'static str;
    type Future = Ready<Result<String, &'static str>>;

    fn poll_ready(&mut self, _: &mut TaskContext<'_>) -> Poll<Result<(), Self::Error>> {
        if self.polls > 0 {
            self.polls -= 1;
            return Poll::Pending;
        }
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: &'static str) -> Self::Future {
        assert!(std::mem::take(&mut self.is_ready), "called without having been polled ready");
        let answer = format!("{:?}", Context::current());
        ready(if request.is_empty() { Err("no user") } else { Ok(answer) })
    }
}

fn user(request: &&'static str) -> Context {
    Context::current().user_id(*request)
}

fn is_ready(service: &mut impl Service<&'static str, Error = &'static str>) -> bool {
    let mut context = TaskContext::from_waker(Waker::noop());
    service.poll_ready(&mut context) == Poll::Ready(Ok(()))
}

#[test]
fn a_service_is_called_once_it_was_polled_ready_and_its_clones_are_too() {
    let mut service = ContextLayer::new(user).layer(Strict { polls: 2, is_ready: false });
    assert_eq!([(); 3].map(|()| is_ready(&mut service)), [false, false, true]);
    for mut service in [service.clone(), service] {
        let answer = async {
            poll_fn(|context| service.poll_ready(context)).await?;
            service.call("ada").await
        };
        assert!(answer.now_or_never().unwrap().unwrap().contains(r#""user_id":"ada""#));
    }
}

#[test]
fn an_error_of_the_service_passes_through() {
    let mut service = ContextLayer::new(user).layer(Strict::default());
    assert!(is_ready(&mut service));
    assert_eq!(service.call("").now_or_never().unwrap(), Err("no user"));
}

#[test]
fn the_closure_may_extend_what_an_outer_layer_made_current() {
    let outer = ContextLayer::new(|_: &&'static str| Context::new().locale("ja").unwrap());
    let mut service = outer.layer(ContextLayer::new(user).layer(Strict::default()));
    assert!(is_ready(&mut service));
    let answer = service.call("ada").now_or_never().unwrap().unwrap();
    assert!(answer.contains(r#""user_id":"ada","locale":"ja""#), "{answer}");
    assert_eq!(format!("{:?}", Context::current()), "Context {}");
}

/// What tonic's server asks of the service that a layer makes, and axum's router, for any request.
fn is_served<S>(_: &S)
where
    S: Service<&'static str> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
}

#[test]
fn a_layered_service_is_what_servers_take() {
    let layer = ContextLayer::new(|user: &&'static str| Context::new().user_id(*user));
    is_served(&layer.clone().layer(Strict::default()));
    assert_eq!(format!("{layer:?}"), "ContextLayer { .. }");
}
