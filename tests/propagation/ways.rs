//! The ways: each lets a request emit somewhere else than where it began.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::thread;

use event_log::EventField;
use event_log::{Context, InContext};
use futures_util::future::{Either, join, pending, select};
use futures_util::stream::{self, FuturesUnordered, StreamExt};
use rayon::prelude::*;
use serde::Serialize;
use tokio::sync::oneshot;
use tokio::task::{block_in_place, spawn_blocking, yield_now};

use crate::http::Client;
use crate::workers::Job;
use crate::{Seen, Service};

/// Where a request goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EventField, Serialize)]
pub(crate) enum Way {
    Await,
    Spawn,
    LocalSet,
    SpawnBlocking,
    BlockInPlace,
    Thread,
    ScopedThread,
    Rayon,
    JobChannel,
    JoinAndSelect,
    Unordered,
    Stream,
    TowerOverHttp,
    DropElsewhere,
    OwnExecutor,
}

pub(crate) const WAYS: [Way; 15] = [
    Way::Await,
    Way::Spawn,
    Way::LocalSet,
    Way::SpawnBlocking,
    Way::BlockInPlace,
    Way::Thread,
    Way::ScopedThread,
    Way::Rayon,
    Way::JobChannel,
    Way::JoinAndSelect,
    Way::Unordered,
    Way::Stream,
    Way::TowerOverHttp,
    Way::DropElsewhere,
    Way::OwnExecutor,
];

impl Way {
    /// How many events a request emits that goes this way.
    pub(crate) fn events(self) -> u64 {
        match self {
            Self::JoinAndSelect | Self::Unordered => 3,
            Self::Rayon | Self::Stream => 2,
            _ => 1,
        }
    }
}

/// Emits where this way leads to, and is ready when that was done.
pub(crate) async fn take(way: Way, request: u64, service: &Service, client: &mut Client) {
    let logger = service.logger.clone();
    let emit = move || logger.emit(Seen { way, request });
    match way {
        Way::Await => later(emit).await,
        Way::Spawn => tokio::spawn(later(emit).in_current_context()).await.expect("it has run"),
        Way::LocalSet => service.workers.spawn_local(emit).await,
        Way::SpawnBlocking => {
            spawn_blocking(Context::current().wrap(emit)).await.expect("it has run");
        }
        Way::BlockInPlace => block_in_place(emit),
        Way::Thread => {
            told(|emit| drop(thread::spawn(Context::current().wrap(emit))), emit).await;
        }
        Way::ScopedThread => thread::scope(|threads| {
            threads.spawn(Context::current().wrap(&emit));
        }),
        Way::Rayon => told(|emit| rayon::spawn(Context::current().wrap(emit)), twice(emit)).await,
        Way::JobChannel => {
            told(|emit| service.workers.run(Context::current().wrap(emit)), emit).await;
        }
        Way::JoinAndSelect => join_and_select(&emit).await,
        Way::Unordered => {
            let tasks: FuturesUnordered<_> = (0..3).map(|_| later(&emit)).collect();
            tasks.collect::<()>().await;
        }
        Way::Stream => {
            let pages = stream::iter(0..2).then(move |_| later(emit.clone()));
            let body = Context::current().scope_stream(pages);
            // As a server does with a body: where no context is current.
            tokio::spawn(async { Box::pin(body).collect::<()>().await }).await.expect("it has run");
        }
        Way::TowerOverHttp => client.get(request).await,
        Way::DropElsewhere => drop_elsewhere(service, emit).await,
        Way::OwnExecutor => {
            let job = |emit: Job| {
                let future = async move {
                    yield_twice().await;
                    emit();
                };
                service.workers.execute(Box::pin(future.in_current_context()));
            };
            told(job, emit).await;
        }
    }
}

/// Emits after others had their turn.
async fn later(emit: impl FnOnce()) {
    yield_now().await;
    emit();
}

/// Hands over a job that emits, and waits until it has.
async fn told(hand_over: impl FnOnce(Job), emit: impl FnOnce() + Send + 'static) {
    let (tell, told) = oneshot::channel();
    hand_over(Box::new(move || {
        emit();
        // Nobody waits only if the test has failed.
        let _ = tell.send(());
    }));
    told.await.expect("it has run");
}

/// Emits on two threads of rayon.
fn twice(emit: impl Fn() + Send + Sync + 'static) -> impl FnOnce() + Send + 'static {
    move || {
        let emit = Context::current().wrap_fn(|_| emit());
        (0..2).into_par_iter().for_each(emit);
    }
}

async fn join_and_select(emit: &impl Fn()) {
    join(later(emit), later(emit)).await;
    match select(pin!(later(emit)), pending::<()>()).await {
        Either::Left(_) => {}
        Either::Right(_) => unreachable!("that one is never ready"),
    }
}

/// Emits in the drop of a future that was polled here and is dropped on another thread.
async fn drop_elsewhere(service: &Service, emit: impl FnOnce() + Send + 'static) {
    struct OnDrop(Option<Job>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            self.0.take().expect("it is dropped once")();
        }
    }
    let job = |emit| {
        let on_drop = OnDrop(Some(emit));
        let mut request = Box::pin(Context::current().scope(async move {
            let _on_drop = on_drop;
            pending::<()>().await;
        }));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(request.as_mut().poll(&mut context).is_pending());
        service.workers.run(move || drop(request));
    };
    told(job, emit).await;
}

/// Is pending twice; whoever polls is to poll again.
async fn yield_twice() {
    let mut left = 2;
    poll_fn(|_| {
        left -= 1;
        if left < 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
