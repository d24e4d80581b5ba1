//! The lines of a batch to partitions.

use std::collections::{HashMap, HashSet};
use std::io;

use foldhash::fast::RandomState;
use xxhash_rust::xxh3::xxh3_128;

use crate::input::lines;
use crate::lake::layout::{By, Hour, Layout, Partition, is_table_name};
use crate::line::Line;
use crate::load::blocks::Blocks;
use crate::load::chunk::{self, Piece};
use crate::load::counts::Counts;
use crate::load::encode::{Part, Rows};
use crate::load::flatten;
use crate::load::parquet;
use crate::load::quarantine::{Quarantine, Rejected};
use crate::load::scan::Scanned;

/// The lines of a batch, as far as they were split.
#[derive(Debug)]
pub struct Split<'a> {
    layout: &'a Layout,
    /// The types of the columns, if the files of the lake have such.
    schemas: Option<&'a parquet::Tables>,
    tables: Tables,
    counts: Counts,
    blocks: Blocks,
    /// For one row.
    space: Vec<u8>,
    /// The ids of the input that is being split, if its first chunk is.
    ids: HashSet<u128, RandomState>,
    stream: Option<String>,
    /// Whether the line that is being split repeats an id, if that is known without `ids`.
    is_repeat: Option<bool>,
}

/// The lines of a batch by partition.
#[derive(Debug)]
pub struct Partitions {
    /// The rows of each, with its path below the lake; in the order of the paths.
    pub rows: Vec<(String, Part)>,
    /// Hold the rows of JSON.
    pub blocks: Blocks,
    /// What came of the lines.
    pub counts: Counts,
}

impl<'a> Split<'a> {
    /// Nothing, yet; rows of JSON go to these blocks, which are emptied for it.
    #[must_use]
    pub fn new(
        layout: &'a Layout,
        schemas: Option<&'a parquet::Tables>,
        mut blocks: Blocks,
    ) -> Self {
        blocks.clear();
        Self {
            layout,
            schemas,
            blocks,
            space: Vec::new(),
            tables: Tables::default(),
            counts: Counts::default(),
            ids: HashSet::default(),
            stream: None,
            is_repeat: None,
        }
    }

    /// Splits the lines of a chunk.
    pub fn piece(&mut self, piece: &Piece, bytes: &[u8], quarantine: &mut Quarantine<'_>) {
        let Piece { chunk, .. } = piece;
        self.counts.bytes += chunk.to - chunk.from;
        if self.stream.as_deref() != Some(chunk.stream.as_str()) {
            self.stream = Some(chunk.stream.as_str().to_owned());
            self.ids.clear();
        }
        let mut rejected = Rejected {
            chunk,
            lines_before: 0,
            bytes_before: 0,
            text: bytes,
            bytes: chunk.to - chunk.from,
        };
        if piece.is_too_long {
            self.counts.lines += 1;
            quarantine.keep(&rejected, &lines::too_long(rejected.bytes - 1));
            return;
        }
        let mut repeats = piece.repeats.as_ref().map(|repeats| repeats.places_from(chunk.from));
        for line in chunk::lines(bytes) {
            let place = chunk.from + rejected.bytes_before;
            self.is_repeat = repeats.as_mut().map(|places| is_first(places, place));
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            if !text.trim_ascii().is_empty() {
                self.counts.lines += 1;
                if let Err(reason) = self.line(text) {
                    rejected.text = text;
                    rejected.bytes = text.len() as u64;
                    quarantine.keep(&rejected, &reason);
                }
            }
            rejected.lines_before += 1;
            rejected.bytes_before += line.len() as u64;
        }
    }

    /// Appends the row of one line to its partition, unless its id was there before.
    fn line(&mut self, text: &[u8]) -> Result<(), String> {
        if let Some(line) = simdutf8::basic::from_utf8(text).ok().and_then(Scanned::of) {
            return self.add(line.id, line.date, line.event_type, |out| line.row(out));
        }
        let line = Line::parse(text).map_err(|malformed| malformed.reason)?;
        let mut renamed = Vec::new();
        self.add(&line.id, &line.date, &line.event_type, |out| {
            flatten::row(&line, out, |key, new| {
                renamed.push(format!("{}.{key} -> {new}", line.event_type));
            });
        })?;
        for change in renamed {
            *self.counts.renamed.entry(change).or_default() += 1;
        }
        Ok(())
    }

    /// Appends the row that `write` writes to the partition of its event.
    fn add(
        &mut self,
        id: &str,
        date: &str,
        event_type: &str,
        write: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), String> {
        let hour = Hour::of(date).ok_or_else(|| {
            format!("the date `{date}` is none; RFC 3339 is wanted, as 2021-09-16T05:57:27Z")
        })?;
        // A line that only its columns refuse is the first of its id, as it is for `Repeats`.
        let is_repeat = self.is_repeat.unwrap_or_else(|| {
            is_table_name(event_type) && !self.ids.insert(xxh3_128(id.as_bytes()))
        });
        let table = self.tables.of(event_type, self.layout, self.schemas)?;
        if is_repeat {
            self.counts.duplicates += 1;
            return Ok(());
        }
        table.rows.push(hour.start_of(table.by), &mut self.blocks, &mut self.space, write)?;
        table.events += 1;
        Ok(())
    }
}

/// Takes a place from the front of the list, if it is there.
fn is_first(places: &mut &[u64], place: u64) -> bool {
    let is_first = places.first() == Some(&place);
    if is_first {
        *places = &places[1..];
    }
    is_first
}

/// The tables, by type.
#[derive(Debug, Default)]
struct Tables {
    all: Vec<Table>,
    /// The index of each, by its type.
    by_type: HashMap<Box<str>, usize, RandomState>,
}

/// The rows of one type.
#[derive(Debug)]
struct Table {
    event_type: Box<str>,
    by: By,
    events: u64,
    rows: Rows,
}

impl Tables {
    /// The table of a type.
    fn of(
        &mut self,
        event_type: &str,
        layout: &Layout,
        schemas: Option<&parquet::Tables>,
    ) -> Result<&mut Table, String> {
        let index = match self.by_type.get(event_type) {
            Some(index) => *index,
            None => self.add(event_type, layout.of(event_type), schemas)?,
        };
        Ok(&mut self.all[index])
    }

    #[cold]
    fn add(
        &mut self,
        event_type: &str,
        by: By,
        schemas: Option<&parquet::Tables>,
    ) -> Result<usize, String> {
        if !is_table_name(event_type) {
            return Err(format!(
                "the type `{event_type}` cannot name a table: letters, digits, `_` and `-` can"
            ));
        }
        let schema = schemas.map(|schemas| schemas.get(event_type)).transpose()?;
        let rows = Rows::new(schema);
        self.all.push(Table { event_type: event_type.into(), by, events: 0, rows });
        let index = self.all.len() - 1;
        self.by_type.insert(event_type.into(), index);
        Ok(index)
    }
}

impl Split<'_> {
    /// The lines that were split, by partition.
    ///
    /// # Errors
    /// If there are more values in lists than an array can count.
    pub fn finish(mut self) -> io::Result<Partitions> {
        let mut all = Vec::new();
        for Table { event_type, by, events, rows } in self.tables.all {
            for (start, part) in rows.partitions()? {
                let partition = Partition { event_type: &event_type, start, by };
                all.push((partition.to_string(), part));
            }
            self.counts.events += events;
            if events > 0 {
                self.counts.by_type.insert(event_type.into(), events);
            }
        }
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Partitions { rows: all, counts: self.counts, blocks: self.blocks })
    }
}
