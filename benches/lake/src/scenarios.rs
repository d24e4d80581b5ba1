//! What is measured, and how it is told.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::{self, Used};
use crate::duckdb::Format;
use crate::options::Options;
use crate::{Error, duckdb, events};

/// Ten events of one user.
const TEMPLATE: &str = include_str!("one_user.jsonl");
const SMALL_FILES: u64 = 10_000;

/// Of input that mixes as many partitions as it has events.
const MANY_TYPES: u64 = 300;
const MANY_HOURS: u64 = 720;

/// What the memory of a load is to stay below.
const MOST_MIB: u64 = 256;

type Part = fn(&Options) -> Result<(), Error>;

const PARTS: [(&str, Part); 4] =
    [("json", json), ("parquet", parquet), ("partitions", partitions), ("replicate", replicate)];

pub(crate) fn run(options: &Options) -> Result<(), Error> {
    println!("| what | CPU s | of it system | wall s | peak MiB | MB/s per core |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    let mut wanted = PARTS.iter().filter(|(name, _)| options.wants(name)).peekable();
    if wanted.peek().is_none() {
        return Err("--only takes json, parquet, partitions or replicate".into());
    }
    wanted.try_for_each(|(_, part)| part(options))
}

fn json(options: &Options) -> Result<(), Error> {
    let directory = &options.directory;
    let path = |name: &str| directory.join(name);
    let (input, small, lake) = (path("input.jsonl"), path("small"), path("lake"));
    let bytes = events::write(&input, options.events)?;
    remove(&small)?;
    events::cut(&input, &small, SMALL_FILES)?;
    let python = python(options);
    let script = duckdb::script(directory, &input, &lake, Format::Json)?;
    let load = |input: &Path, format: &str| {
        let mut command = load(options, input, &lake);
        command.args(["--format", format]);
        command
    };
    let (mut large, mut gzip, mut many, mut peer) = (vec![], vec![], vec![], vec![]);
    for _ in 0..options.rounds {
        large.push(fresh(&lake, &mut load(&input, "json"))?);
        if let Some(python) = &python {
            peer.push(fresh(&lake, Command::new(python).arg(&script))?);
        }
        many.push(fresh(&lake, &mut load(&small, "json"))?);
        gzip.push(fresh(&lake, &mut load(&input, "json.gz"))?);
    }
    let one = told("load, JSON, one file", &large, bytes);
    let small_files = told("load, JSON, 10,000 files", &many, bytes);
    told("load, JSON in gzip, one file", &gzip, bytes);
    println!(
        "10,000 files / one: {:.2} × CPU, {:.2} × wall",
        small_files.cpu() / one.cpu(),
        small_files.wall / one.wall
    );
    beside("DuckDB, JSON, one file", &peer, bytes, &one, 5.0);
    remove(&lake)?;
    remove(&small)?;
    Ok(fs::remove_file(input)?)
}

fn parquet(options: &Options) -> Result<(), Error> {
    let path = |name: &str| options.directory.join(name);
    let (input, lake, catalog) = (path("input.jsonl"), path("lake"), path("catalog.json"));
    let bytes = events::write(&input, options.events)?;
    fs::write(&catalog, events::catalog(events::TYPES))?;
    let python = python(options);
    let script = duckdb::script(&options.directory, &input, &lake, Format::Parquet)?;
    let (mut own, mut peer) = (vec![], vec![]);
    for _ in 0..options.rounds {
        let mut load = load(options, &input, &lake);
        own.push(fresh(&lake, load.args(["--format", "parquet", "--catalog"]).arg(&catalog))?);
        if let Some(python) = &python {
            peer.push(fresh(&lake, Command::new(python).arg(&script))?);
        }
    }
    let own = told("load, Parquet in zstd", &own, bytes);
    beside("DuckDB, Parquet in zstd", &peer, bytes, &own, 1.5);
    remove(&lake)?;
    Ok(fs::remove_file(input)?)
}

/// As many partitions as events, in no order: what bounds the memory is the batch, not the partitions.
///
/// In memory where that is to be had: on a disk it would measure the syncs of 432,000 files.
fn partitions(options: &Options) -> Result<(), Error> {
    let memory = Path::new("/dev/shm");
    let directory =
        if memory.is_dir() { memory.join("bench-lake") } else { options.directory.clone() };
    fs::create_dir_all(&directory)?;
    let path = |name: &str| directory.join(name);
    let (input, lake, catalog) = (path("scattered.jsonl"), path("lake"), path("catalog.json"));
    let bytes = events::scatter(&input, MANY_TYPES, MANY_HOURS)?;
    fs::write(&catalog, events::catalog(MANY_TYPES))?;
    for format in ["json", "parquet"] {
        let mut load = load(options, &input, &lake);
        load.args(["--format", format]);
        if format == "parquet" {
            load.arg("--catalog").arg(&catalog);
        }
        let used = fresh(&lake, &mut load)?;
        told(&format!("load, {format}, {MANY_TYPES} types × {MANY_HOURS} hours"), &[used], bytes);
        let met = if used.peak_mib <= MOST_MIB { "met" } else { "NOT met" };
        println!("{} MiB at the peak, at most {MOST_MIB} wanted: {met}", used.peak_mib);
    }
    remove(&lake)?;
    fs::remove_file(catalog)?;
    Ok(fs::remove_file(input)?)
}

fn load(options: &Options, input: &Path, lake: &Path) -> Command {
    let mut command = Command::new(&options.event_log);
    command.arg("load").arg(input).arg("--lake").arg(lake);
    command
}

fn python(options: &Options) -> Option<PathBuf> {
    let python = duckdb::python(&options.directory);
    if python.is_none() {
        eprintln!("DuckDB is NOT measured: `pip install duckdb` into a virtual environment failed");
    }
    python
}

/// Tells what DuckDB used, and how many times as much that is; nothing if it was not measured.
fn beside(what: &str, peer: &[Used], bytes: u64, own: &Used, wanted: f64) {
    if peer.is_empty() {
        return;
    }
    let peer = told(what, peer, bytes);
    let ratio = peer.cpu() / own.cpu();
    let met = if ratio >= wanted { "met" } else { "NOT met" };
    println!(
        "DuckDB / load: {ratio:.2} × CPU, at least {wanted} wanted: {met}; {:.2} × wall",
        peer.wall / own.wall
    );
}

fn replicate(options: &Options) -> Result<(), Error> {
    let path = |name: &str| options.directory.join(name);
    let (template, out, lake) = (path("one_user.jsonl"), path("replicated"), path("lake"));
    fs::write(&template, TEMPLATE)?;
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&options.event_log);
        command.args(arguments);
        command
    };
    let users = options.users.to_string();
    let mut made =
        command(&["replicate", "--from", "2021-09-16", "--curve", "daily", "--users", &users]);
    let made = fresh(&out, made.arg("--template").arg(&template).arg("--out").arg(&out))?;
    let bytes = bytes_in(&out)?;
    told("replicate", &[made], bytes);
    let events = options.users * TEMPLATE.lines().count() as u64;
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
    let rate = events as f64 / made.cpu();
    println!("replicate: {events} events, {rate:.0} a second per core");
    let expected = out.join("expected.json");
    let raw = child::run(command(&["verify"]).arg(&expected).arg(&out))?;
    told("verify, segments", &[raw], bytes);
    for format in ["json", "json.gz"] {
        let mut load = command(&["load", "--format", format]);
        fresh(&lake, load.arg(&out).arg("--lake").arg(&lake))?;
        let verify = child::run(command(&["verify"]).arg(&expected).arg("--lake").arg(&lake))?;
        told(&format!("verify, lake of {format}"), &[verify], bytes);
    }
    remove(&lake)?;
    remove(&out)
}

/// Runs a command that makes a directory anew.
fn fresh(directory: &Path, command: &mut Command) -> Result<Used, Error> {
    remove(directory)?;
    child::run(command)
}

fn remove(directory: &Path) -> Result<(), Error> {
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    Ok(())
}

fn bytes_in(directory: &Path) -> Result<u64, Error> {
    let mut sum = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|extension| extension == "jsonl") {
            sum += entry.metadata()?.len();
        }
    }
    Ok(sum)
}

/// Prints a row, and returns the median of the rounds, figure by figure.
fn told(what: &str, rounds: &[Used], bytes: u64) -> Used {
    let median = |figure: fn(&Used) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    let peak_mib = rounds.iter().map(|used| used.peak_mib).max().unwrap_or(0);
    let used = Used {
        user: median(|u| u.user),
        system: median(|u| u.system),
        wall: median(|u| u.wall),
        peak_mib,
    };
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
    let rate = bytes as f64 / 1e6 / used.cpu();
    println!(
        "| {what}, {} MB | {:.2} | {:.2} | {:.2} | {peak_mib} | {rate:.0} |",
        bytes / 1_000_000,
        used.cpu(),
        used.system,
        used.wall,
    );
    used
}
