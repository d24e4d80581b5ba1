//! The event, and a magazine whose readers click.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use event_log::{Context, DatePrecision, Event, Logger};
use serde::Deserialize;

/// Fired when a reader opens an article.
#[derive(Event, Deserialize)]
pub(crate) struct ArticleClicked {
    pub(crate) topic: String,
}

const TOPICS: [&str; 5] = ["cooking", "music", "politics", "science", "travel"];

/// What to make.
#[derive(clap::Args)]
pub(crate) struct Clicks {
    #[arg(long)]
    pub(crate) log_dir: PathBuf,
    /// How many; 0 for no end.
    #[arg(long = "clicks", default_value_t = 1_000)]
    pub(crate) count: u64,
    /// The number of the first of the readers.
    #[arg(long, default_value_t = 0)]
    pub(crate) first_reader: u64,
    /// How many readers there are.
    #[arg(long, default_value_t = 50)]
    pub(crate) readers: u64,
    /// The pause between two clicks, in microseconds.
    #[arg(long, default_value_t = 200)]
    pub(crate) pause_micros: u64,
}

impl Clicks {
    pub(crate) fn make(&self) -> anyhow::Result<()> {
        let logger = Logger::builder(&self.log_dir)
            .date_precision(DatePrecision::Millis)
            // Small, to see many of them.
            .segment_bytes(64 * 1024)
            .on_error(|error| eprintln!("click: {error}"))
            .build()?;
        let end = if self.count == 0 { u64::MAX } else { self.count };
        for number in 0..end {
            let reader = self.first_reader + number % self.readers;
            // Each reader has favourites.
            let topic = TOPICS[usize::try_from((reader + number * number / 7) % 5)?];
            let context = Context::new().user_id(reader);
            logger.with(&context).emit(ArticleClicked { topic: topic.to_owned() });
            thread::sleep(Duration::from_micros(self.pause_micros));
        }
        logger.close(Duration::from_secs(10))?;
        Ok(())
    }
}
