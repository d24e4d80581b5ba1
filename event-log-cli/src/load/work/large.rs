//! A large plain input, cut into parts that several workers take.

use std::sync::Arc;

use crate::lake::ledger::Digest;
use crate::load::chunk::{self, ChunkError, Followed, Place};
use crate::load::seen::Seen;
use crate::load::source::Source;
use crate::load::turns::Turns;
use crate::load::work::queue::{Item, Part};
use crate::load::work::{Worker, shorter};

impl Worker<'_> {
    /// Gives the other workers their part of a large plain input, and says whether it is one.
    pub(super) fn share(&mut self, source: &mut Source, place: &Place) -> Result<bool, ChunkError> {
        let Some(length) = source.plain_length()? else { return Ok(false) };
        if length.saturating_sub(place.from) <= self.load.batch_bytes as u64 || place.attempt > 0 {
            return Ok(false);
        }
        let mut from = place.from;
        let mut parts = Vec::new();
        let ends = chunk::cut(source, place, self.load.batch_bytes, length)?;
        if ends.is_empty() {
            return Ok(false);
        }
        let seen = Arc::new(Seen::default());
        seen.passed(place.from);
        let turns = Arc::new(Turns::from(from));
        for to in ends.into_iter().chain([length]) {
            let (place, input) = (Place { from, ..place.clone() }, source.path().to_owned());
            let (seen, turns) = (Arc::clone(&seen), Arc::clone(&turns));
            parts.push(Item::Part(Part { input, place, to, seen, turns }));
            from = to;
        }
        self.queue.add(parts);
        Ok(true)
    }

    /// Takes a part of a large input, unless it was claimed.
    pub(super) fn part(&mut self, part: &Part) -> Result<(), ChunkError> {
        let Part { input, place, to, seen, turns } = part;
        let (_until, _seen) = (turns.until(*to), seen.until(*to));
        let mut source = Source::open_in(input, self.load.objects)?;
        if Digest::of(&source.first_line()?) != place.stream {
            self.fail(input, "it was replaced while it was loaded; load again".to_owned());
            return Ok(());
        }
        let mut from = place.from;
        while from < *to && !self.load.interrupt.is_set() {
            let place = match chunk::follow(&mut source, self.ledger, &place.stream, from)? {
                Followed::New(place) => place,
                Followed::Shorter(claimed) => {
                    self.fail(input, shorter(claimed));
                    return Ok(());
                }
            };
            if place.from == from {
                let Some(end) = self.read(&mut source, &place, Some(*to), seen)? else {
                    return self.left_over(&source, &place).map(drop);
                };
                let turn = turns.wait(from);
                if turn == Some(from) {
                    if self.publish(|| _ = turns.claimed(end))?.is_none() {
                        self.passed(&source, end - from);
                        from = end;
                    }
                    continue;
                }
                self.batch.clear();
                if turn.is_none() {
                    return Ok(());
                }
            }
            // Others have claimed it. What they claimed behind the part is not for this one to count.
            let next = turns.claimed(place.from);
            seen.passed(next);
            self.loaded.known_bytes += next.min(*to) - from;
            self.passed(&source, next.min(*to) - from);
            from = next;
        }
        Ok(())
    }
}
