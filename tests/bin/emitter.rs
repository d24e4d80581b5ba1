//! Emits from several threads until it dies: the child of the kill tests.
//!
//! `emitter LOG RECORDS PROCESS SEED ENDING TARGET`; see `tests::kill`.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use event_log::Logger;
use tests::kill::{Numbered, THREADS, builder, record_path};
use tests::random::Random;
use tests::wait::{PATIENCE, wait_until};

static RETURNED: AtomicU64 = AtomicU64::new(0);
static STOP: AtomicBool = AtomicBool::new(false);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("six arguments");
    let (directory, records) = (PathBuf::from(next()), PathBuf::from(next()));
    let process: u32 = next().parse().expect("a number");
    let seed: u64 = next().parse().expect("a number");
    let ending = next();
    let target: u64 = next().parse().expect("a number");

    let logger = builder(&directory, seed).build().expect("a logger");
    if ending == "recover" {
        logger.flush(PATIENCE).expect("everything can be written");
        return;
    }
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (logger, records) = (logger.clone(), records.clone());
            std::thread::spawn(move || emit(&logger, &records, process, thread, seed))
        })
        .collect();
    match &*ending {
        "stop" => {
            // Ends when the parent closes our input, or dies.
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            STOP.store(true, Ordering::Relaxed);
            for thread in threads {
                thread.join().expect("a thread that only emits");
            }
        }
        "kill" => std::thread::park_timeout(PATIENCE),
        other => {
            wait_until("enough was emitted", || RETURNED.load(Ordering::Relaxed) >= target);
            match other {
                "abort" => std::process::abort(),
                "exit" => std::process::exit(0),
                _ => panic!("as the test wants it"),
            }
        }
    }
}

fn emit(logger: &Logger, records: &Path, process: u32, thread: u32, seed: u64) {
    let path = record_path(records, process, thread);
    let mut record = OpenOptions::new().create(true).append(true).open(path).expect("a record");
    let filling = "=".repeat(1_000);
    let mut random = Random::new(seed ^ u64::from(process * THREADS + thread));
    let mut number = 0;
    while !STOP.load(Ordering::Relaxed) {
        let length = usize::try_from(random.below(1_000)).expect("a length");
        let filling = &filling[..if random.below(4) == 0 { length } else { length / 50 }];
        logger.emit(Numbered { process, thread, number, filling });
        record.write_all(b".").expect("the record can be written");
        number += 1;
        RETURNED.fetch_add(1, Ordering::Relaxed);
    }
}
