//! A spool that a process left, damaged in any way, recovered by the next logger.
//!
//! - Nothing panics, and the next logger works.
//! - Every line that it writes was emitted, or tells of a gap; what was in a segment stays in it.
//! - The lines of a transaction that it writes stand side by side, all of them.
//! - While header, journal and segment are whole: each record that is whole comes into a segment,
//!   exactly once and in order, and each dropped event is told of.
//! - A spool goes only if it was read; what cannot be read is set aside, byte for byte.
//! - Nothing outside of the log is touched, whatever the journal says.
#![no_main]

// For its checksum: journals and headers that say strange things and are whole.
#[allow(dead_code, unreachable_pub, reason = "a module of the library; only a part of it is used")]
#[path = "../../event-log/src/spool/record.rs"]
mod record;
mod scratch;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use event_log::{
    Event, FileStatus, LogError, Logger, LoggerBuilder, Overflow, SegmentFile, Storage,
    SystemStorage,
};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

const SPOOL_BYTES: usize = 64 << 10;
const PAGE: usize = 4_096;

/// Where things are in a spool; see `event-log/src/spool/header.rs`, `journal.rs`, `drops.rs`.
const IDENTITY_WORDS: usize = 7;
const JOURNAL: usize = 256;
const JOURNAL_SLOT: usize = 256;
const JOURNAL_WORDS: usize = 28;
const JOURNAL_NAME: usize = 32;
const DROPS: usize = 4_096;
const RING: usize = 16_384;

#[derive(Arbitrary, Debug)]
struct Input {
    life: bool,
    patches: Vec<Patch>,
    /// How many bytes of the spool are left.
    cut: Option<u32>,
    /// What stands behind them.
    extra: Vec<u8>,
    /// Fills the file up to whole pages, as only those can be mapped.
    whole_pages: bool,
    repair_identity: bool,
    /// Makes whichever slots are damaged whole again.
    repair_journal: bool,
    segment: SegmentEdit,
    /// Another file with the name of a spool.
    other: Option<Vec<u8>>,
}

#[derive(Arbitrary, Debug)]
enum Patch {
    Bytes {
        at: u32,
        bytes: Vec<u8>,
    },
    Word {
        at: u16,
        value: Number,
    },
    /// A page as it was earlier, which a power cut leaves behind.
    Stale {
        page: u8,
        age: u8,
    },
    Zero {
        page: u8,
    },
    Copy {
        from: u16,
        to: u16,
        words: u8,
    },
    /// One word of the table of drops.
    Drop {
        slot: u8,
        word: u8,
        value: Number,
    },
    /// A slot of the table of drops, once more.
    DropAgain {
        from: u8,
        to: u8,
    },
    /// A word of a journal's slot.
    Journal {
        second: bool,
        word: u8,
        value: Number,
    },
    /// The name in a journal's slot.
    Name {
        second: bool,
        name: Name,
    },
}

#[derive(Arbitrary, Debug)]
enum Number {
    Any(u64),
    Small(u8),
    Big(u8),
}

#[derive(Arbitrary, Debug)]
enum Name {
    Known(u8),
    Any(String),
}

#[derive(Arbitrary, Debug)]
enum SegmentEdit {
    Keep,
    Cut(u16),
    Gone,
    Append(Vec<u8>),
    /// A part that never reached the disk.
    Zero {
        at: u16,
        bytes: u16,
    },
}

impl Number {
    fn value(&self) -> u64 {
        match self {
            Self::Any(value) => *value,
            Self::Small(value) => u64::from(*value),
            Self::Big(below) => u64::MAX - u64::from(*below),
        }
    }
}

const NAMES: [&str; 8] =
    ["", ".", "..", "../bystander", ".spool", ".spool/bystander", "a\0b", "no/such/segment"];

impl Name {
    fn text(&self) -> &str {
        match self {
            Self::Known(index) => NAMES[usize::from(*index) % NAMES.len()],
            Self::Any(text) => text,
        }
    }
}

/// What a process left behind, and how it came to that.
struct Life {
    /// The spool's file at several times; the last one is what was left.
    ages: Vec<Vec<u8>>,
    file_name: String,
    /// The segment that the journal names, if it exists, and the ones before it.
    segment: Option<(String, Vec<u8>)>,
    /// How much of it the journal knows of.
    checkpoint: usize,
    /// The records behind the checkpoint: place in the spool's file, length there, what they hold.
    left: Vec<(usize, usize, Vec<u8>)>,
    emitted: HashSet<Vec<u8>>,
    /// What each transaction holds, by its first line.
    transactions: HashMap<Vec<u8>, Vec<u8>>,
    dropped: u64,
}

