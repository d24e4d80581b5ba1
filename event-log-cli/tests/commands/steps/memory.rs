//! A lake in memory, as a [`Store`] promises it to be and no better.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::sync::{Mutex, MutexGuard};
use std::thread::{self, ThreadId};

use event_log_cli::lake::store::{Object, Store, StoreError};

/// The lake, and the machine that it is on.
#[derive(Debug, Default)]
pub(super) struct Memory {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// As every process sees it.
    objects: BTreeMap<String, Vec<u8>>,
    /// As it is after a power cut.
    durable: BTreeMap<String, Vec<u8>>,
    /// What is not synced, and whether a part of it may be left.
    unsynced: BTreeMap<String, bool>,
    /// What each thread's next sync is for.
    touched: HashMap<ThreadId, HashSet<String>>,
    operations: usize,
    most: Option<usize>,
}

impl Memory {
    /// After so many operations no other succeeds.
    pub(super) fn ends_after(&self, operations: usize) {
        let mut state = self.state();
        state.most = Some(state.operations + operations);
    }

    /// Operations succeed again.
    pub(super) fn goes_on(&self) {
        self.state().most = None;
    }

    /// Takes what was not synced, or a part of it, by chance; then operations succeed again.
    pub(super) fn loses_power(&self, seed: u64) {
        let mut state = self.state();
        let mut random = seed;
        for (path, may_be_torn) in std::mem::take(&mut state.unsynced) {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let mut bytes = state.objects[&path].clone();
            match (random >> 33) % 3 {
                0 => continue,
                1 if may_be_torn => bytes.truncate(bytes.len() / 2),
                _ => {}
            }
            state.durable.insert(path, bytes);
        }
        state.objects = state.durable.clone();
        state.touched.clear();
        state.most = None;
    }

    /// Writes an empty object, as a person would.
    pub(super) fn write(&self, path: &str) {
        self.put(path, b"").unwrap();
    }

    /// Every file that holds events or quarantined lines.
    pub(super) fn files(&self) -> BTreeMap<String, String> {
        let state = self.state();
        let files = state
            .objects
            .iter()
            .filter(|(path, _)| !path.starts_with("_ledger/") && path.as_str() != "_lake.json");
        files
            .map(|(path, bytes)| (path.clone(), String::from_utf8(bytes.clone()).unwrap()))
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// One operation, if there may be one more.
    fn step(&self, path: &str) -> Result<MutexGuard<'_, State>, StoreError> {
        // Others get their chance in between.
        thread::yield_now();
        let mut state = self.state();
        if state.most.is_some_and(|most| state.operations >= most) {
            return Err(StoreError::new("use", path)(io::Error::other("killed")));
        }
        state.operations += 1;
        Ok(state)
    }
}

impl State {
    fn put(&mut self, path: &str, bytes: &[u8], may_be_torn: bool) {
        self.objects.insert(path.to_owned(), bytes.to_owned());
        self.unsynced.insert(path.to_owned(), may_be_torn);
        self.touch(path);
    }

    fn touch(&mut self, path: &str) {
        self.touched.entry(thread::current().id()).or_default().insert(path.to_owned());
    }
}

impl Store for Memory {
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.step(path)?.put(path, bytes, false);
        Ok(())
    }

    fn put_all(&self, objects: &mut dyn Iterator<Item = Object<'_>>) -> Result<(), StoreError> {
        for Object { path, parts } in objects {
            self.step(&path)?.put(&path, &parts.concat(), true);
        }
        Ok(())
    }

    fn create(&self, path: &str, bytes: &[u8]) -> Result<bool, StoreError> {
        let mut state = self.step(path)?;
        let is_new = !state.objects.contains_key(path);
        if is_new {
            state.put(path, bytes, false);
        }
        state.touch(path);
        Ok(is_new)
    }

    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.step(path)?.objects.get(path).cloned())
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, StoreError> {
        let state = self.step(directory)?;
        let name = |path: &String| {
            let name = path.strip_prefix(directory)?.strip_prefix('/')?;
            (!name.contains('/')).then(|| name.to_owned())
        };
        Ok(state.objects.keys().filter_map(name).collect())
    }

    fn sync(&self) -> Result<(), StoreError> {
        let mut state = self.step(".")?;
        for path in state.touched.remove(&thread::current().id()).unwrap_or_default() {
            state.unsynced.remove(&path);
            let bytes = state.objects[&path].clone();
            state.durable.insert(path, bytes);
        }
        Ok(())
    }
}
