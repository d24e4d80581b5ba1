//! Objects of S3-compatible stores, as inputs like files.
//!
//! An object is read by ranges, each of which is a request of its own that is repeated if it fails, so
//! no connection has to last as long as a load, and nothing is kept but what is asked for. Its entity
//! tag goes with each request: an object that is replaced meanwhile is an error, never a mixture.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::failure::Failure;
use crate::input::paths::{self, Input};
use crate::remote::{Environment, Location, Remote};

/// So much is read when an object is opened: whole small ones, and what tells a large one.
const HEAD_BYTES: u64 = 64 << 10;

/// So much of a compressed object is read at once.
const READ_AHEAD_BYTES: usize = 8 << 20;

/// The buckets that inputs lie in, each opened when it is first asked for.
#[derive(Debug, Default)]
pub struct Objects {
    environment: Environment,
    buckets: Mutex<HashMap<String, Arc<Remote>>>,
}

impl Objects {
    /// Buckets for this environment.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self { environment, buckets: Mutex::default() }
    }

    /// A bucket.
    ///
    /// # Errors
    /// If the environment is not complete, or the system gives no thread.
    pub fn bucket(&self, name: &str) -> io::Result<Arc<Remote>> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get(name) {
            return Ok(Arc::clone(bucket));
        }
        let bucket = Arc::new(Remote::open(name, &self.environment)?);
        buckets.insert(name.to_owned(), Arc::clone(&bucket));
        Ok(bucket)
    }

    /// The object at an address, or the event files below it, at any depth.
    ///
    /// # Errors
    /// If there is none, or the server refuses us or cannot be reached.
    pub fn find(&self, address: &str) -> Result<Vec<Input>, Failure> {
        let at = Location::parse(address).ok_or_else(|| Location::wanted(address))?;
        let found = self.look(&at, address.ends_with('/'));
        let found = found.map_err(Failure::file("find", address.as_ref()))?;
        if found.is_empty() {
            let reason = "no object has this key, and no event file lies below it".to_owned();
            return Err(Failure::NoInput { input: address.to_owned(), reason });
        }
        Ok(found)
    }

    fn look(&self, at: &Location, is_directory: bool) -> io::Result<Vec<Input>> {
        let bucket = self.bucket(&at.bucket)?;
        let listed = |meta: object_store::ObjectMeta| Input {
            path: format!("s3://{}/{}", at.bucket, meta.location).into(),
            length: meta.size,
            etag: meta.e_tag,
        };
        if !is_directory
            && !at.key.is_empty()
            && let Some(meta) = bucket.head(&at.key)?
        {
            return Ok(vec![listed(meta)]);
        }
        let below = bucket.list(&at.key)?.into_iter();
        let is_event = |name: &str| paths::is_event_name(name.as_bytes());
        let files = below.filter(|meta| meta.location.filename().is_some_and(is_event));
        Ok(files.map(listed).collect())
    }

    /// Opens the object at an address.
    ///
    /// # Errors
    /// If there is none, or the server refuses us or cannot be reached.
    pub fn open(&self, address: &Path) -> io::Result<Object> {
        let none = || io::Error::new(io::ErrorKind::InvalidInput, "it names no object");
        let at = address.to_str().and_then(Location::parse).ok_or_else(none)?;
        let bucket = self.bucket(&at.bucket)?;
        Object::open(bucket, at.key)
    }
}

/// One object, which cannot change.
#[derive(Clone)]
pub struct Object {
    bucket: Arc<Remote>,
    key: String,
    etag: Option<String>,
    length: u64,
    /// Its first bytes.
    head: Arc<[u8]>,
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, etag, length, .. } = self;
        f.debug_struct("Object")
            .field("key", key)
            .field("etag", etag)
            .field("length", length)
            .finish()
    }
}

impl Object {
    fn open(bucket: Arc<Remote>, key: String) -> io::Result<Self> {
        let (meta, head) = match bucket.range(&key, 0..HEAD_BYTES, None) {
            Ok(found) => found,
            // An object without a byte has no range either.
            Err(error) => match bucket.head(&key) {
                Ok(Some(meta)) if meta.size == 0 => (meta, Vec::new()),
                _ => return Err(error),
            },
        };
        Ok(Self { bucket, key, etag: meta.e_tag, length: meta.size, head: head.into() })
    }

    /// Its length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// What it is known by, beside its address; `None` if the server does not tell.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Appends the bytes from position `from` to `out`, up to `most` of them; fewer only at the end.
    ///
    /// # Errors
    /// If it was replaced meanwhile, or the server refuses us or cannot be reached.
    pub fn read(&self, from: u64, most: usize, out: &mut Vec<u8>) -> io::Result<usize> {
        let to = self.length.min(from.saturating_add(most as u64));
        if from >= to {
            return Ok(0);
        }
        let length = usize::try_from(to - from).map_err(io::Error::other)?;
        if to <= self.head.len() as u64 {
            let to = usize::try_from(to).map_err(io::Error::other)?;
            out.extend_from_slice(&self.head[to - length..to]);
            return Ok(length);
        }
        let begin = out.len();
        self.bucket.append(&self.key, from..to, self.etag.as_deref(), out)?;
        if out.len() - begin != length {
            let found = format!("{} bytes came where {length} were asked for", out.len() - begin);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, found));
        }
        Ok(length)
    }

    /// Its bytes, one after the other.
    #[must_use]
    pub fn reader(self) -> io::BufReader<Reader> {
        let capacity = usize::try_from(self.length).unwrap_or(READ_AHEAD_BYTES);
        let reader = Reader { object: self, position: 0 };
        io::BufReader::with_capacity(capacity.clamp(1, READ_AHEAD_BYTES), reader)
    }
}

/// The bytes of an object, one after the other.
#[derive(Debug)]
pub struct Reader {
    object: Object,
    position: u64,
}

impl Read for Reader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let head = (self.object.head.len() as u64).saturating_sub(self.position);
        // What is there already asks for nothing more: somebody may only look at the first bytes.
        let most = if head > 0 {
            out.len().min(usize::try_from(head).unwrap_or(usize::MAX))
        } else {
            out.len()
        };
        let mut bytes = Vec::new();
        let read = self.object.read(self.position, most, &mut bytes)?;
        out[..read].copy_from_slice(&bytes);
        self.position += read as u64;
        Ok(read)
    }
}
