//! The recorded events of one user, compiled to what stays and what varies.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::failure::Failure;
use crate::input::walk::{Trouble, walk};
use crate::line::Line;
use crate::load::flatten;
use crate::progress::Progress;
use crate::replicate::rules::{Draw, Rule, Rules};
use crate::replicate::schedule::DAY_MICROS;

/// Recorded events, in the order of their dates.
#[derive(Debug)]
pub struct Template {
    /// The events; never none.
    pub events: Vec<Recorded>,
    /// What the rules say, by the numbers in [`Value::Drawn`].
    pub rules: Vec<Rule>,
    /// What the user ids are.
    pub user: UserKind,
}

/// What user ids are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserKind {
    /// No event has one.
    None,
    /// Integers.
    Integer,
    /// UUIDs.
    Uuid,
    /// This text, and a number behind it; as it stands in JSON, without the quotes.
    Text(Box<str>),
}

/// One recorded event.
#[derive(Debug)]
pub struct Recorded {
    /// How long after the first, in microseconds.
    pub after_micros: u64,
    /// How many digits its date has behind the second.
    pub precision: usize,
    /// Its type.
    pub event_type: Box<str>,
    /// The user id: [`Value::User`] or null.
    pub user_id: Value,
    /// The locale.
    pub locale: Value,
    /// The country.
    pub country_code: Value,
    /// The common fields.
    pub common_fields: Vec<Member>,
    /// The params.
    pub params: Vec<Member>,
}

/// A field of a recorded event.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: Box<str>,
    /// Its name as a column of a lake, which differs where that name is taken.
    pub column: Box<str>,
    /// Its value.
    pub value: Value,
}

/// A value of a recorded event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The same JSON text in every copy.
    Same(Box<str>),
    /// As the rule of this number draws it.
    Drawn(usize),
    /// The id of the copy's user.
    User,
}

impl Recorded {
    /// All fields, in the order of the line.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.common_fields.iter().chain(&self.params)
    }
}

/// A line before the rules.
struct Read {
    date: DateTime<Utc>,
    recorded: Recorded,
    user_id: Box<str>,
}

impl Template {
    /// Reads the recorded events, and applies the rules to them.
    ///
    /// # Errors
    /// If a line is none, there are several users, the events take a day or more, or a rule fits
    /// nothing.
    pub fn read(path: &Path, rules: &Rules) -> Result<Self, Failure> {
        let mut compiler = Compiler { path: path.to_owned(), rules, used: Vec::new() };
        let mut read = compiler.lines()?;
        // Stable: events of one instant stay in the order of the file.
        read.sort_by_key(|read| read.date);
        let (Some(first), Some(last)) = (read.first(), read.last()) else {
            return Err(compiler.wrong("it holds no event"));
        };
        let from = first.date;
        if micros(last.date - from) >= DAY_MICROS {
            return Err(compiler.wrong(&format!(
                "its events take from {from} to {}: record less than a day of one user",
                last.date
            )));
        }
        let user = compiler.user(&read)?;
        compiler.check_used()?;
        let rules = compiler.used.iter().map(|key| compiler.rules[*key].clone()).collect();
        let at = |read: Read| Recorded { after_micros: micros(read.date - from), ..read.recorded };
        Ok(Self { events: read.into_iter().map(at).collect(), rules, user })
    }

    /// How long the events take, in microseconds; less than a day.
    #[must_use]
    pub fn span_micros(&self) -> u64 {
        self.events.last().map_or(0, |event| event.after_micros)
    }
}

fn micros(time: chrono::TimeDelta) -> u64 {
    time.num_microseconds().and_then(|micros| u64::try_from(micros).ok()).unwrap_or(u64::MAX)
}

struct Compiler<'r> {
    path: PathBuf,
    rules: &'r Rules,
    /// The keys of the rules that fitted something.
    used: Vec<&'r str>,
}

