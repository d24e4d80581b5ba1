//! The command line.

use std::path::PathBuf;

use crate::Error;
use crate::contenders;
use crate::task::{Scenario, Size, Task};

/// What the user asked for.
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) rounds: usize,
    pub(crate) contenders: Vec<String>,
    pub(crate) out: PathBuf,
}

/// The task, if this process is a child.
pub(crate) fn task() -> Result<Option<Task>, Error> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--task"), Some(task)) => Ok(Some(serde_json::from_str(&task)?)),
        _ => Ok(None),
    }
}

impl Options {
    pub(crate) fn parse() -> Result<Self, Error> {
        let mut quick = false;
        let mut rounds = None;
        let mut names: Vec<String> = contenders::NAMES.iter().map(ToString::to_string).collect();
        let mut out = PathBuf::from("target/compare");
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--quick" => quick = true,
                "--rounds" => rounds = Some(value()?.parse::<usize>()?.max(1)),
                "--only" => names = chosen(&value()?)?,
                "--out" => out = value()?.into(),
                _ => return Err(format!("what is {argument}?").into()),
            }
        }
        let rounds = rounds.unwrap_or(if quick { 3 } else { 5 });
        Ok(Self { quick, rounds, contenders: names, out })
    }

    /// How much of a scenario is measured in one round.
    pub(crate) fn size(&self, scenario: Scenario) -> Size {
        let (events, millis, quick_millis) = match scenario {
            Scenario::Check => (3, 1_000, 1_000),
            Scenario::Saturated => (1_000_000, 800, 150),
            Scenario::Throughput => (4_000_000, 1_000, 200),
            Scenario::Paced => (u32::MAX, 2_000, 300),
            Scenario::Idle => (100, 1_000, 300),
            Scenario::Killed => (u32::MAX, 60_000, 60_000),
        };
        Size { events, millis: if self.quick { quick_millis } else { millis } }
    }
}

/// The floors and event-log are always there: the ratios need them.
fn chosen(list: &str) -> Result<Vec<String>, Error> {
    let wanted: Vec<&str> = list.split(',').map(str::trim).collect();
    if let Some(unknown) = wanted.iter().find(|name| !contenders::NAMES.contains(name)) {
        let known = contenders::NAMES.join(", ");
        return Err(format!("there is no contender `{unknown}`; there are: {known}").into());
    }
    let chosen = |name: &&&str| {
        wanted.contains(*name) || ["floor", "floor ring", "event-log"].contains(*name)
    };
    Ok(contenders::NAMES.iter().filter(chosen).map(ToString::to_string).collect())
}
