//! A simulated power cut: whatever was not synced is kept, dropped, torn or reordered.
//!
//! Each seed plays one life of a spool and its segments, single-threaded and so exactly repeatable:
//! lines, some of them in transactions, are pushed, drained and synced in a random order; then the
//! power goes. Of each segment the synced bytes survive, and of the rest any sectors; of the spool,
//! which is never synced, each sector is of any age. Then the spool is recovered, and:
//!
//! - every record that was synced is there, byte for byte, the lines of a transaction side by side;
//! - everything that the recovery wrote or completed is a whole record that was emitted. So a part of a
//!   transaction is only ever found where the cut left it: unsynced, at the end of what reached the disk
//!   or behind a hole.
//!
//! `EVENT_LOG_SEEDS=100000 cargo test --release -p event-log power_cut -- --nocapture` runs many, and
//! `EVENT_LOG_SEED=7` replays one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use chrono::DateTime;

use crate::clock::{Clock, TimeSource};
use crate::ledger::Ledger;
use crate::spool::Spool;
use crate::spool::record::Lines;
use crate::spool::tests::small;
use crate::writer::batch::Batch;
use crate::writer::recovery::recover;
use crate::writer::retention::Retention;
use crate::writer::rotation::Rotation;
use crate::writer::segments::{Segments, SegmentsConfig};
use crate::writer::storage::{FileStatus, SegmentFile, Storage, StoredFile};

const SEEDS: u64 = 300;
const STEPS: u64 = 60;
const SECTOR_BYTES: usize = 512;

/// `SplitMix64`: all that a simulation needs.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn index(&mut self, end: usize) -> usize {
        usize::try_from(self.below(end as u64)).unwrap()
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

/// One file: what the system shows, and what of it would survive.
#[derive(Clone, Debug, Default)]
struct SimFile {
    bytes: Vec<u8>,
    synced_bytes: usize,
    is_name_synced: bool,
}

/// A disk with a cache that the power cut empties.
#[derive(Clone, Debug, Default)]
struct SimDisk(Arc<Mutex<BTreeMap<String, SimFile>>>);

