//! tracing with tracing-subscriber's JSON and tracing-appender's background thread.
//!
//! The event's values are fields of the tracing event, flattened; the subscriber writes the time.

use std::path::Path;

use benches::stamp::Stamp;
use benches::workload::event;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_appender::rolling;

use super::{Contender, Take, stamp};
use crate::Error;

/// An emit waits when the channel is full.
pub(crate) struct Lossless(WorkerGuard);

/// An emit drops the line when the channel is full: the appender's default.
pub(crate) struct Lossy(WorkerGuard);

impl Contender for Lossless {
    type Taker = Fields;

    fn open(directory: &Path) -> Result<Self, Error> {
        subscribe(directory, false).map(Self)
    }

    fn taker(&self) -> Fields {
        Fields(stamp())
    }

    fn close(self) -> Result<(), Error> {
        drop(self.0);
        Ok(())
    }
}

impl Contender for Lossy {
    type Taker = Fields;

    fn open(directory: &Path) -> Result<Self, Error> {
        subscribe(directory, true).map(Self)
    }

    fn taker(&self) -> Fields {
        Fields(stamp())
    }

    fn close(self) -> Result<(), Error> {
        drop(self.0);
        Ok(())
    }
}

fn subscribe(directory: &Path, lossy: bool) -> Result<WorkerGuard, Error> {
    let file = rolling::hourly(directory, "lines.jsonl");
    let (writer, guard) = NonBlockingBuilder::default().lossy(lossy).finish(file);
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_level(false)
        .with_target(false)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer)
        .finish();
    tracing::subscriber::set_global_default(subscriber)?;
    Ok(guard)
}

pub(crate) struct Fields(Stamp);

impl Take for Fields {
    #[inline]
    fn take(&mut self, number: u32) {
        self.0.renew();
        let params = event(number);
        tracing::info!(
            id = self.0.id(),
            "type" = "lesson_cleared",
            user_id = 123_456_789_u64,
            locale = "ja-JP",
            country_code = "JP",
            course = params.course,
            lesson = params.lesson,
            score = params.score,
            first_try = params.first_try,
            badge = params.badge,
        );
    }
}
