//! The middle of a line, rendered when a context is built: envelope values and common fields.

use std::borrow::Cow;

/// The middle of the line of an event of which nothing is known.
pub(crate) const NO_VALUES: &[u8] =
    b"\",\"user_id\":null,\"locale\":null,\"country_code\":null,\"params\":";
/// What stands after the last piece.
pub(crate) const PARAMS: &[u8] = b",\"params\":";

/// The envelope keys in their order, as indices of pieces; the common fields follow.
pub(crate) const USER_ID: usize = 0;
pub(crate) const LOCALE: usize = 1;
pub(crate) const COUNTRY_CODE: usize = 2;
const FIRST_FIELD: usize = 3;

/// All that a context puts into a line, so that the usual emit copies it in one piece.
///
/// ```text
/// ","user_id":42,"locale":"ja","country_code":null,"session":"s1","params":
/// `-------------'`------------'`------------------'`-------------'
///    piece 0        piece 1          piece 2            piece 3
/// ```
///
/// It begins with the quote that ends the type's name.
#[derive(Clone, Debug)]
pub(crate) struct Fragment {
    text: Vec<u8>,
    /// In the order of the text; always the three of the envelope, then one for each common field.
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
struct Piece {
    name: Cow<'static, str>,
    /// Where the piece ends in the text, and the next one begins.
    end: usize,
    /// Whether there is a value; otherwise it reads `null` and a weaker context may supply it.
    is_set: bool,
}

impl Fragment {
    pub(crate) fn new() -> Self {
        let mut end = 0;
        let pieces = ["\",\"user_id\":null", ",\"locale\":null", ",\"country_code\":null"].iter();
        let pieces = pieces.zip(["user_id", "locale", "country_code"]).map(|(piece, name)| {
            end += piece.len();
            Piece { name: Cow::Borrowed(name), end, is_set: false }
        });
        Self { pieces: pieces.collect(), text: NO_VALUES.to_vec() }
    }

    /// The whole text, from the quote that ends the type's name to the colon after `params`.
    #[inline]
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// One of the three envelope pieces, if it has a value.
    #[inline]
    pub(crate) fn envelope_piece(&self, index: usize) -> Option<&[u8]> {
        self.pieces[index].is_set.then(|| self.piece(index))
    }

    /// The JSON of one of the three envelope values, if it is set.
    pub(crate) fn envelope_value(&self, index: usize) -> Option<&[u8]> {
        self.envelope_piece(index).map(value_in)
    }

    /// The JSON of a common field, if there is one of exactly this name.
    pub(crate) fn field_value(&self, name: &str) -> Option<&[u8]> {
        self.fields().find(|(other, _)| *other == name).map(|(_, piece)| value_in(piece))
    }

    /// The names and pieces of the common fields.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &[u8])> {
        (FIRST_FIELD..self.pieces.len()).map(|index| (self.name(index), self.piece(index)))
    }

    /// The name of the common field that bears this name in any case.
    pub(crate) fn field_like(&self, name: &str) -> Option<&str> {
        self.fields().map(|(other, _)| other).find(|other| other.eq_ignore_ascii_case(name))
    }

    /// The text without what joins it to a line: the inside of a JSON object.
    pub(crate) fn values(&self) -> &[u8] {
        &self.text[b"\",".len()..self.text.len() - PARAMS.len()]
    }

    /// Sets an envelope value to this JSON, or to none.
    pub(crate) fn set_envelope(&mut self, index: usize, json: Option<&[u8]>) {
        let value = json.unwrap_or(b"null");
        let quote: &[u8] = if index == 0 { b"\"" } else { b"" };
        let piece = [quote, b",\"", self.name(index).as_bytes(), b"\":", value].concat();
        self.replace(index, &piece);
        self.pieces[index].is_set = json.is_some();
    }

    /// Sets a common field to this JSON; `name` needs no escaping.
    pub(crate) fn set_field(&mut self, name: &str, json: &[u8]) {
        let end = self.start_of(self.pieces.len());
        let index = self.pieces.iter().position(|piece| piece.name == name).unwrap_or_else(|| {
            self.pieces.push(Piece { name: name.to_owned().into(), end, is_set: true });
            self.pieces.len() - 1
        });
        self.replace(index, &[b",\"", name.as_bytes(), b"\":", json].concat());
    }

    fn replace(&mut self, index: usize, piece: &[u8]) {
        let old = self.start_of(index)..self.pieces[index].end;
        for moved in &mut self.pieces[index..] {
            moved.end = moved.end - old.len() + piece.len();
        }
        self.text.splice(old, piece.iter().copied());
    }

    fn name(&self, index: usize) -> &str {
        &self.pieces[index].name
    }

    #[inline]
    fn piece(&self, index: usize) -> &[u8] {
        &self.text[self.start_of(index)..self.pieces[index].end]
    }

    #[inline]
    fn start_of(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.pieces[index - 1].end }
    }
}

/// What stands behind the name of a piece; no name holds a colon.
fn value_in(piece: &[u8]) -> &[u8] {
    let colon = piece.iter().position(|byte| *byte == b':');
    colon.map_or(b"", |colon| &piece[colon + 1..])
}
