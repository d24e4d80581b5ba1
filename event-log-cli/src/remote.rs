//! Objects of an S3-compatible store, as calls that block.
//!
//! - [`environment`]: credentials, endpoint and time-outs, from the variables `AWS_…`.
//! - [`Location`]: a bucket and what lies in it. [`Remote`]: a bucket that was opened.
//!
//! Each call is tried again, with growing pauses, as long as the trouble looks as if it would pass.

pub mod environment;

use std::fmt;
use std::future::{self, Future};
use std::io;
use std::ops::Range;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::aws::AmazonS3;
use object_store::client::{HttpError, HttpErrorKind};
use object_store::path::Path;
use object_store::{
    Error, GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode,
    PutOptions, PutPayload,
};
use tokio::runtime::{Builder, Runtime};

pub use self::environment::Environment;
use crate::failure::Failure;

/// What the address of an object begins with.
pub const SCHEME: &str = "s3://";

/// So many requests of one call are under way at once: a round trip takes milliseconds, in which one
/// connection does nothing.
pub const PARALLEL: usize = 32;

/// A longer range is asked for in parts: one that fails is repeated alone, and several come faster than one.
const PART_BYTES: usize = 8 << 20;

/// So many parts are under way at once; each takes memory.
const PARTS_AT_ONCE: usize = 4;

/// How often a request is made whose answer is missing or broke off, which the client itself does not
/// repeat if the request is a conditional write, or the answer had begun.
const TRIES: u32 = 6;

/// After so long nothing more is tried.
const PATIENCE: Duration = Duration::from_secs(120);

/// The pause before the second try; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);

/// An address, as in `s3://bucket/some/key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The bucket.
    pub bucket: String,
    /// What stands behind it, without slashes at its ends; may be empty.
    pub key: String,
}

impl Location {
    /// Whether a text is meant as an address in a store.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.starts_with(SCHEME)
    }

    /// Takes an address apart; `None` if it has no bucket, or is none.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        let (bucket, key) = address.strip_prefix(SCHEME)?.split_once('/').unwrap_or_else(|| {
            let bucket = &address[SCHEME.len()..];
            (bucket, "")
        });
        let key = key.trim_matches('/').to_owned();
        (!bucket.is_empty()).then(|| Self { bucket: bucket.to_owned(), key })
    }

    /// What is told of an address that is none.
    #[must_use]
    pub fn wanted(address: &str) -> Failure {
        Failure::Argument(format!("`{address}` names no bucket; write s3://BUCKET/PREFIX"))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.bucket, self.key)
    }
}

/// A bucket.
///
/// It has a thread of its own for connections; requests are made by the threads that call.
#[derive(Debug)]
pub struct Remote {
    client: AmazonS3,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl Drop for Remote {
    fn drop(&mut self) {
        // Not waited for: the last owner may itself be a task of a runtime, which must not block.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Remote {
    /// Opens a bucket. Nothing is asked of the server yet.
    ///
    /// # Errors
    /// If the environment is not complete or contradicts itself, or the system gives no thread.
    pub fn open(bucket: &str, environment: &Environment) -> io::Result<Self> {
        let client = environment.client(bucket).map_err(told)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("event-log-s3")
            .enable_all()
            .build()?;
        Ok(Self { client, runtime: Some(runtime) })
    }

    /// Writes an object, in the place of an older one if there is one.
    ///
    /// # Errors
    /// If the server refuses it, or cannot be reached.
    pub fn put(&self, key: &str, bytes: Vec<u8>) -> io::Result<()> {
        self.wait(self.put_one(key, bytes.into()))
    }

    /// Writes objects as they come, several at once. The first that fails ends it.
    ///
    /// # Errors
    /// If the server refuses one, which is named, or cannot be reached.
    pub fn put_all(
        &self,
        objects: impl Iterator<Item = (String, Vec<u8>)>,
    ) -> Result<(), (String, io::Error)> {
        let puts = stream::iter(objects).map(|(key, bytes)| async move {
            self.put_one(&key, bytes.into()).await.map_err(|error| (key, error))
        });
        self.wait(puts.buffer_unordered(PARALLEL).try_collect())
    }

    /// Writes an object unless there is one, and says whether it did; of several that try at once, at
    /// most one is told so. If the answer to the write was lost, and the write repeated, nobody is:
    /// whoever has to know looks at what is there.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn create(&self, key: &str, bytes: Vec<u8>) -> io::Result<bool> {
        self.wait(self.create_one(key, bytes.into()))
    }

    /// Creates objects, several at once; the answers are in the order of the objects.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_all(
        &self,
        objects: impl Iterator<Item = (String, Vec<u8>)>,
    ) -> Result<Vec<bool>, (String, io::Error)> {
        let creates = stream::iter(objects).map(|(key, bytes)| async move {
            self.create_one(&key, bytes.into()).await.map_err(|error| (key, error))
        });
        self.wait(creates.buffered(PARALLEL).try_collect())
    }

