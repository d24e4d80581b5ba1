//! `event-log replicate`: the traffic of many users, out of the recorded events of one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use serde::Serialize;

use crate::commands::{report, workers};
use crate::expected::Expected;
use crate::failure::{Failure, Outcome};
use crate::input::paths;
use crate::progress::{Progress, Unit};
use crate::replicate::rules::{self, Rules};
use crate::replicate::schedule::Curve;
use crate::replicate::template::Template;
use crate::replicate::{Plan, Size, emit, segments};
use crate::words::count;

/// Beside the segments, where no collector looks for it.
const EXPECTED: &str = "expected.json";

/// The options of `replicate`.
///
/// The rules file is described in the module `event_log_cli::replicate::rules`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("to").required(true), after_long_help = RULES)]
pub struct Args {
    /// The recorded events of one user within less than a day, as lines of a segment;
    /// `event-log tail --where user_id=…` gives them.
    #[arg(long, value_name = "FILE")]
    pub template: PathBuf,
    /// How many users; each does what was recorded once a day.
    #[arg(long, value_name = "COUNT")]
    pub users: NonZeroU64,
    /// The first day, in UTC.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: NaiveDate,
    /// How many days.
    #[arg(long, value_name = "COUNT", default_value = "1")]
    pub days: NonZeroU32,
    /// How the users are spread over the day.
    #[arg(long, value_enum, default_value_t)]
    pub curve: Curve,
    /// Another seed gives other ids, times and drawn values; the same gives the same bytes.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Which values vary, and how: a JSON file, see below.
    #[arg(long, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    /// The number of the first user, where user ids are integers or numbered text.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub first_user: u64,
    /// Write segments into this directory, which holds none yet; it is made if it is not there.
    #[arg(long, value_name = "DIRECTORY", group = "to")]
    pub out: Option<PathBuf>,
    /// Emit through the library into this log directory instead: a load test. The ids are those of
    /// the logger then, and differ from run to run.
    #[arg(long, value_name = "DIRECTORY", group = "to")]
    pub emit: Option<PathBuf>,
    /// Emit so many events a second; as fast as it goes if not given.
    #[arg(long, value_name = "EVENTS", conflicts_with = "out")]
    pub rate: Option<NonZeroU64>,
    /// Where to write what the events amount to, for `verify`; `expected.json` beside the segments if
    /// not given.
    #[arg(long, value_name = "FILE")]
    pub expected: Option<PathBuf>,
    /// The longest segment, in bytes. With `--emit` it is the library's own default.
    #[arg(long, value_name = "BYTES", default_value_t = NonZeroU64::new(64 << 20).expect("not 0"), conflicts_with = "emit")]
    pub segment_bytes: NonZeroU64,
    /// How many threads write segments; one per core if not given. The result does not depend on it.
    #[arg(long, value_name = "COUNT", conflicts_with = "emit")]
    pub workers: Option<NonZeroUsize>,
}

/// What `--help` says of the rules file.
const RULES: &str = r#"The rules file is a JSON object. A key is `locale`, `country_code`, a common field, `<type>.<param>` or
`*.<param>`; a value is a rule:
  {"choose": [["JP", 70], ["US", 30]]}      values with their weights
  {"range": [100, 9900], "step": 100}       integers; both ends belong to it
  {"range": ["0.00", "0.50"]}               decimals with as many places
  {"user": true}                            the id of the user, as in user_id
`"per": "user"` draws once for each user, `"per": "event"` each time (default: user for locale and
country_code, event for others).

Exit code 1: events were dropped, with --emit."#;

/// What was made.
#[derive(Debug, Serialize)]
pub struct Replicated {
    /// How many events.
    pub events: u64,
    /// How many users.
    pub users: u64,
    /// The length of their lines in bytes.
    pub bytes: u64,
    /// The segments that hold them.
    pub segments: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Events a second.
    pub rate: f64,
    /// Events that a logger refused, by its reason.
    pub dropped: BTreeMap<String, u64>,
    /// Where it is written what they amount to.
    pub expected: PathBuf,
}

