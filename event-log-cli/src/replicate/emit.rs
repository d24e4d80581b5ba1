//! Pieces through a [`Logger`], at a rate: a load test of the library, the disk and what collects.
//!
//! The events bear the dates of the plan: the logger's clock shows each its own. What the logger drops
//! is in no expectation, and told.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use event_log::__private::{Envelope, EventType, Params, ParamsError};
use event_log::{Clock, Context, DatePrecision, Event, Locale, Logger, UserId};
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::progress::Progress;
use crate::replicate::Plan;
use crate::replicate::piece::{Drawn, Due, Piece};
use crate::replicate::template::{Recorded, Value};
use crate::tally::{Tally, fingerprint};

/// How long the logger has to write the last events.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(60);

/// An emit that is early by less is not waited for: a sleep takes longer.
const EARLY: Duration = Duration::from_millis(1);

/// The progress is told of so many events at once, or of those of a second.
const TOLD_EVENTS: u64 = 1 << 10;

/// What came of emitting.
#[derive(Debug, Default)]
pub struct Emitted {
    /// What the accepted events amount to.
    pub tally: Tally,
    /// How many were accepted.
    pub events: u64,
    /// How many were not, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// The bytes that are in segments.
    pub bytes: u64,
    /// The segments.
    pub segments: u64,
    /// From the first emit to the last.
    pub elapsed: Duration,
}

thread_local! {
    /// The time of the event that this thread emits, in microseconds since 1970.
    static NOW: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Shows each event its own date, and the logger's own thread the time.
struct OwnDates;

impl Clock for OwnDates {
    fn now(&self) -> DateTime<Utc> {
        let of_event = NOW.get().and_then(|micros| i64::try_from(micros).ok());
        of_event.and_then(DateTime::from_timestamp_micros).unwrap_or_else(Utc::now)
    }
}

/// Emits all events of a plan, in the order of time; so many a second, or as fast as it goes.
///
/// # Errors
/// If the directory cannot be logged to, or a value does not fit a logger's envelope.
pub fn emit(
    plan: &Plan,
    directory: &Path,
    rate: Option<u64>,
    progress: &Progress,
) -> Result<Emitted, Failure> {
    let told = progress.clone();
    let logger = Logger::builder(directory)
        .date_precision(precision(plan))
        .clock(OwnDates)
        .on_error(move |error| told.aside(|| crate::commands::warn(error)))
        .build()
        .map_err(|error| Failure::Argument(format!("cannot emit there: {error}")))?;
    let events: Vec<_> = plan.template.events.iter().map(Names::of).collect();
    let mut emitter = Emitter { logger, names: events, emitted: Emitted::default() };
    let begun = Instant::now();
    let mut pace = Pace { begun, rate, emitted: 0 };
    let mut untold = 0;
    for number in 0..plan.parts() {
        let mut piece = Piece::new(plan, plan.part(number));
        for due in piece.due() {
            pace.wait();
            emitter.emit(&mut piece, due)?;
            untold += 1;
            if untold >= rate.unwrap_or(TOLD_EVENTS).min(TOLD_EVENTS) {
                progress.add(std::mem::take(&mut untold));
            }
        }
        piece.add_to(&mut emitter.emitted.tally);
    }
    let Emitter { logger, mut emitted, .. } = emitter;
    emitted.elapsed = begun.elapsed();
    let closed = logger.close(CLOSE_TIMEOUT);
    closed.map_err(|error| Failure::Argument(format!("not every event was written: {error}")))?;
    let stats = logger.stats();
    emitted.bytes = stats.written_bytes;
    emitted.segments = stats.segments_created;
    Ok(emitted)
}

fn precision(plan: &Plan) -> DatePrecision {
    match plan.template.events.iter().map(|event| event.precision).max() {
        None | Some(0) => DatePrecision::Seconds,
        Some(1..=3) => DatePrecision::Millis,
        Some(_) => DatePrecision::Micros,
    }
}

/// When the next event is due.
struct Pace {
    begun: Instant,
    rate: Option<u64>,
    emitted: u64,
}

impl Pace {
    fn wait(&mut self) {
        let Some(rate) = self.rate else { return };
        let nanos = u128::from(self.emitted) * 1_000_000_000 / u128::from(rate);
        let due = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        let early = due.saturating_sub(self.begun.elapsed());
        if early > EARLY {
            thread::sleep(early);
        }
        self.emitted += 1;
    }
}

/// The names of a recorded event, as the library wants them: for as long as the process lives. There
/// are as few as the template has.
struct Names {
    event_type: &'static EventType,
    /// `,"name":` of each param.
    params: Vec<&'static str>,
}

impl Names {
    fn of(event: &Recorded) -> Self {
        thread_local! {
            static TYPES: std::cell::RefCell<HashMap<Box<str>, &'static EventType>> =
                std::cell::RefCell::default();
        }
        let event_type = TYPES.with_borrow_mut(|types| {
            *types.entry(event.event_type.clone()).or_insert_with(|| {
                let name: &'static str = Box::leak(event.event_type.clone());
                Box::leak(Box::new(EventType::new(name)))
            })
        });
        let key = |name: &str| {
            let key = format!(",{}:", serde_json::Value::from(name));
            &*Box::leak(key.into_boxed_str())
        };
        Self { event_type, params: event.params.iter().map(|param| key(&param.name)).collect() }
    }
}

/// One event on its way into the logger.
struct Ready<'a> {
    names: &'a Names,
    user_id: Option<UserId<'a>>,
    params: Vec<Cow<'a, RawValue>>,
}

