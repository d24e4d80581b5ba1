//! What is printed, and the verdict: whether the log holds what the clients were told.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use event_log::{LogError, Stats, TypeStats};
use indicatif::DecimalBytes;

use crate::client::Answers;
use crate::demo::Outcome;
use crate::read_back::{Found, segments};

/// Tells of trouble in the log, with its causes.
#[expect(clippy::print_stderr, reason = "a real service hands this to its tracing")]
pub(crate) fn log_error(error: &LogError) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    eprintln!("event log: {text}");
}

/// Prints how fast the service answered.
pub(crate) fn speed(Outcome { answers, elapsed }: &Outcome) {
    let succeeded = answers.succeeded();
    let refused = answers.refused;
    let seconds = elapsed.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate needs no more than 52 bits")]
    let rate = (succeeded + refused) as f64 / seconds;
    println!(
        "answered in {seconds:.1} s: {rate:.0} requests per second; {succeeded} succeeded, \
         {refused} were refused, as they should be"
    );
}

/// Prints what became of the events.
pub(crate) fn ledger(stats: &Stats) {
    let verdict = if balances(stats) { "it balances" } else { "it does NOT balance" };
    println!("ledger: {stats}; {verdict}");
}

/// Prints what is in the log after a demo.
///
/// # Errors
/// If that is not what the answers promise.
pub(crate) fn log_of_demo(
    directory: &Path,
    answers: &Answers,
    stats: &Stats,
) -> anyhow::Result<()> {
    let segments = segments(directory)?;
    files(directory, &segments);
    let found = Found::read(&segments)?;
    lines(&found);
    verify(answers, stats, &found)?;
    println!(
        "verified: {} lines, one for each request that succeeded, each valid JSON with its seven keys \
         in order and an id of its own",
        answers.succeeded(),
    );
    Ok(())
}

fn files(directory: &Path, segments: &[(PathBuf, u64)]) {
    println!("segments in {}:", directory.display());
    for (path, bytes) in segments {
        let name = path.file_name().unwrap_or_default().display();
        println!("  {name}  {}", DecimalBytes(*bytes));
    }
}

fn lines(found: &Found) {
    for (event_type, count) in &found.lines {
        println!("{event_type}: {count} events, the first:\n  {}", found.first[event_type]);
    }
}

fn verify(answers: &Answers, stats: &Stats, found: &Found) -> anyhow::Result<()> {
    ensure!(balances(stats), "the ledger does not balance: {stats:?}");
    let TypeStats { written, dropped, in_spool, .. } = stats.total;
    ensure!(dropped == 0, "{dropped} events were dropped: {:?}", stats.dropped);
    ensure!(in_spool == 0, "{in_spool} events are still in the spool");
    let lines: BTreeMap<&str, u64> = found.lines.iter().map(|(name, n)| (&**name, *n)).collect();
    ensure!(
        lines == answers.succeeded,
        "the requests that succeeded are {:?}, but the lines are {lines:?}",
        answers.succeeded,
    );
    let read = lines.values().sum::<u64>();
    ensure!(
        read == written,
        "the ledger counts {written} written events, but there are {read} lines"
    );
    Ok(())
}

fn balances(stats: &Stats) -> bool {
    let balances =
        |count: &TypeStats| count.emitted == count.written + count.dropped + count.in_spool;
    balances(&stats.total) && stats.by_type.values().all(balances)
}
