//! The demo: the service on a free port, and clients that drive real requests through it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::app::Service;
use crate::client::{Answers, Client};
use crate::{app, report};

/// What to drive through the service: requests that succeed, beside some that do not. Each connection has one request under way at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) requests: u64,
    pub(crate) connections: u64,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) answers: Answers,
    pub(crate) elapsed: Duration,
}

/// Starts the service, drives the load through it, stops it.
///
/// # Errors
/// If a request is not answered as it should be.
pub(crate) async fn run(service: Service, load: Load) -> anyhow::Result<Outcome> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let Load { requests, connections } = load;
    println!("drives {requests} requests over {connections} connections through http://{address}");

    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async { drop(stopped.await) };
    let server = tokio::spawn(app::serve(listener, service, stopped));
    let outcome = drive(address, load).await;
    drop(stop);
    server.await?.context("the service failed")?;
    outcome.inspect(report::speed)
}

async fn drive(address: SocketAddr, load: Load) -> anyhow::Result<Outcome> {
    let bar = progress_bar(load.requests);
    let began = Instant::now();
    let mut clients = JoinSet::new();
    for number in 0..load.connections {
        let client = Client::connect(address).await?;
        let bar = bar.clone();
        clients
            .spawn(client.drive(load.share(number), number, load.connections, move || bar.inc(1)));
    }
    let mut answers = Answers::default();
    // A failure returns at once: the drop of the set ends the other clients.
    while let Some(client) = clients.join_next().await {
        answers.add(&client??);
    }
    let elapsed = began.elapsed();
    bar.finish_and_clear();
    Ok(Outcome { answers, elapsed })
}

impl Load {
    /// How many of the requests go over this connection, counted from 0.
    fn share(self, connection: u64) -> u64 {
        let rest = self.requests % self.connections;
        self.requests / self.connections + u64::from(connection < rest)
    }
}

/// A bar on standard error; where that is no terminal, nothing.
fn progress_bar(requests: u64) -> ProgressBar {
    let style = "{bar:40} {human_pos} of {human_len} requests, {per_sec}, {eta} to go";
    let style = ProgressStyle::with_template(style).expect("the template is well-formed");
    ProgressBar::new(requests).with_style(style)
}
