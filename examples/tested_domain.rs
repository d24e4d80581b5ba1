//! Domain code that emits, and its tests: a library lends books, and says so.
//!
//! ```text
//! $ cargo test -p examples --test tested_domain
//! ```
#![allow(clippy::unwrap_used, reason = "a test may unwrap, also in its helpers")]

use std::time::Duration;

use event_log::testing::{self, Recorded, SetClock, assert_emitted, assert_not_emitted};
use event_log::{Clock, Context, Logger};

use self::library::{BookLent, BookRefused, BookReturned, Library, Refusal};

/// What a service has. It knows nothing of tests but for the derived `Deserialize`, by which they
/// read events back: in a crate of its own, `#[cfg_attr(test, derive(Deserialize))]`.
mod library {
    use std::collections::HashMap;

    use chrono::{DateTime, TimeDelta, Utc};
    use event_log::{Event, EventField, Logger};
    use serde::{Deserialize, Serialize};

    /// For how long a book is lent.
    const DAYS: i64 = 28;

    /// Fired when a reader takes a book home.
    #[derive(Debug, PartialEq, Event, Deserialize)]
    pub(crate) struct BookLent<'a> {
        #[event(user_id)]
        pub(crate) reader: u64,
        pub(crate) title: &'a str,
        pub(crate) days: i64,
    }

    /// Fired when a reader asks for a book in vain.
    #[derive(Debug, PartialEq, Event, Deserialize)]
    pub(crate) struct BookRefused<'a> {
        pub(crate) title: &'a str,
        pub(crate) reason: Refusal,
    }

    /// Fired when a book is back. The reader is the one who had it, whoever brings it.
    #[derive(Debug, PartialEq, Event, Deserialize)]
    pub(crate) struct BookReturned<'a> {
        #[event(user_id)]
        pub(crate) reader: u64,
        pub(crate) title: &'a str,
        #[event(skip_none)]
        pub(crate) days_late: Option<i64>,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Deserialize, EventField, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub(crate) enum Refusal {
        Lent,
        Unknown,
    }

    /// The books, and who has them until when.
    pub(crate) struct Library(HashMap<&'static str, Option<(u64, DateTime<Utc>)>>);

    impl Library {
        pub(crate) fn new(titles: &[&'static str]) -> Self {
            Self(titles.iter().map(|title| (*title, None)).collect())
        }

        pub(crate) fn lend(
            &mut self,
            title: &str,
            reader: u64,
            now: DateTime<Utc>,
            logger: &Logger,
        ) -> Result<(), Refusal> {
            let reason = match self.0.get_mut(title) {
                Some(place @ None) => {
                    *place = Some((reader, now + TimeDelta::days(DAYS)));
                    logger.emit(BookLent { reader, title, days: DAYS });
                    return Ok(());
                }
                Some(Some(_)) => Refusal::Lent,
                None => Refusal::Unknown,
            };
            logger.emit(BookRefused { title, reason });
            Err(reason)
        }

        pub(crate) fn take_back(&mut self, title: &str, now: DateTime<Utc>, logger: &Logger) {
            if let Some((reader, due)) = self.0.get_mut(title).and_then(Option::take) {
                let days_late = Some((now - due).num_days()).filter(|days| *days > 0);
                logger.emit(BookReturned { reader, title, days_late });
            }
        }
    }
}

/// A library with one book, on its first morning.
struct Morning {
    library: Library,
    clock: SetClock,
    logger: Logger,
    recorded: Recorded,
}

/// Each test has its own, so all can run at once.
fn morning() -> Morning {
    let clock = SetClock::at("2026-11-22T09:00:00Z");
    let (logger, recorded) = testing::builder().clock(clock.clone()).record().unwrap();
    Morning { library: Library::new(&["Kokoro"]), clock, logger, recorded }
}

impl Morning {
    fn lend(&mut self, title: &str, reader: u64) -> Result<(), Refusal> {
        self.library.lend(title, reader, self.clock.now(), &self.logger)
    }

    fn take_back(&mut self, title: &str) {
        self.library.take_back(title, self.clock.now(), &self.logger);
    }
}

#[test]
fn lending_is_told_once_with_the_reader() {
    let mut it = morning();

    it.lend("Kokoro", 42).unwrap();

    assert_emitted!(it.recorded, BookLent { reader: 42, title: "Kokoro", days: 28 }, times = 1);
    assert_not_emitted!(it.recorded, BookRefused { .. });
}

#[test]
fn a_book_that_is_out_or_unknown_is_refused_with_the_reason() {
    let mut it = morning();
    it.lend("Kokoro", 1).unwrap();
    it.recorded.forget();

    it.lend("Kokoro", 2).unwrap_err();
    it.lend("Botchan", 2).unwrap_err();

    assert_eq!(
        it.recorded.of::<BookRefused>(),
        [
            BookRefused { title: "Kokoro", reason: Refusal::Lent },
            BookRefused { title: "Botchan", reason: Refusal::Unknown },
        ]
    );
    assert_not_emitted!(it.recorded, "book_lent");
}

#[test]
fn a_late_return_says_by_how_many_days() {
    let mut it = morning();
    it.lend("Kokoro", 42).unwrap();

    it.clock.advance(Duration::from_secs(31 * 86_400));
    it.take_back("Kokoro");

    assert_emitted!(it.recorded, BookReturned { days_late: Some(late), .. } if *late == 3);
    // The same without types: the line as analysts will see it.
    assert_emitted!(it.recorded, "book_returned", { "user_id": 42, "days_late": 3 });
}

#[test]
fn a_return_in_time_is_not_late_and_a_second_one_is_no_event() {
    let mut it = morning();
    it.lend("Kokoro", 42).unwrap();

    it.take_back("Kokoro");
    it.take_back("Kokoro");

    assert_emitted!(it.recorded, BookReturned { days_late: None, .. }, times = 1);
}

#[test]
fn what_the_desk_knows_is_in_the_line_but_the_reader_is_the_borrower() {
    let mut it = morning();
    let desk = Context::new().user_id(7).field("branch", "Ueno").unwrap();

    desk.enter(|| it.lend("Kokoro", 42)).unwrap();

    let lent = assert_emitted!(it.recorded, BookLent { .. });
    assert_eq!(lent.line().user_id(), 42);
    assert_eq!(lent.line().get("branch").unwrap(), "Ueno");
    assert_eq!(lent.line().date(), it.clock.now());
}
