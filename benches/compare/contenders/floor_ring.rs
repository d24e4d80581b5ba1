//! The floor's ring variant: the floor's line copied into a heap ring that a thread empties into a
//! file once a millisecond. One ring per thread; nothing survives the process.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use benches::floor::Floor;
use benches::workload::event;
use rtrb::{Consumer, Producer, RingBuffer};

use super::{Contender, Take};
use crate::Error;

const RING_BYTES: usize = 8 << 20;
const PAUSE: Duration = Duration::from_millis(1);

pub(crate) struct FloorRing {
    rings: Sender<Consumer<u8>>,
    thread: JoinHandle<std::io::Result<()>>,
}

impl Contender for FloorRing {
    type Taker = Copier;

    fn open(directory: &Path) -> Result<Self, Error> {
        let file = File::create_new(directory.join("lines.jsonl"))?;
        let (rings, new_rings) = channel();
        Ok(Self { rings, thread: thread::spawn(move || empty(&new_rings, file)) })
    }

    fn taker(&self) -> Copier {
        let (mut ring, consumer) = RingBuffer::new(RING_BYTES);
        touch(&mut ring, consumer, &self.rings);
        Copier { floor: Floor::new(1), ring }
    }

    fn close(self) -> Result<(), Error> {
        drop(self.rings);
        Ok(self.thread.join().expect("no panic")?)
    }
}

pub(crate) struct Copier {
    floor: Floor,
    ring: Producer<u8>,
}

impl Take for Copier {
    #[inline]
    fn take(&mut self, number: u32) {
        let line = self.floor.render(&event(number));
        while self.ring.push_entire_slice(line).is_err() {
            thread::yield_now();
        }
    }
}

/// Has every page of the ring mapped before the first event, as the spool's are.
fn touch(ring: &mut Producer<u8>, mut consumer: Consumer<u8>, rings: &Sender<Consumer<u8>>) {
    let zeros = vec![0; RING_BYTES];
    ring.push_entire_slice(&zeros).expect("it is empty");
    consumer.read_chunk(RING_BYTES).expect("it is full").commit_all();
    rings.send(consumer).expect("the thread runs until the sender is dropped");
}

/// Until no more rings can come, and all are empty and abandoned.
fn empty(new_rings: &Receiver<Consumer<u8>>, mut file: File) -> std::io::Result<()> {
    let mut rings = Vec::new();
    loop {
        let ended = loop {
            match new_rings.try_recv() {
                Ok(ring) => rings.push(ring),
                Err(TryRecvError::Empty) => break false,
                Err(TryRecvError::Disconnected) => break true,
            }
        };
        let mut written = 0;
        for ring in &mut rings {
            written += empty_one(ring, &mut file)?;
        }
        if ended && written == 0 {
            return Ok(());
        }
        // Goes on at once while there is much to do.
        if written < RING_BYTES / 8 {
            thread::sleep(PAUSE);
        }
    }
}

fn empty_one(ring: &mut Consumer<u8>, file: &mut File) -> std::io::Result<usize> {
    let length = ring.slots();
    let chunk = ring.read_chunk(length).expect("so many are there");
    let (first, second) = chunk.as_slices();
    file.write_all(first)?;
    file.write_all(second)?;
    chunk.commit_all();
    Ok(length)
}
