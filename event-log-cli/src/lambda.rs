//! The load of one object as a function service runs it: for each event of S3 that an object is there.
//!
//! | variable | what | default |
//! | --- | --- | --- |
//! | `EVENT_LOG_LAKE` | the lake, `s3://BUCKET/PREFIX` | none: it must be set |
//! | `EVENT_LOG_FORMAT` | `json`, `json.gz`, `json.zst`, `parquet` in the types of the catalogue that the lake has | `json.gz` |
//! | `EVENT_LOG_BY` | `hour` or `day` | `hour` |
//! | `EVENT_LOG_BY_TYPE` | rules as in `refund=day,sign_up=day` | none |
//! | `EVENT_LOG_BATCH_BYTES` | bytes of input that become one set of files | 32 MiB |
//!
//! and those of [`Environment`]. The options must be those of every other load of the lake.

use std::fmt;

use aws_lambda_events::event::s3::{S3Event, S3EventRecord};
use clap::ValueEnum;

use crate::commands::load::{batch_bytes, rule};
use crate::failure::Failure;
use crate::input::objects::Objects;
use crate::input::paths::Input;
use crate::interrupt::Interrupt;
use crate::lake;
use crate::lake::catalog;
use crate::lake::layout::{By, Layout};
use crate::lake::settings::{Format, Settings};
use crate::lake::store::Store;
use crate::load::parquet::Tables;
use crate::load::{Load, Loaded, chunk};
use crate::progress::Progress;
use crate::remote::{Environment, Location};

/// What each call needs and none changes.
pub struct Function {
    lake: String,
    objects: Objects,
    store: Box<dyn Store>,
    settings: Settings,
    batch_bytes: usize,
    interrupt: Interrupt,
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("lake", &self.lake).finish_non_exhaustive()
    }
}

impl Function {
    /// The function that these variables describe; opens the lake.
    ///
    /// # Errors
    /// If one is missing or cannot be understood, or the lake cannot be used.
    pub fn new(variables: &[(String, String)]) -> Result<Self, Failure> {
        let get =
            |name: &str| variables.iter().find(|(other, _)| other == name).map(|(_, v)| v.as_str());
        let missing = || {
            Failure::Argument("EVENT_LOG_LAKE is not set; set it to s3://BUCKET/PREFIX".to_owned())
        };
        let lake = get("EVENT_LOG_LAKE").ok_or_else(missing)?.trim_end_matches('/').to_owned();
        let rules = get("EVENT_LOG_BY_TYPE").unwrap_or_default().split(',');
        let rules = rules.filter(|text| !text.is_empty()).map(rule).collect::<Result<_, _>>();
        let by_type = rules.map_err(|reason| wrong("EVENT_LOG_BY_TYPE", &reason))?;
        let layout = Layout { by: value::<By>("EVENT_LOG_BY", get("EVENT_LOG_BY"))?, by_type };
        let format = value::<Format>("EVENT_LOG_FORMAT", get("EVENT_LOG_FORMAT"))?;
        let bytes = get("EVENT_LOG_BATCH_BYTES").map_or(Ok(chunk::BATCH_BYTES), batch_bytes);
        let batch_bytes = bytes.map_err(|reason| wrong("EVENT_LOG_BATCH_BYTES", &reason))?;
        let objects = Objects::new(variables.iter().cloned().collect::<Environment>());
        let store = lake::open(&lake, &objects)?;
        let settings = Settings::new(format, layout);
        let interrupt = Interrupt::default();
        let function = Self { lake, objects, store, settings, batch_bytes, interrupt };
        function.schemas().map(|_| function)
    }

    /// The types of the columns, as the catalogue of the lake says them now: a load may have added some since
    /// the last call.
    fn schemas(&self) -> Result<Option<Tables>, Failure> {
        if self.settings.format != Format::Parquet {
            return Ok(None);
        }
        let (catalog, version) = catalog::latest(&*self.store)?;
        if version == 0 {
            return Err(Failure::Argument(format!(
                "`{0}` has no catalogue, and a function sees too little to make one; run `event-log load --lake \
                 {0} --format parquet --catalog events.lock.json` first, be it with an empty directory",
                self.lake
            )));
        }
        Ok(Some(Tables::of(&catalog)))
    }

