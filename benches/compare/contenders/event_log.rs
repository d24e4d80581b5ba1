//! event-log with its defaults; the envelope's values come from the ambient context.

use std::path::Path;
use std::time::Duration;

use benches::workload::{context, event};
use event_log::Logger;

use super::{Contender, Take};
use crate::Error;

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct EventLog(Logger);

impl Contender for EventLog {
    type Taker = Emit;

    fn open(directory: &Path) -> Result<Self, Error> {
        Ok(Self(Logger::builder(directory).build()?))
    }

    fn taker(&self) -> Emit {
        Emit(self.0.clone())
    }

    fn close(self) -> Result<(), Error> {
        Ok(self.0.close(PATIENCE)?)
    }
}

pub(crate) struct Emit(Logger);

impl Take for Emit {
    #[inline]
    fn take(&mut self, number: u32) {
        self.0.emit(event(number));
    }

    fn surround<R>(work: impl FnOnce() -> R) -> R {
        context().enter(work)
    }
}

/// Its documented recovery: opening the directory again.
pub(crate) fn recover(directory: &Path) -> Result<(), Error> {
    EventLog::open(directory)?.close()
}