/// Makes the traffic, and prints what was made.
///
/// # Errors
/// If the template or a rule is wrong, or the output cannot be written.
pub fn run(
    args: &Args,
    json: bool,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let rules = args.rules.as_deref().map_or(Ok(Rules::new()), rules::read)?;
    let template = Template::read(&args.template, &rules)?;
    let &Args { users, from, days, first_user, .. } = args;
    let size = Size { users: users.get(), first_user, from, days: days.get() };
    let plan = Plan::new(template, size, args.curve, args.seed)?;
    let replicated = match (&args.out, &args.emit) {
        (Some(directory), _) => write(args, &plan, directory, progress)?,
        (None, Some(directory)) => emit(args, &plan, directory, progress)?,
        (None, None) => unreachable!("the group is required"),
    };
    if json {
        report::json(&replicated, out)?;
    } else {
        print(&replicated, out).map_err(Failure::output)?;
    }
    Ok(if replicated.dropped.is_empty() { Outcome::Done } else { Outcome::Found })
}

fn write(
    args: &Args,
    plan: &Plan,
    directory: &Path,
    progress: &Progress,
) -> Result<Replicated, Failure> {
    make_empty(directory)?;
    progress.begin("writing", plan.events(), Unit::Things("events"));
    let begun = Instant::now();
    let workers = workers(args.workers);
    let made = segments::write(plan, directory, args.segment_bytes.get(), workers, progress)?;
    let replicated = Replicated {
        events: made.events,
        users: plan.users,
        bytes: made.bytes,
        segments: made.segments,
        dropped: BTreeMap::new(),
        ..Replicated::new(begun.elapsed(), made.events, expected_path(args, directory))
    };
    Expected::of(&made.tally).write(&replicated.expected)?;
    Ok(replicated)
}

fn emit(
    args: &Args,
    plan: &Plan,
    directory: &Path,
    progress: &Progress,
) -> Result<Replicated, Failure> {
    make_empty(directory)?;
    progress.begin("emitting", plan.events(), Unit::Things("events"));
    let emitted = emit::emit(plan, directory, args.rate.map(NonZeroU64::get), progress)?;
    let replicated = Replicated {
        events: emitted.events,
        users: plan.users,
        bytes: emitted.bytes,
        segments: emitted.segments,
        dropped: emitted.dropped,
        ..Replicated::new(emitted.elapsed, emitted.events, expected_path(args, directory))
    };
    Expected::of(&emitted.tally).write(&replicated.expected)?;
    Ok(replicated)
}

impl Replicated {
    fn new(elapsed: Duration, events: u64, expected: PathBuf) -> Self {
        let seconds = elapsed.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
        let rate = events as f64 / seconds.max(f64::MIN_POSITIVE);
        let dropped = BTreeMap::new();
        Self { events, users: 0, bytes: 0, segments: 0, seconds, rate, dropped, expected }
    }
}

fn expected_path(args: &Args, directory: &Path) -> PathBuf {
    args.expected.clone().unwrap_or_else(|| directory.join(EXPECTED))
}

/// Events that are there already would be in no expectation.
fn make_empty(directory: &Path) -> Result<(), Failure> {
    fs::create_dir_all(directory).map_err(Failure::file("create the directory", directory))?;
    if paths::local(&[directory.to_string_lossy().into_owned()])?.is_empty() {
        return Ok(());
    }
    let directory = directory.display();
    Err(Failure::Argument(format!("`{directory}` holds event files; choose an empty directory")))
}

fn print(replicated: &Replicated, out: &mut dyn Write) -> io::Result<()> {
    let Replicated { events, users, bytes, segments, seconds, rate, dropped, expected } =
        replicated;
    let (events, users) = (count(events, "event"), count(users, "user"));
    let (bytes, segments) = (count(bytes, "byte"), count(segments, "segment"));
    writeln!(out, "{events} of {users}, {bytes} in {segments}")?;
    writeln!(out, "{seconds:.1} s, {rate:.0} events a second")?;
    for (reason, events) in dropped {
        writeln!(out, "{} dropped: {reason}", count(events, "event"))?;
    }
    writeln!(out, "what they amount to: {}", expected.display())
}