    /// Loads the objects that the event tells of. It waits for the network, so it is not for a thread
    /// of an async runtime.
    ///
    /// # Errors
    /// If an object cannot be read to its end, or the lake not be read or written: the same event may
    /// then come again, as often as it likes.
    pub fn handle(&self, event: &S3Event) -> Result<Loaded, Failure> {
        let schemas = self.schemas()?;
        let load = Load {
            store: &*self.store,
            objects: &self.objects,
            settings: &self.settings,
            schemas: schemas.as_ref(),
            workers: 1,
            batch_bytes: self.batch_bytes,
            interrupt: &self.interrupt,
            progress: &Progress::none(),
        };
        let mut loaded = Loaded::default();
        for input in event.records.iter().filter_map(|record| self.input(record)) {
            loaded.add(load.one(input)?);
        }
        match loaded.failed.first() {
            Some(failed) => Err(Failure::Argument(format!(
                "cannot load `{}`: {}",
                failed.input.display(),
                failed.reason
            ))),
            None => Ok(loaded),
        }
    }

    /// The object of a record; `None` if it was not created, or is a file of the lake itself: each such
    /// would else lead to the next.
    fn input(&self, record: &S3EventRecord) -> Option<Input> {
        let object = &record.s3.object;
        let is_new =
            record.event_name.as_deref()?.trim_start_matches("s3:").starts_with("ObjectCreated:");
        let key = decoded(object.key.as_deref()?);
        let bucket = record.s3.bucket.name.clone()?;
        let path = Location { bucket, key }.to_string();
        let is_own = path.strip_prefix(&self.lake).is_some_and(|rest| rest.starts_with('/'));
        let length = object.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default();
        // The tag of the event is none of the store's: it lacks the quotes.
        (is_new && !is_own).then(|| Input { path: path.into(), length, etag: None })
    }
}

fn wrong(variable: &str, reason: &str) -> Failure {
    Failure::Argument(format!("{variable}: {reason}"))
}

fn value<T: ValueEnum + Default>(variable: &str, text: Option<&str>) -> Result<T, Failure> {
    let Some(text) = text else { return Ok(T::default()) };
    T::from_str(text, false)
        .map_err(|_| wrong(variable, &format!("`{text}` is not one of its values")))
}

/// The key as it is: in events it is encoded as in a form.
fn decoded(key: &str) -> String {
    let mut bytes = Vec::with_capacity(key.len());
    let mut at = 0;
    while let Some(byte) = key.as_bytes().get(at) {
        let escaped =
            key.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (byte, length) = match (byte, escaped) {
            (b'+', _) => (b' ', 1),
            (b'%', Some(escaped)) => (escaped, 3),
            _ => (*byte, 1),
        };
        bytes.push(byte);
        at += length;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_decoded_as_it_was_encoded() {
        for (encoded, key) in [
            ("raw/events.2021.jsonl", "raw/events.2021.jsonl"),
            ("year%3D2021/a+b%2B.jsonl", "year=2021/a b+.jsonl"),
            ("%E6%BC%A2.jsonl", "漢.jsonl"),
            ("100%", "100%"),
            ("%zz", "%zz"),
        ] {
            assert_eq!(decoded(encoded), key);
        }
    }

    #[test]
    fn a_variable_that_is_wrong_is_named() {
        let with = |name: &str, value: &str| {
            let variables = [("EVENT_LOG_LAKE", "/nowhere"), (name, value)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()));
            Function::new(&variables).unwrap_err().to_string()
        };
        assert!(with("EVENT_LOG_BY", "minute").starts_with("EVENT_LOG_BY: `minute`"));
        assert!(with("EVENT_LOG_BY_TYPE", "refund").starts_with("EVENT_LOG_BY_TYPE: `refund`"));
        assert!(with("EVENT_LOG_BATCH_BYTES", "1").starts_with("EVENT_LOG_BATCH_BYTES: "));
        let none = Function::new(&[]).unwrap_err().to_string();
        assert!(none.starts_with("EVENT_LOG_LAKE is not set"), "{none}");
    }
}
