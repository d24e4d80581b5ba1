//! A load step by step, in a lake in memory whose every operation can be the last one: by a kill, or by a power
//! cut, which takes a part of what was not synced. Whatever was done before, loading again gives each event once.

mod memory;

use std::fs;
use std::path::{Path, PathBuf};

use event_log_cli::input::objects::Objects;
use event_log_cli::input::paths;
use event_log_cli::interrupt::Interrupt;
use event_log_cli::lake::layout::Layout;
use event_log_cli::lake::ledger::{Chunk, Digest, Ledger, Plan};
use event_log_cli::lake::settings::{Format, Settings};
use event_log_cli::load::{Load, Loaded};
use event_log_cli::progress::Progress;

use self::memory::Memory;
use crate::load::{in_memory, many};
use crate::{line, write};

/// So few bytes of lines make a batch that a few hundred events make many.
const BATCH_BYTES: usize = 3_000;

/// Loads a directory into a lake; `None` if an operation on the lake failed.
fn load(lake: &Memory, inputs: &Path, workers: usize, batch_bytes: usize) -> Option<Loaded> {
    let objects = Objects::default();
    let inputs = paths::expand(&[inputs.to_str().unwrap().to_owned()], &objects).unwrap();
    let load = Load {
        store: lake,
        objects: &objects,
        settings: &Settings::new(Format::Json, Layout::default()),
        schemas: None,
        workers,
        batch_bytes,
        interrupt: &Interrupt::default(),
        progress: &Progress::none(),
    };
    load.run(inputs).ok()
}

/// Inputs of every kind: small ones, two that begin alike, one of many batches, with repeats.
fn inputs(directory: &Path) -> PathBuf {
    let inputs = directory.join("inputs");
    fs::create_dir(&inputs).unwrap();
    let lines = many(220);
    for (number, lines) in lines[..60].chunks(10).enumerate() {
        write(&inputs, &format!("small.{number}.jsonl"), lines);
    }
    write(&inputs, "zz.long.jsonl", &[&lines[60..200], &lines[70..80], &lines[200..]].concat());
    let other = [&lines[60..65], &[line(999, "2021-09-16T05:57:27Z", "ping", 1, "{}")]].concat();
    write(&inputs, "alike.jsonl", &other);
    inputs
}

/// All rows of a lake, sorted.
fn rows(lake: &Memory) -> Vec<String> {
    let mut rows: Vec<_> =
        lake.files().values().flat_map(|text| text.lines().map(str::to_owned)).collect();
    rows.sort();
    rows
}

#[test]
fn a_kill_at_any_operation_is_repaired_by_loading_again() {
    let directory = in_memory();
    let inputs = inputs(directory.path());
    let unharmed = Memory::default();
    load(&unharmed, &inputs, 1, BATCH_BYTES).unwrap();
    let wanted = unharmed.files();
    assert_eq!(wanted.values().map(|text| text.lines().count()).sum::<usize>(), 220 + 6);
    for operations in 0.. {
        let lake = Memory::default();
        lake.ends_after(operations);
        let is_over = load(&lake, &inputs, 1, BATCH_BYTES).is_some();
        lake.goes_on();
        let again = load(&lake, &inputs, 1, BATCH_BYTES).unwrap();
        assert!(again.failed.is_empty(), "{operations}: {:?}", again.failed);
        assert!(lake.files() == wanted, "after {operations} operations");
        if is_over {
            println!("{operations} operations, a kill after each");
            return;
        }
    }
}

#[test]
fn a_power_cut_at_any_operation_is_repaired_by_loading_again() {
    let directory = in_memory();
    let inputs = inputs(directory.path());
    let unharmed = Memory::default();
    load(&unharmed, &inputs, 1, BATCH_BYTES).unwrap();
    let wanted = rows(&unharmed);
    for operations in 0.. {
        let mut is_over = false;
        for seed in 0..8 {
            let lake = Memory::default();
            lake.ends_after(operations);
            is_over |= load(&lake, &inputs, 1, BATCH_BYTES).is_some();
            lake.loses_power(seed);
            let again =
                load(&lake, &inputs, 1, BATCH_BYTES).expect("nothing of the ledger is torn");
            assert!(again.failed.is_empty(), "{operations}, {seed}: {:?}", again.failed);
            assert!(rows(&lake) == wanted, "after {operations} operations, seed {seed}");
        }
        if is_over {
            println!("{operations} operations, 8 power cuts after each");
            return;
        }
    }
}

