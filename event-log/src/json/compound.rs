//! Lists and objects, element by element.

use std::io;

use serde_core::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant,
};
use serde_core::{Serialize, Serializer};
use serde_json::Error;
use serde_json::ser::Formatter;

use super::{Json, text};
use crate::line_buffer::LineBuffer;
use crate::params::OneLine;

/// A list or an object that was begun.
#[derive(Debug)]
pub(crate) struct Compound<'a> {
    line: &'a mut LineBuffer,
    is_empty: bool,
    /// What ends it.
    close: &'static [u8],
    /// The name under which `serde_json` passes a struct to itself: its field is handed on.
    handed_on: Option<&'static str>,
}

impl<'a> Compound<'a> {
    #[inline]
    pub(super) fn begin(line: &'a mut LineBuffer, open: &[u8], close: &'static [u8]) -> Self {
        line.push(open);
        Self { line, is_empty: true, close, handed_on: None }
    }

    pub(super) fn hand_on(line: &'a mut LineBuffer, name: &'static str) -> Self {
        Self { line, is_empty: true, close: b"", handed_on: Some(name) }
    }

    /// Separates the next element from the one before.
    ///
    /// # Errors
    /// If the line is too long already, which ends what may be without end.
    #[inline]
    fn next(&mut self) -> Result<(), Error> {
        if self.line.overflowed() {
            return Err(Error::custom("the line is too long"));
        }
        if !self.is_empty {
            self.line.push(b",");
        }
        self.is_empty = false;
        Ok(())
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.next()?;
        value.serialize(Json::new(self.line))
    }

    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        if let Some(name) = self.handed_on {
            return hand_on_field(self.line, name, key, value);
        }
        self.next()?;
        text::quoted(self.line, key);
        self.value(value)
    }

    #[inline]
    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.line.push(b":");
        value.serialize(Json::new(self.line))
    }

    #[inline]
    fn close(self) {
        self.line.push(self.close);
    }
}

#[cold]
fn hand_on_field<T: Serialize + ?Sized>(
    line: &mut LineBuffer,
    name: &'static str,
    key: &'static str,
    value: &T,
) -> Result<(), Error> {
    let mut json = serde_json::Serializer::with_formatter(line, OneLine);
    let mut whole = json.serialize_struct(name, 1)?;
    SerializeStruct::serialize_field(&mut whole, key, value)?;
    SerializeStruct::end(whole)
}

/// An object of `serde_json` that is never ended, and of which only the key is written.
///
/// So keys have its rules: numbers and booleans become strings, and what cannot is its error.
struct KeyOnly;

impl Formatter for KeyOnly {
    fn begin_object<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
        Ok(())
    }
}

impl SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.next()?;
        let mut json = serde_json::Serializer::with_formatter(&mut *self.line, KeyOnly);
        json.serialize_map(None)?.serialize_key(key)
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    #[inline]
    fn end(self) -> Result<(), Error> {
        self.close();
        Ok(())
    }
}

macro_rules! list {
    ($($list:ident::$element:ident)+) => {$(
        impl $list for Compound<'_> {
            type Ok = ();
            type Error = Error;

            #[inline]
            fn $element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.element(value)
            }

            #[inline]
            fn end(self) -> Result<(), Error> {
                self.close();
                Ok(())
            }
        }
    )+};
}

list! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

macro_rules! object {
    ($($object:ident)+) => {$(
        impl $object for Compound<'_> {
            type Ok = ();
            type Error = Error;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.field(key, value)
            }

            #[inline]
            fn end(self) -> Result<(), Error> {
                self.close();
                Ok(())
            }
        }
    )+};
}

object! { SerializeStruct SerializeStructVariant }
