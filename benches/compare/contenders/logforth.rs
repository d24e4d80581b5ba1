//! logforth behind the `log` crate: a file under its asynchronous appender, which is unbounded by
//! default. It takes the line as text.

use std::num::NonZeroUsize;
use std::path::Path;

use logforth::append::asynchronous::AsyncBuilder;
use logforth::append::file::FileBuilder;
use logforth::record::Record;
use logforth::{Diagnostic, Layout};

use super::{Contender, LogCrate, SEGMENT_BYTES};
use crate::Error;

pub(crate) struct Logforth;

impl Contender for Logforth {
    type Taker = LogCrate;

    fn open(directory: &Path) -> Result<Self, Error> {
        let length = NonZeroUsize::new(SEGMENT_BYTES as usize).expect("not zero");
        let file = FileBuilder::new(directory, "lines")
            .filename_suffix("jsonl")
            .rollover_hourly()
            .rollover_size(length)
            .layout(OnlyTheText)
            .build()?;
        let background = AsyncBuilder::new("logforth").append(file).build();
        logforth::starter_log::builder().dispatch(|dispatch| dispatch.append(background)).apply();
        Ok(Self)
    }

    fn taker(&self) -> LogCrate {
        LogCrate::new()
    }

    fn close(self) -> Result<(), Error> {
        log::logger().flush();
        Ok(())
    }
}

#[derive(Debug)]
struct OnlyTheText;

impl Layout for OnlyTheText {
    fn format(
        &self,
        record: &Record<'_>,
        _: &[Box<dyn Diagnostic>],
    ) -> Result<Vec<u8>, logforth::Error> {
        Ok(record.payload().to_string().into_bytes())
    }
}