#[test]
fn batches_of_another_size_after_a_kill_add_nothing_twice() {
    let directory = in_memory();
    let inputs = directory.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    write(&inputs, "long.jsonl", &many(400));
    let unharmed = Memory::default();
    load(&unharmed, &inputs, 1, BATCH_BYTES).unwrap();
    let wanted = rows(&unharmed);
    for operations in 0..60 {
        for (workers, batch_bytes) in [(4, 2_000), (3, 7_001)] {
            let lake = Memory::default();
            lake.ends_after(operations);
            let _ = load(&lake, &inputs, workers, BATCH_BYTES);
            lake.goes_on();
            load(&lake, &inputs, workers, batch_bytes).unwrap();
            assert!(rows(&lake) == wanted, "after {operations} operations, then {batch_bytes}");
        }
    }
}

#[test]
fn loads_with_batches_of_different_sizes_at_once_add_each_event_once() {
    let directory = in_memory();
    let inputs = directory.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    let lines = many(400);
    write(&inputs, "long.jsonl", &lines);
    // The same again, compressed, which is read from its beginning to its end.
    let plain = fs::read(inputs.join("long.jsonl")).unwrap();
    fs::write(inputs.join("packed.jsonl.zst"), zstd::encode_all(&plain[..], 0).unwrap()).unwrap();
    write(&inputs, "other.jsonl", &[line(1_000, "2021-09-16T05:57:27Z", "ping", 1, "{}")]);
    let unharmed = Memory::default();
    load(&unharmed, &inputs, 1, BATCH_BYTES).unwrap();
    let wanted = rows(&unharmed);
    assert_eq!(wanted.len(), 401);
    for round in 0..40 {
        let lake = Memory::default();
        std::thread::scope(|scope| {
            for batch_bytes in [2_000, 3_000, 7_001] {
                let (lake, inputs) = (&lake, &inputs);
                scope.spawn(move || load(lake, inputs, 2, batch_bytes).unwrap());
            }
        });
        assert!(rows(&lake) == wanted, "round {round}");
    }
}

/// The chunk that is a whole input.
fn whole(input: &Path) -> Chunk {
    let bytes = fs::read(input).unwrap();
    let first = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    let (stream, end) = (Digest::of(&bytes[..=first]), Digest::of(&bytes));
    let (input, to) = (input.to_str().unwrap().to_owned(), bytes.len() as u64);
    Chunk { input, stream, from: 0, to, end, attempt: 0 }
}

#[test]
fn a_batch_that_lost_its_claim_is_another_one_when_it_gets_the_next() {
    let directory = in_memory();
    let (ours, others) = (directory.path().join("ours"), directory.path().join("others"));
    let lines = many(10);
    let begins_alike = [&lines[..1], &lines[7..8]].concat();
    for (directory, lines) in [(&ours, &lines[..7]), (&others, &begins_alike)] {
        fs::create_dir(directory).unwrap();
        write(directory, "events.jsonl", lines);
    }
    for operations in 0.. {
        let lake = Memory::default();
        // One load planned ours; before it claimed it, another one had loaded an input that begins alike.
        load(&lake, &others, 1, BATCH_BYTES).unwrap();
        let chunk = whole(&ours.join("events.jsonl"));
        Ledger::new(&lake).plan(&Plan { chunks: vec![chunk] }).unwrap();
        lake.ends_after(operations);
        let is_over = load(&lake, &ours, 1, BATCH_BYTES).is_some();
        lake.goes_on();
        load(&lake, &ours, 1, BATCH_BYTES).unwrap();
        assert_eq!(rows(&lake).len(), 7 + 2, "after {operations} operations");
        if is_over {
            return;
        }
    }
}

