//! `event-log load`: split by type, flatten, cut by hours, each input once.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use event_log_catalog::lock;

use crate::commands::{report, workers};
use crate::failure::{Failure, Outcome};
use crate::input::objects::Objects;
use crate::input::paths::{self, Input};
use crate::interrupt::Interrupt;
use crate::lake;
use crate::lake::layout::{By, Layout};
use crate::lake::settings::{Format, Settings};
use crate::lake::store::Store;
use crate::load::follow::{Follow, is_same};
use crate::load::parquet::Tables;
use crate::load::{Load, Loaded, chunk};
use crate::progress::Progress;
use crate::remote::Environment;
use crate::words::count;

/// A smaller batch would be smaller than what is read at once.
const BATCH_BYTES_MIN: usize = 64 << 10;

/// The options of `load`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files, directories, patterns, or `s3://BUCKET/PREFIX` with what lies below. What was loaded before is passed over; a file that has grown
    /// since is loaded from where it ended.
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// The lake: a directory, which is made if it is not there, or `s3://BUCKET/PREFIX`, for which
    /// credentials, region, endpoint and patience come from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_TIMEOUT`, `AWS_MAX_ATTEMPTS`.
    #[arg(long, value_name = "LAKE")]
    pub lake: String,
    /// What the files of the lake are; the same for all loads of a lake.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// The catalogue that says the types of the columns of Parquet: a lock file, as `events.lock.json`.
    /// Without one a first pass over the inputs finds them.
    #[arg(long, value_name = "FILE")]
    pub catalog: Option<PathBuf>,
    /// How finely tables are partitioned; the same for all loads of a lake.
    #[arg(long, value_enum, default_value_t)]
    pub by: By,
    /// A rule for one type, as in `refund=day`; may be given several times.
    #[arg(long, value_name = "TYPE=BY", value_parser = rule)]
    pub by_type: Vec<(String, By)>,
    /// How many bytes of input become one set of files; more mean fewer and larger files, and more
    /// memory: about three times as much for each worker. 64 KiB to 1 GiB.
    #[arg(long, value_name = "BYTES", default_value_t = chunk::BATCH_BYTES, value_parser = batch_bytes)]
    pub batch_bytes: usize,
    /// Go on until Ctrl-C: look for what is new in the inputs again and again. Each look that finds
    /// something is reported.
    #[arg(long)]
    pub follow: bool,
    /// How many seconds pass between two looks of `--follow`: 1 to 60. Fewer bring events sooner, and
    /// cut partitions into more files.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, requires = "follow")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=60))]
    pub every: u64,
    /// How many threads work; one per core if not given.
    #[arg(long, value_name = "COUNT")]
    pub workers: Option<NonZeroUsize>,
}

pub(crate) fn rule(text: &str) -> Result<(String, By), String> {
    let wanted = || format!("`{text}` is no rule; write TYPE=hour or TYPE=day, as in refund=day");
    let (event_type, by) = text.split_once('=').ok_or_else(wanted)?;
    let by = <By as clap::ValueEnum>::from_str(by, false).map_err(|_| wanted())?;
    Ok((event_type.to_owned(), by))
}

pub(crate) fn batch_bytes(text: &str) -> Result<usize, String> {
    let bytes = text.parse().map_err(|_| "write a number of bytes".to_owned())?;
    let range = BATCH_BYTES_MIN..=chunk::BATCH_BYTES_MAX;
    if range.contains(&bytes) { Ok(bytes) } else { Err(format!("it is not within {range:?}")) }
}

