//! Runs each example as its header says, and checks what it prints and leaves.
//!
//! `cargo test` builds the examples of a package before its tests, into the directory `examples` beside
//! the one that this test runs from.
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use event_log::catalog;
use serde_json::Value;

const DEADLINE: Duration = Duration::from_secs(20);

#[test]
fn the_quickstart_shows_its_segment_and_its_lines() {
    let temporary = tempfile::tempdir().unwrap();

    let printed = run(example("quickstart").env("TMPDIR", temporary.path()));

    let lines: Vec<&str> = printed.lines().collect();
    let [path, kanji, kana] = lines[..] else { panic!("not three lines:\n{printed}") };
    assert!(path.starts_with(temporary.path().to_str().unwrap()), "{path}");
    assert!(
        path.contains("/event-log-quickstart/events.2") && path.ends_with(".000001.jsonl"),
        "{path}"
    );
    assert!(kanji.ends_with(
        r#""type":"lesson_started","user_id":42,"locale":"ja","country_code":"JP","params":{"course":"kanji","lesson":7}}"#
    ), "{kanji}");
    assert!(kana.ends_with(
        r#""type":"lesson_started","user_id":null,"locale":null,"country_code":null,"params":{"course":"kana","lesson":1}}"#
    ), "{kana}");
}

#[test]
fn the_program_in_the_readme_is_the_quickstart() {
    let read =
        |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let quickstart = read("quickstart.rs");
    let start = quickstart.find("\nuse ").unwrap();
    let program = format!("\n```rust{}```\n", &quickstart[start..]);
    assert!(read("../README.md").contains(&program), "README.md does not hold this:{program}");
}

#[test]
fn orders_and_their_events_are_both_there_or_neither() {
    let temporary = tempfile::tempdir().unwrap();

    let printed = run(example("orders").env("TMPDIR", temporary.path()));

    assert_eq!(printed, shown_in_header("orders/main.rs"));
}

#[test]
fn a_process_wide_logger_is_installed_once_and_closed_at_the_end() {
    let temporary = tempfile::tempdir().unwrap();

    let printed = run(example("process_wide").env("TMPDIR", temporary.path()));

    let shown = shown_in_header("process_wide.rs");
    assert_eq!(printed.lines().count(), shown.lines().count());
    for (printed, shown) in printed.lines().zip(shown.lines()) {
        // The name of the temporary directory is another one each time.
        let mut rest = printed;
        for piece in shown.split('…') {
            let (_, behind) =
                rest.split_once(piece).unwrap_or_else(|| panic!("{shown}\n{printed}"));
            rest = behind;
        }
    }
}

#[test]
fn the_demo_of_the_lesson_service_finds_a_line_for_each_success() {
    let log = tempfile::tempdir().unwrap();

    let printed =
        run(example("lesson_service").args(["--demo", "2000", "--log-dir"]).arg(log.path()));

    // Each connection has 250 requests: 12 students who do all 20 steps, and one who does 10.
    // Those of two connections ask for a plan that the school does not have.
    for expected in [
        "drives 2000 requests over 8 connections through http://127.0.0.1:",
        "requests per second; 2000 succeeded, 24 were refused, as they should be",
        "ledger: emitted 2000 = written 2000 + dropped 0 + in spool 0; it balances",
        "user_registration: 104 events, the first:\n  {\"id\":\"",
        "lesson_started: 904 events, the first:\n  {\"id\":\"",
        "lesson_cleared: 896 events, the first:\n  {\"id\":\"",
        "plan_purchased: 96 events, the first:\n  {\"id\":\"",
        "verified: 2000 lines, one for each request that succeeded",
    ] {
        assert!(printed.contains(expected), "`{expected}` is not in:\n{printed}");
    }
    let lines = lines_in(log.path());
    assert_eq!(lines.len(), 2000);
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("lesson_service/events.lock.json");
    let catalog = catalog::lock::read(lock).unwrap().catalog;
    for line in &lines {
        if let Err(invalid) = catalog.validate(line) {
            panic!("not what the catalogue says: {invalid}\n{line}");
        }
    }
}

