//! What a logger is made of, as the options say.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::builder::LoggerBuilder;
use crate::builder::check::SPOOL_LINES_MIN;
use crate::clock::TimeSource;
#[cfg(feature = "_compression")]
use crate::compress::CompressConfig;
use crate::error::BuildError;
use crate::shared::ErrorHandler;
use crate::spool::directory;
use crate::spool::record;
use crate::writer::rotation::Rotation;
use crate::writer::segments::SegmentsConfig;

impl LoggerBuilder {
    /// Creates the log directory and the directory of spools in it, where they are missing.
    pub(crate) fn make_directories(&self) -> Result<(), BuildError> {
        let path = &self.directory;
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir()) {
            return Err(BuildError::NotADirectory { path: path.clone() });
        }
        for path in [path, &self.spool_directory()] {
            fs::create_dir_all(path)
                .map_err(|source| BuildError::CreateDirectory { path: path.clone(), source })?;
        }
        // Through the storage too, which need not be the one that the spool lies in.
        self.storage
            .create_directory(path)
            .map_err(|source| BuildError::CreateDirectory { path: path.clone(), source })
    }

    pub(crate) fn spool_directory(&self) -> PathBuf {
        self.directory.join(directory::NAME)
    }

    /// How long the lines of a transaction may be together, in bytes. With a part of the spool it finds
    /// room though others emit all the time; and it must fit into one record and one segment.
    pub(crate) fn transaction_bytes(&self) -> usize {
        let in_spool = self.spool_bytes as u64 / SPOOL_LINES_MIN - record::size(0);
        let bytes = in_spool.min(self.segment_bytes).min(record::MAX_BYTES as u64);
        usize::try_from(bytes).unwrap_or(record::MAX_BYTES)
    }

    pub(crate) fn time_source(&self) -> TimeSource {
        match &self.clock {
            Some(clock) => TimeSource::Injected(Arc::clone(clock)),
            None => TimeSource::system(self.date_precision),
        }
    }

    pub(crate) fn error_handler(&self) -> ErrorHandler {
        ErrorHandler::new(Arc::clone(&self.on_error))
    }

    pub(crate) fn segments_config(&self) -> SegmentsConfig {
        SegmentsConfig {
            storage: Arc::clone(&self.storage),
            directory: self.directory.clone(),
            spool_directory: self.spool_directory(),
            prefix: self.prefix.clone(),
            rotation: Rotation { segment_bytes: self.segment_bytes, period: self.rotate_every },
            retention: self.retention,
            clock: self.time_source(),
        }
    }

    #[cfg(feature = "_compression")]
    pub(crate) fn compress_config(&self) -> Option<CompressConfig> {
        Some(CompressConfig {
            compression: self.compression?,
            after: self.compress_after,
            storage: Arc::clone(&self.storage),
            directory: self.directory.clone(),
            spool_directory: self.spool_directory(),
            prefix: self.prefix.clone(),
        })
    }

    /// The error for a spool that cannot be made.
    pub(crate) fn spool_error(&self, source: io::Error) -> BuildError {
        BuildError::CreateSpool {
            path: self.spool_directory(),
            spool_bytes: self.spool_bytes,
            source,
        }
    }

    pub(crate) fn read_error(path: &Path, source: io::Error) -> BuildError {
        BuildError::ReadDirectory { path: path.to_owned(), source }
    }
}