impl SimDisk {
    fn with<T>(&self, change: impl FnOnce(&mut BTreeMap<String, SimFile>) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    /// The files as they are found after the power came back.
    fn cut(&self, random: &mut Random) -> Self {
        let mut files = self.with(|files| files.clone());
        files.retain(|_, file| file.is_name_synced || random.one_in(2));
        for file in files.values_mut() {
            file.survive(random);
        }
        Self(Arc::new(Mutex::new(files)))
    }

    fn texts(&self) -> Vec<(String, Vec<u8>)> {
        self.with(|files| files.iter().map(|(name, f)| (name.clone(), f.bytes.clone())).collect())
    }
}

impl SimFile {
    /// Keeps what was synced; of the rest, some length, and within it some sectors.
    fn survive(&mut self, random: &mut Random) {
        let unsynced = self.bytes.len() - self.synced_bytes;
        self.bytes.truncate(self.synced_bytes + random.index(unsynced + 1));
        if random.one_in(3) {
            let synced = self.synced_bytes;
            for sector in self.bytes[synced..].chunks_mut(SECTOR_BYTES) {
                if random.one_in(4) {
                    sector.fill(0);
                }
            }
        }
        self.synced_bytes = self.bytes.len();
        self.is_name_synced = true;
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

impl Storage for SimDisk {
    fn create_directory(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let name = name_of(path);
        let is_new = self.with(|files| files.insert(name.clone(), SimFile::default()).is_none());
        assert!(is_new, "a segment's name is given once");
        Ok(Box::new(SimHandle { disk: self.clone(), name }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let name = name_of(path);
        if self.with(|files| files.contains_key(&name)) {
            return Ok(Box::new(SimHandle { disk: self.clone(), name }));
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn read_from(&self, path: &Path, offset: u64) -> io::Result<Vec<u8>> {
        let offset = usize::try_from(offset).unwrap();
        Ok(self.with(|files| files[&name_of(path)].bytes[offset..].to_vec()))
    }

    fn list(&self, _directory: &Path) -> io::Result<Vec<StoredFile>> {
        let file =
            |(name, bytes): (String, Vec<u8>)| StoredFile { name, bytes: bytes.len() as u64 };
        Ok(self.texts().into_iter().map(file).collect())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.with(|files| files.remove(&name_of(path)));
        Ok(())
    }

    fn sync_directory(&self, _path: &Path) -> io::Result<()> {
        self.with(|files| files.values_mut().for_each(|file| file.is_name_synced = true));
        Ok(())
    }
}

struct SimHandle {
    disk: SimDisk,
    name: String,
}

impl SegmentFile for SimHandle {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.with(|files| files.get_mut(&self.name).unwrap().bytes.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.disk.with(|files| {
            let file = files.get_mut(&self.name).unwrap();
            file.synced_bytes = file.bytes.len();
        });
        Ok(())
    }

    fn status(&self) -> io::Result<FileStatus> {
        let bytes = self.disk.with(|files| files[&self.name].bytes.len() as u64);
        Ok(FileStatus { bytes, links: 1 })
    }
}

/// A clock that the simulation sets, in milliseconds since 1970.
#[derive(Clone, Default)]
struct SimClock(Arc<Mutex<i64>>);

impl Clock for SimClock {
    fn now(&self) -> DateTime<chrono::Utc> {
        DateTime::from_timestamp_millis(*self.0.lock().unwrap()).unwrap()
    }
}

fn segments(disk: &SimDisk, clock: &SimClock, token: u32) -> Segments {
    let config = SegmentsConfig {
        storage: Arc::new(disk.clone()),
        directory: PathBuf::from("log"),
        spool_directory: PathBuf::from("log/.spool"),
        prefix: "events".to_owned(),
        rotation: Rotation { segment_bytes: 4_000, period: Duration::from_secs(3_600) },
        retention: Retention { total_bytes: None, age: None, count: None, grace: Duration::ZERO },
        clock: TimeSource::Injected(Arc::new(clock.clone())),
    };
    Segments::open(config, token).unwrap()
}

/// One life up to the power cut.
struct Life {
    random: Random,
    spool: Spool,
    disk: SimDisk,
    clock: SimClock,
    segments: Segments,
    drained_to: u64,
    /// What each record held.
    emitted: BTreeSet<Vec<u8>>,
    lines: usize,
    /// The same of those that are only in the spool, with the position behind each.
    in_spool: VecDeque<(u64, Vec<u8>)>,
    /// In a segment, but perhaps not on the disk.
    written: Vec<Vec<u8>>,
    synced: Vec<Vec<u8>>,
    /// The spool at moments when the system may have written it out.
    images: Vec<Vec<u8>>,
}

impl Life {
    fn begin(seed: u64) -> Self {
        let (disk, clock, spool) = (SimDisk::default(), SimClock::default(), small());
        let segments = segments(&disk, &clock, 1);
        let images = vec![spool.image()];
        Self {
            random: Random(seed),
            spool,
            disk,
            clock,
            segments,
            drained_to: 0,
            emitted: BTreeSet::new(),
            lines: 0,
            in_spool: VecDeque::new(),
            written: Vec::new(),
            synced: Vec::new(),
            images,
        }
    }

    fn step(&mut self) {
        *self.clock.0.lock().unwrap() += i64::try_from(self.random.below(400)).unwrap();
        match self.random.below(10) {
            0..=4 => self.push(),
            5..=7 => self.drain(),
            8 => self.sync(),
            _ => self.images.push(self.spool.image()),
        }
    }

    fn push(&mut self) {
        for _ in 0..self.random.below(8) {
            let (text, lines) = if self.random.one_in(3) {
                let count = 2 + self.random.below(6);
                ((0..count).map(|_| self.line(700)).collect(), Lines::Several)
            } else {
                (self.line(2_000), Lines::One)
            };
            if let Ok(pushed) = self.spool.ring().push_lines(text.as_bytes(), lines, || ()) {
                self.emitted.insert(text.clone().into_bytes());
                self.in_spool.push_back((pushed.end, text.into_bytes()));
            }
        }
    }

    fn line(&mut self, longest: usize) -> String {
        self.lines += 1;
        let filler = "x".repeat(self.random.index(longest));
        format!("{{\"id\":{},\"filler\":\"{filler}\"}}\n", self.lines)
    }

    /// What the writer does in one round.
    fn drain(&mut self) {
        let Self { segments, drained_to, spool, .. } = self;
        let ring = spool.ring();
        let mut batch = Batch::default();
        batch.gather(ring, *drained_to, segments.room());
        segments
            .append(&mut batch, spool.journal(), |settled| {
                *drained_to = settled.next;
                ring.release(settled.next);
            })
            .unwrap();
        let drained = self.in_spool.iter().take_while(|(end, _)| *end <= self.drained_to).count();
        self.written.extend(self.in_spool.drain(..drained).map(|(_, text)| text));
    }

    fn sync(&mut self) {
        self.segments.sync().unwrap();
        self.synced.clone_from(&self.written);
    }

    /// The spool's file after the cut: each sector as it was at some moment.
    fn surviving_image(&mut self) -> Vec<u8> {
        self.images.push(self.spool.image());
        let mut image = self.images[0].clone();
        // Mostly the last ones: sectors of every age at once tell little.
        let oldest = self.random.index(self.images.len());
        for (number, sector) in image.chunks_mut(SECTOR_BYTES).enumerate() {
            let age = oldest + self.random.index(self.images.len() - oldest);
            let start = number * SECTOR_BYTES;
            sector.copy_from_slice(&self.images[age][start..start + sector.len()]);
        }
        image
    }
}

/// Plays the life of a seed; returns how many records were repeated, which a power cut allows.
fn play(seed: u64) -> usize {
    let mut life = Life::begin(seed);
    for _ in 0..life.random.below(STEPS) {
        life.step();
    }
    let image = life.surviving_image();
    let disk = life.disk.cut(&mut life.random);
    let before = disk.texts();

    // A spool whose first page did not survive is set aside; then only the segments are left.
    if let Ok(spool) = Spool::from_image(&image) {
        let mut segments = segments(&disk, &life.clock, 2);
        recover(&spool, &mut segments, &Ledger::default()).unwrap();
    }

    let after = disk.texts();
    check_what_recovery_wrote(&before, &after, &life.emitted, seed);
    let mut repeated = 0;
    for synced in &life.synced {
        let found: usize = after.iter().map(|(_, text)| count_of(synced, text)).sum();
        assert!(found > 0, "seed {seed}: what a synced record held is missing");
        repeated += found - 1;
    }
    repeated
}

/// How often these lines stand in a segment, side by side. They begin with a number that no others bear.
fn count_of(lines: &[u8], segment: &[u8]) -> usize {
    let starts = segment.iter().enumerate().filter(|(_, byte)| **byte == b'{');
    let is_line_start = |at: usize| at == 0 || segment[at - 1] == b'\n';
    starts.filter(|(at, _)| is_line_start(*at) && segment[*at..].starts_with(lines)).count()
}

/// Everything beyond what the cut left must be whole records that were emitted; in a segment from before
/// it, the end of one.
fn check_what_recovery_wrote(
    before: &[(String, Vec<u8>)],
    after: &[(String, Vec<u8>)],
    emitted: &BTreeSet<Vec<u8>>,
    seed: u64,
) {
    for (name, text) in after {
        let old = before.iter().find(|(known, _)| known == name).map_or(&[][..], |(_, old)| old);
        assert!(text.starts_with(old), "seed {seed}: {name} was changed");
        if text.len() == old.len() {
            continue;
        }
        let is_right = if old.is_empty() {
            is_records(text, emitted)
        } else {
            // A recovery appends to an old segment the end of one record only.
            let ends_whole = |start: usize| emitted.contains(&text[start..]);
            (0..old.len()).rev().any(ends_whole)
        };
        assert!(is_right, "seed {seed}: {name} got what nobody emitted, or a part of it");
    }
}

/// Whether a segment consists of whole records.
fn is_records(mut text: &[u8], emitted: &BTreeSet<Vec<u8>>) -> bool {
    while !text.is_empty() {
        let newlines = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let record = newlines.map(|(at, _)| at + 1).find(|end| emitted.contains(&text[..*end]));
        let Some(end) = record else { return false };
        text = &text[end..];
    }
    true
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

#[test]
fn after_a_power_cut_nothing_synced_is_missing_and_no_line_is_invented() {
    let (first, seeds) = match number_from("EVENT_LOG_SEED") {
        Some(seed) => (seed, 1),
        None => (0, number_from("EVENT_LOG_SEEDS").unwrap_or(SEEDS)),
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let repeated: usize = thread::scope(|scope| {
        let lives = |thread| (first..first + seeds).skip(thread).step_by(threads);
        let played: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || lives(thread).map(play).sum::<usize>()))
            .collect();
        played.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    println!(
        "power cuts: {seeds} seeds from {first} passed; {repeated} synced records were repeated"
    );
}
