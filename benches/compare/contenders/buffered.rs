//! A `Mutex<BufWriter>` and one `serde_json` call per line: what one writes without a library.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use benches::stamp::Stamp;

use super::{Contender, Take, line, stamp};
use crate::Error;

type Shared = Arc<Mutex<BufWriter<File>>>;

/// As event-log's batches may be.
const BUFFER_BYTES: usize = 64 * 1024;

pub(crate) struct Buffered(Shared);

impl Contender for Buffered {
    type Taker = Lines;

    fn open(directory: &Path) -> Result<Self, Error> {
        let file = File::create_new(directory.join("lines.jsonl"))?;
        Ok(Self(Arc::new(Mutex::new(BufWriter::with_capacity(BUFFER_BYTES, file)))))
    }

    fn taker(&self) -> Lines {
        Lines { file: self.0.clone(), line: Vec::with_capacity(1_024), stamp: stamp() }
    }

    fn close(self) -> Result<(), Error> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()?)
    }
}

pub(crate) struct Lines {
    file: Shared,
    line: Vec<u8>,
    stamp: Stamp,
}

impl Take for Lines {
    #[inline]
    fn take(&mut self, number: u32) {
        self.line.clear();
        serde_json::to_writer(&mut self.line, &line(&mut self.stamp, number))
            .expect("the line can be serialized");
        self.line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&self.line).expect("the disk takes it");
    }
}
