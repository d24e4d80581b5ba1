//! `load`: each event once, in the place of its own hour, whatever happens on the way.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

use crate::{event_log, event_log_json, line, write};

/// Every file of a lake that holds events or quarantined lines, uncompressed, by its path.
pub(crate) fn files(lake: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut directories = vec![lake.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if name == "_ledger" || name == "_tmp" || name == "_lake.json" {
                continue;
            }
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let mut text = String::new();
            match path.extension().unwrap().to_str().unwrap() {
                "gz" => _ = MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap(),
                "zst" => text = String::from_utf8(zstd::decode_all(&bytes[..]).unwrap()).unwrap(),
                _ => text = String::from_utf8(bytes).unwrap(),
            }
            files.insert(path.strip_prefix(lake).unwrap().to_owned(), text);
        }
    }
    files
}

/// The rows of a lake by the directory that they lie in, sorted.
pub(crate) fn rows(lake: &Path) -> BTreeMap<String, Vec<String>> {
    sorted(files(lake))
}

pub(crate) fn sorted(files: BTreeMap<PathBuf, String>) -> BTreeMap<String, Vec<String>> {
    let mut rows = BTreeMap::<_, Vec<_>>::new();
    for (path, text) in files {
        let directory = path.parent().unwrap().to_str().unwrap().to_owned();
        rows.entry(directory).or_default().extend(text.lines().map(str::to_owned));
    }
    for rows in rows.values_mut() {
        rows.sort();
    }
    rows
}

pub(crate) fn load(
    inputs: &[&Path],
    lake: &Path,
    options: &[&str],
) -> (Option<i32>, serde_json::Value) {
    let inputs = inputs.iter().map(|path| path.to_str().unwrap());
    let lake = ["--lake", lake.to_str().unwrap()];
    let arguments: Vec<_> =
        ["load"].into_iter().chain(inputs).chain(lake).chain(options.iter().copied()).collect();
    event_log_json(&arguments)
}

pub(crate) fn events(report: &serde_json::Value) -> u64 {
    report["events"].as_u64().unwrap()
}

/// Many batches of a little input, so that a kill finds some done, some begun and some not.
pub(crate) const SMALL_BATCHES: [&str; 4] = ["--batch-bytes", "65536", "--format", "json"];

