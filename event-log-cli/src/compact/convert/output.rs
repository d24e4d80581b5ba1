//! The rows of a partition to files of Parquet of about the target size.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::arrow::ArrowWriter;

use crate::compact::plan;
use crate::compact::repeats::Rows;
use crate::compact::rows;
use crate::failure::Failure;
use crate::lake::ledger::Digest;
use crate::load::parquet::TableSchema;
use crate::load::parquet::file::{self, ParquetRows};
use crate::load::quarantine::Entry;

/// So many bytes of JSON are gathered before they are encoded; fewer, if a file is to have fewer.
const GATHER_BYTES: u64 = 8 << 20;

/// What was written.
#[derive(Debug, Default)]
pub struct Written {
    /// How many files.
    pub files: u64,
    /// How many rows.
    pub rows: u64,
    /// How many rows contradicted their columns.
    pub quarantined: u64,
}

/// The files of one partition, in the making.
#[derive(Debug)]
pub struct Output<'a> {
    directory: &'a Path,
    rejected: &'a Path,
    /// The columns, or why there are none.
    table: Result<&'a Arc<TableSchema>, String>,
    target_bytes: u64,
    gathered: Option<ParquetRows>,
    /// How many bytes of JSON were gathered.
    gathered_bytes: u64,
    writer: Option<ArrowWriter<File>>,
    /// By how much the file grew the last time.
    growth: u64,
    /// The files that are complete, under the numbers that they have until all are.
    files: Vec<PathBuf>,
    quarantine: Option<BufWriter<File>>,
    written: Written,
}

impl<'a> Output<'a> {
    /// Files in a directory that is there; rows that contradict the columns go into the file `rejected`, which
    /// is made for the first of them.
    #[must_use]
    pub fn new(
        directory: &'a Path,
        rejected: &'a Path,
        table: Result<&'a Arc<TableSchema>, String>,
        target_bytes: u64,
    ) -> Self {
        Self {
            directory,
            rejected,
            table,
            target_bytes,
            gathered: None,
            gathered_bytes: 0,
            writer: None,
            growth: 0,
            files: Vec::new(),
            quarantine: None,
            written: Written::default(),
        }
    }

    /// Adds the rows of a file, but for those that are repeated.
    ///
    /// # Errors
    /// If it cannot be read, or the disk fails.
    pub fn file(&mut self, from: &Path, name: &str, part: Option<&Rows>) -> Result<(), Failure> {
        let path = from.join(name);
        let mut offset = 0;
        let add = |number: u32, line: &[u8]| {
            let begin = offset;
            offset += line.len() as u64;
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            let is_repeated = part.is_some_and(|rows| rows.repeated.contains(number));
            if is_repeated || text.trim_ascii().is_empty() {
                return Ok(());
            }
            match self.push(text)? {
                Ok(()) => Ok(()),
                Err(reason) => {
                    let line = Some(u64::from(number) + 1);
                    let length = text.len() as u64;
                    self.reject(&Entry::new(
                        &path.to_string_lossy(),
                        line,
                        begin,
                        &reason,
                        length,
                        text,
                    ))
                }
            }
        };
        rows::each_line(&path, add).map_err(Failure::file("convert", &path))
    }

    /// Adds a row. The inner error says why it is none of this table.
    fn push(&mut self, text: &[u8]) -> io::Result<Result<(), String>> {
        let text = match str::from_utf8(text) {
            Ok(text) => text,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let table = match &self.table {
            Ok(table) => table,
            Err(reason) => return Ok(Err(reason.clone())),
        };
        let gathered = self.gathered.get_or_insert_with(|| ParquetRows::new(table));
        if let Err(reason) = gathered.push(text) {
            return Ok(Err(reason));
        }
        self.written.rows += 1;
        self.gathered_bytes += text.len() as u64;
        if self.gathered_bytes >= GATHER_BYTES.min(self.target_bytes) {
            self.encode()?;
        }
        Ok(Ok(()))
    }

    /// Encodes what was gathered, into the next file if this one has its bytes.
    fn encode(&mut self) -> io::Result<()> {
        self.gathered_bytes = 0;
        let Some(gathered) = &mut self.gathered else { return Ok(()) };
        let batch = gathered.take()?;
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let before = self.writer.as_ref().map_or(0, bytes);
        if before > 0 && before + self.growth > self.target_bytes {
            self.close()?;
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            none => {
                let path = self.directory.join(self.files.len().to_string());
                let out = File::create(&path)?;
                self.files.push(path);
                none.insert(ArrowWriter::try_new(out, batch.schema(), Some(file::properties()?))?)
            }
        };
        let before = bytes(writer);
        writer.write(&batch)?;
        self.growth = bytes(writer).saturating_sub(before);
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        writer.into_inner()?.sync_all()
    }

    fn reject(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let quarantine = match &mut self.quarantine {
            Some(quarantine) => quarantine,
            none => none.insert(BufWriter::new(File::create(self.rejected)?)),
        };
        serde_json::to_writer(&mut *quarantine, entry)?;
        quarantine.write_all(b"\n")?;
        self.written.quarantined += 1;
        Ok(())
    }

    /// Completes the files and gives them their names, which follow from what they are made of: a file that is made
    /// of something else has another name, so no reader that keeps what it read under a name is misled.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn finish(mut self, made_of: &Digest) -> Result<Written, Failure> {
        let failed = || Failure::file("write", self.directory);
        self.encode().and_then(|()| self.close()).map_err(failed())?;
        if let Some(quarantine) = self.quarantine.take() {
            let file = quarantine.into_inner().map_err(io::IntoInnerError::into_error);
            file.and_then(|file| file.sync_all()).map_err(Failure::file("write", self.rejected))?;
        }
        for (number, path) in self.files.iter().enumerate() {
            let name = plan::joined_name(&format!("{}/{number}", made_of.as_str()), "parquet");
            let named = std::fs::rename(path, self.directory.join(name));
            named.map_err(Failure::file("rename", path))?;
        }
        self.written.files = self.files.len() as u64;
        Ok(self.written)
    }
}

/// How long a file is, or will be.
fn bytes(writer: &ArrowWriter<File>) -> u64 {
    (writer.bytes_written() + writer.in_progress_size()) as u64
}
