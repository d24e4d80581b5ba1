//! Real collectors take every line exactly once, with the configurations in `docs/collectors`, while the
//! service rotates, is killed and restarted, and the collector is restarted too.
//!
//! `.ci/install` provides the collectors. Without one its test says so and passes, unless
//! `EVENT_LOG_NO_SKIP=1` is set.

#![allow(clippy::print_stdout, reason = "the figures of a run are to be read")]

use std::collections::HashMap;
use std::env;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tests::{lines, segments};

const EVENTS: u64 = 200_000;
const EVENTS_PER_SECOND: u64 = 5_000;
const ROTATIONS: usize = 100;

/// What happens while the lines flow: in turn a kill of the service and a restart of the collector.
const DISRUPTIONS: u64 = 10;

/// How long a collector stays away: two rotations or more.
const EVENTS_WHILE_AWAY: u64 = 4_000;

const DEADLINE: Duration = Duration::from_secs(90);

#[test]
fn rsyslog_takes_every_line_exactly_once() {
    takes_every_line_exactly_once("rsyslogd", "rsyslog.conf", |rig, daemon| {
        daemon.args(["-n", "-iNONE", "-f"]).arg(rig.configuration());
    });
}

#[test]
fn syslog_ng_takes_every_line_exactly_once() {
    takes_every_line_exactly_once("syslog-ng", "syslog-ng.conf", |rig, daemon| {
        daemon.args(["--foreground", "--no-caps", "--cfgfile"]).arg(rig.configuration());
        daemon.arg("--persist-file").arg(rig.state().join("persist"));
        daemon.arg("--pidfile").arg(rig.state().join("pid"));
        daemon.arg("--control").arg(rig.state().join("control"));
    });
}

fn takes_every_line_exactly_once(
    daemon: &str,
    configuration: &str,
    arguments: impl Fn(&Rig, &mut Command),
) {
    let Some(program) = find(daemon) else {
        assert!(
            env::var_os("EVENT_LOG_NO_SKIP").is_none_or(|v| v != "1"),
            "{daemon} is not installed"
        );
        println!("SKIPPED: {daemon} is not installed; `.ci/install` does it");
        return;
    };
    let rig = Rig::new(configuration);
    let start_collector = || {
        let mut command = Command::new(&program);
        arguments(&rig, command.stdin(Stdio::null()));
        Process::start(&mut command)
    };

    let mut collector = start_collector();
    let mut service = Service::start(&rig.log());
    for disruption in 0..DISRUPTIONS {
        let slot = EVENTS / DISRUPTIONS;
        service.wait_until_emitted(disruption * slot + random_below(slot));
        // Not always right after the service has told how far it is.
        thread::sleep(Duration::from_micros(random_below(20_000)));
        if disruption % 2 == 0 {
            service.kill_and_restart();
        } else {
            collector.terminate();
            service.wait_until_emitted(service.emitted() + EVENTS_WHILE_AWAY);
            collector = start_collector();
        }
    }
    let acknowledged = service.finish();

    let written = lines(&rig.log());
    let bytes: usize = written.iter().map(|line| line.len() + 1).sum();
    wait_until("the collector has taken all lines", || rig.collected_bytes() >= bytes as u64);
    collector.terminate();

    assert_runs_are_whole(&written, &acknowledged);
    let collected = fs::read(rig.collected()).expect("the collector's output can be read");
    let difference = Difference::between(&written, &collected);
    let rotations = segments(&rig.log()).len() - acknowledged.len();
    println!(
        "{daemon}: {} lines, longest {} bytes, {rotations} rotations, {} kills of the service, \
         {} restarts of the collector: {difference:?}",
        written.len(),
        written.iter().map(|line| line.len() + 1).max().unwrap_or(0),
        acknowledged.len() - 1,
        DISRUPTIONS / 2,
    );
    assert_eq!(difference, Difference::default());
    assert!(written.len() as u64 >= EVENTS);
    assert!(rotations >= ROTATIONS);
}

/// The collector as `.ci/install` unpacked it, or as the system has it.
fn find(daemon: &str) -> Option<PathBuf> {
    let target =
        Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it lies in the target directory");
    let mut directories = vec![target.join("collectors/bin")];
    directories.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    directories.push("/usr/sbin".into());
    directories.into_iter().map(|directory| directory.join(daemon)).find(|path| path.is_file())
}

/// The directories of one test, in place of those that the configuration names.
struct Rig {
    root: tempfile::TempDir,
}

impl Rig {
    fn new(configuration: &str) -> Self {
        let rig = Self { root: tempfile::tempdir().expect("a temporary directory") };
        for directory in [rig.log(), rig.state(), rig.root.path().join("collected")] {
            fs::create_dir(directory).expect("an empty root");
        }
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/collectors").join(configuration);
        let mut text = fs::read_to_string(path).expect("the configuration can be read");
        for (documented, ours) in [
            ("/var/log/shop", rig.log()),
            ("/var/spool/collector", rig.state()),
            ("/var/lib/collected", rig.root.path().join("collected")),
        ] {
            text = text.replace(documented, ours.to_str().expect("UTF-8"));
        }
        fs::write(rig.configuration(), text).expect("the configuration can be written");
        rig
    }

