//! `fast_log`: its background threads, a channel of 100,000 as its README has it, and files split by
//! length. It takes the line as text.

use std::path::Path;

use fast_log::appender::{Command, FastLogRecord, RecordFormat};
use fast_log::consts::LogSize;
use fast_log::plugin::file_split::{KeepType, RawFile, Rolling, RollingType};
use fast_log::plugin::packer::LogPacker;

use super::{Contender, LogCrate, SEGMENT_BYTES};
use crate::Error;

const CHANNEL: usize = 100_000;

pub(crate) struct FastLog;

impl Contender for FastLog {
    type Taker = LogCrate;

    fn open(directory: &Path) -> Result<Self, Error> {
        let path = directory.join("lines.jsonl");
        let config = fast_log::Config::new()
            .chan_len(Some(CHANNEL))
            .level(log::LevelFilter::Info)
            .format(OnlyTheText)
            .split::<RawFile, _, _, _>(
                &path.to_string_lossy(),
                KeepType::All,
                LogPacker {},
                Rolling::new(RollingType::BySize(LogSize::B(SEGMENT_BYTES as usize))),
            );
        fast_log::init(config)?;
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

struct OnlyTheText;

impl RecordFormat for OnlyTheText {
    fn do_format(&self, record: &mut FastLogRecord) {
        if matches!(record.command, Command::CommandRecord) {
            record.formated = std::mem::take(&mut record.args);
            record.formated.push('\n');
        }
    }
}
