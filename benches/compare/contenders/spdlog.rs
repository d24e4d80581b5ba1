//! spdlog-rs: a rotating file under its thread pool's sink. It takes the line as text.

use std::path::Path;
use std::sync::Arc;

use benches::stamp::Stamp;
use spdlog::formatter::{PatternFormatter, pattern};
use spdlog::sink::{AsyncPoolSink, RotatingFileSink, RotationPolicy};
use spdlog::{Logger, ThreadPool};

use super::{Contender, SEGMENT_BYTES, Take, stamp, text};
use crate::Error;

/// More than a run makes. With 0, its default, which its docs call no limit, a rotation by length
/// empties the file and all its lines are gone.
const FILES: usize = 100;

pub(crate) struct Spdlog {
    logger: Arc<Logger>,
    file: Arc<RotatingFileSink>,
    threads: Arc<ThreadPool>,
}

impl Contender for Spdlog {
    type Taker = Payload;

    fn open(directory: &Path) -> Result<Self, Error> {
        let file = RotatingFileSink::builder()
            .base_path(directory.join("lines.jsonl"))
            .rotation_policy(RotationPolicy::FileSize(SEGMENT_BYTES.into()))
            .max_files(FILES)
            .formatter(PatternFormatter::new(pattern!("{payload}{eol}")))
            .build_arc()?;
        let threads = ThreadPool::builder().build_arc()?;
        let sink =
            AsyncPoolSink::builder().sink(file.clone()).thread_pool(threads.clone()).build_arc()?;
        Ok(Self { logger: Logger::builder().sink(sink).build_arc()?, file, threads })
    }

    fn taker(&self) -> Payload {
        Payload { logger: self.logger.clone(), stamp: stamp() }
    }

    fn close(self) -> Result<(), Error> {
        drop(self.logger);
        // The pool's drop waits for its queue.
        drop(self.threads);
        drop(self.file);
        Ok(())
    }
}

pub(crate) struct Payload {
    logger: Arc<Logger>,
    stamp: Stamp,
}

impl Take for Payload {
    #[inline]
    fn take(&mut self, number: u32) {
        let text = text(&mut self.stamp, number);
        spdlog::info!(logger: self.logger, "{}", text);
    }
}
