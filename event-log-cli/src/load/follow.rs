//! Which inputs are looked at again: those that changed since.

use std::collections::HashMap;
use std::path::{self, Path, PathBuf};

use crate::input::paths::Input;
use crate::load::Loaded;

/// The inputs as they were when they were loaded last.
#[derive(Debug, Default)]
pub struct Follow {
    looked: HashMap<PathBuf, (u64, Option<String>)>,
}

impl Follow {
    /// Of these inputs those that are new, or not as they were; from now on they are known as they are.
    pub fn changed(&mut self, inputs: Vec<Input>) -> Vec<Input> {
        let mut looked = HashMap::with_capacity(inputs.len());
        let mut changed = Vec::new();
        for input in inputs {
            let is = (input.length, input.etag.clone());
            if self.looked.get(&input.path) != Some(&is) {
                changed.push(input.clone());
            }
            looked.insert(input.path, is);
        }
        // What was removed is forgotten with the old ones.
        self.looked = looked;
        changed
    }

    /// Takes back what did not come to its end: it is looked at again.
    pub fn loaded(&mut self, loaded: &Loaded) {
        for failed in &loaded.failed {
            self.looked.retain(|input, _| !is_same(input, &failed.input));
        }
    }
}

/// Whether a failure is that of this input: of one that is loaded in parts it names the absolute path.
#[must_use]
pub fn is_same(input: &Path, failed: &Path) -> bool {
    input == failed || path::absolute(input).is_ok_and(|input| input == failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::FailedInput;

    #[test]
    fn an_input_is_looked_at_again_when_it_changed_or_failed() {
        let input = |name: &str, length| Input { path: name.into(), length, etag: None };
        let mut follow = Follow::default();
        let both = vec![input("a", 1), input("b", 1)];
        assert_eq!(follow.changed(both.clone()), both);
        assert_eq!(follow.changed(both.clone()), []);
        let grown = vec![input("a", 1), input("b", 2)];
        assert_eq!(follow.changed(grown.clone()), [input("b", 2)]);
        let failed = vec![FailedInput { input: "a".into(), reason: String::new() }];
        follow.loaded(&Loaded { failed, ..Loaded::default() });
        assert_eq!(follow.changed(grown.clone()), [input("a", 1)]);
        let failed =
            vec![FailedInput { input: path::absolute("b").unwrap(), reason: String::new() }];
        follow.loaded(&Loaded { failed, ..Loaded::default() });
        assert_eq!(follow.changed(grown.clone()), [input("b", 2)]);
    }
}
