//! A child process: one task with one contender, and its report.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::contenders::{Contender, Take};
use crate::percentiles::Percentiles;
use crate::task::{Scenario, Task};
use crate::{cpu, drive};

/// What a child found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) emitted: u64,
    /// From the first emit until all was on disk.
    pub(crate) seconds: f64,
    /// User and system time of the process, and of its threads other than the emitting ones.
    pub(crate) cpu_seconds: f64,
    pub(crate) background_seconds: f64,
    pub(crate) peak_memory_kib: u64,
    pub(crate) latency: Option<Percentiles>,
}

/// After the last emit, before a contender is taken to be idle.
const SETTLE: Duration = Duration::from_millis(300);

pub(crate) fn run<C: Contender>(task: &Task) -> Result<Report, Error> {
    let directory = task.log_directory();
    fs::create_dir(&directory)?;
    let contender = C::open(&directory)?;
    if task.scenario == Scenario::Idle {
        return idle(contender, task);
    }
    let progress = (task.scenario == Scenario::Killed)
        .then(|| File::create_new(task.progress_file()))
        .transpose()?;
    let (start, mut done) =
        drive::on_threads(&contender, task.threads, task.size, |taker, share| {
            match task.scenario {
                Scenario::Saturated => drive::saturated(taker, share),
                Scenario::Paced => drive::paced(taker, share, |_| {}),
                Scenario::Killed => drive::paced(taker, share, |number| {
                    let file = progress.as_ref().expect("it was created above");
                    file.write_all_at(&number.to_le_bytes(), 0).expect("the disk takes it");
                }),
                _ => drive::untimed(taker, share),
            }
        });
    contender.close()?;
    let seconds = start.time.elapsed().as_secs_f64();
    let cpu = cpu::of_process().saturating_sub(start.cpu);
    Ok(Report {
        emitted: done.emitted,
        seconds,
        cpu_seconds: cpu.as_secs_f64(),
        background_seconds: cpu.saturating_sub(done.cpu).as_secs_f64(),
        peak_memory_kib: cpu::peak_memory_kib()?,
        latency: Percentiles::of(&mut done.samples),
    })
}

/// How much CPU time goes by while nothing is emitted.
fn idle<C: Contender>(contender: C, task: &Task) -> Result<Report, Error> {
    let mut taker = contender.taker();
    C::Taker::surround(|| (0..task.size.events).for_each(|number| taker.take(number)));
    thread::sleep(SETTLE);
    let before = cpu::of_process();
    thread::sleep(Duration::from_millis(task.size.millis));
    let cpu_seconds = cpu::of_process().saturating_sub(before).as_secs_f64();
    drop(taker);
    contender.close()?;
    Ok(Report {
        emitted: task.size.events.into(),
        seconds: Duration::from_millis(task.size.millis).as_secs_f64(),
        cpu_seconds,
        background_seconds: cpu_seconds,
        peak_memory_kib: cpu::peak_memory_kib()?,
        latency: None,
    })
}
