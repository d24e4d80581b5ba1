//! Pieces to segments, several at a time, under names as `docs/format.md` gives them.
//!
//! Each piece is like the hour of one service: its segments have a token of their own and are
//! numbered from 1. A segment appears whole, by a rename, and its name and bytes follow from the plan.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use chrono::DateTime;

use crate::failure::Failure;
use crate::progress::Progress;
use crate::replicate::piece::Piece;
use crate::replicate::random::Purpose;
use crate::replicate::template::Value;
use crate::replicate::{Part, Plan};
use crate::tally::Tally;
use crate::tally::users::Users;

/// How much is written at once.
const WRITE_BYTES: usize = 1 << 20;

/// What was made.
#[derive(Debug, Default)]
pub struct Made {
    /// What the events amount to.
    pub tally: Tally,
    /// How many there are.
    pub events: u64,
    /// The length of their lines.
    pub bytes: u64,
    /// The segments that hold them.
    pub segments: u64,
}

/// Writes all pieces of a plan into a directory.
///
/// # Errors
/// If a segment cannot be written.
pub fn write(
    plan: &Plan,
    directory: &Path,
    segment_bytes: u64,
    workers: usize,
    progress: &Progress,
) -> Result<Made, Failure> {
    let next = AtomicU64::new(0);
    let work = || {
        let mut made = Made::default();
        loop {
            // Relaxed: nothing but the number itself is passed on.
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= plan.parts() {
                return Ok(made);
            }
            let before = made.events;
            write_piece(plan, plan.part(number), directory, segment_bytes, &mut made)?;
            progress.add(made.events - before);
        }
    };
    let parts: Vec<thread::Result<Result<Made, Failure>>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let mut all = Made::default();
    for part in parts {
        let made = part.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        all.tally.merge(made.tally);
        all.events += made.events;
        all.bytes += made.bytes;
        all.segments += made.segments;
    }
    enter_users(plan, &mut all.tally);
    Ok(all)
}

fn write_piece(
    plan: &Plan,
    part: Part,
    directory: &Path,
    segment_bytes: u64,
    made: &mut Made,
) -> Result<(), Failure> {
    let mut piece = Piece::new(plan, part);
    let mut open: Option<Segment> = None;
    let mut line = Vec::new();
    let mut sequence = 0;
    for due in piece.due() {
        line.clear();
        piece.line(due, &mut line);
        if open.as_ref().is_some_and(|segment| !segment.has_room(line.len(), segment_bytes)) {
            open.take().map_or(Ok(()), Segment::close)?;
        }
        if open.is_none() {
            sequence += 1;
            made.segments += 1;
            let name = name(plan, part, piece.unix_micros(due.micros), sequence);
            open = Some(Segment::create(directory, &name)?);
        }
        if let Some(segment) = &mut open {
            segment.append(&line)?;
        }
        made.events += 1;
        made.bytes += line.len() as u64;
    }
    piece.add_to(&mut made.tally);
    open.map_or(Ok(()), Segment::close)
}

/// The name of a segment whose first event has this time.
fn name(plan: &Plan, part: Part, unix_micros: u64, sequence: u32) -> String {
    let millis = i64::try_from(unix_micros / 1_000).unwrap_or(i64::MAX);
    let time = DateTime::from_timestamp_millis(millis).unwrap_or_default();
    let token = (plan.random.at(Purpose::Token, 0) ^ part.number) & 0xFFFF_FFFF;
    format!("events.{}.{token:08x}.{sequence:06}.jsonl", time.format("%Y%m%dT%H%M%S%.3fZ"))
}

/// Each user does each recorded event once a day.
fn enter_users(plan: &Plan, tally: &mut Tally) {
    let acting: Vec<_> =
        plan.template.events.iter().filter(|event| event.user_id == Value::User).collect();
    if acting.is_empty() {
        return;
    }
    let users = || Users::counted(plan.users);
    tally.users = users();
    let hours = tally.types.values().flat_map(|of_type| of_type.hours.keys());
    let days: Vec<_> = hours.map(|hour| hour.start_of(crate::lake::layout::By::Day)).collect();
    tally.days = days.into_iter().map(|day| (day, users())).collect();
    for event in acting {
        tally.of_type(&event.event_type).users = users();
    }
}

/// A segment that is being written.
struct Segment {
    path: PathBuf,
    hidden: PathBuf,
    file: File,
    /// What was not written yet.
    buffer: Vec<u8>,
    bytes: u64,
}

impl Segment {
    fn create(directory: &Path, name: &str) -> Result<Self, Failure> {
        let hidden = directory.join(format!(".{name}"));
        let file = File::create(&hidden).map_err(Failure::file("create", &hidden))?;
        let buffer = Vec::with_capacity(WRITE_BYTES + (64 << 10));
        Ok(Self { path: directory.join(name), hidden, file, buffer, bytes: 0 })
    }

    fn has_room(&self, bytes: usize, segment_bytes: u64) -> bool {
        self.bytes + bytes as u64 <= segment_bytes
    }

    fn append(&mut self, line: &[u8]) -> Result<(), Failure> {
        self.bytes += line.len() as u64;
        self.buffer.extend_from_slice(line);
        if self.buffer.len() < WRITE_BYTES {
            return Ok(());
        }
        self.write().map_err(Failure::file("write", &self.hidden))
    }

    fn write(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    fn close(mut self) -> Result<(), Failure> {
        self.write().map_err(Failure::file("write", &self.hidden))?;
        fs::rename(&self.hidden, &self.path).map_err(Failure::file("create", &self.path))
    }
}
