//! The event's own fields, written one after the other into the line.

use std::fmt;
use std::io;

use serde_core::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::json::Json;
use crate::line_buffer::LineBuffer;
use crate::pii::{self, HashText, PiiKey};

/// Where an event writes its fields.
///
/// Every field is written as `,"name":value`, the first one too; closing the object turns the first
/// comma into the brace, so no field has to know whether it is the first.
#[doc(hidden)]
pub struct Params<'a> {
    line: &'a mut LineBuffer,
    /// For the fields that are hashed.
    key: Option<&'a PiiKey>,
}

/// Why a field could not be written, and which.
#[doc(hidden)]
#[derive(Debug)]
pub struct ParamsError {
    /// The field's key fragment as the derive wrote it: `,"name":`.
    pub(crate) key: &'static str,
    pub(crate) source: serde_json::Error,
}

impl ParamsError {
    /// The name inside the key fragment.
    pub(crate) fn field(&self) -> &'static str {
        self.key.trim_start_matches(",\"").trim_end_matches("\":")
    }
}

impl<'a> Params<'a> {
    #[inline]
    pub(crate) fn new(line: &'a mut LineBuffer, key: Option<&'a PiiKey>) -> Self {
        Self { line, key }
    }

    /// Writes one field; `key` is the fragment `,"name":`, escaped at compile time.
    ///
    /// # Errors
    /// If the value does not serialize, or the line grows past its limit.
    #[inline]
    pub fn field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), ParamsError> {
        self.line.push(key.as_bytes());
        value.serialize(Json::new(self.line)).map_err(|source| ParamsError { key, source })
    }

    /// Writes the hash of a value.
    ///
    /// # Errors
    /// If there is no key, or the value's text cannot be formatted.
    pub fn hashed<T: HashText + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), ParamsError> {
        let hash = pii::hash(self.key, value).map_err(|source| ParamsError { key, source })?;
        self.line.push(key.as_bytes());
        match &hash {
            // Neither the id of a key nor a digit needs an escape.
            Some(hash) => {
                self.line.push(b"\"");
                self.line.push(hash.as_str().as_bytes());
                self.line.push(b"\"");
            }
            None => self.line.push(b"null"),
        }
        Ok(())
    }

    /// Writes the mask: neither the value nor its length, nor whether there is one.
    #[inline]
    pub fn masked(&mut self, key: &'static str) {
        self.line.push(key.as_bytes());
        self.line.push(b"\"***\"");
    }
}

impl fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Params").finish_non_exhaustive()
    }
}

/// Compact JSON that never holds a line break.
///
/// `serde_json`'s compact form has none of its own, but a `RawValue` is copied as its author wrote
/// it. A line break in valid JSON can only be white space between tokens, so a space replaces it.
pub(crate) struct OneLine;

impl Formatter for OneLine {
    fn write_raw_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        for (index, part) in fragment.split(['\n', '\r']).enumerate() {
            if index > 0 {
                writer.write_all(b" ")?;
            }
            CompactFormatter.write_raw_fragment(writer, part)?;
        }
        Ok(())
    }
}
