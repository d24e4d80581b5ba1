//! `flexi_logger` in its asynchronous mode, rotating by age or length. It takes the line as text.

use std::io::Write;
use std::path::Path;

use flexi_logger::{
    Age, Cleanup, Criterion, DeferredNow, FileSpec, Logger, LoggerHandle, Naming, WriteMode,
};

use super::{Contender, LogCrate, SEGMENT_BYTES};
use crate::Error;

pub(crate) struct FlexiLogger(LoggerHandle);

impl Contender for FlexiLogger {
    type Taker = LogCrate;

    fn open(directory: &Path) -> Result<Self, Error> {
        let handle = Logger::try_with_str("info")?
            .log_to_file(FileSpec::default().directory(directory).suffix("jsonl"))
            .rotate(
                Criterion::AgeOrSize(Age::Hour, SEGMENT_BYTES.into()),
                Naming::Numbers,
                Cleanup::Never,
            )
            .write_mode(WriteMode::Async)
            .format(only_the_text)
            .start()?;
        Ok(Self(handle))
    }

    fn taker(&self) -> LogCrate {
        LogCrate::new()
    }

    fn close(self) -> Result<(), Error> {
        self.0.shutdown();
        Ok(())
    }
}

fn only_the_text(
    write: &mut dyn Write,
    _: &mut DeferredNow,
    record: &log::Record<'_>,
) -> std::io::Result<()> {
    write!(write, "{}", record.args())
}
