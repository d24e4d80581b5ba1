//! log4rs: a rolling file by length; it has no background thread. It takes the line as text.

use std::path::Path;

use log4rs::Config;
use log4rs::append::rolling_file::RollingFileAppender;
use log4rs::append::rolling_file::policy::compound::CompoundPolicy;
use log4rs::append::rolling_file::policy::compound::roll::fixed_window::FixedWindowRoller;
use log4rs::append::rolling_file::policy::compound::trigger::size::SizeTrigger;
use log4rs::config::{Appender, Root};
use log4rs::encode::pattern::PatternEncoder;

use super::{Contender, LogCrate, SEGMENT_BYTES};
use crate::Error;

/// More than a run makes, so that no line is removed.
const FILES: u32 = 100;

pub(crate) struct Log4rs;

impl Contender for Log4rs {
    type Taker = LogCrate;

    fn open(directory: &Path) -> Result<Self, Error> {
        let pattern = directory.join("lines.{}.jsonl");
        let roller = FixedWindowRoller::builder().build(&pattern.to_string_lossy(), FILES)?;
        let trigger = SizeTrigger::new(SEGMENT_BYTES.into());
        let file =
            RollingFileAppender::builder().encoder(Box::new(PatternEncoder::new("{m}{n}"))).build(
                directory.join("lines.jsonl"),
                Box::new(CompoundPolicy::new(Box::new(trigger), Box::new(roller))),
            )?;
        let config = Config::builder()
            .appender(Appender::builder().build("file", Box::new(file)))
            .build(Root::builder().appender("file").build(log::LevelFilter::Info))?;
        log4rs::init_config(config)?;
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