    /// The object, if there is one.
    ///
    /// # Errors
    /// If the server refuses it, or cannot be reached.
    pub fn get(&self, key: &str) -> io::Result<Option<Vec<u8>>> {
        self.wait(self.get_one(key))
    }

    /// Several objects at once, in the order of the keys.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_all(
        &self,
        keys: impl Iterator<Item = String>,
    ) -> Result<Vec<Option<Vec<u8>>>, (String, io::Error)> {
        let gets = stream::iter(keys)
            .map(|key| async move { self.get_one(&key).await.map_err(|error| (key, error)) });
        self.wait(gets.buffered(PARALLEL).try_collect())
    }

    /// What is known of an object without reading it, if there is one.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn head(&self, key: &str) -> io::Result<Option<ObjectMeta>> {
        let path = path(key)?;
        found(self.wait(patiently(|| self.client.head(&path))))
    }

    /// The bytes in a range of an object, as far as it has them, and what is known of it. With an
    /// `etag` it must still be the object that had it.
    ///
    /// # Errors
    /// If there is no such object or another by now, if the server refuses it, or cannot be reached.
    pub fn range(
        &self,
        key: &str,
        range: Range<u64>,
        etag: Option<&str>,
    ) -> io::Result<(ObjectMeta, Vec<u8>)> {
        self.wait(self.range_one(&path(key)?, range, etag))
    }

    /// Appends the bytes in a range of an object to `out`, as far as it has them; a long range in parts,
    /// several at once.
    ///
    /// # Errors
    /// As [`range`](Self::range). Then some bytes may be in `out`.
    pub fn append(
        &self,
        key: &str,
        range: Range<u64>,
        etag: Option<&str>,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let path = path(key)?;
        let parts = range.clone().step_by(PART_BYTES).map(|from| {
            let to = range.end.min(from + PART_BYTES as u64);
            self.range_one(&path, from..to, etag)
        });
        let parts = stream::iter(parts).buffered(PARTS_AT_ONCE);
        self.wait(parts.try_for_each(|(_, bytes)| {
            out.extend_from_slice(&bytes);
            future::ready(Ok(()))
        }))
    }

    /// Removes an object; that there is none is no error.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn remove(&self, key: &str) -> io::Result<()> {
        let path = path(key)?;
        found(self.wait(patiently(|| self.client.delete(&path)))).map(drop)
    }

    /// All objects below a directory, at any depth, in the order of their keys.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn list(&self, directory: &str) -> io::Result<Vec<ObjectMeta>> {
        let prefix = path(directory)?;
        let list = || self.client.list(Some(&prefix)).try_collect::<Vec<_>>();
        let mut objects = self.wait(patiently(list)).map_err(told)?;
        objects.sort_by(|a, b| a.location.cmp(&b.location));
        Ok(objects)
    }

    /// The names of the objects right in a directory, sorted.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn names(&self, directory: &str) -> io::Result<Vec<String>> {
        let prefix = path(directory)?;
        let list = || self.client.list_with_delimiter(Some(&prefix));
        let objects = self.wait(patiently(list)).map_err(told)?.objects;
        let names = objects.iter().filter_map(|object| object.location.filename());
        let mut names: Vec<_> = names.map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }

    async fn range_one(
        &self,
        path: &Path,
        range: Range<u64>,
        etag: Option<&str>,
    ) -> io::Result<(ObjectMeta, Vec<u8>)> {
        let options = || GetOptions {
            if_match: etag.map(str::to_owned),
            range: Some(GetRange::Bounded(range.clone())),
            ..GetOptions::default()
        };
        let get = || async { whole(self.client.get_opts(path, options()).await?).await };
        patiently(get).await.map_err(told)
    }

    async fn put_one(&self, key: &str, payload: PutPayload) -> io::Result<()> {
        let path = path(key)?;
        let put = || self.client.put(&path, payload.clone());
        patiently(put).await.map(drop).map_err(told)
    }

    async fn create_one(&self, key: &str, payload: PutPayload) -> io::Result<bool> {
        let path = path(key)?;
        let create = || {
            let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
            self.client.put_opts(&path, payload.clone(), options)
        };
        match patiently(create).await {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(told(error)),
        }
    }

    async fn get_one(&self, key: &str) -> io::Result<Option<Vec<u8>>> {
        let path = path(key)?;
        let get = || async { whole(self.client.get(&path).await?).await };
        Ok(found(patiently(get).await)?.map(|(_, bytes)| bytes))
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.as_ref().expect("it is there until the drop").block_on(future)
    }
}