#[derive(Event)]
struct Step<'a> {
    number: u64,
    text: &'a str,
}

#[derive(Event)]
struct Afterwards {}

/// Segments on a disk that is full after some bytes.
#[derive(Clone)]
struct Limited {
    room: Arc<AtomicU64>,
}

struct LimitedFile {
    file: Box<dyn SegmentFile>,
    room: Arc<AtomicU64>,
}

impl Storage for Limited {
    fn create(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        if self.room.load(Ordering::Relaxed) == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(Box::new(LimitedFile { file: SystemStorage.create(path)?, room: self.room.clone() }))
    }
}

impl SegmentFile for LimitedFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = usize::try_from(self.room.load(Ordering::Relaxed)).expect("a small disk");
        if room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let appended = self.file.append(&bytes[..bytes.len().min(room)])?;
        self.room.fetch_sub(appended as u64, Ordering::Relaxed);
        Ok(appended)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }

    fn status(&self) -> io::Result<FileStatus> {
        self.file.status()
    }
}

const PATIENCE: Duration = Duration::from_secs(10);

fn builder(directory: &Path) -> LoggerBuilder {
    Logger::builder(directory)
        .spool_bytes(SPOOL_BYTES)
        .max_line_bytes(1_024)
        .drain_interval(Duration::from_millis(1))
        .overflow(Overflow::Drop)
}

/// Lives of a process: one that wrote some laps of the ring and died within a line, and one whose disk
/// never took a byte, so that its spool filled and events were dropped.
static LIVES: LazyLock<[Life; 2]> =
    LazyLock::new(|| [live(&[0, 90, 200, 350, 500], 40, 33), live(&[0], 900, 0)]);

/// Emits up to each of `drained` and flushes; then the disk takes `torn` bytes and `left` lines more
/// are emitted.
fn live(drained: &[u64], left: u64, torn: u64) -> Life {
    let directory = scratch::directory();
    let room = Arc::new(AtomicU64::new(0));
    let logger = builder(directory.path())
        .storage(Limited { room: room.clone() })
        .close_timeout(Duration::ZERO)
        .build()
        .expect("an empty directory");
    let (file_name, _) = spools(directory.path()).pop_first().expect("the logger's own spool");
    let mut emitted = HashMap::new();
    let mut number = 0;
    let mut emit = |upto: u64| {
        while number < upto {
            // Every fifth time a transaction of two or three.
            let size = if number % 5 == 0 { 2 + number % 2 } else { 1 };
            let mut events = logger.transaction();
            let mut ids = Vec::new();
            for number in number..number + size {
                let text = "x".repeat((number * 37 % 700) as usize);
                ids.push((events.try_emit(Step { number, text: &text }).expect("it renders"), number));
            }
            if events.try_commit().is_ok() {
                emitted.extend(ids.into_iter().map(|(id, number)| (id.to_string(), number)));
            }
            number += size;
        }
    };
    let mut ages = vec![spools(directory.path()).remove(&file_name).expect("the spool")];
    for upto in drained {
        room.store(u64::MAX >> 1, Ordering::Relaxed);
        for some in (0..=*upto).step_by(25) {
            emit(some);
            logger.flush(PATIENCE).expect("the disk has room");
        }
        ages.push(spools(directory.path()).remove(&file_name).expect("the spool"));
    }
    room.store(torn, Ordering::Relaxed);
    emit(drained.last().expect("once at least") + left);
    logger.flush(Duration::from_millis(300)).expect_err("the disk is full");
    ages.push(spools(directory.path()).remove(&file_name).expect("the spool"));
    let dropped = logger.stats().total.dropped;
    let image = ages.last().expect("at least one");

    let (head, segment, checkpoint) = journal(image);
    let segment = fs::read(directory.path().join(&segment)).ok().map(|text| (segment, text));
    let mut lines: HashSet<Vec<u8>> = HashSet::new();
    let mut transactions = HashMap::new();
    for age in &ages {
        for (_, _, text) in records(age, 0) {
            let of_record: Vec<&[u8]> = scratch::lines(&text).collect();
            lines.extend(of_record.iter().map(|line| line.to_vec()));
            if let [first, _, ..] = of_record[..] {
                transactions.insert(first.to_vec(), text.clone());
            }
        }
    }
    lines.extend(scratch::files(directory.path()).values().flat_map(|text| {
        scratch::lines(text).filter(|line| line.ends_with(b"\n")).map(<[u8]>::to_vec)
    }));
    assert_eq!(lines.len(), emitted.len(), "every line was seen");
    Life {
        left: records(image, head),
        ages,
        file_name,
        segment,
        checkpoint,
        emitted: lines,
        transactions,
        dropped,
    }
}

