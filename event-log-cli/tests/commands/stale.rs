//! A load that is stopped in the midst of a batch, and goes on when others have long done its work.

use std::fs;
use std::process::{Child, Command};

use crate::event_log;
use crate::load::{SMALL_BATCHES, in_memory, load, many, rows, start};
use crate::write;

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_load_that_slept_over_a_compaction_brings_nothing_back() {
    let directory = in_memory();
    let inputs = directory.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    for (number, lines) in many(7_000).chunks(500).enumerate() {
        write(&inputs, &format!("events.{number:02}.jsonl"), lines);
    }
    let unharmed = directory.path().join("unharmed");
    let begun = std::time::Instant::now();
    load(&[&inputs], &unharmed, &SMALL_BATCHES);
    let usual = begun.elapsed();
    let wanted = rows(&unharmed);
    let mut woken = 0;
    for round in 0..6 {
        let lake = directory.path().join(format!("lake-{round}"));
        let mut sleeper = start(&inputs, &lake);
        std::thread::sleep(usual.mul_f64(f64::from(round + 1) / 8.0));
        signal(&sleeper, "-STOP");
        assert_eq!(load(&[&inputs], &lake, &SMALL_BATCHES).0, Some(0));
        let compacted = event_log(&["compact", "--lake", lake.to_str().unwrap()]);
        signal(&sleeper, "-CONT");
        assert!(sleeper.wait().unwrap().success());
        // It may have been stopped in the instant in which nobody may compact.
        if compacted.code != Some(0) {
            assert!(compacted.err.contains("was it stopped?"), "{}", compacted.err);
            continue;
        }
        woken += 1;
        assert!(rows(&lake) == wanted, "round {round}");
    }
    println!("{woken} loads slept over a compaction");
}
