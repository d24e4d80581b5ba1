//! Files, directories, patterns and addresses of objects to inputs, in the order of their names.

use std::fs;
use std::path::{Path, PathBuf};

use glob::MatchOptions;

use crate::failure::Failure;
use crate::input::objects::Objects;
use crate::remote::Location;

/// The ends of names that are taken from a directory.
const ENDINGS: [&str; 4] = [".jsonl", ".jsonl.gz", ".jsonl.zst", ".json.gz"];

/// A pattern matches hidden files only if it says so, as in a shell: the spools are hidden.
const SHELL_LIKE: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: true,
};

/// One file or object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Where it is; of an object its address, as in `s3://bucket/key`.
    pub path: PathBuf,
    /// Its length in bytes when it was looked for, compressed as it is; 0 if that cannot be told.
    pub length: u64,
    /// Of an object the tag that changes with its bytes, if the server gives one.
    pub etag: Option<String>,
}

impl From<PathBuf> for Input {
    fn from(path: PathBuf) -> Self {
        // One that cannot be looked at cannot be read either, and is told of then.
        let length = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        Self { path, length, etag: None }
    }
}

/// The inputs behind what the user named: a file or object itself, the segments of a directory, the
/// event files below an address, what a pattern matches. Each once, sorted by name, so that segments
/// come in the order of their creation.
///
/// # Errors
/// If nothing is there, or a directory or a bucket cannot be read.
pub fn expand(inputs: &[String], objects: &Objects) -> Result<Vec<Input>, Failure> {
    let found: Result<Vec<_>, _> = inputs.iter().map(|input| find(input, objects)).collect();
    Ok(in_order(found?.concat()))
}

/// The same for who looks again and again: what leads nowhere now is passed over, since segments come
/// and go.
///
/// # Errors
/// If a directory or a bucket cannot be read.
pub fn expand_again(inputs: &[String], objects: &Objects) -> Result<Vec<Input>, Failure> {
    let find = |input: &String| match find(input, objects) {
        Err(Failure::NoInput { .. }) => Ok(Vec::new()),
        found => found,
    };
    let found: Result<Vec<_>, _> = inputs.iter().map(find).collect();
    Ok(in_order(found?.concat()))
}

fn find(input: &str, objects: &Objects) -> Result<Vec<Input>, Failure> {
    if Location::is_meant(input) {
        return objects.find(input);
    }
    Ok(files(input)?.into_iter().map(Input::from).collect())
}

fn in_order(mut found: Vec<Input>) -> Vec<Input> {
    found.sort_by(|a, b| (a.path.file_name(), &a.path).cmp(&(b.path.file_name(), &b.path)));
    found.dedup_by(|a, b| a.path == b.path);
    found
}

/// The same for commands that read files only, without objects.
///
/// # Errors
/// If nothing is there, a directory cannot be read, or an input is the address of objects.
pub fn local(inputs: &[String]) -> Result<Vec<Input>, Failure> {
    if let Some(address) = inputs.iter().find(|input| Location::is_meant(input)) {
        return Err(Failure::Argument(format!(
            "`{address}` is the address of objects, and this command reads files; copy them here first"
        )));
    }
    expand(inputs, &Objects::default())
}

fn files(input: &str) -> Result<Vec<PathBuf>, Failure> {
    let path = Path::new(input);
    if path.is_dir() {
        segments(path)
    } else if path.exists() {
        Ok(vec![path.to_owned()])
    } else {
        matches(input)
    }
}

/// The event files right in this directory; none is fine, since a log begins without.
fn segments(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = Failure::file("read the directory", directory);
    let entries = fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let paths = entries.map_err(unreadable)?.into_iter().map(|entry| entry.path());
    Ok(paths.filter(|path| is_event_file(path)).collect())
}

fn is_event_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    is_event_name(name.as_encoded_bytes()) && path.is_file()
}

/// Whether a file or object of this name, which need not be UTF-8, is taken from a directory.
pub(super) fn is_event_name(name: &[u8]) -> bool {
    !name.starts_with(b".") && ENDINGS.iter().any(|ending| name.ends_with(ending.as_bytes()))
}

fn matches(pattern: &str) -> Result<Vec<PathBuf>, Failure> {
    let none = |reason: String| Failure::NoInput { input: pattern.to_owned(), reason };
    let paths = glob::glob_with(pattern, SHELL_LIKE).map_err(|error| none(error.to_string()))?;
    let mut found = Vec::new();
    for path in paths {
        found.push(path.map_err(|error| {
            let unreadable = Failure::file("read", error.path());
            unreadable(error.into())
        })?);
    }
    found.retain(|path| path.is_file());
    if found.is_empty() {
        return Err(none("no such file, and as a pattern it matches none".to_owned()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_lead_to_each_file_once_in_the_order_of_names() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        for name in ["b.jsonl", "a.jsonl.gz", "c.jsonl.zst", "notes.txt", ".hidden.jsonl"] {
            fs::write(path(name), "").unwrap();
        }
        fs::create_dir(path("sub.jsonl")).unwrap();
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        let inputs =
            [text(path("*.jsonl")), text(directory.path().to_owned()), text(path("notes.txt"))];
        let found = expand(&inputs, &Objects::default()).unwrap();
        let found: Vec<_> = found.into_iter().map(|input| input.path).collect();
        let wanted = ["a.jsonl.gz", "b.jsonl", "c.jsonl.zst", "notes.txt"].map(path);
        assert_eq!(found, wanted);
    }

    #[test]
    fn what_leads_nowhere_is_named() {
        let error = expand(&["/nowhere/*.jsonl".to_owned()], &Objects::default());
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("there is no event file at `/nowhere/*.jsonl`"), "{error}");
        let found = expand_again(&["/nowhere/*.jsonl".to_owned()], &Objects::default());
        assert_eq!(found.unwrap(), []);
    }
}