/// The newest checkpoint of an image whose journal is whole: head, name, length.
fn journal(image: &[u8]) -> (u64, String, usize) {
    let newest = [JOURNAL, JOURNAL + JOURNAL_SLOT].into_iter().max_by_key(|at| word(image, *at));
    let at = newest.expect("one of two");
    let name = &image[at + JOURNAL_NAME..][..word(image, at + 24) as usize];
    let name = String::from_utf8(name.to_vec()).expect("a name is ASCII");
    (word(image, at + 8), name, word(image, at + 16) as usize)
}

/// The records of an undamaged image at or behind `head`, in order: place, length, what they hold.
fn records(image: &[u8], head: u64) -> Vec<(usize, usize, Vec<u8>)> {
    let ring = &image[RING..];
    let mut found = BTreeMap::new();
    for at in (0..ring.len()).step_by(16) {
        let header = word(ring, at);
        let position = (header & !(0xFF << 56)) * 16;
        if header >> 56 != 0xFF || position % ring.len() as u64 != at as u64 || position < head {
            continue;
        }
        // The top byte says whether there are several lines.
        let length = (word(ring, at + 8) >> 32) as usize & 0xFF_FFFF;
        let text: Vec<u8> = (0..length).map(|i| ring[(at + 16 + i) % ring.len()]).collect();
        if record::checksum(position, &text) == word(ring, at + 8) as u32 {
            found.insert(position, (RING + at, 16 + length, text));
        }
    }
    found.into_values().collect()
}

fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(*bytes[at..].first_chunk().expect("inside"))
}

fn set(bytes: &mut [u8], at: usize, value: &[u8]) {
    for (target, byte) in bytes.iter_mut().skip(at).zip(value) {
        *target = *byte;
    }
}

fn spools(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    scratch::files(&directory.join(".spool"))
}

fn checksum(seed: u64, words: &[u8]) -> [u8; 8] {
    u64::from(record::checksum(seed, words)).to_le_bytes()
}

impl Input {
    fn damaged(&self, life: &Life) -> Vec<u8> {
        let mut image = life.ages.last().expect("at least one").clone();
        for patch in &self.patches {
            patch.apply(&mut image, life);
        }
        if self.repair_journal {
            for at in [JOURNAL, JOURNAL + JOURNAL_SLOT] {
                let sum = checksum((JOURNAL / 8) as u64, &image[at..at + JOURNAL_WORDS * 8]);
                set(&mut image, at + JOURNAL_WORDS * 8, &sum);
            }
        }
        if self.repair_identity {
            let sum = checksum(0, &image[..IDENTITY_WORDS * 8]);
            set(&mut image, IDENTITY_WORDS * 8, &sum);
        }
        if let Some(cut) = self.cut {
            image.truncate(cut as usize % (image.len() + 1));
        }
        image.extend_from_slice(&self.extra);
        if self.whole_pages {
            image.resize(image.len().next_multiple_of(PAGE), 0);
        }
        image
    }
}

