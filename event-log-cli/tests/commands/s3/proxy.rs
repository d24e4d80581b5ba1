//! Stands between a load and the server, and does to their talk what networks and servers do.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// The server is not asked, and an answer with this status is given; 200 has no body.
    Status(u16),
    /// The server is not asked, and the connection breaks.
    Reset,
    /// The server does what it is asked, and the connection breaks before it can say so.
    AnswerLost,
    /// The server does what it is asked, and half of what it says arrives.
    Truncated,
    /// The server is not asked, and nothing comes back.
    Hang,
    /// The server does what it is asked, half of what it says arrives, and then nothing more.
    Stall,
}

/// What a request asks for.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    /// With the query.
    pub(super) path: String,
    /// The head as it came.
    pub(super) head: String,
}

type Decide = dyn FnMut(usize, &Request) -> Fault + Send;

/// A proxy, as long as it is held.
pub(super) struct Proxy {
    port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
    ended: Arc<AtomicBool>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Proxy {
    /// Before the server at a port; `decide` gets the number of each request, from 0.
    pub(super) fn before(
        server: u16,
        decide: impl FnMut(usize, &Request) -> Fault + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let ended = Arc::new(AtomicBool::new(false));
        let proxy = Self { port, seen: Arc::clone(&seen), ended: Arc::clone(&ended) };
        let decide: Arc<Mutex<Box<Decide>>> = Arc::new(Mutex::new(Box::new(decide)));
        thread::spawn(move || {
            for client in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let (seen, decide) = (Arc::clone(&seen), Arc::clone(&decide));
                thread::spawn(move || serve(client?, server, &seen, &decide));
            }
        });
        proxy
    }

    /// Before the server at a port, as one that takes a conditional write for an ordinary one. The
    /// condition is signed, so it is not taken out: each such write is answered as if it were done.
    pub(super) fn ignoring_conditions(server: u16) -> Self {
        Self::before(server, |_, request| {
            let is_conditional = request.head.to_ascii_lowercase().contains("\r\nif-none-match:");
            if is_conditional { Fault::Status(200) } else { Fault::None }
        })
    }

    /// The variables, with this proxy as the endpoint.
    pub(super) fn variables(&self, variables: &[(String, String)]) -> Vec<(String, String)> {
        const ENDPOINT: &str = "AWS_ENDPOINT_URL";
        let others = variables.iter().filter(|(name, _)| name != ENDPOINT).cloned();
        others.chain([(ENDPOINT.to_owned(), format!("http://127.0.0.1:{}", self.port))]).collect()
    }

    /// The requests so far.
    pub(super) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

/// One request of a connection, which then ends.
fn serve(
    mut client: TcpStream,
    server: u16,
    seen: &Mutex<Vec<Request>>,
    decide: &Mutex<Box<Decide>>,
) -> io::Result<()> {
    let (request, bytes) = read_request(&mut client)?;
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len() - 1
    };
    let fault = decide.lock().unwrap()(number, &request);
    match fault {
        Fault::Status(status) => {
            let code = if status == 503 { "SlowDown" } else { "InternalError" };
            let mut body = format!("<Error><Code>{code}</Code><Message>injected</Message></Error>");
            if status == 200 {
                body.clear();
            }
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} Injected\r\nConnection: close\r\nETag: \"0\"\r\nContent-Length: {length}\r\n\r\n"
            );
            client.write_all(format!("{head}{body}").as_bytes())
        }
        Fault::Reset => client.shutdown(Shutdown::Both),
        Fault::Hang => hang(&mut client),
        Fault::None | Fault::AnswerLost | Fault::Truncated | Fault::Stall => {
            let answer = ask(server, &bytes)?;
            match fault {
                Fault::AnswerLost => client.shutdown(Shutdown::Both),
                Fault::Truncated => client.write_all(&answer[..answer.len() / 2]),
                Fault::Stall => {
                    client.write_all(&answer[..answer.len() / 2])?;
                    hang(&mut client)
                }
                _ => client.write_all(&answer),
            }
        }
    }
}

/// Waits until the client gives up; if it does not, for longer than it should need to.
fn hang(client: &mut TcpStream) -> io::Result<()> {
    client.set_read_timeout(Some(Duration::from_secs(60)))?;
    client.read(&mut [0]).map(drop)
}

/// The request, and its bytes with the wish that the connection ends after it.
fn read_request(client: &mut TcpStream) -> io::Result<(Request, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let mut more = [0; 16 << 10];
        let read = client.read(&mut more)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&more[..read]);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let mut body = bytes.split_off(end);
    let missing = length.unwrap_or(0).saturating_sub(body.len());
    client.take(missing as u64).read_to_end(&mut body)?;
    let mut first = head.split(' ');
    let [method, path] = [first.next(), first.next()].map(|part| part.unwrap_or("").to_owned());
    let mut whole = head.trim_end().as_bytes().to_owned();
    whole.extend_from_slice(b"\r\nConnection: close\r\n\r\n");
    whole.extend_from_slice(&body);
    Ok((Request { method, path, head }, whole))
}

fn ask(server: u16, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(("127.0.0.1", server))?;
    server.write_all(request)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}
