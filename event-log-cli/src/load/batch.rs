//! Lines, 32 MiB of them if there are so many, which become one set of files.
//!
//! The order is what makes a kill harmless:
//!
//! 1. The plan is written: what the batch consists of.
//! 2. Each chunk is claimed. One that another load has claimed meanwhile is left to it.
//! 3. The files are written. Their names follow from the plan, their content from the chunks, so a
//!    batch that is done again replaces them by themselves.
//! 4. What was written is synced, then the batch is marked as done.
//!
//! Each step survives a power cut before the next one begins.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use crate::failure::Failure;
use crate::input::objects::Objects;
use crate::lake::ledger::{self, Chunk, Digest, Done, Ledger, Plan};
use crate::lake::settings::Settings;
use crate::lake::store::{Object, Store, StoreError};
use crate::load::Load;
use crate::load::blocks::Blocks;
use crate::load::chunk::{self, Piece, Place};
use crate::load::parquet;
use crate::load::quarantine::Quarantine;
use crate::load::repeats::Repeats;
use crate::load::source::Source;
use crate::load::split::{Partitions, Split};

/// A batch that has claimed its chunks, as far as it got them.
#[derive(Debug)]
pub struct Claimed {
    batch: Digest,
    /// The chunks that were read, and whether the batch got each.
    chunks: Vec<(Chunk, bool)>,
}

impl Claimed {
    /// Whether it got the chunk that was read last.
    #[must_use]
    pub fn has_last(&self) -> bool {
        self.chunks.last().is_some_and(|(_, has)| *has)
    }

    /// The chunks that another load got. That load's chunks may end elsewhere.
    pub fn lost(&self) -> impl Iterator<Item = &Chunk> {
        self.chunks.iter().filter(|(_, has)| !has).map(|(chunk, _)| chunk)
    }
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
    /// The inputs that the pieces are of.
    streams: HashSet<Digest>,
    /// The rows that became of them.
    blocks: Blocks,
}

