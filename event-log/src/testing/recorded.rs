//! [`Recorded`]: what a recording logger recorded.

use std::fmt;
use std::sync::Arc;

use serde_core::Deserialize;

use crate::error::EmitError;
use crate::schema::Described;
use crate::testing::emitted::Emitted;
use crate::testing::line::Line;
use crate::testing::read::description_of;
use crate::testing::recording::Recording;

/// What one recording logger recorded so far, in the order of the emits; clones see the same.
///
/// A line is here as soon as its emit returns. It stays when the logger is closed or dropped.
#[derive(Clone)]
pub struct Recorded {
    recording: Arc<Recording>,
}

impl Recorded {
    pub(crate) fn new(recording: Arc<Recording>) -> Self {
        Self { recording }
    }

    /// Every recorded line.
    #[must_use]
    pub fn all(&self) -> Vec<Line<'_>> {
        let lines = self.recording.lines().enumerate();
        lines.map(|(index, text)| Line::new(index + 1, text)).collect()
    }

    /// Every recorded event of this type, read back; of an enum, those of all variants.
    ///
    /// What a field borrows it borrows from the recorded line.
    ///
    /// ```
    /// use event_log::{Event, testing};
    /// use serde::Deserialize;
    ///
    /// #[derive(Debug, PartialEq, Event, Deserialize)]
    /// struct LessonStarted<'a> {
    ///     course: &'a str,
    /// }
    ///
    /// let (logger, recorded) = testing::recorder();
    /// logger.emit(LessonStarted { course: "kanji" });
    ///
    /// assert_eq!(recorded.of::<LessonStarted>(), [LessonStarted { course: "kanji" }]);
    /// ```
    ///
    /// # Panics
    /// If a line of this type cannot be read back; see
    /// [what can be read back](super#what-can-be-read-back).
    #[track_caller]
    #[must_use]
    pub fn of<'r, E: Described + Deserialize<'r>>(&'r self) -> Vec<Emitted<'r, E>> {
        let mut emitted = Vec::new();
        for line in self.all() {
            if description_of::<E>(line.event_type()).is_some() {
                match line.read() {
                    Ok(event) => emitted.push(Emitted::new(event, line)),
                    Err(error) => panic!("{error}"),
                }
            }
        }
        emitted
    }

    /// How many lines were recorded.
    #[must_use]
    pub fn len(&self) -> usize {
        self.recording.lines().count()
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Why events were dropped, in the order in which they were: too long, not serializable, emitted
    /// after the close; and each event of a [transaction](crate::Transaction) that was not committed for
    /// such a reason.
    #[must_use]
    pub fn dropped(&self) -> Vec<EmitError> {
        self.recording.dropped()
    }

    /// Forgets what was recorded and dropped so far: the noise of a test's preparations, for
    /// example. What is forgotten is not seen any more by any clone, but keeps its memory; ids and
    /// [`Logger::stats`](crate::Logger::stats) go on counting.
    pub fn forget(&self) {
        self.recording.forget();
    }
}

/// Shows the lines.
impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}