#[test]
fn the_example_of_personal_data_joins_people_and_names_none() {
    let temporary = tempfile::tempdir().unwrap();
    let key = temporary.path().join("key");
    fs::write(&key, [7; 32]).unwrap();

    let output = example("personal_data")
        .env("TMPDIR", temporary.path())
        .env("PII_KEY_FILE", &key)
        .output()
        .unwrap();

    let printed = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(
        said.starts_with(
            "debug: Form { email: Pii(***), phone: Some(Pii(***)), password: Secret(***) }"
        ),
        "{said}"
    );
    let (lines, last) = printed.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(last, "failed logins of people who have signed up: 2");
    // HMAC-SHA-256 with that key of `1` and of the address, computed by Python.
    let expected = [
        r#""user_id":"k1:886687e2952ade5e3e6190102d261699","locale":null,"country_code":null,"params":{"email":"k1:c7f22a2b3094d750db28d69f809d573d","phone":"***"}}"#,
        r#""params":{"email":"k1:c7f22a2b3094d750db28d69f809d573d","attempts":2}}"#,
        r#""params":{"email":"k1:c7f22a2b3094d750db28d69f809d573d","attempts":1}}"#,
    ];
    for (line, end) in lines.lines().zip(expected) {
        assert!(line.ends_with(end), "{line}");
    }
    for word in ["ada@", "7946", "correct horse", "2001"] {
        assert!(!printed.contains(word) && !said.contains(word), "{word}: {printed}{said}");
    }
}

#[test]
fn the_example_of_compressed_segments_reads_every_line_back() {
    let temporary = tempfile::tempdir().unwrap();

    let printed = run(example("compressed_segments").env("TMPDIR", temporary.path()));

    let lines: Vec<&str> = printed.lines().collect();
    let [compressed, read] = lines[..] else { panic!("not two lines:\n{printed}") };
    let sizes = compressed.strip_prefix("compressed 2 segments: ").expect(compressed);
    let (plain, gzip) = sizes.split_once(" bytes became ").unwrap();
    assert!(plain.parse::<u64>().unwrap() > 5 * gzip.parse::<u64>().unwrap(), "{compressed}");
    assert_eq!(read, "read 3000 lines: 2 segments compressed, 1 as it was written");
}

#[test]
fn a_demo_refuses_a_log_with_lines_in_it() {
    let log = tempfile::tempdir().unwrap();
    fs::write(log.path().join("events.jsonl"), "{}\n").unwrap();

    let output = example("lesson_service")
        .args(["--demo", "10", "--log-dir"])
        .arg(log.path())
        .output()
        .unwrap();

    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("is not empty; pass a new directory to --demo"), "{said}");
}

#[test]
fn the_headers_of_a_request_are_in_its_line() {
    let log = tempfile::tempdir().unwrap();
    let service = Service::start(log.path());

    service.sign_up(&[
        ("accept-language", "fr;q=0.5, zh-Hant-TW, en"),
        ("cf-ipcountry", "TW"),
        ("x-session-id", "s-1"),
        ("x-request-id", "r-1"),
    ]);
    service.sign_up(&[("x-session-id", "s-1"), ("baggage", "session.id=s%202;p,user_id=7")]);

    let lines = service.stop();
    let line: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(line["locale"], "zh-Hant-TW");
    assert_eq!(line["country_code"], "TW");
    assert_eq!(line["session_id"], "s-1");
    assert_eq!(line["request_id"], "r-1");
    assert_eq!(line["user_id"], 1);
    assert_eq!(line["params"]["provider"], "twitter");
    let line: Value = serde_json::from_str(&lines[1]).unwrap();
    assert_eq!((&line["session_id"], &line["user_id"]), (&"s 2".into(), &2.into()));
}

#[test]
fn malformed_headers_do_not_fail_the_request_and_are_not_in_its_line() {
    let log = tempfile::tempdir().unwrap();
    let service = Service::start(log.path());
    let endless = "x".repeat(5_000);

    service.sign_up(&[
        ("accept-language", "pt_BR.UTF-8,,*,en;q=NaN,de;q=oops,\u{fc}"),
        ("cf-ipcountry", "T1"),
        ("authorization", "Bearer student--1"),
        ("x-session-id", &endless),
        ("baggage", &format!("session.id={endless},session.id=\"x\",=")),
        ("x-request-id", "\"}\t{"),
    ]);

    let lines = service.stop();
    let line: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(line["locale"], Value::Null);
    assert_eq!(line["country_code"], Value::Null);
    assert_eq!(line["session_id"], Value::Null);
    assert_eq!(line["request_id"].as_str().unwrap().len(), 36);
}

#[test]
fn a_kill_after_the_answer_loses_no_event() {
    let log = tempfile::tempdir().unwrap();
    let mut service = Service::start(log.path());
    service.sign_up(&[]);

    service.child.kill().unwrap();
    service.child.wait().unwrap();

    let lines = Service::start(log.path()).stop();
    assert_eq!(lines.len(), 1, "{lines:?}");
}

#[test]
fn the_demo_of_the_interests_stores_each_click() {
    let printed = run(example("interests").arg("demo"));

    let lines: Vec<&str> = printed.lines().collect();
    let [_, stored, delays, vector] = lines[..] else { panic!("not four lines:\n{printed}") };
    assert!(stored.starts_with("stored 3000 clicks of 50 readers in "), "{stored}");
    assert!(delays.starts_with("from click to stored: median "), "{delays}");
    assert!(vector.starts_with("reader 7: "), "{vector}");
    let parts =
        vector.rsplit(' ').filter_map(|part| part.trim_end_matches(',').parse::<f64>().ok());
    let sum: f64 = parts.sum();
    assert!((sum - 1.0).abs() < 0.03, "the parts add up to 1: {vector}");
}

