//! The rows of a table by partition, and the bytes of the files that they become. The same rows always
//! give the same bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::lake::layout::Hour;
use crate::lake::settings::Format;
use crate::load::blocks::{Blocks, Chain};
use crate::load::parquet::TableSchema;
use crate::load::parquet::partitions::{self, PartitionedRows};

/// Fast, and within a tenth of the size that the default level reaches on lines of JSON.
pub(crate) const GZIP_LEVEL: u32 = 4;
pub(crate) const ZSTD_LEVEL: i32 = 3;

/// The rows of one table.
#[derive(Debug)]
pub enum Rows {
    /// Lines of JSON, by the first hour of their partition, in the blocks of the batch.
    Json(BTreeMap<Hour, Chain>),
    /// Columns.
    Parquet(Box<PartitionedRows>),
}

impl Rows {
    /// No rows yet, of a table with this schema, if its files have one.
    #[must_use]
    pub fn new(schema: Option<&Arc<TableSchema>>) -> Self {
        match schema {
            None => Self::Json(BTreeMap::new()),
            Some(schema) => Self::Parquet(Box::new(PartitionedRows::new(schema))),
        }
    }

    /// Appends the row that `write` writes as a line of JSON to the partition with this first hour, in
    /// `blocks` if it stays that; `space` is for use in between.
    ///
    /// # Errors
    /// If the row contradicts the schema; then it is not appended.
    pub fn push(
        &mut self,
        hour: Hour,
        blocks: &mut Blocks,
        space: &mut Vec<u8>,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), String> {
        space.clear();
        write(space);
        match self {
            Self::Json(partitions) => {
                blocks.append(partitions.entry(hour).or_default(), space);
                Ok(())
            }
            Self::Parquet(rows) => {
                let row = str::from_utf8(space).map_err(|error| error.to_string())?;
                rows.push(hour, row)
            }
        }
    }

    /// The rows of each partition, in the order of their first hours.
    ///
    /// # Errors
    /// If there are more values in lists than an array can count.
    pub fn partitions(self) -> io::Result<Vec<(Hour, Part)>> {
        match self {
            Self::Json(partitions) => {
                Ok(partitions.into_iter().map(|(hour, lines)| (hour, Part::Json(lines))).collect())
            }
            Self::Parquet(rows) => {
                let partitions = rows.partitions().map_err(io::Error::other)?.into_iter();
                Ok(partitions.map(|(hour, part)| (hour, Part::Parquet(part))).collect())
            }
        }
    }
}

/// The rows of one partition.
#[derive(Debug)]
pub enum Part {
    /// Lines of JSON, in the blocks of the batch.
    Json(Chain),
    /// Rows of a table's columns.
    Parquet(partitions::Part),
}

impl Part {
    /// The bytes of the file, in parts.
    ///
    /// # Errors
    /// If the encoder fails, which it has no reason to in memory.
    pub fn encode(self, format: Format, blocks: &Blocks) -> io::Result<Vec<Cow<'_, [u8]>>> {
        let lines = match self {
            Self::Json(lines) => blocks.parts(lines),
            Self::Parquet(part) => {
                let mut out = Vec::new();
                part.write(&mut out).map_err(io::Error::other)?;
                return Ok(vec![out.into()]);
            }
        };
        let out = match format {
            Format::Json | Format::Parquet => return Ok(lines.map(Cow::Borrowed).collect()),
            Format::JsonGzip => {
                let encoder = GzEncoder::new(Vec::new(), Compression::new(GZIP_LEVEL));
                written(lines, encoder)?.finish()?
            }
            Format::JsonZstd => {
                let encoder = zstd::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                written(lines, encoder)?.finish()?
            }
        };
        Ok(vec![out.into()])
    }
}

fn written<'b, W: Write>(
    mut parts: impl Iterator<Item = &'b [u8]>,
    mut encoder: W,
) -> io::Result<W> {
    parts.try_for_each(|part| encoder.write_all(part))?;
    Ok(encoder)
}
