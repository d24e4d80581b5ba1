//! [`Unzip`]: a compressed segment, which can be read only from its first byte on.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read};

use crate::writer::name::Form;

/// How much is decoded at a time of what is not wanted.
const PIECE_BYTES: usize = 16 * 1024;

/// Decodes the bytes of a segment, one after the other.
pub(super) struct Unzip {
    decoder: Decoder,
    /// How many were decoded.
    position: u64,
}

type Decoder = Box<dyn Read + Send + Sync>;

impl Unzip {
    /// Begins with the first byte; `None` if the feature for this form is off.
    pub(super) fn open(form: Form, file: File) -> io::Result<Option<Self>> {
        Ok(decoder(form, BufReader::new(file))?.map(|decoder| Self { decoder, position: 0 }))
    }

    /// How many bytes were decoded.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Decodes a piece of what lies before `offset`; whether the next byte is the one there, or there
    /// is none.
    pub(super) fn approach(&mut self, offset: u64) -> io::Result<bool> {
        let left = offset.saturating_sub(self.position);
        if left == 0 {
            return Ok(true);
        }
        let mut piece = [0; PIECE_BYTES];
        let wanted = usize::try_from(left).unwrap_or(PIECE_BYTES).min(PIECE_BYTES);
        let read = self.read(&mut piece[..wanted])?;
        Ok(read == 0 || read as u64 == left)
    }

    /// Decodes the next bytes.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = loop {
            match self.decoder.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.position += read as u64;
        Ok(read)
    }
}

/// A file may hold several members or frames, as other programs write.
#[cfg_attr(not(feature = "zstd"), expect(clippy::unnecessary_wraps, reason = "zstd can fail"))]
fn decoder(form: Form, file: BufReader<File>) -> io::Result<Option<Decoder>> {
    Ok(match form {
        Form::Plain => Some(Box::new(file)),
        #[cfg(feature = "gzip")]
        Form::Gzip => Some(Box::new(flate2::bufread::MultiGzDecoder::new(file))),
        #[cfg(feature = "zstd")]
        Form::Zstd => Some(Box::new(zstd::stream::read::Decoder::with_buffer(file)?)),
        #[cfg(not(all(feature = "gzip", feature = "zstd")))]
        _ => None,
    })
}

impl fmt::Debug for Unzip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unzip").field("position", &self.position).finish_non_exhaustive()
    }
}