impl Compiler<'_> {
    fn wrong(&self, reason: &str) -> Failure {
        Failure::Argument(format!("the template `{}`: {reason}", self.path.display()))
    }

    fn lines(&mut self) -> Result<Vec<Read>, Failure> {
        // A name with glob characters is still a name.
        let input = self.path.to_string_lossy().into_owned();
        let mut read = Vec::new();
        let mut bad = None;
        walk(
            &[input],
            &Progress::none(),
            |bytes| {
                let line = Line::parse(bytes)?;
                read.push(self.line(&line).map_err(Trouble::Malformed)?);
                Ok(())
            },
            |line| _ = bad.get_or_insert(line),
        )?;
        match bad {
            Some(bad) => Err(self.wrong(&format!("line {}: {}", bad.line, bad.reason))),
            None => Ok(read),
        }
    }

    fn line(&mut self, line: &Line<'_>) -> Result<Read, String> {
        let date = DateTime::parse_from_rfc3339(&line.date)
            .map_err(|error| format!("the date `{}` is none: {error}", line.date))?;
        let fraction = line.date.get(20..).filter(|_| line.date.as_bytes().get(19) == Some(&b'.'));
        let digits = fraction.map_or(0, |text| text.bytes().take_while(u8::is_ascii_digit).count());
        let user_id: Box<str> = line.user_id.get().into();
        let members = || line.common_fields.iter().chain(&line.params);
        let mut all = Vec::new();
        for (index, (key, value)) in members().enumerate() {
            let value = if index < line.common_fields.len() {
                self.common(&key.0, value.get())
            } else {
                self.param(&line.event_type, &key.0, value.get())
            };
            let column = flatten::free_name(&key.0, index, members).into();
            all.push(Member { name: (&*key.0).into(), column, value });
        }
        let params = all.split_off(line.common_fields.len());
        let recorded = Recorded {
            after_micros: 0,
            precision: digits.min(6),
            event_type: (&*line.event_type).into(),
            user_id: if &*user_id == "null" { Value::Same("null".into()) } else { Value::User },
            locale: self.envelope("locale", line.locale.get()),
            country_code: self.envelope("country_code", line.country_code.get()),
            common_fields: all,
            params,
        };
        Ok(Read { date: date.to_utc(), recorded, user_id })
    }

    fn envelope(&mut self, key: &str, value: &str) -> Value {
        self.rule([key]).map_or_else(|| Value::Same(value.into()), Value::Drawn)
    }

    fn common(&mut self, name: &str, value: &str) -> Value {
        let rule = self.rule([name]);
        self.value(rule, value)
    }

    fn param(&mut self, event_type: &str, name: &str, value: &str) -> Value {
        let rule = self.rule([&*format!("{event_type}.{name}"), &*format!("*.{name}")]);
        self.value(rule, value)
    }

    fn value(&self, rule: Option<usize>, value: &str) -> Value {
        match rule {
            Some(rule) if self.rules[self.used[rule]].draw == Draw::User => Value::User,
            Some(rule) => Value::Drawn(rule),
            None => Value::Same(value.into()),
        }
    }

    /// The number of the first rule with one of these keys.
    fn rule<const N: usize>(&mut self, keys: [&str; N]) -> Option<usize> {
        let (key, _) = keys.into_iter().find_map(|key| self.rules.get_key_value(key))?;
        Some(self.used.iter().position(|used| used == key).unwrap_or_else(|| {
            self.used.push(key);
            self.used.len() - 1
        }))
    }

    fn check_used(&self) -> Result<(), Failure> {
        let unused = self.rules.keys().find(|key| !self.used.contains(&key.as_str()));
        unused.map_or(Ok(()), |key| {
            Err(self.wrong(&format!(
                "the rule `{key}` fits nothing in it; a key is `locale`, `country_code`, a common \
                 field, `<type>.<param>` or `*.<param>`"
            )))
        })
    }

    /// What user ids are, if all events that have one have the same.
    fn user(&self, read: &[Read]) -> Result<UserKind, Failure> {
        let mut ids = read.iter().map(|read| &*read.user_id).filter(|id| *id != "null");
        let Some(id) = ids.next() else { return Ok(UserKind::None) };
        if let Some(other) = ids.find(|other| *other != id) {
            return Err(self.wrong(&format!(
                "it holds events of the users {id} and {other}; `event-log tail --where user_id=…` \
                 gives those of one"
            )));
        }
        let Some(text) = id.strip_prefix('"').and_then(|id| id.strip_suffix('"')) else {
            let is_integer = id.strip_prefix('-').unwrap_or(id).bytes().all(|b| b.is_ascii_digit());
            return if is_integer {
                Ok(UserKind::Integer)
            } else {
                Err(self.wrong(&format!("the user id {id} is neither an integer nor text")))
            };
        };
        let is_uuid = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
        Ok(if is_uuid { UserKind::Uuid } else { UserKind::Text(text.into()) })
    }
}
