//! One client of the demo: students who take turns on one keep-alive connection, a request at a time.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::{Context, bail};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;

const PLANS: [&str; 3] = ["monthly", "yearly", "lifetime"];
/// What one student in four asks for first, and the school does not have.
const UNKNOWN_PLAN: &str = "platinum";
const PROVIDERS: [&str; 3] = ["twitter", "google", "apple"];
/// Not all of them make sense: as in life.
const LANGUAGES: [&str; 5] =
    ["ja,en;q=0.8", "en-US", "zh-TW;q=0.5,zh-Hant-TW", "pt_BR.UTF-8", "*;q=oops"];
const COUNTRIES: [&str; 5] = ["JP", "US", "TW", "XX", "T1"];

/// What one student does: sign up, start and clear nine lessons, buy a plan.
const STEPS: u64 = 20;
const LAST_STEP: u64 = STEPS - 1;

/// How requests were answered.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// Those that succeeded, by the type of the event that each should have left.
    pub(crate) succeeded: BTreeMap<&'static str, u64>,
    /// Those that were refused, as they should be.
    pub(crate) refused: u64,
}

impl Answers {
    /// All that succeeded.
    pub(crate) fn succeeded(&self) -> u64 {
        self.succeeded.values().sum()
    }

    /// Adds those of another client.
    pub(crate) fn add(&mut self, other: &Self) {
        for (event_type, count) in &other.succeeded {
            *self.succeeded.entry(event_type).or_default() += count;
        }
        self.refused += other.refused;
    }
}

/// A connection, and the student who is using it.
#[derive(Debug)]
pub(crate) struct Client {
    connection: SendRequest<Full<Bytes>>,
    /// Counts the students of all clients, without a gap within one client.
    student: u64,
    user_id: u64,
    answers: Answers,
}

/// A request, and how it should be answered.
struct Ask {
    path: String,
    body: String,
    expected: StatusCode,
    /// What a success leaves in the log.
    event_type: &'static str,
}

#[derive(Deserialize)]
struct SignedUp {
    user_id: u64,
}

impl Client {
    /// Connects to the service.
    pub(crate) async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("cannot connect to the service")?;
        stream.set_nodelay(true)?;
        let (connection, driver) = http1::handshake(TokioIo::new(stream)).await?;
        // An error of the connection is the error of the request on it, too.
        tokio::spawn(driver);
        Ok(Self { connection, student: 0, user_id: 0, answers: Answers::default() })
    }

    /// Makes so many requests that succeed, one after the other, for every `step`th student from
    /// `first`, and some in between that do not; calls `answered` after each that does.
    ///
    /// # Errors
    /// If one is not answered as it should be.
    pub(crate) async fn drive(
        mut self,
        requests: u64,
        first: u64,
        step: u64,
        answered: impl Fn(),
    ) -> anyhow::Result<Answers> {
        for number in 0..requests {
            self.student = first + number / STEPS * step;
            let step = number % STEPS;
            if step == LAST_STEP && self.student.is_multiple_of(4) {
                self.send(&Ask::for_plan(UNKNOWN_PLAN, StatusCode::NOT_FOUND)).await?;
                self.answers.refused += 1;
            }
            let ask = self.ask(step);
            let answer = self.send(&ask).await?;
            if ask.path == "/sign-up" {
                self.user_id = serde_json::from_slice::<SignedUp>(&answer)?.user_id;
            }
            *self.answers.succeeded.entry(ask.event_type).or_default() += 1;
            answered();
        }
        Ok(self.answers)
    }

    /// What the student does at this step, from 0.
    fn ask(&self, step: u64) -> Ask {
        match step {
            0 => self.ask_to_sign_up(),
            LAST_STEP => Ask::for_plan(pick(&PLANS, self.student), StatusCode::NO_CONTENT),
            odd if odd % 2 == 1 => Ask::for_lesson(odd / 2 + 1, "start", String::new()),
            even => Ask::for_lesson(even / 2, "clear", format!(r#"{{"score":{}}}"#, 60 + even)),
        }
    }

    fn ask_to_sign_up(&self) -> Ask {
        let provider = pick(&PROVIDERS, self.student);
        Ask {
            path: "/sign-up".to_owned(),
            body: format!(r#"{{"provider":"{provider}","code":"code-{}"}}"#, self.student),
            expected: StatusCode::CREATED,
            event_type: "user_registration",
        }
    }

    async fn send(&mut self, ask: &Ask) -> anyhow::Result<Bytes> {
        let request = Request::post(&ask.path)
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer student-{}", self.user_id))
            .header("accept-language", pick(&LANGUAGES, self.student))
            .header("cf-ipcountry", pick(&COUNTRIES, self.student))
            .header("x-session-id", format!("session-{}", self.student))
            .body(Full::from(ask.body.clone()))?;
        self.connection.ready().await?;
        let response = self.connection.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        if status != ask.expected {
            let said = String::from_utf8_lossy(&body);
            bail!("POST {}: expected the answer {}, got {status}: {said}", ask.path, ask.expected);
        }
        Ok(body)
    }
}

impl Ask {
    fn for_plan(plan: &str, expected: StatusCode) -> Self {
        let path = format!("/plans/{plan}/purchase");
        Self { path, body: String::new(), expected, event_type: "plan_purchased" }
    }

    fn for_lesson(lesson: u64, what: &str, body: String) -> Self {
        let event_type = if what == "start" { "lesson_started" } else { "lesson_cleared" };
        let path = format!("/courses/kanji/lessons/{lesson}/{what}");
        Self { path, body, expected: StatusCode::NO_CONTENT, event_type }
    }
}

fn pick<'a>(choices: &[&'a str], number: u64) -> &'a str {
    choices[usize::try_from(number).unwrap_or(0) % choices.len()]
}
