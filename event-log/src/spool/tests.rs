//! The ring and its files, without a writer.

use proptest::prelude::*;

use super::*;
use crate::spool::header::MIN_RING_BYTES;
use crate::spool::ring::Refused;

pub(crate) fn small() -> Spool {
    Spool::in_heap(Identity { ring_bytes: MIN_RING_BYTES, token: 1, created_millis: 0 })
}

/// Text of so many bytes, no two neighbours of which are alike.
pub(crate) fn text_of(bytes: usize) -> Vec<u8> {
    (b'a'..=b'z').cycle().skip(bytes % 26).take(bytes).collect()
}

/// Takes every committed line, releasing each.
fn drain(spool: &Spool) -> Vec<Vec<u8>> {
    let ring = spool.ring();
    let mut lines = Vec::new();
    while let Some(line_bytes) = ring.committed(ring.head()) {
        let mut line = Vec::new();
        ring.read(ring.head(), line_bytes, &mut line);
        lines.push(line);
        ring.release(ring.head() + record::size(line_bytes));
    }
    lines
}

proptest! {
    #[test]
    fn lines_come_out_as_they_went_in_also_around_the_end(
        laps in prop::collection::vec(prop::collection::vec(0..3_000_usize, 1..20), 1..12),
    ) {
        let spool = small();
        for lap in laps {
            let lines: Vec<Vec<u8>> = lap.into_iter().map(text_of).collect();
            for line in &lines {
                prop_assert!(spool.ring().push(line, || ()).is_ok());
            }
            prop_assert_eq!(drain(&spool), lines);
        }
    }
}

#[test]
fn a_full_ring_refuses_until_something_is_released() {
    let spool = small();
    let line = [b'x'; 1_000];
    let mut pushed = 0;
    while spool.ring().push(&line, || ()).is_ok() {
        pushed += 1;
    }
    assert_eq!(spool.ring().push(&line, || panic!("no room")), Err(Refused::Full));
    assert_eq!(pushed, MIN_RING_BYTES as u64 / record::size(line.len()));
    assert_eq!(drain(&spool).len(), 64);
    assert!(spool.ring().push(&line, || ()).is_ok());
}

#[test]
fn a_closed_ring_takes_no_line_and_gives_out_the_ones_it_has() {
    let spool = small();
    spool.ring().push(b"before\n", || ()).unwrap();
    let end = spool.ring().close();
    assert_eq!(spool.ring().push(b"after\n", || ()), Err(Refused::Closed));
    assert_eq!(drain(&spool), [b"before\n"]);
    assert_eq!(spool.ring().head(), end);
}

#[test]
fn many_producers_lose_and_double_nothing_and_keep_their_own_order() {
    const THREADS: usize = 4;
    const LINES: usize = 20_000;
    let spool = small();
    let mut next = [0; THREADS];
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let spool = &spool;
            scope.spawn(move || {
                for number in 0..LINES {
                    let line = format!("{thread} {number}\n");
                    while spool.ring().push(line.as_bytes(), || ()).is_err() {
                        std::thread::yield_now();
                    }
                }
            });
        }
        while next.iter().sum::<usize>() < THREADS * LINES {
            for line in drain(&spool) {
                let line = String::from_utf8(line).unwrap();
                let (thread, number) = line.trim().split_once(' ').unwrap();
                let expected = &mut next[thread.parse::<usize>().unwrap()];
                assert_eq!(number.parse(), Ok(*expected));
                *expected += 1;
            }
        }
    });
}
