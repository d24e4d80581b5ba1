//! A check of JSON text that gives its parts as slices: the fast way through lines as loggers write them.
//!
//! It accepts what `serde_json` accepts as a value to ignore, and nothing else, but for deep nesting,
//! which it leaves to `serde_json`. Nothing is unescaped or copied.

/// Deeper values are left to the slow way.
const MOST_DEPTH: u32 = 64;

/// A string in JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    /// What stands between the quotes.
    pub raw: &'a str,
    /// Whether that has no escapes, so it is the string itself.
    pub is_plain: bool,
}

/// A place in a JSON text. `None` always means: not as expected, or not valid.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning of a text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// How many bytes stand before it.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Whether nothing follows.
    #[must_use]
    pub fn is_end(&self) -> bool {
        self.at == self.text.len()
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    /// Passes over exactly these bytes.
    #[inline]
    pub fn literal(&mut self, wanted: &[u8]) -> Option<()> {
        self.bytes().get(self.at..)?.starts_with(wanted).then(|| self.at += wanted.len())
    }

    /// Passes over this byte if it is the next one.
    #[inline]
    pub fn is_next(&mut self, wanted: u8) -> bool {
        let is_next = self.peek() == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    /// Passes over a string.
    #[inline]
    pub fn string(&mut self) -> Option<Text<'a>> {
        self.literal(b"\"")?;
        let begin = self.at;
        let mut is_plain = true;
        loop {
            self.at += special(&self.bytes()[self.at..])?;
            match self.bytes()[self.at] {
                b'"' => break,
                b'\\' => {
                    is_plain = false;
                    self.escape()?;
                }
                _ => return None,
            }
        }
        let raw = self.text.get(begin..self.at)?;
        self.at += 1;
        Some(Text { raw, is_plain })
    }

    fn escape(&mut self) -> Option<()> {
        let length = match self.bytes().get(self.at + 1)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
            b'u' => {
                let digits = self.bytes().get(self.at + 2..self.at + 6)?;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(6)?
            }
            _ => return None,
        };
        self.at += length;
        Some(())
    }

    /// Passes over a value of any kind, and gives its text.
    #[inline]
    pub fn value(&mut self) -> Option<&'a str> {
        let begin = self.at;
        self.any(MOST_DEPTH)?;
        self.text.get(begin..self.at)
    }

    #[inline]
    fn any(&mut self, depth: u32) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            b'{' => self.members(b'}', depth, |cursor, depth| {
                cursor.string()?;
                cursor.space();
                cursor.literal(b":")?;
                cursor.space();
                cursor.any(depth)
            }),
            b'[' => self.members(b']', depth, Self::any),
            _ => None,
        }
    }

    /// What stands in braces or brackets, with commas between.
    fn members(
        &mut self,
        close: u8,
        depth: u32,
        member: impl Fn(&mut Self, u32) -> Option<()>,
    ) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.at += 1;
        self.space();
        if self.is_next(close) {
            return Some(());
        }
        loop {
            member(self, depth)?;
            self.space();
            if self.is_next(close) {
                return Some(());
            }
            self.literal(b",")?;
            self.space();
        }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    #[inline]
    fn number(&mut self) -> Option<()> {
        self.is_next(b'-');
        if !self.is_next(b'0') {
            self.digits()?;
        }
        if self.is_next(b'.') {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if !self.is_next(b'+') {
                self.is_next(b'-');
            }
            self.digits()?;
        }
        Some(())
    }

    /// At least one digit.
    #[inline]
    fn digits(&mut self) -> Option<()> {
        let begin = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > begin).then_some(())
    }
}

/// Where the first quote, backslash or control character stands. Eight bytes at once.
#[inline]
fn special(bytes: &[u8]) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The high bit of a byte is set where it is below the other. A borrow reaches bytes above only.
        let below = |word: u64, least: u64| word.wrapping_sub(least * EACH) & !word & HIGH;
        let quote = word ^ (u64::from(b'"') * EACH);
        let backslash = word ^ (u64::from(b'\\') * EACH);
        let found = below(word, 0x20) | below(quote, 1) | below(backslash, 1);
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let is_special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    Some(words.len() * 8 + rest.iter().position(is_special)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    fn accepts(text: &str) -> bool {
        let mut cursor = Cursor::new(text);
        cursor.value() == Some(text) && cursor.is_end()
    }

    /// As `serde_json`, but for white space around the text.
    fn is_json(text: &str) -> bool {
        text.trim_matches([' ', '\t', '\n', '\r']) == text
            && serde_json::from_str::<IgnoredAny>(text).is_ok()
    }

    #[test]
    fn what_is_json_is_accepted_and_nothing_else() {
        for text in [
            "0",
            "-0",
            "01",
            "1.",
            ".5",
            "1.5e+7",
            "1E-7",
            "1e",
            "--1",
            "12345678901234567890",
            "true",
            "tru",
            "null",
            "nul",
            "\"\"",
            "\"a",
            "\"a\u{1}\"",
            r#""\n\u00e9\uD800""#,
            r#""\u00g0""#,
            r#""\x""#,
            "\"漢字漢字漢字\"",
            "[]",
            "[1,]",
            "[1 , 2]",
            "{}",
            r#"{"a":1,}"#,
            r#"{"a" : [ {} ]}"#,
            "{1:2}",
            r#"{"a"}"#,
            "",
            "\u{7f}",
            "\"\u{7f}\"",
            "[1}",
            "\"12345678\\\"",
            "\"1234567\\\"\"",
        ] {
            assert_eq!(accepts(text), is_json(text), "{text}");
        }
        assert!(accepts(&"[".repeat(64).chars().chain("]".repeat(64).chars()).collect::<String>()));
        assert!(!accepts(&("[".repeat(65) + &"]".repeat(65))), "left to the slow way");
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde_json(text in r#"[\[\]{}:,"\\ntu0-9a-f.eE+ é漢\x01 -]{0,24}"#) {
            prop_assert_eq!(accepts(&text), is_json(&text));
        }

        #[test]
        fn every_string_is_taken_whole(value: String, behind: String) {
            let json = serde_json::Value::from(value.as_str()).to_string();
            let text = format!("{json}{behind}");
            let mut cursor = Cursor::new(&text);
            let found = cursor.string().unwrap();
            prop_assert_eq!(cursor.position(), json.len());
            prop_assert_eq!(found.raw, &json[1..json.len() - 1]);
            prop_assert_eq!(found.is_plain, found.raw == value);
        }
    }
}
