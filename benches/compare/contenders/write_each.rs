//! One write(2) per event: the simplest log that survives a kill.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use benches::stamp::Stamp;

use super::{Contender, Take, line, stamp};
use crate::Error;

pub(crate) struct WriteEach(Arc<File>);

impl Contender for WriteEach {
    type Taker = Lines;

    fn open(directory: &Path) -> Result<Self, Error> {
        let path = directory.join("lines.jsonl");
        Ok(Self(Arc::new(File::options().append(true).create_new(true).open(path)?)))
    }

    fn taker(&self) -> Lines {
        Lines { file: self.0.clone(), line: Vec::with_capacity(1_024), stamp: stamp() }
    }

    fn close(self) -> Result<(), Error> {
        Ok(())
    }
}

pub(crate) struct Lines {
    file: Arc<File>,
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
        (&*self.file).write_all(&self.line).expect("the disk takes it");
    }
}
