//! What is measured, and how it is told.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::child::{self, Used};
use crate::options::Options;
use crate::{Error, duckdb, events};

/// Ten events of one user.
const TEMPLATE: &str = include_str!("one_user.jsonl");
const SMALL_FILES: u64 = 10_000;

pub(crate) fn run(options: &Options) -> Result<(), Error> {
    println!("| what | CPU s | of it system | wall s | peak MiB | MB/s per core |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    load(options)?;
    replicate(options)
}

fn load(options: &Options) -> Result<(), Error> {
    let directory = &options.directory;
    let path = |name: &str| directory.join(name);
    let (input, small) = (path("input.jsonl"), path("small"));
    let bytes = events::write(&input, options.events)?;
    remove(&small)?;
    events::cut(&input, &small, SMALL_FILES)?;
    let python = duckdb::python(directory);
    if python.is_none() {
        eprintln!("DuckDB is NOT measured: `pip install duckdb` into a virtual environment failed");
    }
    let lake = path("lake");
    let script = duckdb::script(directory, &input, &lake)?;
    let load = |input: &Path, format: &str| {
        let mut command = Command::new(&options.event_log);
        command.arg("load").arg(input).arg("--lake").arg(&lake).args(["--format", format]);
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
    if !peer.is_empty() {
        let peer = told("DuckDB, JSON, one file", &peer, bytes);
        println!(
            "DuckDB / load: {:.2} × CPU, {:.2} × wall",
            peer.cpu() / one.cpu(),
            peer.wall / one.wall
        );
    }
    remove(&small)?;
    Ok(fs::remove_file(input)?)
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
