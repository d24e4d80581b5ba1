//! The floor: the line rendered by hand. Not a logger; what no logger can undercut.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use benches::floor::{Copier, Floor};
use benches::workload::event;

use super::{Contender, Take};
use crate::Error;

const PIECE_BYTES: usize = 256 * 1024;

/// For latencies: the line is copied to memory.
pub(crate) struct Copied;

impl Contender for Copied {
    type Taker = Copier;

    fn open(_: &Path) -> Result<Self, Error> {
        Ok(Self)
    }

    fn taker(&self) -> Copier {
        Copier::default()
    }

    fn close(self) -> Result<(), Error> {
        Ok(())
    }
}

impl Take for Copier {
    #[inline]
    fn take(&mut self, number: u32) {
        self.take(&event(number));
    }
}

/// For throughput: each thread writes to a file of its own, in pieces.
pub(crate) struct Written {
    directory: PathBuf,
    takers: AtomicUsize,
}

impl Contender for Written {
    type Taker = Writer;

    fn open(directory: &Path) -> Result<Self, Error> {
        Ok(Self { directory: directory.to_owned(), takers: AtomicUsize::new(0) })
    }

    fn taker(&self) -> Writer {
        let number = self.takers.fetch_add(1, Ordering::Relaxed);
        let path = self.directory.join(format!("{number}.jsonl"));
        let file = File::create_new(path).expect("the directory is empty and writable");
        Writer { floor: Floor::new(1), file, piece: Vec::with_capacity(PIECE_BYTES + 1_024) }
    }

    fn close(self) -> Result<(), Error> {
        Ok(())
    }
}

pub(crate) struct Writer {
    floor: Floor,
    file: File,
    piece: Vec<u8>,
}

impl Writer {
    fn write(&mut self) {
        self.file.write_all(&self.piece).expect("the disk takes it");
        self.piece.clear();
    }
}

impl Take for Writer {
    #[inline]
    fn take(&mut self, number: u32) {
        self.piece.extend_from_slice(self.floor.render(&event(number)));
        if self.piece.len() >= PIECE_BYTES {
            self.write();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.write();
    }
}