    fn configuration(&self) -> PathBuf {
        self.root.path().join("collector.conf")
    }

    fn log(&self) -> PathBuf {
        self.root.path().join("log")
    }

    fn state(&self) -> PathBuf {
        self.root.path().join("state")
    }

    fn collected(&self) -> PathBuf {
        self.root.path().join("collected/events.jsonl")
    }

    fn collected_bytes(&self) -> u64 {
        fs::metadata(self.collected()).map_or(0, |metadata| metadata.len())
    }
}

/// A child process that does not outlive its test.
struct Process(Child);

impl Process {
    fn start(command: &mut Command) -> Self {
        Self(command.spawn().expect("the program starts"))
    }

    fn terminate(mut self) {
        let id = Pid::from_child(&self.0);
        kill_process(id, Signal::TERM).expect("the collector is running");
        wait_until("the collector has ended", || {
            self.0.try_wait().expect("a child can be waited for").is_some()
        });
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `collector_feed`, started anew as often as it is killed.
struct Service {
    log: PathBuf,
    process: Process,
    /// What each run has printed last: how many events it emitted.
    runs: Vec<Arc<AtomicU64>>,
}

impl Service {
    fn start(log: &Path) -> Self {
        let (process, emitted) = Self::run(log, 0, EVENTS);
        Self { log: log.to_owned(), process, runs: vec![emitted] }
    }

    fn run(log: &Path, run: usize, events: u64) -> (Process, Arc<AtomicU64>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_collector_feed"));
        command.arg(log).args([run.to_string(), events.to_string(), EVENTS_PER_SECOND.to_string()]);
        let mut process = Process::start(command.stdout(Stdio::piped()));
        let output = BufReader::new(process.0.stdout.take().expect("it is piped"));
        let emitted = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&emitted);
        thread::spawn(move || {
            for count in output.lines().map_while(Result::ok) {
                // Relaxed: a number on its own.
                seen.store(count.parse().expect("a count"), Ordering::Relaxed);
            }
        });
        (process, emitted)
    }

    fn emitted(&self) -> u64 {
        self.runs.iter().map(|run| run.load(Ordering::Relaxed)).sum()
    }

    fn wait_until_emitted(&self, events: u64) {
        wait_until("the service has emitted", || self.emitted() >= events.min(EVENTS));
    }

    fn kill_and_restart(&mut self) {
        self.process.0.kill().expect("it can be killed");
        self.process.0.wait().expect("a child can be waited for");
        let left = EVENTS - self.emitted();
        let (process, emitted) = Self::run(&self.log, self.runs.len(), left);
        self.process = process;
        self.runs.push(emitted);
    }

    /// Waits until every event is emitted and the service has ended; returns how many each run emitted.
    fn finish(mut self) -> Vec<u64> {
        wait_until("the service has emitted all", || self.emitted() >= EVENTS);
        let status = self.process.0.wait().expect("a child can be waited for");
        assert!(status.success(), "the service ends with {status}");
        self.runs.iter().map(|run| run.load(Ordering::Relaxed)).collect()
    }
}

/// Every run's lines are there once, in order, without a hole, and up to the last acknowledged at least.
fn assert_runs_are_whole(written: &[String], acknowledged: &[u64]) {
    let mut counts = vec![0; acknowledged.len()];
    for line in written {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let number = |key| line["params"][key].as_u64().expect("a number");
        let count = &mut counts[usize::try_from(number("run")).expect("a small number")];
        assert_eq!(number("number"), *count, "the next line of its run");
        *count += 1;
    }
    for (count, acknowledged) in counts.iter().zip(acknowledged) {
        assert!(count >= acknowledged, "{acknowledged} were emitted, {count} are in segments");
    }
}

/// How what was collected differs from what is in the segments, in lines.
#[derive(Debug, Default, PartialEq, Eq)]
struct Difference {
    lost: u64,
    duplicated: u64,
    /// In no segment at all: cut, glued together or changed.
    altered: u64,
}

impl Difference {
    fn between(written: &[String], collected: &[u8]) -> Self {
        let mut missing: HashMap<&[u8], i64> = HashMap::new();
        for line in written {
            *missing.entry(line.as_bytes()).or_default() += 1;
        }
        let mut difference = Self::default();
        for line in collected.strip_suffix(b"\n").unwrap_or(collected).split(|byte| *byte == b'\n')
        {
            match missing.get_mut(line) {
                Some(count) if *count > 0 => *count -= 1,
                Some(_) => difference.duplicated += 1,
                None => difference.altered += 1,
            }
        }
        difference.lost = missing.values().map(|count| count.unsigned_abs()).sum();
        difference
    }
}

fn random_below(limit: u64) -> u64 {
    RandomState::new().build_hasher().finish() % limit
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < DEADLINE, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
