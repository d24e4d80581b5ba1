//! A follower reads compressed segments like any others: each line once, from where it was.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use event_log::follow::{FollowError, Follower, Position, Start};
use event_log::testing::SetClock;
use event_log::{Compression, Logger};
use tests::compressing::{names, wait_until};
use tests::follow::{Seen, next_numbers};
use tests::wait::PATIENCE;
use tests::{Tick, segments};

const COMPRESSIONS: [Compression; 2] = [Compression::Gzip, Compression::Zstd];

/// More than is decoded or read at a time.
const LINES: u64 = 1_000;

/// A log in which each call of `segment` writes one, and all but the newest are compressed.
struct Log {
    directory: tempfile::TempDir,
    clock: SetClock,
    logger: Logger,
    segments: u64,
}

impl Log {
    fn new(compression: Compression) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let clock = SetClock::at("2026-11-22T10:00:00Z");
        let builder = Logger::builder(directory.path()).clock(clock.clone());
        let builder = builder.compress(compression).compress_after(Duration::ZERO);
        let logger = builder.rotate_every(Duration::from_secs(1)).build().expect("a logger");
        Self { directory, clock, logger, segments: 0 }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes a segment of `LINES` lines, numbered on.
    fn segment(&mut self) {
        let first = self.segments * LINES;
        (first..first + LINES).for_each(|number| self.logger.emit(Tick::new(number)));
        self.logger.flush(PATIENCE).expect("a healthy disk");
        self.clock.advance(Duration::from_secs(1));
        self.segments += 1;
        wait_until("the others are compressed", || segments(self.path()).len() == 1);
    }

    /// The compressed files, oldest first.
    fn compressed(&self) -> Vec<PathBuf> {
        let names = [names(self.path(), ".jsonl.gz"), names(self.path(), ".jsonl.zst")].concat();
        names.iter().map(|name| self.path().join(name)).collect()
    }

    fn follow(&self, start: Start) -> Follower {
        Follower::builder(self.path()).start(start).build().expect("a follower")
    }
}

/// Reads so many lines, and goes.
fn read_some(log: &Log, lines: u64) -> Position {
    let mut follower = log.follow(Start::Beginning);
    assert!(next_numbers(&mut follower, lines).into_iter().eq(0..lines));
    follower.position()
}

fn assert_seen(follower: &mut Follower, numbers: std::ops::Range<u64>) {
    let seen = Seen::available(follower);
    assert_eq!(seen.troubles, [""; 0]);
    assert!(
        seen.numbers.iter().copied().eq(numbers.clone()),
        "{} of {numbers:?}",
        seen.numbers.len()
    );
}

#[test]
fn a_segment_that_was_compressed_while_nobody_read_is_read_on_from_its_place() {
    for compression in COMPRESSIONS {
        for lines in [0, 1, LINES - 1, LINES] {
            let mut log = Log::new(compression);
            log.segment();
            let position = read_some(&log, lines);
            log.segment();
            log.segment();
            assert_eq!(log.compressed().len(), 2);
            let mut follower = log.follow(Start::At(position));
            assert_seen(&mut follower, lines..3 * LINES);
            // And on, as if nothing had been.
            log.segment();
            assert_seen(&mut follower, 3 * LINES..4 * LINES);
        }
    }
}

#[test]
fn what_was_compressed_before_anybody_read_comes_in_its_order_and_once() {
    for compression in COMPRESSIONS {
        let mut log = Log::new(compression);
        (0..4).for_each(|_| log.segment());
        let mut follower = log.follow(Start::Beginning);
        assert_seen(&mut follower, 0..4 * LINES);
        let (position, path) = (follower.position(), log.compressed().remove(0));
        assert_seen(&mut follower, 0..0);
        assert_seen(&mut log.follow(Start::At(position)), 0..0);
        let line = log.follow(Start::Beginning).read_available().unwrap().unwrap();
        assert_eq!((line.path(), line.offset()), (&*path, 0));
    }
}

#[test]
fn a_follower_from_the_end_passes_over_compressed_segments() {
    let mut log = Log::new(Compression::Gzip);
    (0..3).for_each(|_| log.segment());
    // Nothing but compressed segments is there.
    fs::remove_file(&segments(log.path())[0]).unwrap();
    let mut follower = log.follow(Start::End);
    assert_seen(&mut follower, 0..0);
    log.segments = 3;
    log.segment();
    let seen = Seen::available(&mut follower);
    assert!(seen.numbers.into_iter().eq(3 * LINES..4 * LINES));
}

#[test]
fn one_that_is_compressed_by_hand_in_several_members_is_read_too() {
    let mut log = Log::new(Compression::Zstd);
    log.segment();
    let position = read_some(&log, 10);
    let segment = segments(log.path()).remove(0);
    let text = fs::read(&segment).unwrap();
    let mut file = fs::File::create(segment.with_extension("jsonl.gz")).unwrap();
    for part in text.chunks(text.len() / 2 + 1) {
        let mut encoder = flate2::write::GzEncoder::new(&mut file, flate2::Compression::fast());
        encoder.write_all(part).unwrap();
        encoder.finish().unwrap();
    }
    fs::remove_file(segment).unwrap();
    assert_seen(&mut log.follow(Start::At(position)), 10..LINES);
}

#[test]
fn a_segment_that_is_gone_in_every_form_is_told() {
    let mut log = Log::new(Compression::Gzip);
    log.segment();
    let position = read_some(&log, 10);
    log.segment();
    fs::remove_file(&log.compressed()[0]).unwrap();
    let mut follower = log.follow(Start::At(position));
    assert!(matches!(follower.read_available(), Some(Err(FollowError::Removed { .. }))));
    assert_seen(&mut follower, LINES..2 * LINES);
}

#[test]
fn a_compressed_segment_that_is_damaged_is_told_and_the_next_one_is_read() {
    for compression in COMPRESSIONS {
        let mut log = Log::new(compression);
        (0..3).for_each(|_| log.segment());
        let damaged = log.compressed().remove(0);
        let bytes = fs::read(&damaged).unwrap();
        fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
        let mut follower = log.follow(Start::Beginning);
        let mut lines = 0;
        let trouble = loop {
            match follower.read_available().expect("a line or trouble") {
                Ok(_) => lines += 1,
                Err(trouble) => break trouble,
            }
        };
        let FollowError::Damaged { path, .. } = trouble else { panic!("{trouble}") };
        assert!(path == damaged && lines < LINES, "{lines} lines");
        assert_seen(&mut follower, LINES..3 * LINES);
    }
}

#[test]
fn one_that_is_shorter_than_it_was_is_told() {
    let mut log = Log::new(Compression::Zstd);
    log.segment();
    let position = read_some(&log, 10);
    log.segment();
    let file = fs::File::create(&log.compressed()[0]).unwrap();
    zstd::stream::copy_encode(&b"\n"[..], file, 0).unwrap();
    let mut follower = log.follow(Start::At(position));
    let trouble = follower.read_available();
    assert!(
        matches!(trouble, Some(Err(FollowError::Truncated { found_bytes: 1, .. }))),
        "{trouble:?}"
    );
    assert_seen(&mut follower, LINES..2 * LINES);
}
