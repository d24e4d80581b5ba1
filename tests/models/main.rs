//! Runs the spool's ring under loom: every interleaving of small scenarios, with every value that the
//! memory model allows a load to see.
//!
//! Loom runs stores in the order of the program, so it cannot judge the one order that keeps a load from
//! seeing a later store: the release of the head. The other orders it does: weaken one, and it fails.
//!
//! The ring's own source files are compiled here against loom's atomics, so what is checked is what is
//! shipped. `cargo run --release -p models`; a scenario that fails panics with its interleaving.
#![expect(clippy::print_stdout, reason = "a command-line tool")]

/// Loom's atomics in the place of the standard library's.
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicU64, Ordering};

    /// A hint changes nothing that loom looks at.
    pub(crate) fn prefetch_for_write(_: &AtomicU64) {}
}

mod spool;

use loom::sync::Arc;
use loom::thread;

use spool::record;
use spool::ring::{Refused, Ring};
use sync::AtomicU64;

/// Two records of a line of at most 16 bytes fit.
const WORDS: usize = 8;

/// A ring with its words.
struct Small {
    tail: AtomicU64,
    head: AtomicU64,
    words: [AtomicU64; WORDS],
}

impl Small {
    fn new() -> Arc<Self> {
        let zero = |_| AtomicU64::new(0);
        Arc::new(Self {
            tail: AtomicU64::new(0),
            head: AtomicU64::new(0),
            words: std::array::from_fn(zero),
        })
    }

    fn ring(&self) -> Ring<'_> {
        Ring::of(&self.tail, &self.head, &self.words)
    }

    /// Takes the next line if it is committed, and gives its room back.
    fn take(&self) -> Option<Vec<u8>> {
        let ring = self.ring();
        let position = ring.head();
        let stated = ring.committed(position)?;
        let mut line = Vec::new();
        ring.read(position, stated.bytes, &mut line);
        ring.release(position + record::size(stated.bytes));
        Some(line)
    }

    /// Takes so many lines, waiting for each.
    fn take_all(&self, lines: usize) -> Vec<Vec<u8>> {
        let mut taken = Vec::new();
        while taken.len() < lines {
            match self.take() {
                Some(line) => taken.push(line),
                None => thread::yield_now(),
            }
        }
        taken
    }
}

fn spawn_push(small: &Arc<Small>, line: &'static [u8]) -> thread::JoinHandle<()> {
    let small = Arc::clone(small);
    thread::spawn(move || {
        while small.ring().push(line, || ()).is_err() {
            thread::yield_now();
        }
    })
}

fn two_producers_and_the_consumer_lose_and_mix_nothing() {
    let small = Small::new();
    let producers = [spawn_push(&small, b"one\n"), spawn_push(&small, b"second\n")];
    let mut lines = small.take_all(2);
    lines.sort();
    assert_eq!(lines, [&b"one\n"[..], b"second\n"]);
    for producer in producers {
        producer.join().expect("a producer does not panic");
    }
}

fn a_lap_is_not_begun_before_the_last_one_is_read() {
    let small = Small::new();
    small.ring().push(b"first lap\n", || ()).expect("the ring is empty");
    small.ring().push(b"still 1st\n", || ()).expect("there is room for two");
    let producer = spawn_push(&small, b"next lap\n");
    let lines = small.take_all(3);
    assert_eq!(lines, [&b"first lap\n"[..], b"still 1st\n", b"next lap\n"]);
    producer.join().expect("a producer does not panic");
}

fn a_producer_that_dies_between_reserve_and_commit_hides_no_other_record() {
    let small = Small::new();
    let dying = {
        let small = Arc::clone(&small);
        thread::spawn(move || {
            small.ring().reserve(record::size(4)).expect("there is room");
        })
    };
    let living = spawn_push(&small, b"alive\n");
    dying.join().expect("it only stops");
    living.join().expect("a producer does not panic");
    // What a recovery does: it looks at every place of the ring.
    let found = small.ring().committed_since(0);
    assert_eq!(found.len(), 1);
    let mut line = Vec::new();
    assert!(small.ring().verified(found[0], &mut line).is_some());
    assert_eq!(line, b"alive\n");
}

fn a_line_is_either_refused_by_the_closing_or_before_its_final_tail() {
    let small = Small::new();
    let producer = {
        let small = Arc::clone(&small);
        thread::spawn(move || small.ring().push(b"late\n", || ()))
    };
    let end = small.ring().close();
    match producer.join().expect("a producer does not panic") {
        Ok(pushed) => {
            assert_eq!(pushed.end, end);
            assert_eq!(small.take_all(1), [b"late\n"]);
        }
        Err(refused) => {
            assert_eq!(refused, Refused::Closed);
            assert_eq!(end, 0);
        }
    }
}

fn main() {
    let scenarios: [(&str, fn()); 4] = [
        ("two producers and the consumer", two_producers_and_the_consumer_lose_and_mix_nothing),
        ("a second lap", a_lap_is_not_begun_before_the_last_one_is_read),
        (
            "a producer that dies",
            a_producer_that_dies_between_reserve_and_commit_hides_no_other_record,
        ),
        ("closing", a_line_is_either_refused_by_the_closing_or_before_its_final_tail),
    ];
    let count = scenarios.len();
    for (name, scenario) in scenarios {
        let mut builder = loom::model::Builder::new();
        builder.preemption_bound = Some(3);
        builder.check(scenario);
        println!("ok: {name}");
    }
    println!("{count} passed, 0 failed");
}
