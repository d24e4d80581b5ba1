//! Objects by path: what a lake needs of the place where it lies.

use std::fmt;
use std::io;

/// A place for objects. Each object appears whole or not at all, also if the process is killed.
///
/// Paths are relative to the lake, with `/` between their parts.
pub trait Store: fmt::Debug + Send + Sync {
    /// Writes an object, in the place of an older one if there is one.
    ///
    /// # Errors
    /// If the place cannot take it.
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError>;

    /// Writes an object unless there is one at this path, and says whether it did. Of several that
    /// try at once exactly one does.
    ///
    /// # Errors
    /// If the place cannot take it.
    fn create(&self, path: &str, bytes: &[u8]) -> Result<bool, StoreError>;

    /// The object at this path, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The names of the objects right in this directory, sorted; none if there is no such directory.
    ///
    /// # Errors
    /// If it cannot be listed.
    fn list(&self, directory: &str) -> Result<Vec<String>, StoreError>;

    /// Makes everything that this thread wrote so far survive a power cut.
    ///
    /// # Errors
    /// If that cannot be promised.
    fn sync(&self) -> Result<(), StoreError>;
}

/// An operation on an object that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} `{path}` of the lake")]
pub struct StoreError {
    /// What was tried, as in `write`.
    pub operation: &'static str,
    /// Where.
    pub path: String,
    /// Why not.
    pub source: io::Error,
}

impl StoreError {
    /// For `map_err`.
    pub fn new(operation: &'static str, path: &str) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self { operation, path, source }
    }
}