#[test]
fn a_scrape_finds_sums_that_balance_at_any_moment() {
    let log = tempfile::tempdir().unwrap();
    let service = Service::start(log.path());
    let sum = |scraped: &BTreeMap<String, f64>, name: &str| -> f64 {
        let of_name = |series: &str| series.split('{').next() == Some(name);
        let found: Vec<f64> =
            scraped.iter().filter(|(series, _)| of_name(series)).map(|(_, value)| *value).collect();
        assert!(!found.is_empty(), "no {name} in {scraped:?}");
        found.iter().sum()
    };

    for round in 1..=40 {
        service.sign_up(&[]);
        let scraped = service.scrape();
        let [emitted, written, dropped, in_spool] =
            ["emitted_total", "written_total", "dropped_total", "in_spool"]
                .map(|name| sum(&scraped, &format!("event_log_{name}")));
        assert!((emitted - f64::from(round)).abs() < 0.5, "{emitted} after {round}");
        let balance = emitted - written - dropped - in_spool;
        assert!(balance.abs() < 0.5, "{scraped:?}");
    }

    let deadline = Instant::now() + DEADLINE;
    let drained = loop {
        let scraped = service.scrape();
        if sum(&scraped, "event_log_written_total") > 39.5 {
            break scraped;
        }
        assert!(Instant::now() < deadline, "not all is drained: {scraped:?}");
    };
    let lines = service.stop();
    let bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
    let bytes = u32::try_from(bytes).map(f64::from).unwrap();
    assert!((sum(&drained, "event_log_written_bytes_total") - bytes).abs() < 0.5);
    assert_eq!(lines.len(), 40);
}

/// The lesson service in a process of its own, until it is stopped.
struct Service {
    child: Child,
    stdout: BufReader<ChildStdout>,
    address: String,
    log: PathBuf,
}

impl Service {
    fn start(log: &Path) -> Self {
        let mut child = example("lesson_service")
            .args(["--listen", "127.0.0.1:0", "--log-dir"])
            .arg(log)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        stdout.read_line(&mut said).unwrap();
        let address = said.strip_prefix("serving http://").and_then(|said| said.split_once(','));
        let address = address.unwrap_or_else(|| panic!("no address in {said:?}")).0.to_owned();
        Self { child, stdout, address, log: log.to_owned() }
    }

    fn sign_up(&self, headers: &[(&str, &str)]) {
        let body = r#"{"provider":"twitter","code":"x"}"#;
        let headers: String =
            headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
        let answer = self.ask(&format!(
            "POST /sign-up HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            self.address,
            body.len(),
        ));
        assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    }

    /// What Prometheus reads: each series and its value.
    fn scrape(&self) -> BTreeMap<String, f64> {
        let request = "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let answer = self.ask(request);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let samples = body.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let sample = |line: &str| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), value.parse().unwrap())
        };
        samples.map(sample).collect()
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Stops the service as Ctrl-C does; returns the lines of its log.
    fn stop(mut self) -> Vec<String> {
        let interrupt = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(interrupt.unwrap().success());
        let deadline = Instant::now() + DEADLINE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "the service does not stop");
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(status.success(), "{status}");
        let mut said = String::new();
        self.stdout.read_to_string(&mut said).unwrap();
        assert!(said.starts_with("ledger: emitted ") && said.ends_with("it balances\n"), "{said}");
        lines_in(&self.log)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended already unless a test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of all segments in their order.
fn lines_in(log: &Path) -> Vec<String> {
    let files = fs::read_dir(log).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|suffix| suffix == "jsonl")).collect();
    segments.sort();
    let read = |path: PathBuf| fs::read_to_string(path).unwrap();
    segments.into_iter().map(read).collect::<String>().lines().map(str::to_owned).collect()
}

/// What an example's header says that it prints.
fn shown_in_header(path: &str) -> String {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let (_, shown) = source.split_once("//! $ cargo run --example").unwrap();
    let (shown, _) = shown.split_once("//! ```").unwrap();
    let lines = shown.lines().skip(1).map(|line| line.trim_start_matches("//! "));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} failed:\n{printed}\n{said}");
    // The progress bar is for people at a terminal.
    assert_eq!(said, "");
    printed
}

fn example(name: &str) -> Command {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let path = profile.join("examples").join(name);
    assert!(path.exists(), "`{}` is not built; run `cargo build --examples`", path.display());
    Command::new(path)
}