/// The bytes of an answer. One that is shorter than it said is an error of the client's.
async fn whole(answer: GetResult) -> Result<(ObjectMeta, Vec<u8>), Error> {
    let meta = answer.meta.clone();
    Ok((meta, answer.bytes().await?.into()))
}

/// Tries again what failed on the way to the server or back.
async fn patiently<T, F>(mut request: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let begun = tokio::time::Instant::now();
    let mut pause = PAUSE;
    for _ in 1..TRIES {
        match request().await {
            Err(error) if is_passing(&error) && begun.elapsed() < PATIENCE => {}
            answer => return answer,
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    request().await
}

/// Whether the same request may succeed a moment later, and the client has not seen to that.
fn is_passing(error: &Error) -> bool {
    match error {
        // Another conditional write was under way (409): that one may yet come to nothing. Refused
        // because there is something (412) is told apart by its source.
        Error::AlreadyExists { source, .. } => source.downcast_ref::<Error>().is_none(),
        // These took the client's own patience.
        Error::Generic { .. } => transport(error)
            .is_some_and(|kind| !matches!(kind, HttpErrorKind::Connect | HttpErrorKind::Request)),
        _ => false,
    }
}

/// What went wrong on the way to the server or back, if it was that.
fn transport(error: &Error) -> Option<HttpErrorKind> {
    let mut cause = Some(error as &(dyn std::error::Error + 'static));
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<HttpError>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}

fn path(key: &str) -> io::Result<Path> {
    let wrong = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    Path::parse(key).map_err(wrong)
}

fn found<T>(answer: Result<T, Error>) -> io::Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(told(error)),
    }
}

/// The error as one text: that of the client holds those of its causes already.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn told(error: Error) -> io::Error {
    let kind = match &error {
        Error::NotFound { .. } => io::ErrorKind::NotFound,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            io::ErrorKind::PermissionDenied
        }
        error if matches!(transport(error), Some(HttpErrorKind::Timeout)) => {
            io::ErrorKind::TimedOut
        }
        _ => io::ErrorKind::Other,
    };
    let way_out = match &error {
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            "; the credentials are those of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or of the \
             machine's role: may they do this?"
        }
        Error::Precondition { .. } => "; it was replaced meanwhile: load again",
        _ => "",
    };
    let mut text = error.to_string().trim_end().to_owned();
    // What the network said, which the client leaves out of its text.
    let root = root(&error).to_string();
    if !text.contains(&root) {
        text = format!("{text}: {root}");
    }
    io::Error::new(kind, text + way_out)
}

fn root(error: &Error) -> &(dyn std::error::Error + 'static) {
    let mut root = error as &(dyn std::error::Error + 'static);
    while let Some(cause) = root.source() {
        root = cause;
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_bucket_and_what_lies_in_it() {
        let parsed = |address: &str| {
            Location::parse(address).map(|location| (location.bucket, location.key))
        };
        let some = |bucket: &str, key: &str| Some((bucket.to_owned(), key.to_owned()));
        assert_eq!(parsed("s3://lake/a/b/"), some("lake", "a/b"));
        assert_eq!(parsed("s3://lake"), some("lake", ""));
        assert_eq!(parsed("s3://lake/"), some("lake", ""));
        assert_eq!(parsed("s3:///a"), None);
        assert_eq!(parsed("/s3/a"), None);
    }
}
