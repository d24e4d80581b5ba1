//! What the log of a round holds, against what it must hold.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::kill::{LONGEST_TRANSACTION, Round, Seen, returned};
use crate::missing_key;

#[derive(Deserialize)]
struct Line<'a> {
    id: &'a str,
    r#type: &'a str,
    params: Params,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
struct Params {
    process: u32,
    thread: u32,
    number: u64,
    of: u64,
    part: u64,
}

/// The numbers found, by process and thread.
type Found = HashMap<(u32, u32), Vec<u64>>;

/// Reads the log, and what retention removed from it into `side`.
///
/// # Panics
/// If a file cannot be read.
pub(super) fn check(directory: &Path, side: &Path, records: &Path, round: &Round) -> Seen {
    let mut seen = Seen::default();
    let left = fs::read_dir(directory.join(".spool")).map_or(0, Iterator::count);
    if left > 0 {
        seen.wrong.push(format!("{left} spools are left"));
    }
    let mut found = Found::new();
    let mut ids = HashSet::new();
    for path in files(directory, side) {
        seen.segments += 1;
        read(&path, &mut seen, &mut found, &mut ids);
    }
    for process in 0..round.processes + round.killed_recoveries {
        for thread in 0..round.threads {
            let numbers = found.remove(&(process, thread)).unwrap_or_default();
            let returned = returned(records, process, thread);
            seen.returned += returned;
            let whose = format!("thread {thread} of process {process}");
            compare(&mut seen, &whose, returned, numbers, round.has_transactions);
        }
    }
    if !found.is_empty() {
        seen.wrong.push(format!("lines of threads that never were: {:?}", found.keys()));
    }
    seen
}

/// The segments in the order of their names. A kill may have come between the link into the side
/// directory and the removal: then a file is there under both names.
fn files(directory: &Path, side: &Path) -> Vec<PathBuf> {
    let mut files = crate::segments(directory);
    let names: HashSet<_> = files.iter().filter_map(|path| path.file_name()).collect();
    let removed: Vec<PathBuf> = crate::segments(side)
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| !names.contains(name)))
        .collect();
    files.extend(removed);
    files.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    files
}

fn read(path: &Path, seen: &mut Seen, found: &mut Found, ids: &mut HashSet<String>) {
    let bytes = fs::read(path).expect("a segment can be read");
    let text = String::from_utf8_lossy(&bytes);
    if text.is_empty() {
        seen.wrong.push(format!("{} is empty", path.display()));
    }
    let mut events = Vec::new();
    for line in text.split_inclusive('\n') {
        let parsed = serde_json::from_str::<Line<'_>>(line);
        let Ok(Line { id, r#type: "numbered", params }) = parsed else {
            seen.torn += 1;
            seen.wrong.push(format!("torn in {}: {line:?}", path.display()));
            continue;
        };
        if !line.ends_with('\n') || missing_key(line).is_some() {
            seen.torn += 1;
            seen.wrong.push(format!("torn in {}: {line:?}", path.display()));
        }
        seen.lines += 1;
        events.push(params);
        // One that is there twice with its number is counted there.
        let is_new = ids.insert(id.to_owned());
        let numbers = found.entry((params.process, params.thread)).or_default();
        if !is_new && !numbers.contains(&params.number) {
            seen.wrong.push(format!("one id for two events: {line}"));
        }
        numbers.push(params.number);
    }
    check_transactions(path, seen, &events);
}

/// Looks for transactions that are not whole, in order, in this segment, with nothing in between.
fn check_transactions(path: &Path, seen: &mut Seen, mut events: &[Params]) {
    while let [first, ..] = events {
        let is_next = |(part, event): (u64, &Params)| {
            *event == Params { part, number: first.number + part, ..*first }
        };
        let size = usize::try_from(first.of).expect("a short transaction");
        if events.get(..size).is_some_and(|whole| (0..).zip(whole).all(is_next)) {
            seen.transactions += u64::from(size > 1);
            events = &events[size..];
        } else {
            seen.partial += 1;
            seen.wrong.push(format!("a partial transaction in {}: {first:?}", path.display()));
            events = &events[1..];
        }
    }
}

/// Compares what a thread's emits returned with the numbers found; what was emitted or committed once
/// more, and returned before that was noted, may be there.
fn compare(
    seen: &mut Seen,
    whose: &str,
    returned: u64,
    mut numbers: Vec<u64>,
    has_transactions: bool,
) {
    let in_order = numbers.is_sorted();
    numbers.sort_unstable();
    let with_repeated = numbers.len() as u64;
    numbers.dedup();
    let duplicated = with_repeated - numbers.len() as u64;
    let present = numbers.partition_point(|number| *number < returned) as u64;
    let lost = returned - present;
    seen.duplicated += duplicated;
    seen.lost += lost;
    if lost > 0 || duplicated > 0 {
        seen.wrong.push(format!("{whose}: {lost} of {returned} lost, {duplicated} duplicated"));
    } else if !in_order {
        seen.wrong.push(format!("{whose}: out of order"));
    }
    let at_once = if has_transactions { LONGEST_TRANSACTION } else { 1 };
    if numbers.last().is_some_and(|last| *last >= returned + at_once) {
        seen.wrong.push(format!("{whose}: events that were never emitted"));
    }
}
