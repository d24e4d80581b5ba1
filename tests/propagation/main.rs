//! Fifteen ways to hand a context on, used by many requests at once: no line bears another's user.
//!
//! `EVENT_LOG_REQUESTS=1000000 cargo test -p tests --test propagation -- --nocapture` makes a million of
//! them.

mod found;
mod http;
mod ways;
mod workers;

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use event_log::{Context, Event, Logger, Overflow};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::found::Found;
use crate::http::Client;
use crate::ways::{WAYS, Way, take};
use crate::workers::Workers;

/// Some three seconds without optimization at worst; a million take twenty.
const REQUESTS: u64 = 60_000;
/// Requests that are under way at the same time.
const AT_ONCE: u64 = 64;
/// Of so many requests one also starts a task that is handed nothing.
const LOST_EVERY: u64 = 16;

const PATIENCE: Duration = Duration::from_secs(600);

/// Emitted at the end of a way; the context of the line must be that of this request.
#[derive(Event)]
struct Seen {
    way: Way,
    request: u64,
}

/// Emitted by a task that was handed no context.
#[derive(Event)]
struct Lost {
    request: u64,
}

/// What the requests share.
#[derive(Debug)]
struct Service {
    logger: Logger,
    workers: Workers,
    next: AtomicU64,
    requests: u64,
}

#[test]
fn no_way_to_hand_a_context_on_crosses_requests() {
    let requests = env::var("EVENT_LOG_REQUESTS")
        .map_or(REQUESTS, |text| text.parse().expect("EVENT_LOG_REQUESTS is a number"));
    let directory = tempfile::tempdir().unwrap();
    let logger = Logger::builder(directory.path()).overflow(Overflow::Block).build().unwrap();

    serve(logger.clone(), requests);
    logger.close(PATIENCE).unwrap();

    let found = Found::read(directory.path());
    for (index, way) in WAYS.into_iter().enumerate() {
        let share =
            requests / WAYS.len() as u64 + u64::from((index as u64) < requests % WAYS.len() as u64);
        assert_eq!(found.seen[way as usize], share * way.events(), "{way:?}");
    }
    assert_eq!(found.lost, requests.div_ceil(LOST_EVERY), "tasks that were handed nothing");
    println!(
        "{requests} requests over {} ways, {} events, none with the user of another",
        WAYS.len(),
        found.seen.iter().sum::<u64>() + found.lost,
    );
}

/// Takes so many requests, each its own way.
fn serve(logger: Logger, requests: u64) {
    let runtime = runtime();
    let address = runtime.block_on(http::serve(logger.clone()));
    let workers = Workers::start();
    let service = Arc::new(Service { logger, workers, next: AtomicU64::new(0), requests });
    runtime.block_on(async {
        let mut drivers = JoinSet::new();
        for _ in 0..AT_ONCE {
            let client = Client::connect(address).await;
            drivers.spawn(drive(Arc::clone(&service), client));
        }
        while let Some(driver) = drivers.join_next().await {
            driver.expect("it has run");
        }
    });
}

async fn drive(service: Arc<Service>, mut client: Client) {
    loop {
        // Relaxed: only that no number comes twice.
        let request = service.next.fetch_add(1, Ordering::Relaxed);
        if request >= service.requests {
            return;
        }
        let way = WAYS[usize::try_from(request % WAYS.len() as u64).expect("a small number")];
        let context = Context::new().user_id(request);
        context.scope(take(way, request, &service, &mut client)).await;
        if request.is_multiple_of(LOST_EVERY) {
            let logger = service.logger.clone();
            let lost = context.enter(|| tokio::spawn(async move { logger.emit(Lost { request }) }));
            lost.await.expect("it has run");
        }
    }
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a runtime")
}
