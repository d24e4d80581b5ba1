//! However segments grow and readers come and go, each line is yielded once, in the order of its logger.
//!
//! `EVENT_LOG_SEEDS` sets the number of histories, `EVENT_LOG_SEED` replays one.
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use event_log::follow::{FollowError, Follower, Position, Start};
use tests::follow::number;
use tests::random::Random;

/// A logger as its files show it: what it wrote, and how much of that is in its segment.
struct Producer {
    token: u32,
    sequence: u32,
    file: File,
    /// Of the current segment: what has to be written yet.
    rest: Vec<u8>,
    /// The number of its next line.
    next: u64,
    spool: PathBuf,
}

/// A log of several producers, which numbers names by a clock that is not always ahead.
struct Log {
    directory: PathBuf,
    millis: u64,
    producers: Vec<Producer>,
    /// The producers that ended: how many lines each wrote whole.
    ended: Vec<(u32, u64)>,
    random: Random,
    abandoned: u64,
}

const FIRST_NUMBER: u64 = 1_000_000;

fn line(token: u32, number: u64, filling: usize) -> String {
    let number = u64::from(token) * FIRST_NUMBER + number;
    format!(
        "{{\"id\":\"017bed2e-6958-7c2f-9a41-0f6e2b7d8c35\",\"date\":\"2021-09-16T05:57:27Z\",\
         \"type\":\"tick\",\"user_id\":null,\"locale\":null,\"country_code\":null,\
         \"params\":{{\"number\":{number},\"filling\":\"{}\"}}}}\n",
        "-".repeat(filling)
    )
}

impl Log {
    fn new(directory: &Path, seed: u64) -> Self {
        fs::create_dir(directory.join(".spool")).unwrap();
        let random = Random::new(seed);
        let (producers, ended) = (vec![], vec![]);
        Self { directory: directory.into(), millis: 10, producers, ended, random, abandoned: 0 }
    }

    /// Creates a segment; names of one producer never go back, those of several may.
    fn create(&mut self, token: u32, sequence: u32, after: u64) -> File {
        self.millis =
            self.millis.saturating_sub(self.random.below(3)).max(after) + self.random.below(5);
        let name = format!(
            "events.20261121T2230{:02}.{:03}Z.{token:08x}.{sequence:06}.jsonl",
            self.millis / 1_000,
            self.millis % 1_000
        );
        File::create_new(self.directory.join(name)).unwrap()
    }

    fn start(&mut self) {
        let token = u32::try_from(1 + self.producers.len() + self.ended.len()).unwrap();
        let spool = self.directory.join(format!(".spool/events.{token:08x}.spool"));
        // An empty journal names no segment.
        fs::write(&spool, [0; 16_384]).unwrap();
        // A logger's first segment is not older than what is there.
        let after = self.millis + 10;
        let file = self.create(token, 1, after);
        let producer = Producer { token, sequence: 1, file, rest: vec![], next: 0, spool };
        self.producers.push(producer);
    }

    fn act(&mut self) {
        if self.producers.is_empty() || (self.producers.len() < 4 && self.random.below(20) == 0) {
            return self.start();
        }
        let index = usize::try_from(self.random.below(self.producers.len() as u64)).unwrap();
        let choice = self.random.below(12);
        let filling = usize::try_from(self.random.below(300)).unwrap();
        let producer = &mut self.producers[index];
        match choice {
            0 => self.rotate(index),
            1 => self.end(index),
            2..6 => {
                let line = line(producer.token, producer.next, filling);
                producer.next += 1;
                producer.rest.extend(line.into_bytes());
            }
            _ => {
                let bytes =
                    usize::try_from(self.random.below(producer.rest.len() as u64 + 1)).unwrap();
                let written: Vec<u8> = producer.rest.drain(..bytes).collect();
                producer.file.write_all(&written).unwrap();
            }
        }
    }

