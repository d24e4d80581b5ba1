//! Batches that an interrupted load planned.

use std::path::Path;

use crate::failure::Failure;
use crate::lake::ledger::{Chunk, Digest, Plan};
use crate::load::source::Source;
use crate::load::work::Worker;

impl Worker<'_> {
    /// Reads a chunk as it was planned, from where it was or is now; if neither can be, why not from where
    /// it was.
    fn read_again(&mut self, chunk: &Chunk) -> Result<(), String> {
        let planned = Path::new(&chunk.input);
        let reason = match self.read_again_at(planned, chunk) {
            Ok(true) => return Ok(()),
            Ok(false) => "it has changed since".to_owned(),
            Err(error) => error.to_string(),
        };
        let queue = self.queue;
        let mut moved = queue.moved.of(&chunk.stream, self.load.objects).iter();
        let found = moved.any(|input| {
            let is_other = input != planned;
            is_other && self.read_again_at(input, chunk).is_ok_and(|is_there| is_there)
        });
        if found { Ok(()) } else { Err(reason) }
    }

    /// Reads a chunk as it was planned, and says whether this input holds it.
    fn read_again_at(&mut self, input: &Path, chunk: &Chunk) -> std::io::Result<bool> {
        let mut source = Source::open_in(input, self.load.objects)?;
        if !self.batch.read_again(&mut source, chunk)? {
            return Ok(false);
        }
        if chunk.from > 0 {
            let looked = self.look(input, Some(chunk.to));
            let repeats = looked.inspect_err(|_| self.batch.forget_last())?;
            self.batch.set_repeats(Some(repeats));
        }
        Ok(true)
    }

    /// Finishes a batch that was planned, unless it is done by now: the load that planned it may still be
    /// running. Where an input is gone, the others of the batch are loaded, and it stays unfinished.
    pub(super) fn resume(&mut self, batch: &Digest, plan: &Plan) -> Result<(), Failure> {
        let mut gone = Vec::new();
        if self.ledger.is_done(batch)? {
            return Ok(());
        }
        for chunk in &plan.chunks {
            if let Err(reason) = self.read_again(chunk)
                && !self.ledger.is_lost(chunk, batch)?
            {
                gone.push((chunk, reason));
            }
        }
        if !gone.is_empty() && self.ledger.is_done(batch)? {
            self.batch.clear();
            return Ok(());
        }
        let claimed = self.batch.claim_again(self.ledger, batch)?;
        if gone.is_empty() {
            self.loaded.resumed += 1;
            return self.bring(&claimed);
        }
        for (chunk, reason) in gone {
            self.fail(Path::new(&chunk.input), interrupted(batch, &reason));
        }
        self.batch.publish_part(&claimed)
    }
}

fn interrupted(batch: &Digest, reason: &str) -> String {
    format!(
        "an interrupted load had begun it, and it cannot be read any more: {reason}; bring it back, to this place or \
         among the inputs, and load again, since some of its events are in the lake and others are not; if it is gone \
         for good, make an empty file `_ledger/done/{}.json` in the lake, and no load asks for it again",
        batch.as_str()
    )
}