/// A lake in which a load has planned and claimed a batch of all these inputs, and was killed.
fn begun(inputs: &[&Path]) -> (Memory, Digest) {
    let lake = Memory::default();
    let chunks: Vec<_> = inputs.iter().map(|input| whole(input)).collect();
    let ledger = Ledger::new(&lake);
    let batch = ledger.plan(&Plan { chunks: chunks.clone() }).unwrap();
    ledger.take(&chunks, &batch).unwrap();
    (lake, batch)
}

#[test]
fn an_input_that_was_moved_or_compressed_after_a_kill_is_found_by_what_it_holds() {
    let directory = in_memory();
    let inputs = directory.path();
    let lines = many(20);
    write(inputs, "a.jsonl", &lines[..10]);
    write(inputs, "b.jsonl", &lines[10..]);
    let (lake, _) = begun(&[&inputs.join("a.jsonl"), &inputs.join("b.jsonl")]);
    fs::rename(inputs.join("a.jsonl"), inputs.join("moved.jsonl")).unwrap();
    let packed = zstd::encode_all(&fs::read(inputs.join("b.jsonl")).unwrap()[..], 0).unwrap();
    fs::write(inputs.join("b.jsonl.zst"), packed).unwrap();
    fs::remove_file(inputs.join("b.jsonl")).unwrap();
    let loaded = load(&lake, inputs, 1, BATCH_BYTES).unwrap();
    assert_eq!((loaded.resumed, loaded.failed.len()), (1, 0));
    assert_eq!(rows(&lake).len(), 20);
}

#[test]
fn where_one_input_of_an_interrupted_batch_is_gone_the_others_are_loaded() {
    let directory = in_memory();
    let inputs = directory.path();
    let lines = many(30);
    for (name, lines) in ["a.jsonl", "b.jsonl", "c.jsonl"].iter().zip(lines.chunks(10)) {
        write(inputs, name, lines);
    }
    let paths = ["a.jsonl", "b.jsonl", "c.jsonl"].map(|name| inputs.join(name));
    let (lake, batch) = begun(&paths.each_ref().map(PathBuf::as_path));
    let away = inputs.join("away");
    fs::rename(&paths[1], &away).unwrap();
    for _ in 0..2 {
        let loaded = load(&lake, inputs, 1, BATCH_BYTES).unwrap();
        assert_eq!((loaded.resumed, loaded.failed.len()), (0, 1));
        let failed = &loaded.failed[0];
        assert_eq!(failed.input, paths[1]);
        let way_out = format!("_ledger/done/{}.json", batch.as_str());
        assert!(failed.reason.contains(&way_out), "{}", failed.reason);
        assert_eq!(rows(&lake).len(), 20);
    }
    fs::rename(&away, &paths[1]).unwrap();
    let loaded = load(&lake, inputs, 1, BATCH_BYTES).unwrap();
    assert_eq!((loaded.resumed, loaded.failed.len(), rows(&lake).len()), (1, 0, 30));
}

#[test]
fn what_is_gone_for_good_is_given_up_by_a_file() {
    let directory = in_memory();
    let inputs = directory.path();
    write(inputs, "a.jsonl", &many(10));
    write(inputs, "b.jsonl", &[line(99, "2021-09-16T05:57:27Z", "ping", 1, "{}")]);
    let (lake, batch) = begun(&[&inputs.join("a.jsonl")]);
    fs::remove_file(inputs.join("a.jsonl")).unwrap();
    assert_eq!(load(&lake, inputs, 1, BATCH_BYTES).unwrap().failed.len(), 1);
    lake.write(&format!("_ledger/done/{}.json", batch.as_str()));
    assert_eq!(load(&lake, inputs, 1, BATCH_BYTES).unwrap().failed.len(), 0);
    assert_eq!(rows(&lake).len(), 1);
}