/// Loads, and prints what came of it.
///
/// # Errors
/// If the lake has other settings, or cannot be read or written.
pub fn run(
    args: &Args,
    json: bool,
    progress: &Progress,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let interrupt = Interrupt::listen(progress).map_err(Failure::Signals)?;
    let objects = Objects::new(Environment::of_process());
    let is_input = |input: &Input| !lake::is_own(&args.lake, &input.path);
    let mut inputs = paths::expand(&args.inputs, &objects)?;
    inputs.retain(is_input);
    let store = lake::open(&args.lake, &objects)?;
    let layout = Layout { by: args.by, by_type: args.by_type.iter().cloned().collect() };
    let settings = Settings::new(args.format, layout);
    let schemas = schemas(args, &*store, progress)?;
    let workers = workers(args.workers);
    let load = Load {
        store: &*store,
        objects: &objects,
        settings: &settings,
        schemas: schemas.as_ref(),
        workers,
        batch_bytes: args.batch_bytes,
        interrupt: &interrupt,
        progress,
    };
    let mut follow = Follow::default();
    let mut loaded = load.run(follow.changed(inputs))?;
    follow.loaded(&loaded);
    tell(&loaded, json, out)?;
    if args.follow {
        loop {
            progress.say(following(&loaded));
            if interrupt.wait(Duration::from_secs(args.every)) {
                break;
            }
            let mut inputs = paths::expand_again(&args.inputs, &objects)?;
            inputs.retain(is_input);
            let changed = follow.changed(inputs);
            // What failed is tried again, unless it is gone.
            loaded
                .failed
                .retain(|failed| changed.iter().all(|input| !is_same(&input.path, &failed.input)));
            let more = load.more(changed)?;
            follow.loaded(&more);
            if more.is_something() {
                tell(&more, json, out)?;
            }
            loaded.add(more);
        }
    }
    // What follows is ended by Ctrl-C only, so that is no failure.
    if interrupt.is_set() && !args.follow {
        Err(Failure::Interrupted)
    } else {
        Ok(outcome(&loaded))
    }
}

/// What is shown between two looks.
fn following(loaded: &Loaded) -> String {
    let (events, files) = (count(loaded.counts.events, "event"), count(loaded.files, "new file"));
    format!("following: {events} in {files} so far")
}

fn tell(loaded: &Loaded, json: bool, out: &mut dyn Write) -> Result<(), Failure> {
    if json {
        report::json(loaded, out)?;
    } else {
        print(loaded, out).map_err(Failure::output)?;
    }
    out.flush().map_err(Failure::output)
}

/// The types of the columns, for files that have such.
fn schemas(args: &Args, store: &dyn Store, progress: &Progress) -> Result<Option<Tables>, Failure> {
    if args.follow && args.format == Format::Parquet && args.catalog.is_none() {
        return Err(Failure::Argument(
            "`--follow` with `--format parquet` needs `--catalog`: what is written later cannot be looked \
             at before"
                .into(),
        ));
    }
    match (args.format, &args.catalog) {
        (Format::Parquet, Some(path)) => {
            let catalog = lock::read(path)?.catalog;
            Tables::settle(store, Some(&catalog), &args.inputs, progress).map(Some)
        }
        (Format::Parquet, None) => Tables::settle(store, None, &args.inputs, progress).map(Some),
        (_, Some(_)) => Err(Failure::Argument(
            "`--catalog` is for `--format parquet`: JSON keeps its bytes".into(),
        )),
        (_, None) => Ok(None),
    }
}

fn outcome(loaded: &Loaded) -> Outcome {
    if !loaded.failed.is_empty() {
        Outcome::Failed
    } else if loaded.counts.quarantined > 0 {
        Outcome::Found
    } else {
        Outcome::Done
    }
}

fn print(loaded: &Loaded, out: &mut dyn Write) -> io::Result<()> {
    let Loaded { counts, files, resumed, known_bytes, unfinished_bytes, failed, .. } = loaded;
    let (events, types) = (count(counts.events, "event"), count(counts.by_type.len(), "type"));
    writeln!(out, "{events} of {types} in {}", count(files, "new file"))?;
    for (number, noun, what) in [
        (counts.duplicates, "line", "dropped, whose id stood in the same input before"),
        (counts.quarantined, "line", "in `_quarantine` of the lake, with the reason"),
        (*resumed, "batch", "of an interrupted load finished"),
        (*known_bytes, "byte", "of input in the lake already"),
        (*unfinished_bytes, "byte", "behind the last newline of inputs left for the next load"),
    ] {
        if number > 0 {
            writeln!(out, "{} {what}", count(number, noun))?;
        }
    }
    for (renamed, lines) in &counts.renamed {
        let lines = count(lines, "line");
        writeln!(out, "renamed in {lines}, since the name is taken: {renamed}")?;
    }
    for input in failed {
        writeln!(out, "failed: `{}`: {}", input.input.display(), input.reason)?;
    }
    Ok(())
}
