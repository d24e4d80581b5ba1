//! [`Reader`]: which line comes next. It looks, reads and decides, and never waits.
//!
//! It goes over the segments in rounds. A round visits, in the order of their names, each segment that
//! may have grown and each that was not begun, and reads it up to where it ends at the visit. So a busy
//! logger does not keep others waiting, and what is there already comes in the order of the names.
//!
//! Invariants:
//! - A segment is begun only when those before it of the same logger were read to their end, but for
//!   half a line that a recovery may still complete.
//! - The directory is listed before a segment is read: what a recovery wrote to a new segment comes
//!   behind what it completed in the old one.
//! - The position stands behind the last line that was yielded or filtered out, at every moment.

mod leave;
mod look;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::io;

use crate::follow::error::{FollowError, Malformed, Unreadable};
use crate::follow::filter::Filter;
use crate::follow::line::Line;
use crate::follow::position::{Place, Position};
use crate::follow::survey::{Source, Survey};
use crate::follow::tail::Tail;
use crate::follow::tails::Tails;
use crate::follow::troubles::Troubles;
use crate::follow::window::{Found, Window};
use crate::writer::name::SegmentName;

/// What one step came to.
#[derive(Debug)]
pub(super) enum Step {
    /// The next line, or trouble.
    Yield(Result<Line, FollowError>),
    /// Nothing to yield yet; go on.
    Busy,
    /// Everything that is there was read.
    Idle,
}

/// Reads the segments of one log.
#[derive(Debug)]
pub(super) struct Reader {
    source: Source,
    filter: Filter,
    position: Position,
    survey: Survey,
    /// What was there before this reader, of which the beginning may be missing without a word.
    found_there: Option<SegmentName>,
    /// Segments that were listed and not begun.
    unread: BTreeSet<SegmentName>,
    tails: Tails,
    /// What this round has yet to visit.
    round: std::vec::IntoIter<SegmentName>,
    visit: Option<Visit>,
    /// Loggers whose later segments wait for the next round.
    held: BTreeSet<u32>,
    window: Window,
    troubles: Troubles,
    /// Whether this round read anything, so that another one is due.
    has_progressed: bool,
    /// Whether the next round begins with a survey.
    survey_due: bool,
    /// How many rounds there were since the last survey.
    rounds: u32,
}

/// A segment that is being read, up to a limit in bytes.
#[derive(Debug)]
struct Visit {
    name: SegmentName,
    limit: u64,
}

impl Reader {
    pub(super) fn new(source: Source, filter: Filter, position: Position) -> Self {
        Self {
            source,
            filter,
            position,
            survey: Survey::default(),
            found_there: None,
            unread: BTreeSet::new(),
            tails: Tails::default(),
            round: Vec::new().into_iter(),
            visit: None,
            held: BTreeSet::new(),
            window: Window::default(),
            troubles: Troubles::default(),
            has_progressed: false,
            survey_due: true,
            rounds: 0,
        }
    }

    pub(super) fn position(&self) -> &Position {
        &self.position
    }

    /// Has the next step look for what is new; with a survey if the directory may have changed.
    pub(super) fn wake(&mut self, survey: bool) {
        self.has_progressed = true;
        self.survey_due |= survey;
    }

    /// Does a bounded piece of work.
    pub(super) fn step(&mut self) -> Step {
        if let Some(trouble) = self.troubles.next() {
            return Step::Yield(Err(trouble));
        }
        if let Some(visit) = self.visit.take() {
            return self.read(visit);
        }
        if let Some(name) = self.round.next() {
            self.enter(name);
        } else if self.has_progressed || self.survey_due {
            self.start_round();
        } else {
            return Step::Idle;
        }
        Step::Busy
    }

