//! Whether a chunk repeats an id of its input, found out while the chunks are read one after the other.
//!
//! Loggers draw ids that grow with time. So the ids of a chunk are nearly always greater than those of all
//! chunks before it, but for some at the seam, which are compared with the ids of the last chunk. Then none
//! is a repeat, and the input need not be read a second time to look for [`Repeats`]. What is not as
//! simple is left to that: ids that are there twice or in another order, and chunks that were loaded
//! before, or by others. So the answer never differs, only its price.
//!
//! A chunk waits until those before it were seen. Workers take them in order, so nobody waits for long.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use xxhash_rust::xxh3::xxh3_64;

use crate::load::chunk;
use crate::load::repeats::{self, Repeats};

/// A line of a logger is hardly shorter.
const LINE_BYTES: usize = 200;

/// The chunks of an input that were read so far.
#[derive(Debug, Default)]
pub struct Seen {
    state: Mutex<State>,
    changed: Condvar,
    /// What a look at the whole input found, if one was needed.
    found: Mutex<Option<Arc<Repeats>>>,
}

#[derive(Debug, Default)]
struct State {
    /// Every chunk before this position was seen.
    to: u64,
    /// No id of them is greater, but for those of the last one.
    greatest: Option<Id>,
    last: Option<Arc<Ids>>,
    /// Whether a chunk was passed over: nothing can be said of those behind it.
    is_lost: bool,
}

type Id = Box<[u8]>;

/// The ids of a chunk.
#[derive(Debug, Default)]
struct Ids {
    /// `None` if each is greater than the one before it.
    hashes: Option<HashSet<u64, RandomState>>,
    /// The least and the greatest.
    ends: Option<(Id, Id)>,
    /// Whether one is there twice, or seems to be.
    is_repeated: bool,
}

impl Seen {
    /// The repeats among the lines of a chunk; `None` if it is the first chunk of its input and only
    /// comparing each of its ids can tell. `look` looks at the whole input.
    ///
    /// # Errors
    /// If `look` fails.
    pub fn repeats(
        &self,
        chunk: Range<u64>,
        lines: &[u8],
        look: impl FnOnce() -> io::Result<Arc<Repeats>>,
    ) -> io::Result<Option<Arc<Repeats>>> {
        if let Some(found) = self.found().as_ref().filter(|found| found.covers(chunk.end)) {
            self.passed(chunk.end);
            return Ok(Some(Arc::clone(found)));
        }
        let ids = Arc::new(Ids::of(lines));
        let is_first = chunk.start == 0;
        if self.enter(&chunk, &ids).is_some_and(|before| before.has_none_of(&ids, lines)) {
            return Ok(Some(Arc::default()));
        }
        if is_first {
            return Ok(None);
        }
        // Held while one worker looks, for the others would look for the same.
        let mut found = self.found();
        if let Some(found) = found.as_ref().filter(|found| found.covers(chunk.end)) {
            return Ok(Some(Arc::clone(found)));
        }
        *found = Some(look()?);
        Ok(found.clone())
    }

    /// Says that nobody will come with a chunk before this position any more.
    pub fn passed(&self, to: u64) {
        let mut state = self.state();
        if state.to < to {
            state.is_lost = true;
            self.changed.notify_all();
        }
    }

    /// Says so when it is dropped, also by a panic.
    #[must_use]
    pub fn until(&self, to: u64) -> Until<'_> {
        Until { seen: self, to }
    }

    /// Waits until the chunks before this one were seen, and takes its place behind them; `None` if they
    /// never will be.
    fn enter(&self, chunk: &Range<u64>, ids: &Arc<Ids>) -> Option<Before> {
        let mut state = self.state();
        while state.to < chunk.start && !state.is_lost {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let is_next = state.to == chunk.start && !state.is_lost;
        let before = Before { greatest: state.greatest.take(), last: state.last.take() };
        if is_next {
            state.to = chunk.end;
            state.greatest = before.greatest_of_all().map(Box::from);
            state.last = Some(Arc::clone(ids));
        } else {
            state.is_lost = true;
        }
        drop(state);
        self.changed.notify_all();
        is_next.then_some(before)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self) -> MutexGuard<'_, Option<Arc<Repeats>>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls [`Seen::passed`] when it is dropped.
#[derive(Debug)]
pub struct Until<'a> {
    seen: &'a Seen,
    to: u64,
}

impl Drop for Until<'_> {
    fn drop(&mut self) {
        self.seen.passed(self.to);
    }
}

/// What is known of the chunks before one.
struct Before {
    /// As in [`State`].
    greatest: Option<Id>,
    last: Option<Arc<Ids>>,
}

impl Before {
    fn greatest_of_all(&self) -> Option<&[u8]> {
        let of_last = self.last.as_ref().and_then(|last| last.ends.as_ref());
        let of_last = of_last.map(|(_, greatest)| &**greatest);
        of_last.max(self.greatest.as_deref())
    }

    /// Whether it is certain that all ids of a chunk are new, and different from each other.
    fn has_none_of(&self, ids: &Ids, lines: &[u8]) -> bool {
        if ids.is_repeated {
            return false;
        }
        let Some((least, _)) = &ids.ends else { return true };
        if Some(&**least) > self.greatest_of_all() {
            return true;
        }
        let is_new = |id: Cow<'_, [u8]>| {
            Some(&*id) > self.greatest.as_deref()
                && self.last.as_ref().is_none_or(|last| last.has_not(&id))
        };
        ids_of(lines).all(is_new)
    }
}

