//! What a reader finds when it looks at the directory.

use crate::follow::error::Unreadable;
use crate::follow::reader::Reader;
use crate::follow::survey::Survey;
use crate::follow::tail::NotOpened;
use crate::writer::name::SegmentName;

/// How many loggers that ended keep a place, so that a line that comes late all the same is seen.
const ENDED_PLACES: usize = 16;

/// After so many rounds without a survey there is one, though nobody said that the directory changed:
/// who never comes to wait is not told.
const ROUNDS_WITHOUT_SURVEY: u32 = 64;

/// What a failure to list is remembered by.
const DIRECTORY: &str = "the directory";
const SPOOLS: &str = "the spools";

impl Reader {
    /// Begins a round, with a survey if one is due.
    pub(super) fn start_round(&mut self) {
        self.has_progressed = false;
        self.held.clear();
        self.rounds += 1;
        let surveys = std::mem::take(&mut self.survey_due) || self.rounds > ROUNDS_WITHOUT_SURVEY;
        if surveys {
            self.rounds = 0;
            match self.take_survey() {
                Ok(()) => self.troubles.is_over(DIRECTORY),
                Err(trouble) => self.troubles.tell_once(DIRECTORY.to_owned(), trouble),
            }
        }
        let growing = self.position.places().filter(|(name, place)| {
            // Where a segment has ended, only a survey looks whether it grew all the same.
            name.sequence > 0 && (surveys || !place.is_end)
        });
        let mut round: Vec<_> = growing.map(|(name, _)| name.clone()).collect();
        round.extend(self.unread.iter().cloned());
        round.sort_unstable();
        self.round = round.into_iter();
    }

    /// The first survey. What a reader without a position finds is the beginning, whatever was
    /// removed before.
    ///
    /// # Errors
    /// If the directory cannot be read.
    pub(in crate::follow) fn first_survey(&mut self) -> Result<(), Unreadable> {
        self.take_survey()?;
        if !self.position.is_begun() {
            self.found_there = self.unread.last().cloned();
        }
        Ok(())
    }

    /// Looks at the directory; what is there and not read comes in this round.
    fn take_survey(&mut self) -> Result<(), Unreadable> {
        let position = &self.position;
        let mut survey = Survey::take(&self.source, |name| position.is_unread(name, false))?;
        let segments = std::mem::take(&mut survey.segments);
        // One that was removed meanwhile is told of in its turn, when it cannot be opened.
        let waiting = std::mem::take(&mut self.unread);
        let is_unread = |name: &SegmentName| position.is_unread(name, survey.is_alive(name.token));
        self.unread = segments.into_iter().filter(is_unread).chain(waiting).collect();
        for token in survey.alive() {
            self.position.expect(token);
        }
        match survey.trouble.take() {
            None => self.troubles.is_over(SPOOLS),
            Some(trouble) => self.troubles.tell_once(SPOOLS.to_owned(), trouble),
        }
        self.survey = survey;
        self.forget_ended();
        self.tails.retain(&self.position);
        Ok(())
    }

    /// Forgets the places of loggers that ended long ago, so that the position stays small.
    pub(super) fn forget_ended(&mut self) {
        let survey = &self.survey;
        let has_ended = |name: &SegmentName| !survey.is_alive(name.token) && survey.is_last(name);
        self.position.forget(ENDED_PLACES, has_ended);
    }

    /// Passes over everything that is there now, but for a last line that is not whole.
    ///
    /// # Errors
    /// If a segment cannot be read.
    pub(in crate::follow) fn skip_to_end(&mut self) -> Result<(), Unreadable> {
        let last = self.survey.last_segments();
        let forgotten = last.len().saturating_sub(ENDED_PLACES);
        for (index, name) in last.into_iter().enumerate() {
            let is_alive = self.survey.is_alive(name.token);
            if !is_alive && index < forgotten {
                continue;
            }
            self.position.begin(&name);
            let path = self.source.path_of(&name);
            let may_grow = match self.tails.open(&name, &path, 0) {
                Ok(tail) if tail.may_grow() => {
                    let offset = tail.end_of_last_line();
                    let offset = offset.map_err(|source| Unreadable::new("read", &path, source))?;
                    tail.scanned = offset;
                    self.position.read_to(&name, offset);
                    is_alive
                }
                Ok(_) | Err(NotOpened::Gone | NotOpened::Compressed { .. }) => false,
                Err(NotOpened::Failed { path, source }) => {
                    return Err(Unreadable::new("read", &path, source));
                }
            };
            if !may_grow {
                self.position.end(&name);
                self.tails.close(&name);
            }
        }
        self.unread.clear();
        Ok(())
    }
}
