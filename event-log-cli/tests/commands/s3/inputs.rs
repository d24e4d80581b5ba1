//! Inputs in a bucket: objects, what lies below a prefix, compressed or not.

use std::io::Write;

use flate2::write::GzEncoder;

use super::load;
use super::proxy::{Fault, Proxy};
use super::server::bucket;
use crate::load::{SMALL_BATCHES, files, in_memory, load as load_local, many, sorted};
use crate::write;

fn text(lines: &[String]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn objects_below_a_prefix_are_loaded_as_files_are_compressed_or_not() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    let lines = many(9_000);
    for (name, part) in ["a.jsonl", "b.jsonl", "c.jsonl"].iter().zip(lines.chunks(3_000)) {
        write(directory.path(), name, part);
    }
    let lake = directory.path().join("lake");
    load_local(&[directory.path()], &lake, &["--format", "json"]);
    bucket.put("raw/2021/a.jsonl", &text(&lines[..3_000]));
    bucket.put("raw/2021/b.jsonl.gz", &gzip(&text(&lines[3_000..6_000])));
    let zstd = zstd::encode_all(&text(&lines[6_000..])[..], 0).unwrap();
    bucket.put("raw/2022/c.jsonl.zst", &zstd);
    bucket.put("raw/notes.txt", b"not an event file");
    let from = directory.path().join("from-objects");
    let (code, report, err) = load(
        bucket.variables(),
        &[&bucket.address("raw/")],
        from.to_str().unwrap(),
        &["--format", "json"],
    );
    assert_eq!((code, &report["events"]), (Some(0), &9_000.into()), "{err}");
    assert!(sorted(files(&from)) == sorted(files(&lake)));
    // The same bytes in files are known by what they hold.
    let (_, report) = load_local(&[directory.path()], &from, &["--format", "json"]);
    assert_eq!(report["events"], 0);
}

#[test]
fn a_known_object_is_not_downloaded_again() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    let lines = many(6_000);
    bucket.put("raw/plain.jsonl", &text(&lines[..3_000]));
    bucket.put("raw/packed.jsonl.gz", &gzip(&text(&lines[3_000..])));
    let lake = directory.path().join("lake");
    let lake = lake.to_str().unwrap();
    load(bucket.variables(), &[&bucket.address("raw")], lake, &SMALL_BATCHES);
    let proxy = Proxy::before(bucket.port(), |_, _| Fault::None);
    let variables = proxy.variables(bucket.variables());
    // The plain one was shared among workers: its claims lead through it, by reads of its ends.
    for reads in [1, 0] {
        let before = proxy.seen().len();
        let (code, report, err) = load(&variables, &[&bucket.address("raw")], lake, &SMALL_BATCHES);
        assert_eq!((code, &report["events"]), (Some(0), &0.into()), "{err}");
        assert_eq!(report["known_bytes"], text(&lines).len());
        let seen = proxy.seen().split_off(before);
        let of = |name: &str| {
            let get = |request: &&super::proxy::Request| {
                request.method == "GET" && request.path.contains(name)
            };
            seen.iter().filter(get).count()
        };
        assert_eq!(of("packed"), 0, "{seen:?}");
        assert!(of("plain") <= reads * 8, "{seen:?}");
        let ranged = |request: &&super::proxy::Request| {
            request.head.to_ascii_lowercase().contains("range: bytes=")
        };
        assert_eq!(seen.iter().filter(ranged).count(), of("plain"), "each by a range");
    }
}

#[test]
fn an_object_by_its_address_is_one_input_and_a_missing_one_is_told() {
    let Some(bucket) = bucket() else { return };
    let directory = in_memory();
    let lake = directory.path().join("lake");
    let lake = lake.to_str().unwrap();
    bucket.put("one", &text(&many(10)));
    bucket.put("empty", b"");
    let addresses = [bucket.address("one"), bucket.address("empty")];
    let addresses = addresses.each_ref().map(String::as_str);
    let (code, report, err) = load(bucket.variables(), &addresses, lake, &[]);
    assert_eq!((code, &report["events"]), (Some(0), &10.into()), "{err}");
    let (code, _, err) = load(bucket.variables(), &[&bucket.address("none")], lake, &[]);
    assert_eq!(code, Some(3));
    assert!(err.contains("there is no event file at") && err.contains("/none"), "{err}");
    let (code, _, err) = load(bucket.variables(), &["s3:///key"], lake, &[]);
    assert_eq!(code, Some(3));
    assert!(err.contains("names no bucket"), "{err}");
}

#[test]
fn stats_reads_objects_as_it_reads_files() {
    let Some(bucket) = bucket() else { return };
    bucket.put("raw/a.jsonl.gz", &gzip(&text(&many(30))));
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_event-log"))
        .args(["stats", "--json", &bucket.address("raw")])
        .envs(bucket.variables().iter().cloned())
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["total"]["events"], 30);
}

#[test]
fn what_cannot_be_loaded_of_an_object_is_quarantined_with_its_address() {
    let Some(bucket) = bucket() else { return };
    let mut bytes = text(&many(3_000));
    bytes.extend_from_slice(b"not a line\n");
    bucket.put("raw.jsonl", &bytes);
    let address = bucket.address("raw.jsonl");
    let (code, _, err) =
        load(bucket.variables(), &[&address], &bucket.address("lake"), &SMALL_BATCHES);
    assert_eq!(code, Some(1), "{err}");
    let kept = bucket.files("lake").into_iter().find(|(path, _)| path.starts_with("_quarantine"));
    let entry: serde_json::Value = serde_json::from_str(kept.unwrap().1.trim()).unwrap();
    assert_eq!((&entry["file"], &entry["line"]), (&address.into(), &3_001.into()));
    assert!(bucket.names("lake/_ledger/done").len() > 1);
}
