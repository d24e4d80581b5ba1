//! The machine that the figures come from.

use std::fs;
use std::path::Path;
use std::process::Command;

use benches::figures::median;

use crate::parent::Measurement;

/// One item a line, as a Markdown list; what cannot be found out is a question mark.
pub(crate) fn description(out: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let items = [
        ("CPU", format!("{}, {cores} cores", field("/proc/cpuinfo", "model name"))),
        ("memory", field("/proc/meminfo", "MemTotal")),
        ("kernel", first_line("/proc/sys/kernel/osrelease")),
        ("file system", output("df", &["--output=fstype,source", &out.to_string_lossy()])),
        ("compiler", output("rustc", &["--version"])),
        ("load before", first_line("/proc/loadavg")),
        ("date", output("date", &["--utc", "+%Y-%m-%d %H:%M UTC"])),
    ];
    items.map(|(name, value)| format!("- {name}: {value}\n")).concat()
}

/// How far its cores lay apart while the figures were taken, as one more item of that list.
pub(crate) fn distance(measurements: &[Measurement]) -> String {
    let mut nanos: Vec<_> = measurements.iter().flat_map(|found| found.transfer_nanos).collect();
    nanos.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (nanos.first(), nanos.last()) else { return String::new() };
    let (least, most) = (least.round(), most.round());
    let middle = median(nanos).round();
    format!("- a cache line from core to core: {least} to {most} ns, {middle} at the median\n")
}

fn field(path: &str, key: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(key));
    line.and_then(|line| line.split_once(':')).map_or("?", |(_, value)| value.trim()).to_owned()
}

fn first_line(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().lines().next().unwrap_or("?").to_owned()
}

/// The last line that the command prints.
fn output(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command).args(arguments).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().last().unwrap_or("?").trim().to_owned()
}
