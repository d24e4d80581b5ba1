//! Objects by path: what a lake needs of the place where it lies.

use std::borrow::Cow;
use std::fmt;
use std::io;

/// A place for objects. Each object appears whole or not at all, also if the process is killed.
///
/// A power cut may take what was written since [`sync`](Self::sync), each object by itself. Only of those
/// that [`put_all`](Self::put_all) wrote it may leave a part.
///
/// Paths are relative to the lake, with `/` between their parts.
pub trait Store: fmt::Debug + Send + Sync {
    /// Writes an object, in the place of an older one if there is one.
    ///
    /// # Errors
    /// If the place cannot take it.
    fn put(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError>;

    /// Writes objects, each as [`put`](Self::put) does; several at once where that is faster, so in no
    /// order. They are taken from the iterator as they are needed.
    ///
    /// # Errors
    /// If the place cannot take one. Others may be there then.
    fn put_all(&self, objects: &mut dyn Iterator<Item = Object<'_>>) -> Result<(), StoreError>;

    /// Writes the files of a batch as [`put_all`](Self::put_all) does, but none once there is an object at
    /// `done`: a load that slept over the end of its batch must not bring back what `compact` joined.
    ///
    /// # Errors
    /// As [`put_all`](Self::put_all).
    fn put_files(
        &self,
        files: &mut dyn Iterator<Item = Object<'_>>,
        done: &str,
    ) -> Result<(), StoreError> {
        // Nothing is joined in a place that does not say otherwise, so the same bytes do no harm.
        let _ = done;
        self.put_all(files)
    }

    /// Writes an object unless there is one at this path, and says whether it did. Of several that
    /// try at once one does. It may be told that it did not: where the answer was lost on the way and
    /// the request repeated. So who is told that reads whose object is there.
    ///
    /// # Errors
    /// If the place cannot take it.
    fn create(&self, path: &str, bytes: &[u8]) -> Result<bool, StoreError>;

    /// Creates objects, each as [`create`](Self::create) does; several at once where that is faster.
    ///
    /// # Errors
    /// If the place cannot take one. Others may be there then.
    fn create_all(&self, objects: Vec<Object<'_>>) -> Result<Vec<bool>, StoreError> {
        let create = |Object { path, parts }: Object<'_>| self.create(&path, &parts.concat());
        objects.into_iter().map(create).collect()
    }

    /// Creates files of a batch of which a part is missing, but none once there is an object at `done`; see
    /// [`put_files`](Self::put_files).
    ///
    /// # Errors
    /// As [`create_all`](Self::create_all).
    fn create_files(&self, files: Vec<Object<'_>>, done: &str) -> Result<(), StoreError> {
        let _ = done;
        self.create_all(files).map(drop)
    }

    /// The object at this path, if there is one.
    ///
    /// # Errors
    /// If it cannot be read.
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// The objects at these paths, as [`get`](Self::get) has them; several at once where that is
    /// faster.
    ///
    /// # Errors
    /// If one cannot be read.
    fn get_all(&self, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        paths.iter().map(|path| self.get(path)).collect()
    }

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

/// An object that is to be written.
#[derive(Debug)]
pub struct Object<'a> {
    /// Where.
    pub path: String,
    /// What it holds, one part behind the other.
    pub parts: Vec<Cow<'a, [u8]>>,
}

impl Object<'_> {
    /// An object of one part.
    #[must_use]
    pub fn whole(path: String, bytes: Vec<u8>) -> Self {
        Self { path, parts: vec![bytes.into()] }
    }

    /// All its bytes; copied if there are several parts, or it does not own the one.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match <[Cow<'_, [u8]>; 1]>::try_from(self.parts) {
            Ok([one]) => one.into_owned(),
            Err(parts) => parts.concat(),
        }
    }
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
