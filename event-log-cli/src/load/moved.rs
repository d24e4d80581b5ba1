//! Where an input is that was moved or compressed after an interrupted load had planned it: among those
//! that are to be loaded now, known by what it holds.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::input::objects::Objects;
use crate::input::paths::Input;
use crate::lake::ledger::Digest;
use crate::load::source::Source;

/// The inputs of a load, by what they begin with.
#[derive(Debug, Default)]
pub struct Moved {
    inputs: Vec<PathBuf>,
    /// Looked at when somebody asks, which is seldom.
    by_stream: OnceLock<HashMap<Digest, Vec<PathBuf>>>,
}

impl Moved {
    /// Of these inputs.
    #[must_use]
    pub fn among(inputs: &[Input]) -> Self {
        let inputs = inputs.iter().map(|input| input.path.clone()).collect();
        Self { inputs, by_stream: OnceLock::new() }
    }

    /// Those that begin with this line.
    #[must_use]
    pub fn of(&self, stream: &Digest, objects: &Objects) -> &[PathBuf] {
        let by_stream = self.by_stream.get_or_init(|| {
            let mut by_stream = HashMap::<_, Vec<_>>::new();
            for input in &self.inputs {
                // One that cannot be read is told of when it is loaded.
                let first = Source::open_in(input, objects).and_then(|mut it| it.first_line());
                if let Ok(line) = first {
                    by_stream.entry(Digest::of(&line)).or_default().push(input.clone());
                }
            }
            by_stream
        });
        by_stream.get(stream).map_or(&[], Vec::as_slice)
    }
}
