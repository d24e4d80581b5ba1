//! One program that clicks and follows at once.

use std::thread;
use std::time::Duration;

use crate::clicks::Clicks;
use crate::keep::Keeper;
use crate::store::Store;

const CLICKS: u64 = 3_000;

pub(crate) fn run() -> anyhow::Result<()> {
    let place = tempfile::tempdir()?;
    let log_dir = place.path().join("log");
    println!("follows {} while {CLICKS} clicks are made", log_dir.display());
    let mut keeper = Keeper::open(&log_dir, Store::open(&place.path().join("interests.db"))?)?;
    let clicks = Clicks { log_dir, count: CLICKS, first_reader: 0, readers: 50, pause_micros: 500 };
    let stop = keeper.stop_handle();
    let clicker = thread::spawn(move || clicks.make());
    // Whatever happens, the demo ends.
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(30));
        stop.stop();
    });
    while keeper.clicks() < CLICKS && keeper.store_next(true)? {}
    clicker.join().map_err(|_| anyhow::anyhow!("the clicker panicked"))??;
    println!(
        "stored {} clicks of 50 readers in {} transactions",
        keeper.clicks(),
        keeper.transactions()
    );
    let mut delays = keeper.delays_millis().to_vec();
    delays.sort_unstable();
    let (median, slowest) = (delays.get(delays.len() / 2), delays.last());
    println!(
        "from click to stored: median {} ms, slowest {} ms",
        median.unwrap_or(&0),
        slowest.unwrap_or(&0)
    );
    println!("{}", keeper.store().interests_of(7)?);
    Ok(())
}
