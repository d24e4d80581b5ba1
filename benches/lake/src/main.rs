//! What loading a lake costs, beside DuckDB on the same input, and what `replicate` and `verify` cost.
//!
//! ```sh
//! cargo run --release -p bench-lake                                # 5 million events, 3 rounds
//! cargo run --release -p bench-lake -- --events 500000 --rounds 1  # a short look
//! cargo run --release -p bench-lake -- --only parquet              # or json, partitions, replicate
//! ```
//!
//! A figure is the median of the rounds, in which the contenders follow each other. CPU is user and
//! system time of the process and its threads, memory the peak of what was resident, `MB/s per core`
//! the uncompressed input divided by the CPU seconds. DuckDB comes from `PyPI` into a virtual
//! environment below the working directory; without it the rest is measured, and that is said.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

mod child;
mod duckdb;
mod events;
mod options;
mod scenarios;

use std::fs;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let options = options::Options::parse()?;
    fs::create_dir_all(&options.directory)?;
    println!("load before: {}", fs::read_to_string("/proc/loadavg")?.trim());
    scenarios::run(&options)?;
    println!("load after: {}", fs::read_to_string("/proc/loadavg")?.trim());
    Ok(())
}
