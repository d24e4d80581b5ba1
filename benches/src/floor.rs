//! The floor: the same line rendered by hand, with a fresh id and date, into a reused buffer.
//!
//! What no logger can undercut: no ring, no thread, no safety. Its id and date come from a [`Stamp`].

use std::hint::black_box;

use crate::stamp::Stamp;
use crate::workload::LessonCleared;

/// Renders lines by hand.
#[derive(Debug)]
pub struct Floor {
    line: Vec<u8>,
    stamp: Stamp,
}

impl Floor {
    /// A floor with ids from this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { line: Vec::with_capacity(1_024), stamp: Stamp::new(seed) }
    }

    /// Renders one line.
    #[inline]
    pub fn render(&mut self, event: &LessonCleared<'_>) -> &[u8] {
        self.stamp.renew();
        self.line.clear();
        self.push(b"{\"id\":\"");
        self.push(&self.stamp.id_bytes());
        self.push(b"\",\"date\":\"");
        self.push(&self.stamp.date_bytes());
        self.push(b"\",\"type\":\"lesson_cleared\",\"user_id\":123456789,\"locale\":\"ja-JP\",");
        self.push(b"\"country_code\":\"JP\",\"params\":{\"course\":\"");
        self.push_text(event.course);
        self.push(b"\",\"lesson\":");
        self.push_number(event.lesson);
        self.push(b",\"score\":");
        self.push_score(event.score);
        self.push(b",\"first_try\":");
        self.push(if event.first_try { b"true" } else { b"false" });
        self.push(b",\"badge\":");
        match event.badge {
            Some(badge) => {
                self.push(b"\"");
                self.push_text(badge);
                self.push(b"\"");
            }
            None => self.push(b"null"),
        }
        self.push(b"}}\n");
        &self.line
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        self.line.extend_from_slice(bytes);
    }

    /// Copies text up to the first byte that would need an escape; the workload has none.
    #[inline]
    fn push_text(&mut self, text: &str) {
        let plain = text.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\');
        self.push(&text.as_bytes()[..plain.unwrap_or(text.len())]);
    }

    #[inline]
    fn push_number(&mut self, mut number: u32) {
        let mut digits = [0; 10];
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.push(&digits[start..]);
    }

    /// Any finite number, in the shortest form that reads back as the same.
    #[inline]
    fn push_score(&mut self, score: f64) {
        let mut digits = zmij::Buffer::new();
        self.push(digits.format_finite(score).as_bytes());
    }
}

/// As large as the default spool, so that both walk through as much memory.
const MEMORY_BYTES: usize = 8 << 20;

/// Memory to which lines are copied one after the other, again and again.
#[derive(Debug)]
pub struct Memory {
    bytes: Vec<u8>,
    at: usize,
}

impl Default for Memory {
    fn default() -> Self {
        Self::one_of(1)
    }
}

impl Memory {
    /// One of several that are used at once, which together are as large as the default spool.
    #[must_use]
    pub fn one_of(memories: usize) -> Self {
        // Touched once, as the spool is.
        Self { bytes: vec![1; MEMORY_BYTES / memories], at: 0 }
    }

    /// Copies a line.
    #[inline]
    pub fn copy(&mut self, line: &[u8]) {
        if self.at + line.len() > self.bytes.len() {
            self.at = 0;
        }
        self.bytes[self.at..self.at + line.len()].copy_from_slice(line);
        self.at += line.len();
        black_box(&self.bytes);
    }
}

/// The floor of a latency: each line is rendered and copied to memory.
#[derive(Debug)]
pub struct Copier {
    floor: Floor,
    memory: Memory,
}

impl Default for Copier {
    fn default() -> Self {
        Self::one_of(1)
    }
}

impl Copier {
    /// One of several that run at once.
    #[must_use]
    pub fn one_of(copiers: usize) -> Self {
        Self { floor: Floor::new(1), memory: Memory::one_of(copiers) }
    }

    /// Renders and copies the line of one event.
    #[inline]
    pub fn take(&mut self, event: &LessonCleared<'_>) {
        self.memory.copy(self.floor.render(event));
    }
}
