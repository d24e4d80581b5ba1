//! The fast way through a line: what a logger writes needs no more than to leave out `params`.
//!
//! A line is checked as JSON in full, its keys are looked at, and its row is two slices of it. What is
//! out of the ordinary (an escape in a key, a name that is taken, another order, white space, a
//! mistake) is left to [`Line`](crate::line::Line) and [`flatten`].

use crate::json::Cursor;
use crate::load::flatten;

/// So many keys are looked at; a line with more takes the other way.
const MOST_KEYS: usize = 48;

/// An ordinary line.
#[derive(Debug, PartialEq, Eq)]
pub struct Scanned<'a> {
    /// The id.
    pub id: &'a str,
    /// The date.
    pub date: &'a str,
    /// The type.
    pub event_type: &'a str,
    /// From the first brace to the end of the last value before the params.
    envelope: &'a str,
    /// The members of the params.
    params: &'a str,
}

impl<'a> Scanned<'a> {
    /// Scans a line; `None` if it is out of the ordinary.
    #[must_use]
    pub fn of(text: &'a str) -> Option<Self> {
        Self::each(text, |_, _| ())
    }

    /// Scans a line, and hands over what stands in its row behind the type: each key, and the JSON text of
    /// its value. What was handed over counts for nothing if `None` follows.
    #[inline]
    pub fn each(text: &'a str, mut member: impl FnMut(&'a str, &'a str)) -> Option<Self> {
        let mut cursor = Cursor::new(text);
        cursor.literal(b"{\"id\":")?;
        let id = plain(&mut cursor)?;
        cursor.literal(b",\"date\":")?;
        let date = plain(&mut cursor)?;
        cursor.literal(b",\"type\":")?;
        let event_type = plain(&mut cursor)?;
        cursor.literal(b",\"user_id\":")?;
        member("user_id", cursor.value()?);
        cursor.literal(b",\"locale\":")?;
        member("locale", cursor.value()?);
        cursor.literal(b",\"country_code\":")?;
        member("country_code", cursor.value()?);
        let mut taken = Taken::of(text);
        let envelope = loop {
            let envelope = &text[..cursor.position()];
            cursor.literal(b",")?;
            let begin = cursor.position();
            match plain(&mut cursor)? {
                "params" => break envelope,
                name => {
                    taken.add(name, begin)?;
                    cursor.literal(b":")?;
                    member(name, cursor.value()?);
                }
            }
        };
        cursor.literal(b":{")?;
        let begin = cursor.position();
        if !cursor.is_next(b'}') {
            loop {
                let begin = cursor.position();
                let name = plain(&mut cursor)?;
                taken.add(name, begin)?;
                cursor.literal(b":")?;
                member(name, cursor.value()?);
                if cursor.is_next(b'}') {
                    break;
                }
                cursor.literal(b",")?;
            }
        }
        let params = &text[begin..cursor.position() - 1];
        cursor.literal(b"}")?;
        cursor.is_end().then_some(Self { id, date, event_type, envelope, params })
    }

    /// Appends the row.
    pub fn row(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.envelope.as_bytes());
        if !self.params.is_empty() {
            out.push(b',');
            out.extend_from_slice(self.params.as_bytes());
        }
        out.extend_from_slice(b"}\n");
    }
}

/// A string without escapes.
#[inline]
fn plain<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let text = cursor.string()?;
    text.is_plain.then_some(text.raw)
}

/// The names at the top level of the row so far.
struct Taken<'a> {
    text: &'a str,
    /// Where each stands in the text, behind its quote: a small array is quicker to make than one of names.
    begins: [u32; MOST_KEYS],
    count: usize,
    /// The [`mark`]s of the names, and of those that are always taken.
    marks: u64,
}

impl<'a> Taken<'a> {
    fn of(text: &'a str) -> Self {
        let marks = const { marks(&flatten::TAKEN) };
        Self { text, begins: [0; MOST_KEYS], count: 0, marks }
    }

    /// Adds the name of a common field or a param, whose quote stands at `begin`; `None` if it is taken or
    /// there are too many.
    #[inline]
    fn add(&mut self, name: &str, begin: usize) -> Option<()> {
        let mark = mark(name);
        // A mark that nobody has spares the look at each name.
        if self.count == MOST_KEYS || (self.marks & mark != 0 && self.is_taken(name)) {
            return None;
        }
        self.marks |= mark;
        self.begins[self.count] = u32::try_from(begin + 1).ok()?;
        self.count += 1;
        Some(())
    }

    fn is_taken(&self, name: &str) -> bool {
        let names = self.begins[..self.count].iter().filter_map(|begin| {
            let rest = self.text.get(usize::try_from(*begin).ok()?..)?;
            Some(rest.split_once('"')?.0)
        });
        let mut others = flatten::TAKEN.into_iter().chain(names);
        others.any(|other| other.eq_ignore_ascii_case(name))
    }
}

/// One bit, the same for names that differ in case only.
const fn mark(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let [first, .., last] = bytes else { return 1 };
    let ends = (*first | 0x20) as usize * 5 + (*last | 0x20) as usize;
    1 << ((bytes.len() * 9 + ends) & 63)
}

const fn marks(names: &[&str]) -> u64 {
    let mut all = 0;
    let mut index = 0;
    while index < names.len() {
        all |= mark(names[index]);
        index += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Line;

    const HEAD: &str =
        r#"{"id":"i","date":"d","type":"t","user_id":1,"locale":"ja","country_code":null"#;

    /// The row by the fast way, if the line takes it; it is compared with the other way.
    fn row(line: &str) -> Option<String> {
        let scanned = Scanned::of(line)?;
        let (mut fast, mut slow) = (Vec::new(), Vec::new());
        scanned.row(&mut fast);
        let parsed = Line::parse(line.as_bytes()).unwrap();
        flatten::row(&parsed, &mut slow, |key, _| panic!("{key} was renamed"));
        assert_eq!(fast, slow, "{line}");
        assert_eq!((scanned.id, scanned.date, scanned.event_type), ("i", "d", "t"));
        Some(String::from_utf8(fast).unwrap())
    }

    #[test]
    fn an_ordinary_line_loses_its_params_key_and_nothing_else() {
        for (rest, flat) in [
            (r#","params":{}}"#, "}\n".to_owned()),
            (
                r#","params":{"a":801.0,"b":{"id":[]}}}"#,
                r#","a":801.0,"b":{"id":[]}}"#.to_owned() + "\n",
            ),
            (r#","s":"}}","params":{"a":"\"}}"}}"#, r#","s":"}}","a":"\"}}"}"#.to_owned() + "\n"),
        ] {
            assert_eq!(row(&format!("{HEAD}{rest}")), Some(format!("{HEAD}{flat}")));
        }
    }

    #[test]
    fn what_is_out_of_the_ordinary_takes_the_other_way() {
        for rest in [
            r#","params":{"date":1}}"#,
            r#","params":{"a":1,"A":2}}"#,
            r#","a":1,"params":{"a":1}}"#,
            r#","params":{"\u0061":1}}"#,
            r#","params":{"a":1},"b":2}"#,
            r#", "params":{"a":1}}"#,
            r#","params": {"a":1}}"#,
            r#","params":{ "a":1}}"#,
            r#","params":{"a":1} }"#,
            r#","params":{"a":1}}x"#,
            r#","params":{"a":01}}"#,
            r#","params":[]}"#,
            "}",
        ] {
            assert_eq!(row(&format!("{HEAD}{rest}")), None, "{rest}");
        }
        assert_eq!(row(r#"{"date":"d","id":"i","type":"t"}"#), None);
    }
}
