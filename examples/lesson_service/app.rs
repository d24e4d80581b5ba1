//! HTTP: routes, handlers, and serving until told to stop. What happens is the school's business.

use std::fmt::Display;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use event_log::tower::ContextLayer;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::events::Provider;
use crate::metrics::{self, Metrics};
use crate::request_context::{self, Student};
use crate::school::{Refusal, School};

/// How long a request may take that is under way when the service is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// What is served.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) school: Arc<School>,
    pub(crate) metrics: Metrics,
}

type Shared = State<Arc<School>>;
type LessonPath = Path<(String, u32)>;

/// Serves at `address` until Ctrl-C or a SIGTERM, then answers what was asked, within [`GRACE`].
pub(crate) async fn serve_until_told(
    address: SocketAddr,
    service: Service,
    log_directory: impl Display,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen at {address}; pass a free one to --listen"))?;
    // Before anybody is told that it serves, and may want it to stop.
    let told_to_stop = listen_to_signals()?;
    println!("serving http://{}, events go to {log_directory}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let grace_is_over = async {
        told_to_stop.await;
        drop(stop);
        sleep(GRACE).await;
    };
    tokio::select! {
        served = serve(listener, service, async { drop(stopped.await) }) => served?,
        () = grace_is_over => {}
    }
    Ok(())
}

/// Takes Ctrl-C and SIGTERM from now on; the future is ready with the first of either.
fn listen_to_signals() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Serves until `stop` is ready and every request that had come in is answered.
pub(crate) async fn serve(
    listener: TcpListener,
    service: Service,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(service)).with_graceful_shutdown(stop).await
}

fn router(Service { school, metrics }: Service) -> Router {
    Router::new()
        .route("/sign-up", post(sign_up))
        .route("/courses/{course}/lessons/{lesson}/start", post(start_lesson))
        .route("/courses/{course}/lessons/{lesson}/clear", post(clear_lesson))
        .route("/plans/{plan}/purchase", post(purchase_plan))
        .layer(ContextLayer::new(request_context::of_request))
        .with_state(school)
        .merge(metrics::router(metrics))
}

#[derive(Deserialize)]
struct SignUp {
    provider: Provider,
    code: String,
    referrer: Option<String>,
}

#[derive(Serialize)]
struct SignedUp {
    user_id: u64,
}

#[derive(Deserialize)]
struct Cleared {
    score: u8,
}

async fn sign_up(
    State(school): Shared,
    Json(form): Json<SignUp>,
) -> Result<(StatusCode, Json<SignedUp>), Refusal> {
    let user_id = school.sign_up(form.provider, &form.code, form.referrer.as_deref())?;
    Ok((StatusCode::CREATED, Json(SignedUp { user_id })))
}

async fn start_lesson(
    State(school): Shared,
    Student(user): Student,
    Path((course, lesson)): LessonPath,
) -> Result<StatusCode, Refusal> {
    school.start_lesson(user, &course, lesson)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn clear_lesson(
    State(school): Shared,
    Student(user): Student,
    Path((course, lesson)): LessonPath,
    Json(cleared): Json<Cleared>,
) -> Result<StatusCode, Refusal> {
    school.clear_lesson(user, &course, lesson, cleared.score)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn purchase_plan(
    State(school): Shared,
    Student(user): Student,
    Path(plan): Path<String>,
) -> Result<StatusCode, Refusal> {
    school.purchase_plan(user, &plan)?;
    Ok(StatusCode::NO_CONTENT)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NotVouchedFor => StatusCode::FORBIDDEN,
            Self::NoSuchStudent => StatusCode::UNAUTHORIZED,
            Self::NoSuchLesson | Self::NoSuchPlan => StatusCode::NOT_FOUND,
            Self::LessonNotStarted | Self::PlanInUse => StatusCode::CONFLICT,
            Self::ScoreTooHigh => StatusCode::UNPROCESSABLE_ENTITY,
        };
        (status, self.to_string()).into_response()
    }
}
