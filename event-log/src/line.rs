//! One event to one line: `id`, `date`, `type`, the context's values, `params`, a newline.
//!
//! ```text
//! {"id":"…","date":"…","type":"user_login","user_id":42,…,"params":{"provider":"twitter"}}
//! `--------- head ---------------'`------- fragment ------------'`-------- params -------'
//! ```
//!
//! The current context is read, and all of its values copied, before any code of the event's author
//! runs: a `Serialize` implementation may emit events and enter contexts itself.

use serde_core::Serialize;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::context::{
    COUNTRY_CODE, Context, Fragment, LOCALE, NO_VALUES, PARAMS, USER_ID, with_current,
};
use crate::date::{DatePrecision, DateText};
use crate::envelope::Envelope;
use crate::event::Event;
use crate::id::{next_id, write_hyphenated};
use crate::json::Json;
use crate::line_buffer::LineBuffer;
use crate::params::Params;
use crate::pii::{self, PiiHash, PiiKey};
use crate::user_id::UserId;

#[cfg(test)]
mod tests;

/// The beginning of every line; the zeros are replaced by the id.
pub(crate) const HEAD: &[u8; 53] = b"{\"id\":\"00000000-0000-0000-0000-000000000000\",\"date\":\"";
pub(crate) const ID_OFFSET: usize = 7;
pub(crate) const TYPE_KEY: &[u8; 10] = b"\",\"type\":\"";

/// The offset in a line, in bytes, where the name of the type begins; it ends at the next quote.
pub(crate) const fn type_offset(precision: DatePrecision) -> usize {
    HEAD.len() + precision.width() + TYPE_KEY.len()
}

/// When the event of a line was emitted, in milliseconds since 1970: the time in its id.
pub(crate) fn emitted_millis(line: &[u8]) -> Option<u64> {
    // Eight digits, a hyphen, four digits.
    let text = str::from_utf8(line.get(ID_OFFSET..ID_OFFSET + 13)?).ok()?;
    let (high, low) = text.split_once('-')?;
    let digits = |text| u64::from_str_radix(text, 16).ok();
    Some(digits(high)? << 16 | digits(low)?)
}

/// What a logger's options say about its lines.
#[derive(Clone, Debug)]
pub(crate) struct LineFormat {
    pub(crate) precision: DatePrecision,
    /// The longest line in bytes, its newline included.
    pub(crate) max_line_bytes: usize,
    /// For what is hashed.
    pub(crate) pii_key: Option<PiiKey>,
}

/// The contexts that the caller knows; the current one is between them in strength.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layers<'a> {
    /// Given for this event.
    pub(crate) explicit: Option<&'a Context>,
    /// The builder's default.
    pub(crate) default: &'a Context,
}

/// Why an event has no line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RenderError {
    /// How long it would have been is not known: rendering stops soon after the limit.
    #[error("the line is longer than {max_line_bytes} bytes")]
    TooLong { max_line_bytes: usize },
    #[error("the field `{field}` does not serialize")]
    Serialize { field: &'static str, source: serde_json::Error },
}

/// Renders lines one after the other into the same memory. A new one is cheap: it allocates nothing
/// before its first line.
#[derive(Debug)]
pub(crate) struct Renderer {
    line: LineBuffer,
    dates: DateText,
}

impl Renderer {
    pub(crate) fn new() -> Self {
        Self { line: LineBuffer::default(), dates: DateText::new() }
    }

    /// The line that was rendered last, with its newline; meaningless after an error or a panic.
    #[inline]
    pub(crate) fn line(&self) -> &[u8] {
        self.line.as_slice()
    }

    /// Renders `event` and returns its id.
    ///
    /// # Errors
    /// If a field does not serialize, or the line would be longer than the limit.
    ///
    /// # Panics
    /// Only where code of the event's author does; the next call starts afresh.
    #[inline]
    pub(crate) fn render<E: Event + ?Sized>(
        &mut self,
        event: &E,
        layers: Layers<'_>,
        now: Timestamp,
        format: &LineFormat,
    ) -> Result<Uuid, RenderError> {
        let mut own = event.own_envelope();
        let hash;
        if own.hash_user_id {
            hash = hash_user_id(own.user_id, format)?;
            own.user_id = hash.as_ref().map(|hash| UserId::Text(hash.as_str()));
        }
        let id = self.head(event.event_type().name(), now, format);
        self.fragment(&own, layers);
        self.params(event, format)?;
        Ok(id)
    }

