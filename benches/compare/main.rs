//! event-log beside its peers and the floor: latency, throughput, CPU, memory, and what a kill takes.
//!
//! `cargo run --release -p benches --bin compare [-- --quick] [--only a,b] [--rounds N] [--out DIR]`
//!
//! Every contender writes the same event as JSON into files on the same disk. A logger can be
//! installed once per process, so each measurement runs in a child process of this program, one at a
//! time, the contenders in turn; each figure is the median of several rounds. A latency contains one
//! reading of the clock, about 20 ns. What the columns mean: `docs/performance.md`.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

mod child;
mod contenders;
mod cores;
mod cpu;
mod distance;
mod drive;
mod lines;
mod machine;
mod markdown;
mod options;
mod parent;
mod percentiles;
mod plot;
mod summary;
mod targets;
mod task;

use std::fs;

use options::Options;
use summary::Summary;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    if let Some(task) = options::task()? {
        let report = contenders::run(&task)?;
        println!("{}", serde_json::to_string(&report)?);
        return Ok(());
    }
    let options = Options::parse()?;
    fs::create_dir_all(&options.out)?;
    println!("{}", machine::description(&options.out));
    let measurements = parent::measure(&options)?;
    println!("{}", machine::distance(&measurements));
    let summary = Summary::of(&measurements, &options.contenders);
    println!("{}", markdown::tables(&summary));
    println!("{}", targets::table(&summary));
    println!("{}", distance::table(&measurements));
    fs::write(options.out.join("measurements.json"), serde_json::to_vec_pretty(&measurements)?)?;
    fs::write(options.out.join("latency.svg"), plot::latency(&summary))?;
    fs::write(options.out.join("throughput.svg"), plot::throughput(&summary))?;
    println!("measurements.json, latency.svg and throughput.svg are in {}", options.out.display());
    Ok(())
}
