//! A service of hyper behind the tower layer, and clients that keep their connections.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use event_log::tower::ContextLayer;
use event_log::{Context, Logger};
use http_body_util::Empty;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, server};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::yield_now;
use tower::{ServiceBuilder, service_fn};

use crate::Seen;
use crate::ways::Way;

/// Serves until the runtime ends; every request emits what its path says.
pub(crate) async fn serve(logger: Logger) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("the port");
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            let logger = logger.clone();
            let service = ServiceBuilder::new()
                .layer(ContextLayer::new(context_of))
                .service(service_fn(move |request| answer(logger.clone(), request)));
            let connection = server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
            // The client's end of the connection is the test's end.
            tokio::spawn(async { drop(connection.await) });
        }
    });
    address
}

/// The user is in a header, and beside it a locale that makes no sense.
fn context_of(request: &Request<Incoming>) -> Context {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let mut refused = 0;
    let context = Context::new()
        .lenient()
        .user_id(header("user").and_then(|user| user.parse::<u64>().ok()))
        .locale(header("locale"))
        .finish(|_| refused += 1);
    assert_eq!(refused, 1, "the locale is refused");
    context
}

async fn answer(
    logger: Logger,
    request: Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let number = request.uri().path().trim_start_matches('/').parse();
    yield_now().await;
    logger.emit(Seen { way: Way::TowerOverHttp, request: number.expect("a number") });
    Ok(Response::new(Empty::new()))
}

/// A connection that is kept.
#[derive(Debug)]
pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        Self(stream)
    }

    /// Makes a request, and waits for the answer.
    pub(crate) async fn get(&mut self, request: u64) {
        let head = format!(
            "GET /{request} HTTP/1.1\r\nhost: x\r\nuser: {request}\r\nlocale: ja_JP\r\n\r\n"
        );
        self.0.write_all(head.as_bytes()).await.expect("the server reads");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let read = self.0.read_buf(&mut answer).await.expect("the server answers");
            assert_ne!(read, 0, "the server went away");
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", answer.escape_ascii());
    }
}
