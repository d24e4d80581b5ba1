//! Trouble between a load and the server: success after a retry, or a clear error that a repeat mends.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::thread;

use super::load;
use super::proxy::{Fault, Proxy, Request};
use super::server::{Bucket, bucket};
use crate::load::{SMALL_BATCHES, in_memory, many};
use crate::write;

/// Patience for tests: a second for a request.
fn impatient(proxy: &Proxy, bucket: &Bucket, attempts: &str) -> Vec<(String, String)> {
    let mut variables = proxy.variables(bucket.variables());
    for (name, value) in [("AWS_TIMEOUT", "1s"), ("AWS_MAX_ATTEMPTS", attempts)] {
        variables.push((name.to_owned(), value.to_owned()));
    }
    variables
}

/// The same numbers in each run.
fn random(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

#[test]
fn passing_trouble_of_every_kind_is_overcome_and_nothing_is_lost_or_doubled() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    write(directory.path(), "events.jsonl", &many(4_000));
    let input = directory.path().join("events.jsonl");
    let input = input.to_str().unwrap();
    load(bucket.variables(), &[input], &bucket.address("unharmed"), &SMALL_BATCHES);
    let wanted = bucket.files("unharmed");
    // Side by side, since most of it is waiting.
    thread::scope(|scope| {
        for fault in [
            Fault::Status(500),
            Fault::Status(503),
            Fault::Reset,
            Fault::AnswerLost,
            Fault::Truncated,
            Fault::Hang,
        ] {
            let (bucket, wanted) = (&bucket, &wanted);
            scope.spawn(move || is_overcome(fault, bucket, input, wanted));
        }
    });
}

/// A load through this fault gives the wanted files.
fn is_overcome(fault: Fault, bucket: &Bucket, input: &str, wanted: &BTreeMap<PathBuf, String>) {
    // A hanging request costs its time-out each time.
    let one_in = if fault == Fault::Hang { 25 } else { 8 };
    let mut random = random(7);
    let decide = move |_, _: &Request| if random(one_in) == 0 { fault } else { Fault::None };
    let proxy = Proxy::before(bucket.port(), decide);
    let lake = format!("{fault:?}").replace(['(', ')'], "-");
    let variables = impatient(&proxy, bucket, "9");
    let (code, report, err) = load(&variables, &[input], &bucket.address(&lake), &SMALL_BATCHES);
    assert_eq!((code, &report["events"]), (Some(0), &4_000.into()), "{fault:?}: {err}");
    assert!(bucket.files(&lake) == *wanted, "{fault:?} gave other files");
    println!("{fault:?} to one request in {one_in}: {} requests", proxy.seen().len());
}

#[test]
fn objects_are_read_whole_through_passing_trouble() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    let text: Vec<u8> = many(4_000).iter().flat_map(|l| [l.as_bytes(), b"\n"].concat()).collect();
    bucket.put("raw/plain.jsonl", &text);
    bucket.put("raw/packed.jsonl.zst", &zstd::encode_all(&text[..], 0).unwrap());
    for fault in [Fault::Status(500), Fault::Reset, Fault::Truncated, Fault::Hang] {
        let mut random = random(11);
        let decide = move |_, _: &Request| if random(4) == 0 { fault } else { Fault::None };
        let proxy = Proxy::before(bucket.port(), decide);
        let lake = directory.path().join(format!("{fault:?}"));
        let inputs = [bucket.address("raw/plain.jsonl"), bucket.address("raw/packed.jsonl.zst")];
        let inputs = inputs.each_ref().map(String::as_str);
        let variables = impatient(&proxy, &bucket, "9");
        // One worker, so that one input is known when the other is looked at.
        let options = [&SMALL_BATCHES[..], &["--workers", "1"]].concat();
        let (code, report, err) = load(&variables, &inputs, lake.to_str().unwrap(), &options);
        // The second is the first, compressed: known by what it holds.
        assert_eq!((code, &report["events"]), (Some(0), &4_000.into()), "{fault:?}: {err}");
        assert_eq!(report["known_bytes"], text.len());
    }
}

#[test]
fn lasting_trouble_is_a_clear_error_and_a_repeat_finishes_the_lake() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    write(directory.path(), "events.jsonl", &many(4_000));
    let input = directory.path().join("events.jsonl");
    let input = input.to_str().unwrap();
    load(bucket.variables(), &[input], &bucket.address("unharmed"), &SMALL_BATCHES);
    let wanted = bucket.files("unharmed");
    let faults = [
        (Fault::Status(503), "503"),
        (Fault::Status(403), "may they do this?"),
        (Fault::Reset, "error"),
        (Fault::Hang, "timed out"),
    ];
    for (round, (fault, told)) in faults.into_iter().enumerate() {
        // From some request on, nothing goes through any more.
        let after = 9 + 13 * round;
        let decide = move |n, _: &Request| if n >= after { fault } else { Fault::None };
        let proxy = Proxy::before(bucket.port(), decide);
        let lake = format!("lake-{round}");
        let variables = impatient(&proxy, &bucket, "2");
        let (code, _, err) = load(&variables, &[input], &bucket.address(&lake), &SMALL_BATCHES);
        assert_eq!(code, Some(3), "{fault:?}: {err}");
        assert!(err.contains("of the lake") && err.contains(told), "{fault:?}: {err}");
        println!("{fault:?} after {after} requests: {}", err.trim());
        for (path, text) in bucket.files(&lake) {
            assert_eq!(Some(&text), wanted.get(&path), "{} is not whole", path.display());
        }
        let (code, _, err) =
            load(bucket.variables(), &[input], &bucket.address(&lake), &SMALL_BATCHES);
        assert_eq!(code, Some(0), "{err}");
        assert!(bucket.files(&lake) == wanted, "{fault:?} gave other files");
    }
}

#[test]
fn a_server_that_does_not_know_conditional_writes_is_refused() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    write(directory.path(), "events.jsonl", &many(10));
    let input = directory.path().join("events.jsonl");
    let proxy = Proxy::ignoring_conditions(bucket.port());
    let variables = proxy.variables(bucket.variables());
    let (code, _, err) = load(&variables, &[input.to_str().unwrap()], &bucket.address("lake"), &[]);
    assert_eq!(code, Some(3));
    assert!(err.contains("the server does not know conditional writes"), "{err}");
    assert!(bucket.files("lake").is_empty());
}
