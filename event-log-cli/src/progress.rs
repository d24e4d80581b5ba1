//! How far a command is, as one line at the bottom of the terminal.
//!
//! The line is drawn on standard error, if that is a terminal; elsewhere a [`Progress`] does nothing. A thread of
//! its own draws it a few times a second. It is told once a batch, a file or a buffer, never once a line, so what it
//! costs does not depend on how much there is to do.

use std::fmt;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// How often the line is drawn.
const EVERY: Duration = Duration::from_millis(200);

/// A cell of the bar that is done, one that is half done, one that is not.
const CELLS: &str = "█▌ ";

/// The line, or nothing. Clones are the same line.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    bar: Option<ProgressBar>,
}

/// What a bar counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of input.
    Bytes,
    /// Things of this name, in the plural.
    Things(&'static str),
}

impl Progress {
    /// One that is never seen.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One on standard error, if that is a terminal which can draw a line anew. Nothing is drawn before
    /// [`begin`](Self::begin) or [`say`](Self::say).
    #[must_use]
    pub fn on_terminal() -> Self {
        if !io::stderr().is_terminal() {
            return Self::none();
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        // One that has come to its end draws nothing, not even behind what others print.
        bar.finish_and_clear();
        Self { bar: (!bar.is_hidden()).then_some(bar) }
    }

    /// Whether there is a terminal to draw on.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.bar.is_some()
    }

    /// Shows from now on how much of `total` is done, and nothing is yet.
    pub fn begin(&self, doing: &'static str, total: u64, unit: Unit) {
        let Some(bar) = &self.bar else { return };
        bar.set_style(style(unit));
        bar.set_length(total);
        bar.set_prefix(doing);
        bar.reset();
        bar.enable_steady_tick(EVERY);
    }

    /// Shows this text from now on, for what has no end.
    pub fn say(&self, text: String) {
        let Some(bar) = &self.bar else { return };
        bar.set_style(template("{spinner} {prefix}"));
        bar.set_prefix(text);
        bar.reset();
        bar.enable_steady_tick(EVERY);
    }

    /// Says anew what is done, and leaves how much of it.
    pub fn doing(&self, doing: &'static str) {
        if let Some(bar) = &self.bar {
            bar.set_prefix(doing);
        }
    }

    /// So much more is done.
    pub fn add(&self, done: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(done);
        }
    }

    /// Does what prints something, with the line out of the way. It must not tell the progress anything.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    /// Takes the line away.
    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.disable_steady_tick();
            bar.finish_and_clear();
        }
    }

    /// A reader whose bytes are done as soon as they are read from it.
    pub fn reading<R>(&self, inner: R) -> Reading<R> {
        Reading { inner, progress: self.clone() }
    }

    /// A writer to the same terminal, perhaps: the line is out of its way. What it is given should be buffered.
    pub fn beside<W>(&self, inner: W) -> Beside<W> {
        Beside { inner, progress: self.clone() }
    }
}

fn style(unit: Unit) -> ProgressStyle {
    let (amounts, things) = match unit {
        Unit::Bytes => ("{binary_bytes} of {binary_total_bytes}, {binary_bytes_per_sec}", ""),
        Unit::Things(name) => ("{human_pos} of {human_len} {things}, {rate}", name),
    };
    // A write to what is drawn fails only where memory does.
    template(&format!("{{spinner}} {{prefix}} {{wide_bar}} {amounts}, {{left}} left"))
        .with_key("things", move |_: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = out.write_str(things);
        })
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = write!(out, "{:.0}/s", state.per_sec());
        })
        .with_key("left", |state: &ProgressState, out: &mut dyn fmt::Write| {
            let _ = match state.pos() {
                0 => out.write_str("?"),
                _ => write!(out, "{:#}", HumanDuration(state.eta())),
            };
        })
}

fn template(text: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(text).expect("the templates are written above");
    style.progress_chars(CELLS)
}

/// See [`Progress::reading`].
#[derive(Debug)]
pub struct Reading<R> {
    inner: R,
    progress: Progress,
}