impl Patch {
    fn apply(&self, image: &mut [u8], life: &Life) {
        let page = |page: &u8| usize::from(*page) * PAGE % image.len();
        let slot = |second: &bool| JOURNAL + usize::from(*second) * JOURNAL_SLOT;
        match self {
            Self::Bytes { at, bytes } => set(image, *at as usize % image.len(), bytes),
            Self::Word { at, value } => {
                set(image, usize::from(*at) * 8 % image.len(), &value.value().to_le_bytes());
            }
            Self::Stale { page: number, age } => {
                let at = page(number);
                let age = &life.ages[usize::from(*age) % life.ages.len()];
                set(image, at, &age[at..at + PAGE]);
            }
            Self::Zero { page: number } => set(image, page(number), &[0; PAGE]),
            Self::Copy { from, to, words } => {
                let from = usize::from(*from) * 8 % image.len();
                let to = usize::from(*to) * 8 % image.len();
                let end = image.len().min(from + usize::from(*words) * 8);
                let bytes = image[from..end].to_vec();
                set(image, to, &bytes);
            }
            Self::Drop { slot, word, value } => {
                let at = usize::from(*slot % 96) * 128 + usize::from(*word % 16) * 8;
                set(image, DROPS + at, &value.value().to_le_bytes());
            }
            Self::DropAgain { from, to } => {
                let [from, to] = [from, to].map(|slot| DROPS + usize::from(*slot % 96) * 128);
                image.copy_within(from..from + 128, to);
            }
            Self::Journal { second, word, value } => {
                set(
                    image,
                    slot(second) + usize::from(*word % 29) * 8,
                    &value.value().to_le_bytes(),
                );
            }
            Self::Name { second, name } => {
                let name = name.text().as_bytes();
                let name = &name[..name.len().min(JOURNAL_WORDS * 8 - JOURNAL_NAME)];
                set(image, slot(second) + 24, &(name.len() as u64).to_le_bytes());
                set(image, slot(second) + JOURNAL_NAME, name);
            }
        }
    }
}

impl SegmentEdit {
    fn apply(&self, text: &[u8]) -> Option<Vec<u8>> {
        let mut text = text.to_vec();
        match self {
            Self::Keep => {}
            Self::Cut(bytes) => text.truncate(text.len().saturating_sub(usize::from(*bytes))),
            Self::Gone => return None,
            Self::Append(bytes) => text.extend_from_slice(bytes),
            Self::Zero { at, bytes } => {
                let end = text.len().saturating_sub(usize::from(*at));
                let start = end.saturating_sub(usize::from(*bytes));
                text[start..end].fill(0);
            }
        }
        Some(text)
    }
}

fuzz_target!(|input: Input| {
    let life = &LIVES[usize::from(input.life)];
    let whole = life.ages.last().expect("at least one");
    let image = input.damaged(life);

    let root = scratch::directory();
    let log = root.path().join("log");
    fs::create_dir_all(log.join(".spool")).expect("a writable directory");
    for bystander in ["bystander", "log/.spool/bystander"] {
        fs::write(root.path().join(bystander), b"").expect("a writable directory");
    }
    fs::write(log.join(".spool").join(&life.file_name), &image).expect("a writable directory");
    if let Some(other) = &input.other {
        fs::write(log.join(".spool/events.0badf00d.spool"), other).expect("a writable directory");
    }
    if let Some((name, text)) = &life.segment
        && let Some(text) = input.segment.apply(text)
    {
        fs::write(log.join(name), text).expect("a writable directory");
    }
    let before = scratch::files(&log);

    let troubles = Arc::new(Mutex::new(Vec::new()));
    let heard = troubles.clone();
    let logger = builder(&log)
        .on_error(move |error| heard.lock().expect("no panic").push(error.clone()))
        .build()
        .expect("no spool keeps a logger from being built");
    logger.emit(Afterwards {});
    logger.flush(PATIENCE).expect("the disk has room");
    let stats = logger.stats();
    logger.close(PATIENCE).expect("the disk has room");
    let troubles = std::mem::take(&mut *troubles.lock().expect("no panic"));

    let after = scratch::files(&log);
    assert!(root.path().join("bystander").exists(), "a file outside of the log was removed");
    let left = spools(&log);
    assert!(left.contains_key("bystander"), "a file of somebody else was removed");

    let (mut gaps, mut own) = (0, 0);
    let mut recovered: Vec<&[u8]> = Vec::new();
    for line in written(&before, &after) {
        if life.emitted.contains(line) {
            recovered.push(line);
            continue;
        }
        let parsed: serde_json::Value = serde_json::from_slice(line)
            .unwrap_or_else(|error| panic!("{error}: nobody emitted {}", shown(line)));
        match parsed["type"].as_str() {
            Some("afterwards") => own += 1,
            Some("event_log_gap") => {
                gaps += parsed["params"]["events"].as_u64().map_or(0, u128::from);
            }
            _ => panic!("nobody emitted {}", shown(line)),
        }
    }
    assert_eq!(own, 1);
    check_transactions(life, &before, &after);
    assert_eq!(stats.recovered_lines, recovered.len() as u64);

    check_spool("events.0badf00d.spool", input.other.as_deref(), &left, &troubles);
    let was_read = check_spool(&life.file_name, Some(&image), &left, &troubles);
    if !was_read {
        assert!(recovered.is_empty());
        return;
    }
    let is_whole = |start: usize, end: usize| image.get(start..end) == whole.get(start..end);
    if image.len() != whole.len() || !is_whole(0, DROPS) {
        return;
    }
    if is_whole(DROPS, RING) {
        assert_eq!(gaps, u128::from(life.dropped), "of dropped events");
    }
    let segment = life.segment.as_ref().map(|(name, text)| {
        (before.get(name).map(Vec::as_slice).unwrap_or_default(), text.as_slice())
    });
    let (there, once) = segment.unwrap_or_default();
    // Of a segment that lost what the journal knows of, the lines come again, or are gone with it.
    if there.len() < life.checkpoint || !once.starts_with(&there[..there.len().min(once.len())]) {
        return;
    }
    // The torn line, completed, is among both; the lines before it were there already.
    let name = life.segment.as_ref().map_or("", |(name, _)| name);
    let text = after.get(name).and_then(|text| text.get(life.checkpoint..)).unwrap_or_default();
    let behind: Vec<&[u8]> = scratch::lines(text).collect();
    let elsewhere = recovered.iter().filter(|line| !behind.contains(line));
    let found = behind.iter().chain(elsewhere);

    let is_record_whole = |at: usize, length: usize| {
        let end = at + length;
        let wrapped = end.saturating_sub(whole.len());
        is_whole(at, end.min(whole.len())) && is_whole(RING, RING + wrapped)
    };
    let wanted: Vec<&[u8]> = life
        .left
        .iter()
        .filter(|(at, length, _)| is_record_whole(*at, *length))
        .flat_map(|(_, _, text)| scratch::lines(text))
        .collect();
    let set: HashSet<&[u8]> = wanted.iter().copied().collect();
    let found: Vec<&[u8]> = found.copied().filter(|line| set.contains(line)).collect();
    assert!(found == wanted, "{} lines instead of {}", found.len(), wanted.len());
});