    /// Begins the visit of a segment.
    fn enter(&mut self, name: SegmentName) {
        if self.held.contains(&name.token) {
            return;
        }
        let place = self.position.place(&name).unwrap_or_else(|| self.begin(&name));
        let path = self.source.path_of(&name);
        if place.is_end && fs::metadata(&path).map_or(true, |found| found.len() <= place.offset) {
            return;
        }
        let tail = match self.tails.open(&name, &path, place.offset) {
            Ok(tail) => tail,
            Err(not_opened) => return self.pass_over(&name, path, place.offset, not_opened),
        };
        let entered = tail.bytes().map(|bytes| {
            if bytes < tail.scanned {
                // Somebody cut what was no whole line yet.
                tail.scanned = place.offset;
            }
            (bytes, tail.scanned)
        });
        match entered {
            Ok((limit, _)) if limit < place.offset => {
                let (offset, found_bytes) = (place.offset, limit);
                self.troubles.tell(FollowError::Truncated { path, offset, found_bytes });
                self.position.read_to(&name, limit);
                self.tails.close(&name);
                self.has_progressed = true;
            }
            Ok((limit, scanned)) => {
                self.troubles.is_over(&name.to_string());
                if limit == scanned {
                    return self.leave(Visit { name, limit });
                }
                self.window.go_to(place.offset, scanned);
                self.visit = Some(Visit { name, limit });
            }
            Err(source) => self.fail(&name, Unreadable::new("examine", &path, source)),
        }
    }

    /// Begins a segment, and tells if others should have come before it.
    fn begin(&mut self, name: &SegmentName) -> Place {
        let last = self.position.last_of(name.token).map_or(0, |last| last.sequence);
        let was_there = self.found_there.as_ref().is_some_and(|found| name <= found);
        let segments = name.sequence.saturating_sub(last).saturating_sub(1);
        if segments > 0 && !(last == 0 && was_there) {
            let path = self.source.path_of(name);
            self.troubles.tell(FollowError::Missing { path, segments });
        }
        self.unread.remove(name);
        self.position.begin(name);
        self.has_progressed = true;
        Place { offset: 0, is_end: false }
    }

    /// Takes the next line of the segment that is visited, or reads on in it.
    fn read(&mut self, visit: Visit) -> Step {
        let Visit { name, limit } = &visit;
        let Some(tail) = self.tails.get_mut(name) else { return Step::Busy };
        while let Some(found) = self.window.next() {
            self.has_progressed = true;
            let yielded = match found {
                Found::Line { text, offset, end } => {
                    self.position.read_to(name, end);
                    self.filter.line(text, &tail.path, offset)
                }
                Found::TooLong { offset, end } => {
                    self.position.read_to(name, end);
                    let reason = Malformed::TooLong { bytes: end - offset };
                    let path = tail.path.to_path_buf();
                    Some(Err(FollowError::Malformed { path, offset, reason }))
                }
            };
            if let Some(yielded) = yielded {
                self.visit = Some(visit);
                return Step::Yield(yielded);
            }
        }
        tail.scanned = self.window.end_offset();
        if tail.scanned == *limit {
            self.leave(visit);
            return Step::Busy;
        }
        match read_on(&mut self.window, tail, *limit) {
            Ok(Some(0)) => {
                if let Some(bytes) = tail.decoded_bytes() {
                    self.end_decoded(name, bytes);
                } else {
                    // Somebody cut it just now, as the next visit will find.
                    self.held.insert(name.token);
                    self.has_progressed = true;
                }
            }
            Ok(_) => self.visit = Some(visit),
            // What the system does not say, the decoder does.
            Err(source) if !tail.may_grow() && source.raw_os_error().is_none() => {
                self.give_up(name, source);
            }
            Err(source) => {
                let trouble = Unreadable::new("read", &tail.path, source);
                self.fail(name, trouble);
            }
        }
        Step::Busy
    }
}

/// Reads on in a segment; `None` if it only came nearer to where the window goes on.
fn read_on(window: &mut Window, tail: &mut Tail, limit: u64) -> io::Result<Option<usize>> {
    if !tail.approach(window.end_offset())? {
        return Ok(None);
    }
    window.fill(limit, |buffer, offset| tail.read_at(buffer, offset)).map(Some)
}