impl Ids {
    fn of(lines: &[u8]) -> Self {
        let mut ids = ids_of(lines);
        let Some(least) = ids.next() else { return Self::default() };
        let mut greatest = least.clone();
        for id in ids {
            if id <= greatest {
                return Self::of_unordered(lines);
            }
            greatest = id;
        }
        let ends = Some((Box::from(&*least), Box::from(&*greatest)));
        Self { hashes: None, ends, is_repeated: false }
    }

    fn of_unordered(lines: &[u8]) -> Self {
        let capacity = lines.len() / LINE_BYTES;
        let mut hashes = HashSet::with_capacity_and_hasher(capacity, RandomState::default());
        let mut is_repeated = false;
        let mut ends = None;
        for id in ids_of(lines) {
            is_repeated |= !hashes.insert(xxh3_64(&id));
            match &mut ends {
                None => ends = Some((id.clone(), id)),
                Some((_, greatest)) if *greatest < id => *greatest = id,
                Some((least, _)) if *least > id => *least = id,
                Some(_) => {}
            }
        }
        let ends = ends.map(|(least, greatest)| (Box::from(&*least), Box::from(&*greatest)));
        Self { hashes: Some(hashes), ends, is_repeated }
    }

    /// Whether it is certain that the chunk does not have this id.
    fn has_not(&self, id: &[u8]) -> bool {
        let is_behind = self.ends.as_ref().is_none_or(|(_, greatest)| id > &**greatest);
        is_behind || self.hashes.as_ref().is_some_and(|hashes| !hashes.contains(&xxh3_64(id)))
    }
}

/// The ids of lines, also of such that will not be loaded.
fn ids_of(lines: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    chunk::lines(lines).filter_map(repeats::id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::load::source::Source;

    fn line(id: &str) -> String {
        format!(
            r#"{{"id":"{id}","date":"2021-09-16T05:57:27Z","type":"t","user_id":1,"locale":null,"country_code":null,"params":{{}}}}"#
        ) + "\n"
    }

    /// What is said of each chunk in turn, and how often the whole input was looked at.
    fn ask(chunks: &[String]) -> (Vec<Option<Arc<Repeats>>>, usize) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("input");
        std::fs::write(&path, chunks.concat()).unwrap();
        let (seen, mut looks, mut from) = (Seen::default(), 0, 0);
        let mut answers = Vec::new();
        for chunk in chunks {
            let to = from + chunk.len() as u64;
            let look = || {
                looks += 1;
                Repeats::find(&mut Source::open(&path)?, None).map(Arc::new)
            };
            answers.push(seen.repeats(from..to, chunk.as_bytes(), look).unwrap());
            from = to;
        }
        (answers, looks)
    }

    fn chunks(ids: &[&[&str]]) -> Vec<String> {
        ids.iter().map(|ids| ids.iter().map(|id| line(id)).collect()).collect()
    }

    #[test]
    fn ids_that_grow_but_for_the_seam_need_no_look() {
        let (answers, looks) = ask(&chunks(&[&["1", "5", "2"], &["4", "9", "6"], &["8", "a"]]));
        assert_eq!((answers, looks), (vec![Some(Arc::default()); 3], 0));
    }

    #[test]
    fn an_id_that_may_have_been_there_needs_one_look_for_all_chunks() {
        for again in ["2", "5", "0"] {
            let (answers, looks) = ask(&chunks(&[&["1", "2"], &["4", "5"], &["7", again], &["8"]]));
            assert_eq!((answers.len(), looks), (4, 1), "{again}");
        }
        let (answers, looks) = ask(&chunks(&[&["1", "1"], &["2"]]));
        assert_eq!((&answers[0], looks), (&None, 0), "the first chunk can tell by itself");
    }

    #[test]
    fn a_chunk_that_nobody_sees_keeps_nobody_waiting() {
        let seen = Seen::default();
        let found = Arc::new(Repeats::default());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                let look = || Ok(Arc::clone(&found));
                seen.repeats(100..200, line("2").as_bytes(), look).unwrap()
            });
            drop(seen.until(100));
            assert!(Arc::ptr_eq(&waiting.join().unwrap().unwrap(), &found));
        });
    }

    proptest! {
        #[test]
        fn the_answers_are_those_of_a_look_at_the_whole_input(
            ids in prop::collection::vec(prop::collection::vec(0..40_u32, 0..4), 1..6),
        ) {
            // Each chunk about ten later than the one before it.
            let id = |chunk: usize, id: u32| line(&format!("{:04}", id as usize + 10 * chunk));
            let chunks: Vec<String> = ids
                .iter()
                .enumerate()
                .map(|(chunk, ids)| ids.iter().map(|number| id(chunk, *number)).collect())
                .collect();
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("input");
            std::fs::write(&path, chunks.concat()).unwrap();
            let wanted = Repeats::find(&mut Source::open(&path).unwrap(), None).unwrap();
            let (answers, _) = ask(&chunks);
            let mut from = 0;
            for (chunk, answer) in chunks.iter().zip(answers) {
                let to = from + chunk.len() as u64;
                let of_chunk = |all: &Repeats| {
                    let places = all.places_from(from).iter().copied();
                    places.take_while(|place| *place < to).collect::<Vec<_>>()
                };
                prop_assert!(answer.is_some() || from == 0);
                if let Some(answer) = answer {
                    prop_assert_eq!(of_chunk(&answer), of_chunk(&wanted));
                }
                from = to;
            }
        }
    }
}
