//! Compresses segments a while after they were closed, and reads everything back in order.
//!
//! ```text
//! $ cargo run --example compressed_segments
//! compressed 2 segments: 400890 bytes became 21806
//! read 3000 lines: 2 segments compressed, 1 as it was written
//! ```
//!
//! Its service rotates each second and compresses at once, so that there is something to see; one that
//! has collectors leaves segments alone for as long as a collector may be away.
#![allow(clippy::print_stdout, reason = "an example shows what it did")]

use std::error::Error;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{env, process};

use event_log::{Compression, Event, Logger};

/// Fired when a page was shown.
#[derive(Event)]
struct PageViewed<'a> {
    path: &'a str,
    milliseconds: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = env::temp_dir().join(format!("event-log-compressed-{}", process::id()));
    let logger = Logger::builder(&directory)
        .segment_bytes(200_000)
        .compress(Compression::Gzip)
        .compress_after(Duration::ZERO)
        .on_error(|error| println!("event log: {error}"))
        .build()?;

    let mut plain_bytes = 0;
    for second in 0..3 {
        for view in 0..1_000 {
            logger.emit(PageViewed { path: "/courses/kanji", milliseconds: second * 1_000 + view });
        }
        logger.flush(Duration::from_secs(5))?;
        if second < 2 {
            plain_bytes += in_form(&directory, "jsonl")?.last().map_or(0, |path| bytes(path));
            // A segment ends at most once a second.
            sleep(Duration::from_millis(1_001));
        }
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    while in_form(&directory, "gz")?.len() < 2 && Instant::now() < deadline {
        sleep(Duration::from_millis(10));
    }
    logger.close(Duration::from_secs(5))?;

    let compressed = in_form(&directory, "gz")?;
    let gz_bytes: u64 = compressed.iter().map(|path| bytes(path)).sum();
    println!("compressed {} segments: {plain_bytes} bytes became {gz_bytes}", compressed.len());
    let plain = in_form(&directory, "jsonl")?;
    // Names sort by time in either form.
    let mut segments = [compressed.clone(), plain.clone()].concat();
    segments.sort();
    let text = segments.iter().map(|path| read(path)).collect::<Result<String, _>>()?;
    println!(
        "read {} lines: {} segments compressed, {} as it was written",
        text.lines().count(),
        compressed.len(),
        plain.len()
    );
    Ok(fs::remove_dir_all(&directory)?)
}

fn in_form(directory: &Path, extension: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn bytes(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let file = File::open(path)?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::GzDecoder::new(&file).read_to_string(&mut text)?;
    } else {
        (&file).read_to_string(&mut text)?;
    }
    Ok(text)
}