impl Event for Ready<'_> {
    fn event_type(&self) -> &'static EventType {
        self.names.event_type
    }

    fn own_envelope(&self) -> Envelope<'_> {
        Envelope { user_id: self.user_id, ..Envelope::EMPTY }
    }

    fn write_params(&self, params: &mut Params<'_>) -> Result<(), ParamsError> {
        let mut all = self.names.params.iter().zip(&self.params);
        all.try_for_each(|(key, value)| params.field(key, &**value))
    }
}

struct Emitter {
    logger: Logger,
    names: Vec<Names>,
    emitted: Emitted,
}

impl Emitter {
    fn emit(&mut self, piece: &mut Piece<'_>, due: Due) -> Result<(), Failure> {
        let (event, index, user) = piece.recorded(due);
        let text = |value: &Value| {
            let mut text = Vec::new();
            let drawn = piece.value(value, due, user, &mut text);
            (String::from_utf8(text).expect("JSON is text"), drawn)
        };
        let (user_id, _) = text(&event.user_id);
        let (country, country_drawn) = text(&event.country_code);
        let mut context = context(&text(&event.locale).0, &country).map_err(Failure::Argument)?;
        let mut drawn = Vec::new();
        for field in &event.common_fields {
            let (value, its) = text(&field.value);
            drawn.push(its);
            let raw: &RawValue = serde_json::from_str(&value).expect("the template was read");
            context = context
                .field(&field.name, raw)
                .map_err(|error| Failure::Argument(error.to_string()))?;
        }
        let params = event.params.iter().map(|param| {
            let (value, its) = text(&param.value);
            drawn.push(its);
            Cow::Owned(RawValue::from_string(value).expect("the template was read"))
        });
        let params = params.collect();
        let own = own_user_id(&user_id);
        let user = own.as_ref().map(|id| match id {
            Own::Number(id) => UserId::Signed(*id),
            Own::Text(text) => UserId::Text(text),
        });
        let ready = Ready { names: &self.names[index], user_id: user, params };
        NOW.set(Some(piece.unix_micros(due.micros)));
        match self.logger.with(&context).try_emit(ready) {
            Ok(id) => {
                let id = id.hyphenated().to_string();
                self.accepted(piece, (index, &id, country_drawn), &drawn);
                let event_type = &piece.recorded(due).0.event_type;
                self.emitted.tally.user(event_type, piece.hour(), &user_id);
            }
            Err(error) => {
                *self.emitted.dropped.entry(error.to_string()).or_default() += 1;
            }
        }
        NOW.set(None);
        Ok(())
    }

    fn accepted(
        &mut self,
        piece: &mut Piece<'_>,
        (index, id, country): (usize, &str, Option<Drawn>),
        drawn: &[Option<Drawn>],
    ) {
        self.emitted.events += 1;
        piece.count(index, fingerprint(id), country);
        for (slot, drawn) in drawn.iter().enumerate() {
            if let Some(drawn) = drawn {
                piece.count_member(index, slot, *drawn);
            }
        }
    }
}

enum Own {
    Number(i64),
    Text(String),
}

/// A user id from its JSON text.
fn own_user_id(json: &str) -> Option<Own> {
    match serde_json::from_str(json).ok()? {
        serde_json::Value::Number(number) => number.as_i64().map(Own::Number),
        serde_json::Value::String(text) => Some(Own::Text(text)),
        _ => None,
    }
}

fn context(locale: &str, country: &str) -> Result<Context, String> {
    let text = |json: &str| serde_json::from_str::<Option<String>>(json).map_err(|e| e.to_string());
    let mut context = Context::new();
    if let Some(locale) = text(locale)? {
        let locale: Locale = locale.parse().map_err(|error| format!("{error}"))?;
        context = context.locale(locale).map_err(|error| error.to_string())?;
    }
    if let Some(country) = text(country)? {
        context = context.country_code(&*country).map_err(|error| error.to_string())?;
    }
    Ok(context)
}
