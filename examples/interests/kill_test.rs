//! However often the follower and the producers are killed, every click in the log counts once.
//!
//! `EVENT_LOG_KILL_ROUNDS` sets the number of kills: 30 by default.
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

use std::collections::{BTreeMap, HashSet};
use std::env;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use event_log::Logger;
use event_log::chrono::{DateTime, Utc};
use rusqlite::Connection;
use serde_json::Value;

/// Clicks and weights of each reader and topic.
type Interests = BTreeMap<(u64, String), (u64, f64)>;

#[test]
fn every_click_counts_once_however_often_follower_and_producers_are_killed() {
    let kills = env::var("EVENT_LOG_KILL_ROUNDS").map_or(30, |text| text.parse::<u64>().unwrap());
    let place = tempfile::tempdir().unwrap();
    let (log, database) = (place.path().join("log"), place.path().join("interests.db"));
    let start = |who: u64| match who {
        0 => interests("follow", &log).arg("--database").arg(&database).spawn().unwrap(),
        _ => interests("click", &log)
            .args(["--clicks", "0", "--first-reader", &(who * 1_000).to_string()])
            .spawn()
            .unwrap(),
    };
    let mut running = Running((0..3).map(start).collect());
    let choices = RandomState::new();
    for kill in 0..kills {
        // At any moment of what they do: reading, in a transaction, rotating, recovering.
        thread::sleep(Duration::from_millis(choices.hash_one((kill, "when")) % 120));
        let who = [0, 0, 1, 0, 2][usize::try_from(choices.hash_one(kill) % 5).unwrap()];
        let killed = &mut running.0[usize::try_from(who).unwrap()];
        killed.kill().unwrap();
        killed.wait().unwrap();
        *killed = start(who);
    }
    drop(running);
    // What the producers left in their spools, and the follower in the log.
    drop(Logger::builder(&log).build().unwrap());
    let rest = interests("follow", &log).arg("--database").arg(&database).arg("--once").output();
    let rest = rest.unwrap();
    assert!(rest.status.success(), "{}", String::from_utf8_lossy(&rest.stderr));

    let (clicked, stored) = (in_log(&log), in_database(&database));
    let clicks = |interests: &Interests| interests.values().map(|(clicks, _)| clicks).sum::<u64>();
    println!("{kills} kills, {} clicks in {} segments", clicks(&clicked), segments(&log).len());
    assert!(clicks(&clicked) > kills, "the producers got to work");
    assert_eq!(clicks(&stored), clicks(&clicked));
    assert!(stored.keys().eq(clicked.keys()));
    for (key, (clicks, weight)) in &clicked {
        let (stored_clicks, stored_weight) = stored[key];
        assert_eq!(stored_clicks, *clicks, "{key:?}");
        let error = (stored_weight / weight - 1.0).abs();
        assert!(error < 1e-9, "{key:?}: {stored_weight} is not {weight}");
    }
}

/// Processes that end with the test, however it ends.
struct Running(Vec<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn segments(log: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(log).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|suffix| suffix == "jsonl")).collect()
}

/// What the log says, read without a follower.
fn in_log(log: &Path) -> Interests {
    let reference: DateTime<Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
    let mut interests = Interests::new();
    let mut ids = HashSet::new();
    for path in segments(log) {
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            assert!(ids.insert(line["id"].to_string()), "the log itself holds a line twice");
            let topic = line["params"]["topic"].as_str().unwrap().to_owned();
            let date: DateTime<Utc> = line["date"].as_str().unwrap().parse().unwrap();
            let days = (date - reference).as_seconds_f64() / 86_400.0;
            let entry = interests.entry((line["user_id"].as_u64().unwrap(), topic)).or_default();
            entry.0 += 1;
            entry.1 += (days / 30.0).exp2();
        }
    }
    interests
}

fn in_database(database: &Path) -> Interests {
    let connection = Connection::open(database).unwrap();
    let mut query =
        connection.prepare("SELECT reader, topic, clicks, weight FROM interests").unwrap();
    let rows = query.query_map([], |row| {
        let (reader, clicks): (i64, i64) = (row.get(0)?, row.get(2)?);
        Ok(((reader.cast_unsigned(), row.get(1)?), (clicks.cast_unsigned(), row.get(3)?)))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The example, built by `cargo test` into the directory `examples` beside the one of this test.
fn interests(command: &str, log: &Path) -> Command {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let path = profile.join("examples").join("interests");
    assert!(path.exists(), "`{}` is not built; run `cargo build --examples`", path.display());
    let mut example = Command::new(path);
    example.arg(command).arg("--log-dir").arg(log).stdout(Stdio::null());
    example
}
