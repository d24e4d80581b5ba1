//! A command as a child, and what it used.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;

/// What a run used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    /// User and system time, in seconds, to the hundredth.
    pub(crate) user: f64,
    pub(crate) system: f64,
    pub(crate) wall: f64,
    pub(crate) peak_mib: u64,
}

impl Used {
    pub(crate) fn cpu(&self) -> f64 {
        self.user + self.system
    }
}

/// The kernel counts CPU time for others in these, on every architecture that we know.
const TICKS_PER_SECOND: f64 = 100.0;

/// Runs a command to its end, which must be a good one.
pub(crate) fn run(command: &mut Command) -> Result<Used, Error> {
    let before = times_of_children()?;
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_mib = 0;
    let status = loop {
        // It only grows, so a look now and then misses little.
        peak_mib = peak_mib.max(peak(&status_file).unwrap_or(0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(Duration::from_millis(5));
    };
    let wall = begun.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("{command:?} ended with {status}").into());
    }
    let after = times_of_children()?;
    Ok(Used { user: after.0 - before.0, system: after.1 - before.1, wall, peak_mib })
}

fn peak(status_file: &str) -> Option<u64> {
    let text = fs::read_to_string(status_file).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? >> 10)
}

/// User and system time of the children that have ended.
fn times_of_children() -> Result<(f64, f64), Error> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // Behind the name, which may hold anything, the fields are counted from 3.
    let fields: Vec<&str> = text.rsplit_once(')').ok_or("no stat")?.1.split_whitespace().collect();
    let seconds = |field: usize| -> Result<f64, Error> {
        Ok(fields.get(field - 3).ok_or("a short stat")?.parse::<f64>()? / TICKS_PER_SECOND)
    };
    Ok((seconds(16)?, seconds(17)?))
}