    /// Gives the line that was rendered last another id, and returns that.
    #[cfg(feature = "testing")]
    pub(crate) fn change_id(&mut self, id: Uuid) -> Uuid {
        if let Some(out) = self.line.as_mut_slice()[ID_OFFSET..].first_chunk_mut() {
            write_hyphenated(id, out);
        }
        id
    }

    /// Everything up to the name of the type; its closing quote belongs to the fragment.
    #[inline]
    fn head(&mut self, type_name: &str, now: Timestamp, format: &LineFormat) -> Uuid {
        let id = next_id(now.unix_millis());
        self.line.start(format.max_line_bytes);
        let date = self.dates.render(now, format.precision);
        self.line.push_all([HEAD, date, TYPE_KEY, type_name.as_bytes()]);
        // Never `None`; and in place, as 36 bytes stored one by one and copied at once would stall.
        if let Some(out) = self.line.as_mut_slice()[ID_OFFSET..].first_chunk_mut() {
            write_hyphenated(id, out);
        }
        id
    }

    #[inline]
    fn fragment(&mut self, own: &Envelope<'_>, layers: Layers<'_>) {
        let explicit = layers.explicit.and_then(Context::fragment);
        let default = layers.default.fragment();
        with_current(|current| {
            let layers = [explicit, current.and_then(Context::fragment), default];
            write_fragment(&mut self.line, own, layers);
        });
    }

    #[inline]
    fn params<E: Event + ?Sized>(
        &mut self,
        event: &E,
        format: &LineFormat,
    ) -> Result<(), RenderError> {
        let start = self.line.len();
        let result = event.write_params(&mut Params::new(&mut self.line, format.pii_key.as_ref()));
        if self.line.len() == start {
            self.line.push(b"{");
        }
        self.line.push(b"}}\n");
        if self.line.overflowed() {
            return Err(RenderError::TooLong { max_line_bytes: format.max_line_bytes });
        }
        result.map_err(|error| RenderError::Serialize {
            field: error.field(),
            source: error.source,
        })?;
        // The comma before the first field, unless the brace is there already.
        self.line.as_mut_slice()[start] = b'{';
        Ok(())
    }
}

#[cold]
fn hash_user_id(
    user_id: Option<UserId<'_>>,
    format: &LineFormat,
) -> Result<Option<PiiHash>, RenderError> {
    pii::hash(format.pii_key.as_ref(), &user_id)
        .map_err(|source| RenderError::Serialize { field: "user_id", source })
}

/// Contexts that speak for an event, from the strongest to the weakest.
type Fragments<'a> = [Option<&'a Fragment>; 3];

#[inline]
fn write_fragment(line: &mut LineBuffer, own: &Envelope<'_>, layers: Fragments<'_>) {
    match layers {
        _ if !own.is_empty() => write_merged(line, own, layers),
        [None, None, None] => line.push(NO_VALUES),
        [Some(only), None, None] | [None, Some(only), None] | [None, None, Some(only)] => {
            line.push(only.text());
        }
        _ => write_merged(line, own, layers),
    }
}

/// Writes each value from the strongest source that has it, and every common field once.
fn write_merged(line: &mut LineBuffer, own: &Envelope<'_>, layers: Fragments<'_>) {
    let inherited = |index| layers.iter().flatten().find_map(|layer| layer.envelope_piece(index));
    write_value(line, b"\",\"user_id\":", own.user_id, inherited(USER_ID));
    write_value(line, b",\"locale\":", own.locale, inherited(LOCALE));
    write_value(line, b",\"country_code\":", own.country_code, inherited(COUNTRY_CODE));
    for (index, layer) in layers.iter().enumerate() {
        let Some(layer) = layer else { continue };
        for (name, piece) in layer.fields() {
            if !has_field(&layers[..index], name) {
                line.push(piece);
            }
        }
    }
    line.push(PARAMS);
}

fn has_field(layers: &[Option<&Fragment>], name: &str) -> bool {
    layers.iter().flatten().any(|layer| layer.field_like(name).is_some())
}

/// Writes the event's own value, or the piece of a context, which brings its key, or `null`.
fn write_value<V: Serialize>(
    line: &mut LineBuffer,
    key: &[u8],
    own: Option<V>,
    inherited: Option<&[u8]>,
) {
    match (own, inherited) {
        (Some(value), _) => {
            line.push(key);
            // Numbers and strings fail only past the limit, which the line remembers.
            let _: Result<_, _> = value.serialize(Json::new(line));
        }
        (None, Some(piece)) => line.push(piece),
        (None, None) => {
            line.push(key);
            line.push(b"null");
        }
    }
}