/// Whether the spool was read; if not, it lies there as it was, or set aside as it was.
fn check_spool(
    name: &str,
    image: Option<&[u8]>,
    left: &BTreeMap<String, Vec<u8>>,
    troubles: &[LogError],
) -> bool {
    let Some(image) = image else { return false };
    let aside = left.get(&name.replace(".spool", ".unreadable"));
    let set_aside = |trouble: &LogError| matches!(trouble, LogError::SpoolSetAside { path, .. } if path.file_stem() == Path::new(name).file_stem());
    assert_eq!(aside.is_some(), troubles.iter().any(set_aside));
    if let Some(aside) = aside {
        assert!(aside == image, "the spool that was set aside was changed");
        return false;
    }
    if left.contains_key(name) {
        let postponed = |trouble: &LogError| matches!(trouble, LogError::NotRecovered { .. });
        assert!(troubles.iter().any(postponed), "a spool stayed without a word");
        return false;
    }
    true
}

/// The lines that are new or were completed. Nothing else may have changed.
fn written<'a>(
    before: &BTreeMap<String, Vec<u8>>,
    after: &'a BTreeMap<String, Vec<u8>>,
) -> Vec<&'a [u8]> {
    for (name, old) in before {
        // An empty segment goes, and an empty file is nothing else.
        let is_kept = after.get(name).is_some_and(|text| text.starts_with(old));
        assert!(is_kept || old.is_empty() && name.ends_with(".jsonl"), "`{name}` was changed");
    }
    let mut written = Vec::new();
    for (name, text) in after {
        let old = before.get(name).map_or(&[][..], Vec::as_slice);
        if text.len() == old.len() {
            continue;
        }
        let start = old.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        for line in scratch::lines(&text[start..]) {
            assert!(line.ends_with(b"\n"), "{name} ends within a line");
            written.push(line);
        }
    }
    written
}

/// Each transaction that begins in what the recovery wrote is there to its end.
fn check_transactions(
    life: &Life,
    before: &BTreeMap<String, Vec<u8>>,
    after: &BTreeMap<String, Vec<u8>>,
) {
    for (name, text) in after {
        let old = before.get(name).map_or(0, Vec::len);
        let mut at = 0;
        for line in scratch::lines(text) {
            // One that begins in what was there may have been cut by whoever cut the segment.
            if let Some(whole) = life.transactions.get(line).filter(|_| at >= old) {
                assert!(text[at..].starts_with(whole), "a transaction is not whole in {name}");
            }
            at += line.len();
        }
    }
}

fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}
