//! The active segment: how much of it is whole lines, and which of them the journal knows.

use std::io;

use crate::spool::journal::{Checkpoint, Journal};
use crate::writer::batch::{Batch, Settled};
use crate::writer::storage::SegmentFile;

/// The segment that lines are appended to.
#[derive(Debug)]
pub(super) struct Active {
    /// What the clock said when it was created; the time in its name may be later.
    pub(super) created_millis: u64,
    pub(super) file_name: String,
    pub(super) file: Box<dyn SegmentFile>,
    /// How long it was when the last checkpoint was made.
    pub(super) checkpointed_bytes: u64,
    /// How long it is; the difference is a record cut short.
    pub(super) bytes: u64,
    pub(super) synced_bytes: u64,
}

impl Active {
    /// Whether what the last record holds is cut short.
    pub(super) fn is_inside_a_record(&self) -> bool {
        self.bytes != self.checkpointed_bytes
    }

    /// Notes in the journal, then to the caller, which lines are whole in the segment.
    pub(super) fn checkpoint(
        &mut self,
        batch: &mut Batch,
        journal: Journal<'_>,
        settled: &mut impl FnMut(&Settled<'_>),
    ) {
        if let Some(lines) = batch.settle() {
            self.checkpointed_bytes += lines.bytes;
            journal.record(&Checkpoint {
                head: lines.next,
                segment: self.file_name.clone(),
                segment_bytes: self.checkpointed_bytes,
            });
            settled(&lines);
        }
    }
}

pub(super) fn append_rest(active: &mut Active, batch: &mut Batch) -> io::Result<()> {
    while !batch.rest().is_empty() {
        let appended = retry_interrupted(|| active.file.append(batch.rest()))?;
        active.bytes += appended as u64;
        batch.advance(appended);
    }
    Ok(())
}

pub(super) fn retry_interrupted<T>(mut operation: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match operation() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}
