//! Holds committed outputs to the catalogue, and writes them when asked to.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use thiserror::Error;

use super::all;
use crate::lock::is_accepting;
use crate::model::Catalog;
use crate::options::Options;

/// Why the files of a directory are not the outputs of a catalogue.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Stale {
    /// They differ.
    #[error("{}", told(directory, files))]
    Changed {
        /// The directory.
        directory: PathBuf,
        /// Which files, below it, and what is wrong with each.
        files: Vec<(PathBuf, String)>,
    },
    /// A file or directory cannot be used.
    #[error("cannot {operation} `{path}`")]
    File {
        /// What was tried.
        operation: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

fn told(directory: &Path, files: &[(PathBuf, String)]) -> String {
    let directory = directory.display();
    let mut text = format!("`{directory}` does not hold what the catalogue gives:\n");
    for (path, wrong) in files {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {}: {wrong}", path.display());
    }
    text + &format!("To write them anew: EVENT_LOG_ACCEPT=1 cargo test, then commit `{directory}`.")
}

/// Compares the files below `directory` with [all outputs](all) of a catalogue, for those who commit them, in a unit
/// test beside [`lock::check`](crate::lock::check). It holds nothing else, but for names that begin with a dot.
///
/// With `EVENT_LOG_ACCEPT=1` in the environment it writes them first. It removes nothing.
///
/// # Errors
/// If a file differs, is missing, or is no output; [`Stale`]'s text says what to do.
pub fn check(
    directory: impl AsRef<Path>,
    catalog: &Catalog,
    options: &Options,
) -> Result<(), Stale> {
    let directory = directory.as_ref();
    let outputs = all(catalog, options);
    if is_accepting() {
        outputs.iter().try_for_each(|(path, content)| write(&directory.join(path), content))?;
    }
    let mut files = Vec::new();
    for (path, content) in &outputs {
        if let Some(wrong) = compare(&directory.join(path), content)? {
            files.push((path.into(), wrong));
        }
    }
    let outputs = outputs.into_iter().map(|(path, _)| PathBuf::from(path)).collect();
    for path in below(directory)?.difference(&outputs) {
        files.push((path.clone(), "no output, or not any more: remove it".to_owned()));
    }
    if files.is_empty() {
        return Ok(());
    }
    Err(Stale::Changed { directory: directory.to_owned(), files })
}

fn failed(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Stale + use<> {
    let path = path.to_owned();
    move |source| Stale::File { operation, path, source }
}

fn write(path: &Path, content: &str) -> Result<(), Stale> {
    if let Some(directory) = path.parent() {
        let made = fs::create_dir_all(directory);
        made.map_err(failed("create the directory", directory))?;
    }
    fs::write(path, content).map_err(failed("write", path))
}

/// What is wrong with a file, if anything is.
fn compare(path: &Path, content: &str) -> Result<Option<String>, Stale> {
    let committed = match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Some("is missing".to_owned()));
        }
        read => read.map_err(failed("read", path))?,
    };
    if committed == content.as_bytes() {
        return Ok(None);
    }
    let same = committed.iter().zip(content.as_bytes()).take_while(|(a, b)| a == b);
    let line = 1 + same.filter(|(byte, _)| **byte == b'\n').count();
    Ok(Some(format!("differs from line {line} on")))
}

/// The files below a directory, as paths below it.
fn below(directory: &Path) -> Result<BTreeSet<PathBuf>, Stale> {
    let mut found = BTreeSet::new();
    let mut directories = vec![PathBuf::new()];
    while let Some(from) = directories.pop() {
        let path = directory.join(&from);
        let entries = match fs::read_dir(&path) {
            // Then each output is missing, which is told.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.and_then(Iterator::collect::<Result<Vec<_>, _>>),
        };
        for entry in entries.map_err(failed("read the directory", &path))? {
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = from.join(name);
            if entry.path().is_dir() {
                directories.push(path);
            } else {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_that_is_not_as_it_should_be_is_named_with_what_is_wrong() {
        let directory = tempfile::tempdir().unwrap();
        let (catalog, options) = (Catalog::default(), Options::new("s3://bucket/lake"));
        for (path, content) in all(&catalog, &options) {
            write(&directory.path().join(path), &content).unwrap();
        }
        write(&directory.path().join(".hidden"), "").unwrap();
        check(directory.path(), &catalog, &options).unwrap();

        let path = |name: &str| directory.path().join(name);
        let hive = fs::read_to_string(path("hive.sql")).unwrap();
        let (first, rest) = hive.split_once('\n').unwrap();
        fs::write(path("hive.sql"), format!("{first}\nmore\n{rest}")).unwrap();
        fs::remove_file(path("spark.sql")).unwrap();
        write(&path("athena/gone.sql"), "").unwrap();
        let Err(Stale::Changed { files, .. }) = check(directory.path(), &catalog, &options) else {
            panic!("it differs");
        };
        let files: Vec<_> =
            files.iter().map(|(path, wrong)| format!("{}: {wrong}", path.display())).collect();
        assert_eq!(
            files,
            [
                "hive.sql: differs from line 2 on",
                "spark.sql: is missing",
                "athena/gone.sql: no output, or not any more: remove it",
            ]
        );
    }

    #[test]
    fn without_a_directory_every_output_is_missing() {
        let error = check("/nowhere", &Catalog::default(), &Options::new("lake")).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("`/nowhere` does not hold what the catalogue gives:\n"), "{text}");
        assert!(text.contains("  duckdb.sql: is missing\n") && text.contains("EVENT_LOG_ACCEPT=1"));
    }
}