impl<R: Read> Read for Reading<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.progress.add(read as u64);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Reading<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.progress.add(bytes as u64);
        self.inner.consume(bytes);
    }
}

/// See [`Progress::beside`].
#[derive(Debug)]
pub struct Beside<W> {
    inner: W,
    progress: Progress,
}

impl<W: Write> Write for Beside<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.progress.aside(|| self.inner.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::input::objects::Objects;
    use crate::input::paths;
    use crate::input::walk::walk;
    use crate::interrupt::Interrupt;
    use crate::lake::layout::Layout;
    use crate::lake::local::LocalStore;
    use crate::lake::settings::{Format, Settings};
    use crate::load::Load;

    /// One that counts and draws nowhere.
    fn counting() -> Progress {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Progress { bar: Some(bar) }
    }

    /// How much is done, of how much.
    fn amounts(progress: &Progress) -> (u64, u64) {
        let bar = progress.bar.as_ref().unwrap();
        (bar.position(), bar.length().unwrap())
    }

    /// Lines of so many events.
    fn lines(from: u32, to: u32) -> String {
        let line = |n| {
            format!(
                r#"{{"id":"{n}","date":"2021-09-16T0{}:00:00Z","type":"ping","user_id":1,"locale":null,"country_code":null,"params":{{}}}}"#,
                n % 10
            ) + "\n"
        };
        (from..to).map(line).collect()
    }

    /// A small input, one of several batches, one of each compression; their bytes as they lie there.
    fn inputs(directory: &std::path::Path) -> u64 {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(lines(3_000, 6_000).as_bytes()).unwrap();
        let files = [
            ("small.jsonl", lines(0, 10).into_bytes()),
            ("large.jsonl", lines(10, 3_000).into_bytes()),
            ("packed.jsonl.gz", gzip.finish().unwrap()),
            ("packed.jsonl.zst", zstd::encode_all(lines(6_000, 9_000).as_bytes(), 0).unwrap()),
        ];
        for (name, bytes) in &files {
            fs::write(directory.join(name), bytes).unwrap();
        }
        files.iter().map(|(_, bytes)| bytes.len() as u64).sum()
    }

    #[test]
    fn at_the_end_of_a_load_all_bytes_of_all_inputs_are_done() {
        let directory = tempfile::tempdir().unwrap();
        let bytes = inputs(directory.path());
        let store = LocalStore::open(&directory.path().join("lake")).unwrap();
        let settings = Settings::new(Format::Json, Layout::default());
        let names = [directory.path().to_str().unwrap().to_owned()];
        for round in ["new", "known"] {
            let progress = counting();
            let objects = Objects::default();
            let load = Load {
                store: &store,
                objects: &objects,
                settings: &settings,
                schemas: None,
                workers: 2,
                batch_bytes: 64 << 10,
                interrupt: &Interrupt::default(),
                progress: &progress,
            };
            let loaded = load.run(paths::expand(&names, &objects).unwrap()).unwrap();
            assert_eq!(loaded.counts.events, if round == "new" { 9_000 } else { 0 });
            assert_eq!(amounts(&progress), (bytes, bytes), "{round}");
        }
    }

    #[test]
    fn at_the_end_of_a_walk_all_bytes_of_all_inputs_are_done() {
        let directory = tempfile::tempdir().unwrap();
        let bytes = inputs(directory.path());
        let progress = counting();
        let names = [directory.path().to_str().unwrap().to_owned()];
        walk(&names, &progress, |_| Ok(()), drop).unwrap();
        assert_eq!(amounts(&progress), (bytes, bytes));
    }

    #[test]
    fn what_is_consumed_is_done_and_what_is_only_looked_at_is_not() {
        let progress = counting();
        let mut reading = progress.reading(io::BufReader::new(&b"one\ntwo\n"[..]));
        assert_eq!(reading.fill_buf().unwrap().len(), 8);
        assert_eq!(progress.bar.as_ref().unwrap().position(), 0);
        reading.consume(4);
        let mut rest = Vec::new();
        reading.read_to_end(&mut rest).unwrap();
        assert_eq!((rest.as_slice(), progress.bar.unwrap().position()), (&b"two\n"[..], 8));
    }
}