impl<'a> Batch<'a> {
    /// An empty batch for a load.
    #[must_use]
    pub fn new(load: &Load<'a>) -> Self {
        let Load { store, objects, settings, schemas, batch_bytes: most_bytes, .. } = *load;
        let (buffer, pieces, streams) = (Vec::new(), Vec::new(), HashSet::new());
        let blocks = Blocks::default();
        Self { store, objects, settings, schemas, most_bytes, buffer, pieces, streams, blocks }
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
            self.add(piece);
            end
        }))
    }

    fn add(&mut self, piece: Piece) {
        self.streams.insert(piece.chunk.stream.clone());
        self.pieces.push(piece);
    }

    /// Whether it has a chunk of an input with this first line already. A second one is read when the
    /// first is claimed: where it begins is certain only then.
    #[must_use]
    pub fn has(&self, stream: &Digest) -> bool {
        self.streams.contains(stream)
    }

    /// The chunk that was read last, and its lines.
    #[must_use]
    pub fn last(&self) -> Option<(&Piece, &[u8])> {
        let piece = self.pieces.last()?;
        Some((piece, &self.buffer[self.buffer.len() - piece.length..]))
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
        Ok(piece.map(|piece| self.add(piece)).is_some())
    }

    /// Whether it should be published before anything else is read: it has its bytes, or a part of an
    /// input of which more follows.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.is_cut() || self.buffer.len() >= self.most_bytes
    }

    /// Whether more may follow the chunk that was read last.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.pieces.last().is_some_and(|piece| piece.is_cut)
    }

    /// Forgets what was read.
    pub fn clear(&mut self) {
        self.buffer.clear();
        self.pieces.clear();
        self.streams.clear();
    }

    /// Forgets the chunk that was read last.
    pub fn forget_last(&mut self) {
        if let Some(Piece { chunk, length, .. }) = self.pieces.pop() {
            self.buffer.truncate(self.buffer.len() - length);
            self.streams.remove(&chunk.stream);
        }
    }

    /// Plans what was read as a batch, and claims it; `None` if nothing was read. What another load has
    /// claimed meanwhile is left to it.
    ///
    /// # Errors
    /// If the lake cannot be read or written.
    pub fn claim(&self, ledger: Ledger<'_>) -> Result<Option<Claimed>, Failure> {
        if self.pieces.is_empty() {
            return Ok(None);
        }
        let batch = ledger.plan(&Plan { chunks: self.chunks() })?;
        self.claim_again(ledger, &batch).map(Some)
    }

    /// Claims what was read for a batch that was planned before.
    ///
    /// # Errors
    /// As [`claim`](Self::claim).
    pub fn claim_again(&self, ledger: Ledger<'_>, batch: &Digest) -> Result<Claimed, Failure> {
        let chunks = self.chunks();
        let taken = ledger.take(&chunks, batch)?;
        Ok(Claimed { batch: batch.clone(), chunks: chunks.into_iter().zip(taken).collect() })
    }

    fn chunks(&self) -> Vec<Chunk> {
        self.pieces.iter().map(|piece| piece.chunk.clone()).collect()
    }

    /// Brings what was claimed into the lake; that is all of the batch.
    ///
    /// # Errors
    /// If the lake cannot be read or written.
    pub fn publish(&mut self, ledger: Ledger<'_>, claimed: &Claimed) -> Result<Done, Failure> {
        let done = self.write(claimed, true)?;
        self.store.sync()?;
        ledger.done(&claimed.batch, &done)?;
        self.clear();
        Ok(done)
    }

    /// Brings what was claimed into the lake, of a batch of which the rest cannot be read now. Files that are
    /// there stay, since they may hold that rest; and the batch is not done.
    ///
    /// # Errors
    /// If the lake cannot be read or written.
    pub fn publish_part(&mut self, claimed: &Claimed) -> Result<(), Failure> {
        self.write(claimed, false)?;
        self.store.sync()?;
        self.clear();
        Ok(())
    }

    /// Writes the files of the batch: `all` of it, or as much as was read.
    fn write(&mut self, claimed: &Claimed, all: bool) -> Result<Done, Failure> {
        let batch = claimed.batch.as_str();
        let blocks = std::mem::take(&mut self.blocks);
        let mut split = Split::new(&self.settings.layout, self.schemas, blocks);
        let mut quarantine = Quarantine::new(self.objects);
        let mut begin = 0;
        for (piece, (_, has)) in self.pieces.iter().zip(&claimed.chunks) {
            let bytes = &self.buffer[begin..begin + piece.length];
            begin += piece.length;
            if *has {
                split.piece(piece, bytes, &mut quarantine);
            }
        }
        let Partitions { rows, blocks, mut counts } =
            split.finish().map_err(StoreError::new("encode", batch))?;
        counts.quarantined = quarantine.lines();
        let mut files = Vec::new();
        let mut failed = None;
        let mut encoded = rows.into_iter().map_while(|(directory, part)| {
            let path = format!("{directory}/{batch}.{}", self.settings.format.ending());
            files.push(path.clone());
            match part.encode(self.settings.format, &blocks) {
                Ok(parts) => Some(Object { path, parts }),
                Err(error) => {
                    failed = Some(StoreError::new("encode", &path)(error));
                    None
                }
            }
        });
        if all {
            self.store.put_files(&mut encoded, &ledger::done_path(&claimed.batch))?;
        } else {
            self.store.create_files(encoded.collect(), &ledger::done_path(&claimed.batch))?;
        }
        self.blocks = blocks;
        if let Some(error) = failed {
            return Err(error.into());
        }
        if !quarantine.is_empty() {
            let path = format!("_quarantine/{batch}.jsonl");
            if all {
                self.store.put(&path, &quarantine.into_lines())?;
            } else {
                self.store.create(&path, &quarantine.into_lines())?;
            }
            files.push(path);
        }
        Ok(Done { files, counts })
    }
}
