//! A lake in a bucket of an S3-compatible store.
//!
//! An object appears when its upload is complete, and `create` is a conditional write
//! (`If-None-Match: *`). A server that does not know these would let two loads add the same lines, so
//! it is put to the test before anything is loaded.

use std::io;
use std::sync::Arc;

use crate::lake::store::{Object, Store, StoreError};
use crate::remote::{Location, Remote};

/// Written to see whether the server refuses to write it again.
const PROBE: &str = "_ledger/probe";

/// A lake below a prefix of a bucket.
#[derive(Debug)]
pub struct RemoteStore {
    remote: Arc<Remote>,
    prefix: String,
}

impl RemoteStore {
    /// Opens the lake at this place.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses us, or takes a conditional write for an ordinary one.
    pub fn open(remote: Arc<Remote>, at: &Location) -> Result<Self, StoreError> {
        let store = Self { remote, prefix: at.key.clone() };
        let text =
            b"Shows that this store refuses to write what is there already, as loads rely on.\n";
        if store.create(PROBE, text)? && store.create(PROBE, text)? {
            return Err(StoreError::new("create", PROBE)(io::Error::new(
                io::ErrorKind::Unsupported,
                "the server does not know conditional writes (`If-None-Match: *`), so two loads at \
                 once would add lines twice; load into a directory and copy that, or use a server \
                 that has them",
            )));
        }
        Ok(store)
    }

    /// The key of a path below the lake.
    fn key(&self, path: &str) -> String {
        if self.prefix.is_empty() { path.to_owned() } else { format!("{}/{path}", self.prefix) }
    }

    /// An operation on one of several objects that failed.
    fn failed(&self, operation: &'static str) -> impl Fn((String, io::Error)) -> StoreError + '_ {
        move |(key, source)| {
            let path = key.strip_prefix(&self.prefix).unwrap_or(&key).trim_start_matches('/');
            StoreError::new(operation, path)(source)
        }
    }
}

impl Store for RemoteStore {
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let put = self.remote.put(&self.key(path), bytes.to_owned());
        put.map_err(StoreError::new("write", path))
    }

    fn put_all(&self, objects: &mut dyn Iterator<Item = Object<'_>>) -> Result<(), StoreError> {
        let objects = objects.map(|object| (self.key(&object.path), object.into_bytes()));
        self.remote.put_all(objects).map_err(self.failed("write"))
    }

    fn create(&self, path: &str, bytes: &[u8]) -> Result<bool, StoreError> {
        let created = self.remote.create(&self.key(path), bytes.to_owned());
        created.map_err(StoreError::new("create", path))
    }

    fn create_all(&self, objects: Vec<Object<'_>>) -> Result<Vec<bool>, StoreError> {
        let objects = objects.into_iter();
        let objects = objects.map(|object| (self.key(&object.path), object.into_bytes()));
        self.remote.create_all(objects).map_err(self.failed("create"))
    }

    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.remote.get(&self.key(path)).map_err(StoreError::new("read", path))
    }

    fn get_all(&self, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let keys = paths.iter().map(|path| self.key(path));
        self.remote.get_all(keys).map_err(self.failed("read"))
    }

    fn list(&self, directory: &str) -> Result<Vec<String>, StoreError> {
        self.remote.names(&self.key(directory)).map_err(StoreError::new("list", directory))
    }

    fn sync(&self) -> Result<(), StoreError> {
        // A server that answers has the object; how safely is up to it.
        Ok(())
    }
}