/// Some thousand events of three types over some hours.
pub(crate) fn many(count: u32) -> Vec<String> {
    let one = |n: u32| {
        let date = format!("2021-09-16T{:02}:{:02}:00Z", n % 7, n % 60);
        let event_type = ["purchase", "sign_up", "lesson_started"][n as usize % 3];
        line(n, &date, event_type, n % 100, &format!(r#"{{"n":{n},"text":"漢字 {n}"}}"#))
    };
    (0..count).map(one).collect()
}

#[test]
fn events_are_split_by_type_and_hour_and_flattened() {
    let directory = tempfile::tempdir().unwrap();
    let lines = [
        line(1, "2021-09-16T05:57:27Z", "purchase", 42, r#"{"price":801.0}"#),
        line(2, "2021-09-16T05:59:59Z", "purchase", 42, "{}"),
        line(3, "2021-09-16T06:00:00Z", "purchase", 42, r#"{"price":1}"#),
        line(4, "2021-01-02T00:00:00Z", "sign_up", 7, r#"{"date":"x"}"#),
    ];
    write(directory.path(), "events.jsonl", &lines);
    let lake = directory.path().join("lake");
    let options = ["--format", "json", "--by-type", "sign_up=day"];
    let (code, report) = load(&[&directory.path().join("events.jsonl")], &lake, &options);
    assert_eq!((code, events(&report)), (Some(0), 4));
    assert_eq!(report["renamed"]["sign_up.date -> params_date"], 1);
    let row = |id: u32, date: &str, name: &str, user_id: u32, params: &str| {
        format!(
            r#"{{"id":"{id}","date":"{date}","type":"{name}","user_id":{user_id},"locale":"ja","country_code":"JP"{params}}}"#
        )
    };
    let hour = |hour| format!("purchase/year=2021/month=09/day=16/hour={hour}");
    let wanted = BTreeMap::from([
        (
            hour("05"),
            vec![
                row(1, "2021-09-16T05:57:27Z", "purchase", 42, r#","price":801.0"#),
                row(2, "2021-09-16T05:59:59Z", "purchase", 42, ""),
            ],
        ),
        (hour("06"), vec![row(3, "2021-09-16T06:00:00Z", "purchase", 42, r#","price":1"#)]),
        (
            "sign_up/year=2021/month=01/day=02".to_owned(),
            vec![row(4, "2021-01-02T00:00:00Z", "sign_up", 7, r#","params_date":"x""#)],
        ),
    ]);
    assert_eq!(rows(&lake), wanted);
}

#[test]
fn every_format_holds_the_same_rows() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "events.jsonl", &many(3_000));
    let input = directory.path().join("events.jsonl");
    let [plain, gzip, zstd] = ["json", "json.gz", "json.zst"].map(|format| {
        let lake = directory.path().join(format);
        assert_eq!(events(&load(&[&input], &lake, &["--format", format]).1), 3_000);
        assert!(files(&lake).keys().all(|path| path.to_str().unwrap().ends_with(format)));
        rows(&lake)
    });
    assert_eq!(plain.values().map(Vec::len).sum::<usize>(), 3_000);
    assert!(plain == gzip && plain == zstd);
}

#[test]
fn what_was_loaded_is_not_loaded_again_under_another_name_or_compressed() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    write(directory.path(), "events.jsonl", &many(1_000));
    let input = directory.path().join("events.jsonl");
    assert_eq!(events(&load(&[&input], &lake, &[]).1), 1_000);
    let before = files(&lake);

    let moved = directory.path().join("moved.jsonl");
    fs::rename(&input, &moved).unwrap();
    let packed = directory.path().join("events.jsonl.gz");
    let mut gzip = GzEncoder::new(fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    gzip.write_all(&fs::read(&moved).unwrap()).unwrap();
    gzip.finish().unwrap();
    let (code, report) = load(&[&moved, &packed], &lake, &[]);
    assert_eq!((code, events(&report)), (Some(0), 0));
    let bytes = fs::metadata(&moved).unwrap().len();
    assert_eq!(report["known_bytes"], 2 * bytes);
    assert!(files(&lake) == before);
}

#[test]
fn what_is_given_under_several_names_at_once_is_loaded_once() {
    let directory = tempfile::tempdir().unwrap();
    let inputs = directory.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    let lines = many(30);
    write(&inputs, "a.jsonl", &lines[..10]);
    write(&inputs, "b.jsonl", &lines[20..]);
    // One begins like the first and goes on, and between them lies another.
    write(&inputs, "c.jsonl", &lines[..20]);
    fs::copy(inputs.join("a.jsonl"), inputs.join("d.jsonl")).unwrap();
    let packed = zstd::encode_all(&fs::read(inputs.join("c.jsonl")).unwrap()[..], 0).unwrap();
    fs::write(inputs.join("e.jsonl.zst"), packed).unwrap();
    for workers in ["1", "4"] {
        let lake = directory.path().join(format!("lake-{workers}"));
        let (code, report) = load(&[&inputs], &lake, &["--workers", workers]);
        assert_eq!((code, events(&report), &report["duplicates"]), (Some(0), 30, &0.into()));
        assert_eq!(events(&load(&[&inputs], &lake, &[]).1), 0);
        assert_eq!(rows(&lake).values().map(Vec::len).sum::<usize>(), 30);
    }
}

#[test]
fn a_first_line_whose_newline_is_still_to_come_is_loaded_once() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let input = directory.path().join("events.jsonl");
    let text: String = many(2).iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    for bytes in [text.find('\n').unwrap(), text.len()] {
        fs::write(&input, &text[..bytes]).unwrap();
        assert_eq!(events(&load(&[&input], &lake, &[]).1), 1);
    }
}

#[test]
fn inputs_that_begin_with_an_empty_line_are_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let input = directory.path().join("events.jsonl");
    let lines = many(30);
    // Each is shorter than the one before.
    for range in [0..15, 15..25, 25..30] {
        let text: String = lines[range.clone()].iter().flat_map(|line| ["\n", line]).collect();
        fs::write(&input, text + "\n").unwrap();
        let (code, report) = load(&[&input], &lake, &[]);
        assert_eq!((code, events(&report)), (Some(0), range.len() as u64), "{report}");
    }
}

#[test]
fn what_stands_behind_the_last_newline_of_a_compressed_input_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let input = directory.path().join("events.jsonl.zst");
    let text = format!("{}\n{{\"torn", many(1)[0]);
    fs::write(&input, zstd::encode_all(text.as_bytes(), 0).unwrap()).unwrap();
    let (code, report) = load(&[&input], &lake, &[]);
    assert_eq!((code, events(&report), &report["unfinished_bytes"]), (Some(0), 1, &6.into()));
}

#[test]
fn another_input_of_the_same_name_and_size_is_loaded() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let input = directory.path().join("events.jsonl");
    for id in 1..=2 {
        write(
            directory.path(),
            "events.jsonl",
            &[line(id, "2021-09-16T05:57:27Z", "ping", 1, "{}")],
        );
        assert_eq!(events(&load(&[&input], &lake, &[]).1), 1);
    }
}

#[test]
fn an_input_that_grew_is_loaded_from_where_it_ended() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let input = directory.path().join("events.jsonl");
    let text: String = many(1_000).iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    let torn = text.len() / 2;
    fs::write(&input, &text[..torn]).unwrap();
    let (_, first) = load(&[&input], &lake, &[]);
    let whole = text[..torn].rfind('\n').unwrap() + 1;
    assert_eq!(first["unfinished_bytes"], torn - whole);
    fs::write(&input, &text).unwrap();
    let (_, second) = load(&[&input], &lake, &[]);
    assert_eq!(events(&first) + events(&second), 1_000);
    assert_eq!(second["known_bytes"], whole);
    assert_eq!(rows(&lake).values().map(Vec::len).sum::<usize>(), 1_000);
}

#[test]
fn a_line_with_an_id_that_stood_in_the_input_before_is_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let lines = many(100);
    write(directory.path(), "events.jsonl", &[lines.clone(), lines].concat());
    let (code, report) = load(&[&directory.path().join("events.jsonl")], &lake, &[]);
    assert_eq!((code, events(&report), &report["duplicates"]), (Some(0), 100, &100.into()));
}

#[test]
fn a_repeated_id_is_found_however_far_away_it_stands() {
    let directory = in_memory();
    let inputs = directory.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    let lines = many(4_000);
    let once = directory.path().join("once");
    write(directory.path(), "once.jsonl", &lines);
    load(&[&directory.path().join("once.jsonl")], &once, &SMALL_BATCHES);
    // Many batches lie between a line and its repeat.
    let twice = [&lines[..], &lines[..2_000], &lines[3_000..]].concat();
    write(&inputs, "events.jsonl", &twice);
    let bytes = fs::read(inputs.join("events.jsonl")).unwrap();
    let packed = directory.path().join("events.jsonl.gz");
    let mut gzip = GzEncoder::new(fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    gzip.write_all(&bytes).unwrap();
    gzip.finish().unwrap();
    for input in [&inputs, &packed] {
        for workers in ["1", "4"] {
            let lake = directory.path().join("lake");
            let options = [&SMALL_BATCHES[..], &["--workers", workers]].concat();
            let (code, report) = load(&[input], &lake, &options);
            assert_eq!(
                (code, events(&report), &report["duplicates"]),
                (Some(0), 4_000, &3_000.into())
            );
            assert!(rows(&lake) == rows(&once));
            fs::remove_dir_all(lake).unwrap();
        }
    }

    // What an input held before it grew counts as well.
    let grown = directory.path().join("grown.jsonl");
    let lake = directory.path().join("grown");
    write(directory.path(), "grown.jsonl", &lines);
    load(&[&grown], &lake, &SMALL_BATCHES);
    fs::write(&grown, &bytes).unwrap();
    let (_, report) = load(&[&grown], &lake, &SMALL_BATCHES);
    assert_eq!((events(&report), &report["duplicates"]), (0, &3_000.into()));
}

#[test]
fn a_line_that_is_none_is_quarantined_with_place_and_reason() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    let input = directory.path().join("events.jsonl");
    let good = line(1, "2021-09-16T05:57:27Z", "ping", 1, "{}");
    let undated = line(2, "yesterday", "ping", 1, "{}");
    let elsewhere = line(3, "2021-09-16T05:57:27Z", "../ping", 1, "{}");
    let mut bytes = format!("{good}\n\n{{}}\n{undated}\n{elsewhere}\n").into_bytes();
    bytes.extend_from_slice(b"\xFF\xFE\n");
    fs::write(&input, &bytes).unwrap();
    let (code, report) = load(&[&input], &lake, &[]);
    assert_eq!((code, events(&report), &report["quarantined"]), (Some(1), 1, &4.into()));
    assert_eq!(report["lines"], 5);
    let kept =
        files(&lake).into_iter().find(|(path, _)| path.starts_with("_quarantine")).unwrap().1;
    let kept: Vec<serde_json::Value> =
        kept.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (entry, (number, reason, text)) in kept.iter().zip([
        (3, "the key `id` is missing", "{}"),
        (4, "the date `yesterday` is none", &undated),
        (5, "the type `../ping` cannot name a table", &elsewhere),
        (6, "not UTF-8: byte 1 is wrong", "\u{FFFD}\u{FFFD}"),
    ]) {
        assert_eq!((&entry["line"], &entry["text"]), (&number.into(), &text.into()));
        assert!(entry["reason"].as_str().unwrap().starts_with(reason), "{entry}");
        assert_eq!(entry["file"], input.to_str().unwrap());
    }
    assert_eq!(kept[3]["hex"], "fffe");
}

#[test]
fn a_damaged_input_is_told_and_the_others_are_loaded() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    write(directory.path(), "good.jsonl", &many(100));
    let good = directory.path().join("good.jsonl");
    let cut = directory.path().join("cut.jsonl.gz");
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&fs::read(&good).unwrap()).unwrap();
    let gzip = gzip.finish().unwrap();
    fs::write(&cut, &gzip[..gzip.len() / 2]).unwrap();
    fs::write(directory.path().join("empty.jsonl"), "").unwrap();
    let (code, report) = load(&[directory.path()], &lake, &[]);
    assert_eq!((code, events(&report)), (Some(3), 100));
    assert_eq!(report["failed"][0]["input"], cut.to_str().unwrap());
    assert!(report["failed"][0]["reason"].as_str().unwrap().starts_with("it cannot be read"));
}

#[test]
fn a_lake_is_loaded_with_one_set_of_options() {
    let directory = tempfile::tempdir().unwrap();
    let lake = directory.path().join("lake");
    write(directory.path(), "events.jsonl", &many(10));
    let input = directory.path().join("events.jsonl");
    load(&[&input], &lake, &["--format", "json"]);
    let arguments = ["load", input.to_str().unwrap(), "--lake", lake.to_str().unwrap()];
    let run = event_log(&arguments);
    assert_eq!(run.code, Some(3));
    let told =
        "the lake is loaded with `--format json --by hour`, not with `--format json.gz --by hour`";
    assert!(run.err.contains(told), "{}", run.err);
}

#[test]
fn loads_at_the_same_time_add_each_event_once() {
    let directory = in_memory();
    let inputs = directory.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    for (number, lines) in many(8_000).chunks(100).enumerate() {
        write(&inputs, &format!("events.{number:02}.jsonl"), lines);
    }
    let alone = directory.path().join("alone");
    load(&[&inputs], &alone, &SMALL_BATCHES);
    let lake = directory.path().join("together");
    let mut loads: Vec<_> = (0..4).map(|_| start(&inputs, &lake)).collect();
    for child in &mut loads {
        assert!(child.wait().unwrap().success());
    }
    // Which of them got which input decides on the files, not on the rows.
    assert!(rows(&lake) == rows(&alone), "{} loads gave other rows than one", loads.len());
}

#[test]
fn a_load_that_is_killed_is_repaired_by_loading_again() {
    let kills = std::env::var("EVENT_LOG_LOAD_KILLS").map_or(10, |count| count.parse().unwrap());
    let directory = in_memory();
    let inputs = directory.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    for (number, lines) in many(7_000).chunks(150).enumerate() {
        write(&inputs, &format!("events.{number:02}.jsonl"), lines);
    }
    // One of several batches, with repeats.
    let long = &many(10_000)[7_000..];
    write(&inputs, "events.long.jsonl", &[long, &long[500..1_500]].concat());
    let unharmed = directory.path().join("unharmed");
    let begun = std::time::Instant::now();
    load(&[&inputs], &unharmed, &SMALL_BATCHES);
    let usual = begun.elapsed();
    let wanted = files(&unharmed);
    let mut interrupted = 0;
    for round in 0..kills {
        let lake = directory.path().join(format!("lake-{round}"));
        let mut child = start(&inputs, &lake);
        std::thread::sleep(usual.mul_f64(f64::from(round % 10) / 10.0));
        child.kill().unwrap();
        child.wait().unwrap();
        let (code, report) = load(&[&inputs], &lake, &SMALL_BATCHES);
        assert_eq!(code, Some(0));
        interrupted += report["resumed"].as_u64().unwrap();
        assert!(files(&lake) == wanted, "round {round} gave other files");
        fs::remove_dir_all(lake).unwrap();
    }
    println!(
        "{kills} kills, {interrupted} batches interrupted, every lake equal to one loaded without"
    );
}

/// A directory in memory, where there is such: many small loads sync many small files.
pub(crate) fn in_memory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

pub(crate) fn start(inputs: &Path, lake: &Path) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_event-log"))
        .args(["load", inputs.to_str().unwrap(), "--lake", lake.to_str().unwrap()])
        .args(SMALL_BATCHES)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}
