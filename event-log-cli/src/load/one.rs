//! One object, by a function that remembers nothing: what a function service runs for each object.
//!
//! A load begins with what others left unfinished, for which it lists the whole ledger. Here only the
//! claims on this one object are followed: their batches are finished if they are not, so an event that
//! comes again after its function died, or while it runs, ends in the same lake.

use std::collections::BTreeSet;

use crate::failure::Failure;
use crate::input::paths::Input;
use crate::lake::ledger::{Digest, Ledger, Plan};
use crate::load::chunk::{self, ChunkError};
use crate::load::source::Source;
use crate::load::{FailedInput, Load, Loaded, work};

impl Load<'_> {
    /// Loads one object, or file, and finishes what an interrupted load of it began.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn one(&self, input: Input) -> Result<Loaded, Failure> {
        self.settings.agree(self.store)?;
        let plans = match self.begun(&input) {
            Ok(plans) => plans,
            Err(ChunkError::Ledger(failure)) => return Err(failure),
            Err(error @ ChunkError::Input(_)) => {
                let failed = FailedInput { input: input.path, reason: error.to_string() };
                return Ok(Loaded { failed: vec![failed], ..Loaded::default() });
            }
        };
        let inputs = vec![input];
        let mut loaded = self.work(&work::Queue::of_batches(plans, &inputs))?;
        loaded.add(self.more(inputs)?);
        Ok(loaded)
    }

    /// The plans of batches that have a part of this input, and are not done.
    fn begun(&self, input: &Input) -> Result<Vec<(Digest, Plan)>, ChunkError> {
        let ledger = Ledger::new(self.store);
        let mut source = Source::open_in(&input.path, self.objects)?;
        let stream = Digest::of(&source.first_line()?);
        let mut batches = BTreeSet::new();
        chunk::follow_each(&mut source, ledger, &stream, 0, |claim| {
            batches.insert(claim.batch.clone());
        })?;
        let unfinished = |batch: Digest| {
            let plan = ledger.unfinished_plan(&batch).transpose()?;
            Some(plan.map(|plan| (batch, plan)))
        };
        Ok(batches.into_iter().filter_map(unfinished).collect::<Result<_, Failure>>()?)
    }
}
