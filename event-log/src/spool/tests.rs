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
    while let Some(stated) = ring.committed(ring.head()) {
        let mut line = Vec::new();
        ring.read(ring.head(), stated.bytes, &mut line);
        lines.push(line);
        ring.release(ring.head() + record::size(stated.bytes));
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

/// The worked example of `docs/format.md`; a change here is a change of the format.
#[test]
fn a_spool_is_laid_out_as_docs_format_says() {
    const EXPECTED: [(usize, &[u8; 16]); 20] = [
        (0x0000, b"EVTSPOOL\x01\0\0\0\0\0\0\0"),
        (0x0010, b"\0\x40\0\0\0\0\0\0\0\0\x01\0\0\0\0\0"),
        (0x0020, b"\xc2\x91\x3a\x7f\0\0\0\0\x58\x69\x2e\xed\x7b\x01\0\0"),
        (0x0030, b"\0\0\0\0\0\0\0\0\x47\x98\x51\x7d\0\0\0\0"),
        (0x0040, b"\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        (0x0080, b"\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        (0x0100, b"\x01\0\0\0\0\0\0\0\x20\0\0\0\0\0\0\0"),
        (0x0110, b"\x09\0\0\0\0\0\0\0\x31\0\0\0\0\0\0\0"),
        (0x0120, b"events.20261121T"),
        (0x0130, b"223000.123Z.7f3a"),
        (0x0140, b"91c2.000042.json"),
        (0x01e0, b"\x8d\xc9\x47\xea\0\0\0\0\0\0\0\0\0\0\0\0"),
        (0x4000, b"\0\0\0\0\0\0\0\xff\x1c\x64\x5e\x2c\x09\0\0\0"),
        (0x4010, b"{\"id\":1}\n\0\0\0\0\0\0\0"),
        (0x4020, b"\x02\0\0\0\0\0\0\xff\xf3\x79\x9e\x4f\x12\0\0\0"),
        (0x4030, b"{\"id\":2,\"u\":\"\xc3\xa9\""),
        (0x4040, b"}\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        (0x4050, b"\x05\0\0\0\0\0\0\xff\xb7\x01\x6a\x69\x12\0\0\x01"),
        (0x4060, b"{\"id\":3}\n{\"id\":4"),
        (0x4070, b"}\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
    ];
    let spool = Spool::in_heap(Identity {
        ring_bytes: MIN_RING_BYTES,
        token: 0x7f3a_91c2,
        created_millis: 1_631_771_847_000,
    });
    let first = spool.ring().push(b"{\"id\":1}\n", || ()).unwrap();
    spool.ring().push("{\"id\":2,\"u\":\"é\"}\n".as_bytes(), || ()).unwrap();
    spool.ring().push_lines(b"{\"id\":3}\n{\"id\":4}\n", record::Lines::Several, || ()).unwrap();
    spool.journal().record(&journal::Checkpoint {
        head: first.end,
        segment: "events.20261121T223000.123Z.7f3a91c2.000042.jsonl".to_owned(),
        segment_bytes: 9,
    });
    spool.ring().release(first.end);

    let image = spool.image();
    for (offset, bytes) in EXPECTED {
        assert_eq!(&image[offset..offset + 16], bytes, "at {offset:#x}");
    }
}
