//! slog-async around slog-json, into a buffered file; it has no rotation.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use benches::stamp::Stamp;
use benches::workload::event;
use slog::{Drain, Logger, o};
use slog_async::{Async, AsyncGuard, OverflowStrategy};
use slog_json::Json;

use super::{Contender, Take, stamp};
use crate::Error;

pub(crate) struct Slog {
    logger: Logger,
    guard: AsyncGuard,
}

impl Contender for Slog {
    type Taker = Values;

    fn open(directory: &Path) -> Result<Self, Error> {
        // Unbuffered it would make a system call per JSON token.
        let file = BufWriter::new(File::create_new(directory.join("lines.jsonl"))?);
        let json = Json::new(file).build().fuse();
        // By default it drops what its channel of 128 cannot hold, which is most of it.
        let (drain, guard) =
            Async::new(json).overflow_strategy(OverflowStrategy::Block).build_with_guard();
        Ok(Self { logger: Logger::root(drain.fuse(), o!()), guard })
    }

    fn taker(&self) -> Values {
        Values { logger: self.logger.clone(), stamp: stamp() }
    }

    fn close(self) -> Result<(), Error> {
        drop(self.logger);
        drop(self.guard);
        Ok(())
    }
}

pub(crate) struct Values {
    logger: Logger,
    stamp: Stamp,
}

impl Take for Values {
    #[inline]
    fn take(&mut self, number: u32) {
        self.stamp.renew();
        let params = event(number);
        slog::info!(
            self.logger, "";
            "badge" => params.badge,
            "first_try" => params.first_try,
            "score" => params.score,
            "lesson" => params.lesson,
            "course" => params.course,
            "country_code" => "JP",
            "locale" => "ja-JP",
            "user_id" => 123_456_789_u64,
            "type" => "lesson_cleared",
            "date" => self.stamp.date(),
            "id" => self.stamp.id(),
        );
    }
}
