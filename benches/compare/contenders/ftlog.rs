//! ftlog: its background thread and an hourly file, its channel of 100,000 set to wait when full (by
//! default it drops). It takes the line as text, before which it always writes a time.

use std::fmt::Display;
use std::path::Path;

use ftlog::appender::{FileAppender, Period};
use ftlog::{FtLogFormat, LoggerGuard};

use super::{Contender, LogCrate};
use crate::Error;

pub(crate) struct Ftlog(LoggerGuard);

impl Contender for Ftlog {
    type Taker = LogCrate;

    fn open(directory: &Path) -> Result<Self, Error> {
        let file = FileAppender::builder()
            .path(directory.join("lines.jsonl"))
            .rotate(Period::Hour)
            .build();
        let guard = ftlog::builder()
            .utc()
            .bounded(100_000, true)
            .format(OnlyTheText)
            .root(file)
            .try_init()?;
        Ok(Self(guard))
    }

    fn taker(&self) -> LogCrate {
        LogCrate::new()
    }

    fn close(self) -> Result<(), Error> {
        drop(self.0);
        Ok(())
    }
}

struct OnlyTheText;

impl FtLogFormat for OnlyTheText {
    fn msg(&self, record: &log::Record<'_>) -> Box<dyn Send + Sync + Display> {
        Box::new(record.args().to_string())
    }
}
