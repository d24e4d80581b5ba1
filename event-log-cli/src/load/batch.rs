//! Lines, 32 MiB of them if there are so many, which become one set of files.
//!
//! The order is what makes a kill harmless:
//!
//! 1. The plan is written: what the batch consists of.
//! 2. Each chunk is claimed. One that another load has claimed meanwhile is left to it.
//! 3. The files are written. Their names follow from the plan, their content from the chunks, so a
//!    batch that is done again replaces them by themselves.
//! 4. What was written is synced, then the batch is marked as done.

use std::io;
use std::sync::Arc;

use crate::failure::Failure;
use crate::input::objects::Objects;
use crate::lake::ledger::{Chunk, Done, Ledger, Plan};
use crate::lake::settings::Settings;
use crate::lake::store::{Object, Store, StoreError};
use crate::load::Load;
use crate::load::blocks::Blocks;
use crate::load::chunk::{self, Piece, Place};
use crate::load::parquet;
use crate::load::quarantine::Quarantine;
use crate::load::repeats::Repeats;
use crate::load::source::Source;
use crate::load::split::Split;

/// What came of publishing.
#[derive(Debug)]
pub struct Published {
    /// What is in the lake now.
    pub done: Done,
    /// Whether the chunk that was read last is, or was left to another load: then that load's chunk
    /// may end elsewhere.
    pub has_last: bool,
    /// Whether all chunks are.
    pub has_all: bool,
}

/// Lines that are gathered until they are published together.
#[derive(Debug)]
pub struct Batch<'a> {
    store: &'a dyn Store,
    objects: &'a Objects,
    settings: &'a Settings,
    schemas: Option<&'a parquet::Tables>,
    most_bytes: usize,
    /// The bytes of the pieces, one behind the other.
    buffer: Vec<u8>,
    pieces: Vec<Piece>,
    /// The rows that became of them.
    blocks: Blocks,
}

impl<'a> Batch<'a> {
    /// An empty batch for a load.
    #[must_use]
    pub fn new(load: &Load<'a>) -> Self {
        let Load { store, objects, settings, schemas, batch_bytes: most_bytes, .. } = *load;
        let (buffer, pieces, blocks) = (Vec::new(), Vec::new(), Blocks::default());
        Self { store, objects, settings, schemas, most_bytes, buffer, pieces, blocks }
    }

    /// Reads the next chunk of an input, no further than `limit`; its end, or `None` if there is no
    /// whole line.
    ///
    /// # Errors
    /// If the input cannot be read.
    pub fn read(
        &mut self,
        source: &mut Source,
        place: &Place,
        limit: Option<u64>,
    ) -> io::Result<Option<u64>> {
        let limit = limit.map_or(u64::MAX, |limit| limit - place.from);
        let room = self.most_bytes - self.buffer.len();
        let room = usize::try_from(limit).map_or(room, |limit| room.min(limit));
        let piece = chunk::read(source, place, room, &mut self.buffer)?;
        Ok(piece.map(|piece| {
            let end = piece.chunk.to;
            self.pieces.push(piece);
            end
        }))
    }

    /// The chunk that was read last, and its lines.
    #[must_use]
    pub fn last(&self) -> Option<(&Piece, &[u8])> {
        let piece = self.pieces.last()?;
        Some((piece, &self.buffer[self.buffer.len() - piece.length..]))
    }

    /// Forgets the chunk that was read last.
    pub fn drop_last(&mut self) {
        if let Some(piece) = self.pieces.pop() {
            self.buffer.truncate(self.buffer.len() - piece.length);
        }
    }

    /// Says which lines of the chunk that was read last are repeats; `None` if they themselves tell.
    pub fn set_repeats(&mut self, repeats: Option<Arc<Repeats>>) {
        if let Some(piece) = self.pieces.last_mut() {
            piece.repeats = repeats;
        }
    }

    /// Reads a chunk as it was planned, and says whether the input still holds it.
    ///
    /// # Errors
    /// If the input cannot be read.
    pub fn read_again(&mut self, source: &mut Source, planned: &Chunk) -> io::Result<bool> {
        let piece = chunk::read_again(source, planned, &mut self.buffer)?;
        Ok(piece.map(|piece| self.pieces.push(piece)).is_some())
    }

    /// Whether it should be published before anything else is read: it has its bytes, or a part of an
    /// input. It never has two: whether the second belongs to it depends on who gets the first.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let is_cut = self.pieces.last().is_some_and(|piece| piece.is_cut);
        is_cut || self.buffer.len() >= self.most_bytes
    }

    /// Forgets what was read.
    pub fn clear(&mut self) {
        self.buffer.clear();
        self.pieces.clear();
    }

    /// Brings what was read into the lake; `None` if that is nothing. What another load has claimed
    /// meanwhile is left to it.
    ///
    /// # Errors
    /// If the lake cannot be read or written.
    pub fn publish(&mut self, ledger: Ledger<'_>) -> Result<Option<Published>, Failure> {
        if self.pieces.is_empty() {
            return Ok(None);
        }
        let plan = Plan { chunks: self.pieces.iter().map(|piece| piece.chunk.clone()).collect() };
        let batch = ledger.plan(&plan)?;
        let taken = ledger.take(&plan.chunks, &batch)?;
        let blocks = std::mem::take(&mut self.blocks);
        let mut split = Split::new(&self.settings.layout, self.schemas, blocks);
        let mut quarantine = Quarantine::new(self.objects);
        let mut begin = 0;
        for (piece, has) in self.pieces.iter().zip(&taken) {
            let bytes = &self.buffer[begin..begin + piece.length];
            begin += piece.length;
            if *has {
                split.piece(piece, bytes, &mut quarantine);
            }
        }
        let done = self.write(batch.as_str(), split, quarantine)?;
        self.store.sync()?;
        ledger.done(&batch, &done)?;
        self.clear();
        let has_last = taken.last().is_some_and(|has| *has);
        Ok(Some(Published { done, has_last, has_all: !taken.contains(&false) }))
    }

    /// Writes the files of the batch.
    fn write(
        &mut self,
        batch: &str,
        split: Split<'_>,
        quarantine: Quarantine<'_>,
    ) -> Result<Done, Failure> {
        let (partitions, mut counts, blocks) = split.finish();
        counts.quarantined = quarantine.lines();
        let mut files = Vec::new();
        let mut failed = None;
        let mut encoded = partitions.into_iter().map_while(|(directory, rows)| {
            let path = format!("{directory}/{batch}.{}", self.settings.format.ending());
            files.push(path.clone());
            match rows.encode(self.settings.format, &blocks) {
                Ok(parts) => Some(Object { path, parts }),
                Err(error) => {
                    failed = Some(StoreError::new("encode", &path)(error));
                    None
                }
            }
        });
        self.store.put_all(&mut encoded)?;
        self.blocks = blocks;
        if let Some(error) = failed {
            return Err(error.into());
        }
        if !quarantine.is_empty() {
            let path = format!("_quarantine/{batch}.jsonl");
            self.store.put(&path, &quarantine.into_lines())?;
            files.push(path);
        }
        Ok(Done { files, counts })
    }
}
