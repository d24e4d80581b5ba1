//! What this process has used so far.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::Error;

/// User and system time of all threads, also of those that ended.
pub(crate) fn of_process() -> Duration {
    read(ClockId::ProcessCPUTime)
}

/// User and system time of this thread.
pub(crate) fn of_thread() -> Duration {
    read(ClockId::ThreadCPUTime)
}

fn read(clock: ClockId) -> Duration {
    clock_gettime(clock).try_into().expect("CPU time is not negative")
}

/// The most memory that was resident at once, in KiB, mapped files included.
pub(crate) fn peak_memory_kib() -> Result<u64, Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).ok_or("VmHWM has no value")?.parse()?)
}
