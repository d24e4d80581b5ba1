//! The grammar of one member: `key=value;property`, and percent-encoding.

use std::fmt::Write;

/// Writes a member; `key` is a token.
pub(super) fn member(key: &str, text: &str) -> String {
    let mut member = format!("{key}=");
    for byte in text.bytes() {
        if is_baggage_octet(byte) && byte != b'%' {
            member.push(char::from(byte));
        } else {
            write!(member, "%{byte:02X}").expect("a string takes everything");
        }
    }
    member
}

/// The key and the encoded value of a member, without its properties.
pub(super) fn split(member: &[u8]) -> Option<(&str, &[u8])> {
    let pair = member.split(|byte| *byte == b';').next().unwrap_or_default();
    let equals = pair.iter().position(|byte| *byte == b'=')?;
    let (key, value) = (trim(&pair[..equals]), trim(&pair[equals + 1..]));
    is_token(key).then(|| Some((str::from_utf8(key).ok()?, value)))?
}

/// The text of an encoded value, unless it holds what must be encoded.
pub(super) fn decode(value: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => (digit(*rest.next()?)? << 4) | digit(*rest.next()?)?,
            byte if is_baggage_octet(*byte) => *byte,
            _ => return None,
        });
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether this is a token of HTTP (RFC 9110, section 5.6.2).
pub(super) fn is_token(text: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(allowed)
}

fn is_baggage_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Without the white space that the grammar allows around it.
fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