    /// Goes to a new segment; half a line is given up now and then, and written whole again.
    fn rotate(&mut self, index: usize) {
        let gives_up = self.random.below(3) == 0;
        let producer = &mut self.producers[index];
        let mut rest = std::mem::take(&mut producer.rest);
        if gives_up {
            let path = self.directory.join(current(&self.directory, producer));
            let text = fs::read(path).unwrap();
            let half = text.len() - text.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
            self.abandoned += u64::from(half > 0);
            rest = [&text[text.len() - half..], &rest].concat();
        } else {
            producer.file.write_all(&rest).unwrap();
            rest.clear();
        }
        let (token, sequence) = (producer.token, producer.sequence + 1);
        let after = self.millis;
        let file = self.create(token, sequence, after);
        let producer = &mut self.producers[index];
        (producer.file, producer.sequence, producer.rest) = (file, sequence, rest);
    }

    /// Ends as a logger does: everything is written, then the spool goes.
    fn end(&mut self, index: usize) {
        let mut producer = self.producers.swap_remove(index);
        producer.file.write_all(&producer.rest).unwrap();
        fs::remove_file(&producer.spool).unwrap();
        self.ended.push((producer.token, producer.next));
    }
}

fn current(directory: &Path, producer: &Producer) -> PathBuf {
    let end = format!("{:08x}.{:06}.jsonl", producer.token, producer.sequence);
    let mut entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries.find(|path| path.to_str().unwrap().ends_with(&end)).unwrap()
}

/// One history: acts and readings in turn; returns how many half lines were given up.
fn history(seed: u64) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    let mut log = Log::new(directory.path(), seed);
    let mut choices = Random::new(seed ^ 0x666F_6C6C);
    let open = |position: Option<Position>| {
        let builder = Follower::builder(directory.path()).inotify(seed.is_multiple_of(2));
        let start = position.map_or(Start::Beginning, Start::At);
        builder.start(start).build().unwrap()
    };
    let mut follower = open(None);
    let mut yielded: Vec<u64> = Vec::new();
    let mut abandoned = 0;
    let mut read = |follower: &mut Follower, how_many: u64| {
        for _ in 0..how_many {
            match follower.read_available() {
                Some(Ok(line)) => yielded.push(number(&line)),
                Some(Err(FollowError::Abandoned { .. })) => abandoned += 1,
                Some(Err(other)) => panic!("{other}"),
                None => return,
            }
        }
    };
    for _ in 0..300 {
        (0..choices.below(4)).for_each(|_| log.act());
        read(&mut follower, choices.below(8));
        if choices.below(15) == 0 {
            let position = follower.position().to_string();
            follower = open(Some(position.parse().unwrap()));
        }
    }
    while !log.producers.is_empty() {
        log.end(0);
    }
    read(&mut follower, u64::MAX);
    for (token, lines) in log.ended {
        let first = u64::from(token) * FIRST_NUMBER;
        let of_one =
            yielded.iter().copied().filter(|number| number / FIRST_NUMBER == u64::from(token));
        let found: Vec<u64> = of_one.collect();
        let expected: Vec<u64> = (first..first + lines).collect();
        assert_eq!(found, expected, "seed {seed}, logger {token}");
    }
    assert!(abandoned <= log.abandoned, "seed {seed}: {abandoned} of {}", log.abandoned);
    log.abandoned
}

#[test]
fn every_history_yields_each_line_once_in_the_order_of_its_logger() {
    let how_many = std::env::var("EVENT_LOG_SEEDS")
        .map_or(15, |text| text.parse::<u64>().expect("a number of seeds"));
    let first = Random::seed_from("EVENT_LOG_SEED");
    println!("EVENT_LOG_SEED={first}");
    let abandoned: u64 = (0..how_many).map(|index| history(first.wrapping_add(index))).sum();
    println!("{how_many} histories with {abandoned} half lines that were given up");
    assert!(how_many < 15 || abandoned > 0);
}

#[test]
fn a_line_that_arrives_byte_by_byte_is_yielded_once_it_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    let mut log = Log::new(directory.path(), 1);
    log.start();
    let path = current(directory.path(), &log.producers[0]);
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    let mut follower = Follower::builder(directory.path()).build().unwrap();
    for wanted in 0..2 {
        let text = line(1, wanted, 10);
        for (index, byte) in text.bytes().enumerate() {
            assert!(follower.read_available().is_none(), "at byte {index}");
            file.write_all(&[byte]).unwrap();
        }
        let whole = follower.read_available().unwrap().unwrap();
        assert_eq!(number(&whole), FIRST_NUMBER + wanted);
        assert_eq!(format!("{}\n", whole.text()), text);
    }
}
