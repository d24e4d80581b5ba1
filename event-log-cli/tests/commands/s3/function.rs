//! The function for each object: by a call of its handler, and as the program in a runtime of its own.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use aws_lambda_events::event::s3::S3Event;
use event_log_cli::lambda::Function;

use super::load;
use super::server::{Bucket, bucket};

const EVENT: &str = include_str!("../../fixtures/s3-put.json");

/// Where the object of the recorded event is, decoded.
const KEY: &str = "raw/host=a/events 1.jsonl";

fn line(n: u32) -> String {
    format!(
        r#"{{"id":"{n}","date":"2021-09-16T{:02}:00:00Z","type":"ping","user_id":1,"locale":"ja","country_code":"JP","params":{{"n":{n}}}}}"#,
        n % 5
    ) + "\n"
}

fn text(count: u32) -> String {
    (0..count).map(line).collect()
}

/// The recorded event, of the object in this test's part of the bucket.
fn event(bucket: &Bucket) -> String {
    let prefix = bucket.address("").trim_end_matches('/').rsplit_once('/').unwrap().1.to_owned();
    EVENT.replace("PREFIX", &prefix)
}

fn variables(bucket: &Bucket, lake: &str) -> Vec<(String, String)> {
    let own = [
        ("EVENT_LOG_LAKE", bucket.address(lake).as_str()),
        ("EVENT_LOG_FORMAT", "json"),
        ("EVENT_LOG_BATCH_BYTES", "65536"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    bucket.variables().iter().cloned().chain(own).collect()
}

fn lines(files: &BTreeMap<PathBuf, String>) -> usize {
    files.values().map(|text| text.lines().count()).sum()
}

#[test]
fn an_event_loads_its_object_and_a_second_one_like_it_adds_nothing() {
    let Some(bucket) = bucket() else { return };
    bucket.put(KEY, text(2_000).as_bytes());
    let event: S3Event = serde_json::from_str(&event(&bucket)).unwrap();
    let function = Function::new(&variables(&bucket, "lake")).unwrap();
    let loaded = function.handle(&event).unwrap();
    assert_eq!(loaded.counts.events, 2_000);
    let files = bucket.files("lake");
    assert_eq!(lines(&files), 2_000);
    assert_eq!(function.handle(&event).unwrap().counts.events, 0);
    assert!(bucket.files("lake") == files);
}

#[test]
fn parquet_is_written_in_the_types_that_the_catalogue_of_the_lake_has_at_each_call() {
    let Some(bucket) = bucket() else { return };
    let directory = tempfile::tempdir().unwrap();
    let (empty, lock) = (directory.path().join("empty"), directory.path().join("lock.json"));
    fs::create_dir(&empty).unwrap();
    let mut variables = variables(&bucket, "lake");
    for (name, value) in &mut variables {
        if name == "EVENT_LOG_FORMAT" {
            "parquet".clone_into(value);
        }
    }
    let error = Function::new(&variables).unwrap_err().to_string();
    assert!(error.contains("has no catalogue") && error.contains("--catalog"), "{error}");
    assert!(bucket.objects("lake").is_empty(), "a function that cannot work writes nothing");

    let give = |fields: &str| {
        let text = format!(
            r#"{{"version":1,"envelope":{{"user_id":"integer"}},"events":[{{"type":"ping","fields":[{fields}]}}]}}"#
        );
        fs::write(&lock, text).unwrap();
        let options = ["--format", "parquet", "--catalog", lock.to_str().unwrap()];
        let (code, _, err) =
            load(bucket.variables(), &[empty.to_str().unwrap()], &bucket.address("lake"), &options);
        assert_eq!(code, Some(0), "{err}");
    };
    let n = r#"{"name":"n","type":{"integer":{"bits":32,"signed":true}}}"#;
    give(n);
    let function = Function::new(&variables).unwrap();
    let event: S3Event = serde_json::from_str(&event(&bucket)).unwrap();
    bucket.put(KEY, text(2_000).as_bytes());
    for events in [2_000, 0] {
        assert_eq!(function.handle(&event).unwrap().counts.events, events);
    }
    // Another release of the service: the function that runs learns of its field by itself.
    give(&format!(r#"{n},{{"name":"later","type":"boolean","optional":true}}"#));
    let later = line(2_000).replace("}}", r#","later":true}}"#);
    bucket.put(KEY, (text(2_000) + &later).as_bytes());
    assert_eq!(function.handle(&event).unwrap().counts.events, 1);
    let rows = bucket.parquet_rows("lake");
    assert_eq!(rows.len(), 2_001);
    assert_eq!((&rows[2_000]["n"], &rows[2_000]["later"]), (&2_000.into(), &true.into()));
}

#[test]
fn a_function_that_died_is_finished_by_the_next_event_for_its_object() {
    let Some(bucket) = bucket() else { return };
    bucket.put(KEY, text(2_000).as_bytes());
    let event: S3Event = serde_json::from_str(&event(&bucket)).unwrap();
    let function = Function::new(&variables(&bucket, "lake")).unwrap();
    function.handle(&event).unwrap();
    let files = bucket.files("lake");
    // As if it had died after its claims: nothing says that its batches are done, some files are missing.
    for name in bucket.names("lake/_ledger/done") {
        bucket.remove(&format!("lake/_ledger/done/{name}"));
    }
    for path in files.keys().take(3) {
        bucket.remove(&format!("lake/{}", path.display()));
    }
    assert!(function.handle(&event).unwrap().resumed > 0);
    assert!(bucket.files("lake") == files);
}

#[test]
fn events_at_the_same_time_for_one_object_load_it_once() {
    let Some(bucket) = bucket() else { return };
    bucket.put(KEY, text(2_000).as_bytes());
    let event: S3Event = serde_json::from_str(&event(&bucket)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let function = Function::new(&variables(&bucket, "lake")).unwrap();
            let event = &event;
            scope.spawn(move || function.handle(event).unwrap());
        }
    });
    assert_eq!(lines(&bucket.files("lake")), 2_000);
}

#[test]
fn what_is_gone_is_an_error_and_a_file_of_the_lake_is_passed_over() {
    let Some(bucket) = bucket() else { return };
    let event: S3Event = serde_json::from_str(&event(&bucket)).unwrap();
    let function = Function::new(&variables(&bucket, "lake")).unwrap();
    let error = function.handle(&event).unwrap_err().to_string();
    assert!(error.contains("cannot load") && error.contains("events 1.jsonl"), "{error}");
    bucket.put(KEY, text(10).as_bytes());
    // A lake around its own inputs: each file written would be an event again.
    let around = Function::new(&variables(&bucket, "raw")).unwrap();
    assert_eq!(around.handle(&event).unwrap().counts.events, 0);
}

#[test]
fn the_program_takes_events_from_the_runtime_and_answers() {
    let Some(bucket) = bucket() else { return };
    bucket.put(KEY, text(100).as_bytes());
    let runtime = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_event-log-lambda"))
        .envs(variables(&bucket, "lake"))
        .env("AWS_LAMBDA_RUNTIME_API", runtime.local_addr().unwrap().to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "load")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let answer = serve(&runtime, &event(&bucket));
    program.kill().unwrap();
    program.wait().unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["events"], 100);
    assert_eq!(lines(&bucket.files("lake")), 100);
}

/// Hands out one event, and gives what the program answers.
fn serve(runtime: &TcpListener, event: &str) -> String {
    for connection in runtime.incoming() {
        let mut connection = connection.unwrap();
        while let Some((head, body)) = request(&mut connection) {
            if head.starts_with("GET") && head.contains("/invocation/next") {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: 1\r\nLambda-Runtime-Deadline-Ms: 4102444800000\r\nLambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:1:function:load\r\n";
                let length = event.len();
                write!(connection, "{head}Content-Length: {length}\r\n\r\n{event}").unwrap();
            } else {
                assert!(head.contains("/invocation/1/response"), "{head}\n{body}");
                write!(connection, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n").unwrap();
                return body;
            }
        }
    }
    unreachable!("a listener has no last connection")
}

/// The next request's head and body; `None` when there is none.
fn request(connection: &mut TcpStream) -> Option<(String, String)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let lower = head.to_ascii_lowercase();
    let mut body = Vec::new();
    if lower.contains("transfer-encoding: chunked") {
        while !body.ends_with(b"0\r\n\r\n") {
            let mut byte = [0];
            connection.read_exact(&mut byte).ok()?;
            body.push(byte[0]);
        }
        let text = String::from_utf8(body).unwrap();
        return Some((head, text.lines().nth(1).unwrap_or_default().to_owned()));
    }
    let length = lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    let length = length.map_or(0, |length| length.trim().parse().unwrap());
    body.resize(length, 0);
    connection.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).unwrap()))
}
