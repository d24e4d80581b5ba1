//! `GET /metrics`: the numbers of the log, for Prometheus.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use event_log::Logger;
use metrics_exporter_prometheus::PrometheusHandle;

/// What a scrape is answered with: the log's numbers as of then.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    events: Logger,
    prometheus: PrometheusHandle,
}

impl Metrics {
    /// The numbers of this logger, which publishes them to that recorder.
    pub(crate) fn new(events: Logger, prometheus: PrometheusHandle) -> Self {
        Self { events, prometheus }
    }
}

/// The route; it is no request of a student, so it has no context.
pub(crate) fn router(metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(scrape)).with_state(metrics)
}

async fn scrape(State(metrics): State<Metrics>) -> impl IntoResponse {
    // Otherwise the numbers are up to a second old.
    metrics.events.publish_metrics();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.prometheus.render())
}
