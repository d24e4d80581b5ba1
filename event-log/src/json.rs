//! A value to JSON, byte for byte as `serde_json` writes it, straight into the line.
//!
//! Of its own it has what an event is mostly made of: text, whose search for characters to escape
//! goes eight bytes at a step ([`text`]), and the punctuation of lists and objects. Numbers, keys of
//! maps and what only `serde_json` understands (`RawValue`) are handed on to it.

mod compound;
mod decimal;
mod text;

#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};

use serde_core::ser::Error as _;
use serde_core::{Serialize, Serializer};
use serde_json::Error;

use self::compound::Compound;
use crate::line_buffer::LineBuffer;
use crate::params::OneLine;

/// Writes one value.
///
/// A line that grows past its limit is an error in lists and objects only, which may be without end;
/// elsewhere the line itself remembers.
#[derive(Debug)]
pub(crate) struct Json<'a> {
    line: &'a mut LineBuffer,
}

impl<'a> Json<'a> {
    #[inline]
    pub(crate) fn new(line: &'a mut LineBuffer) -> Self {
        Self { line }
    }

    /// Leaves the value to `serde_json`.
    #[inline]
    fn hand_on(self, value: impl Serialize) -> Result<(), Error> {
        value.serialize(&mut serde_json::Serializer::with_formatter(self.line, OneLine))
    }

    /// Begins an object whose only key is the name of a variant.
    #[inline]
    fn variant(&mut self, variant: &str) {
        self.line.push(b"{");
        text::quoted(self.line, variant);
        self.line.push(b":");
    }
}

/// These methods hand their argument on.
macro_rules! hand_on {
    ($($method:ident: $number:ty;)+) => {$(
        #[inline]
        fn $method(self, value: $number) -> Result<(), Error> {
            self.hand_on(value)
        }
    )+};
}

impl<'a> Serializer for Json<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Compound<'a>;
    type SerializeTupleStruct = Compound<'a>;
    type SerializeTupleVariant = Compound<'a>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Compound<'a>;

    hand_on! {
        serialize_i8: i8;
        serialize_i16: i16;
        serialize_i32: i32;
        serialize_i64: i64;
        serialize_i128: i128;
        serialize_u8: u8;
        serialize_u16: u16;
        serialize_u32: u32;
        serialize_u64: u64;
        serialize_u128: u128;
        serialize_f32: f32;
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        if decimal::push(self.line, value) { Ok(()) } else { self.hand_on(value) }
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.line.push(if value { b"true" } else { b"false" });
        Ok(())
    }

    #[inline]
    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Error> {
        text::quoted(self.line, value);
        Ok(())
    }

    /// Writes the text piece by piece: the default would allocate it first.
    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        self.line.push(b"\"");
        write!(text::Escaping(self.line), "{value}").map_err(Error::custom)?;
        self.line.push(b"\"");
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        self.collect_seq(value)
    }

    #[inline]
    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), Error> {
        self.line.push(b"null");
        Ok(())
    }

    #[inline]
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    #[inline]
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.variant(variant);
        value.serialize(Json::new(self.line))?;
        self.line.push(b"}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'a>, Error> {
        Ok(Compound::begin(self.line, b"[", b"]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'a>, Error> {
        Ok(Compound::begin(self.line, b"[", b"]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'a>, Error> {
        Ok(Compound::begin(self.line, b"[", b"]"))
    }

    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'a>, Error> {
        self.variant(variant);
        Ok(Compound::begin(self.line, b"[", b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'a>, Error> {
        Ok(Compound::begin(self.line, b"{", b"}"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Compound<'a>, Error> {
        if name.starts_with("$serde_json::private::") {
            return Ok(Compound::hand_on(self.line, name));
        }
        Ok(Compound::begin(self.line, b"{", b"}"))
    }

    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'a>, Error> {
        self.variant(variant);
        Ok(Compound::begin(self.line, b"{", b"}}"))
    }
}
