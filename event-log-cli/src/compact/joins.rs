//! The ledger of joins: what is planned, what is done, and what a kill left in between.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::ops::Bound;

use crate::compact::disk::Disk;
use crate::compact::plan::{self, Plan};
use crate::compact::swap;
use crate::failure::Failure;
use crate::lake::store::Store;

const JOINS: &str = "_ledger/joins";
const JOINED: &str = "_ledger/joined";

impl Disk<'_> {
    /// Finishes or undoes each join that was planned and is not done; how many.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn repair(&self) -> Result<u64, Failure> {
        let done = self.joined()?;
        let mut repaired = 0;
        for join in self.names(JOINS)? {
            let Some(plan) = self.plan(JOINS, &join)? else { continue };
            // One that is done lacks no more than to be forgotten.
            if !done.contains(&join) && swap::finish(self.root, &join, &plan)? {
                self.note_done(&join, &plan)?;
            }
            self.forget(&join)?;
            repaired += 1;
        }
        Ok(repaired)
    }

    /// The names of the joins that are done.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn joined(&self) -> Result<BTreeSet<String>, Failure> {
        Ok(self.names(JOINED)?.into_iter().collect())
    }

    /// Carries out a plan; `write` is told a joined file and where to write it.
    ///
    /// # Errors
    /// If the disk fails. The next [`repair`](Self::repair) undoes or finishes what was begun.
    pub fn replace(
        &self,
        plan: &Plan,
        write: impl FnMut(&plan::Joined, &std::path::Path) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let join = plan.name();
        self.store.put(&format!("{JOINS}/{join}.json"), &plan.text())?;
        self.store.sync()?;
        swap::make(self.root, &join, plan, write)?;
        swap::exchange(self.root, &join, plan)?;
        swap::finish(self.root, &join, plan)?;
        self.note_done(&join, plan)?;
        self.forget(&join)
    }

    fn plan(&self, directory: &str, join: &str) -> Result<Option<Plan>, Failure> {
        let path = format!("{directory}/{join}.json");
        let bytes = self.store.get(&path)?;
        let plan = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose();
        plan.map_err(|source| Failure::Ledger { path, source })
    }

    fn note_done(&self, join: &str, plan: &Plan) -> Result<(), Failure> {
        self.store.put(&format!("{JOINED}/{join}.json"), &plan.text())?;
        Ok(self.store.sync()?)
    }

    /// Removes the plan, of which nothing is left to do.
    fn forget(&self, join: &str) -> Result<(), Failure> {
        let path = self.root.join(format!("{JOINS}/{join}.json"));
        fs::remove_file(&path).map_err(Failure::file("remove", &path))
    }

    /// The files of a partition that these joins took in, and that are gone by them; of each the file that it
    /// went into.
    ///
    /// # Errors
    /// If the ledger cannot be read.
    pub fn taken_in(
        &self,
        partition: &str,
        joins: &BTreeSet<String>,
    ) -> Result<HashMap<String, String>, Failure> {
        let prefix = plan::prefix(partition);
        let mut taken_in = HashMap::new();
        let from = (Bound::Included(prefix.as_str()), Bound::Unbounded);
        for join in joins.range::<str, _>(from).take_while(|join| join.starts_with(&prefix)) {
            let Some(plan) = self.plan(JOINED, join)? else { continue };
            for plan::Joined { name, sources } in plan.joined {
                taken_in.extend(sources.into_iter().map(|source| (source, name.clone())));
            }
        }
        Ok(taken_in)
    }

    /// Removes files that were joined and came back; how many.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn remove_stale(&self, partition: &str, joins: &BTreeSet<String>) -> Result<u64, Failure> {
        let mut removed = 0;
        for source in self.taken_in(partition, joins)?.into_keys() {
            let path = self.root.join(partition).join(source);
            match fs::remove_file(&path) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Failure::file("remove", &path)(error)),
            }
        }
        Ok(removed)
    }
}
