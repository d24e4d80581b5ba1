//! The HTTP service of a school: students sign up, start and clear lessons, and buy plans; every one of
//! these facts is an event.
//!
//! ```text
//! $ cargo run --release --example lesson_service -- --demo 100000
//! drives 100000 requests over 8 connections through http://127.0.0.1:40763
//! answered in 0.9 s: 106313 requests per second; 100000 succeeded, 1250 were refused, as they should be
//! ledger: emitted 100000 = written 100000 + dropped 0 + in spool 0; it balances
//! segments in /tmp/lesson-service-4dFzQa:
//!   events.20261121T223000.123Z.7f3a91c2.000001.jsonl  30.37 MB
//! lesson_cleared: 45000 events, the first:
//!   {"id":"…","date":"…","type":"lesson_cleared","user_id":1,"locale":"ja",…}
//! …
//! verified: 100000 lines, one for each request that succeeded, each valid JSON with its seven keys in …
//! ```
//!
//! Without `--demo` it serves until Ctrl-C:
//!
//! ```text
//! $ cargo run --example lesson_service -- --listen 127.0.0.1:8080 --log-dir /tmp/lessons
//! serving http://127.0.0.1:8080, events go to /tmp/lessons
//! $ curl -d '{"provider":"twitter","code":"x"}' -H 'content-type: application/json' \
//!        -H 'accept-language: ja' -H 'cf-ipcountry: JP' http://127.0.0.1:8080/sign-up
//! {"user_id":1}
//! $ curl -X POST -H 'authorization: Bearer student-1' http://127.0.0.1:8080/courses/kanji/lessons/1/start
//! $ curl -s http://127.0.0.1:8080/metrics | grep written_total
//! # HELP event_log_written_total events that are in a segment
//! # TYPE event_log_written_total counter
//! event_log_written_total{logger="events"} 2
//! ```
//!
//! - [`events`]: what analysts will read for years. `catalog_is_reviewed.rs` is the test that holds them to
//!   `events.lock.json`.
//! - [`school`]: what happens in a school, and where the events are emitted; it knows nothing of HTTP.
//! - [`app`], [`request_context`]: routes, and what every event of a request has in common.
//! - [`metrics`]: the numbers of the log, for Prometheus.
//! - [`demo`], [`client`], [`read_back`], [`report`]: the load, the check of the files, what is printed.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

mod app;
mod client;
mod demo;
mod events;
mod metrics;
mod options;
mod read_back;
mod report;
mod request_context;
mod school;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use event_log::{Context, Logger};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::runtime::Runtime;

use crate::app::Service;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::school::School;

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let directory = options.log_directory()?;
    let (logger, metrics) = open_log(&directory)?;
    let school = Arc::new(School::new(logger.clone()));
    let service = Service { school, metrics };
    let runtime = Runtime::new().context("cannot start the runtime")?;

    let outcome = match options.load() {
        None => {
            let served = app::serve_until_told(options.listen, service, directory.display());
            runtime.block_on(served)?;
            None
        }
        Some(load) => Some(runtime.block_on(demo::run(service, load))?),
    };

    // The drop of the last handle would drain too; whoever wants to know how that went closes.
    let closed = logger.close(Duration::from_secs(10));
    report::ledger(&logger.stats());
    closed.context("not every event reached its segment; the next start takes up the rest")?;
    match outcome {
        Some(outcome) => report::log_of_demo(&directory, &outcome.answers, &logger.stats()),
        None => Ok(()),
    }
}

/// The log, and its numbers for Prometheus.
fn open_log(directory: &Path) -> anyhow::Result<(Logger, Metrics)> {
    let recorder = PrometheusBuilder::new().build_recorder();
    let prometheus = recorder.handle();
    let logger = Logger::builder(directory)
        .context(Context::new().field("app_version", env!("CARGO_PKG_VERSION"))?)
        .on_error(report::log_error)
        // A service whose other parts have metrics too installs the recorder for the process instead.
        .metrics_recorder(recorder)
        .build()?;
    let metrics = Metrics::new(logger.clone(), prometheus);
    Ok((logger, metrics))
}
