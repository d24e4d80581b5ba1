//! The new content of a partition takes the place of the old one.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::compact::join;
use crate::compact::place;
use crate::compact::plan::Plan;
use crate::failure::Failure;
use crate::lake::settings::Format;

/// Makes the new content: the joined files, and links to the others.
///
/// # Errors
/// If the disk fails.
pub fn make(root: &Path, join: &str, plan: &Plan, format: Format) -> Result<(), Failure> {
    let (partition, new) = (root.join(&plan.partition), place(root, join));
    remove(&new)?;
    fs::create_dir_all(&new).map_err(Failure::file("create the directory", &new))?;
    for joined in &plan.joined {
        join::write(&partition, &joined.sources, &new.join(&joined.name), format)?;
    }
    for name in names(&partition)? {
        if !plan.is_source(&name) {
            let path = partition.join(&name);
            fs::hard_link(&path, new.join(&name)).map_err(Failure::file("link", &path))?;
        }
    }
    sync(&new)
}

/// Has the new content and the partition change places.
///
/// # Errors
/// If the file system has no such operation, or fails.
pub fn exchange(root: &Path, join: &str, plan: &Plan) -> Result<(), Failure> {
    let (partition, new) = (root.join(&plan.partition), place(root, join));
    renameat_with(CWD, &new, CWD, &partition, RenameFlags::EXCHANGE).map_err(|error| {
        let what = "exchange in one step, as not every file system can, the directory";
        Failure::file(what, &partition)(error.into())
    })?;
    [&partition, &new].into_iter().filter_map(|path| path.parent()).try_for_each(sync)
}

/// Moves over what was added to the old content, and removes that; or, if they have not changed places,
/// removes the new one. Says whether they have.
///
/// # Errors
/// If the disk fails.
pub fn finish(root: &Path, join: &str, plan: &Plan) -> Result<bool, Failure> {
    let (partition, old) = (root.join(&plan.partition), place(root, join));
    // Joined files come into the partition by the exchange alone.
    if !plan.joined.iter().all(|file| partition.join(&file.name).exists()) {
        remove(&old)?;
        return Ok(false);
    }
    while old.exists() {
        for name in names(&old)? {
            let path = old.join(&name);
            if !plan.is_source(&name) {
                // Of two links to the same file both stay.
                let moved = fs::rename(&path, partition.join(&name));
                moved.map_err(Failure::file("move", &path))?;
            }
            gone(fs::remove_file(&path)).map_err(Failure::file("remove", &path))?;
        }
        match gone(fs::remove_dir(&old)) {
            Ok(()) => {}
            // A load that had found the directory before the exchange has just put a file there. One that
            // comes later finds that it is gone, and takes the new one.
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {}
            Err(error) => return Err(Failure::file("remove", &old)(error)),
        }
    }
    sync(&partition)?;
    Ok(true)
}

/// Takes it as done that something is not there.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn remove(directory: &Path) -> Result<(), Failure> {
    gone(fs::remove_dir_all(directory)).map_err(Failure::file("remove", directory))
}

fn names(directory: &Path) -> Result<Vec<String>, Failure> {
    let unreadable = |error| Failure::file("read the directory", directory)(error);
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().into_string();
        names.push(name.map_err(|_| unreadable(io::ErrorKind::InvalidFilename.into()))?);
    }
    Ok(names)
}

fn sync(directory: &Path) -> Result<(), Failure> {
    let synced = File::open(directory).and_then(|directory| directory.sync_all());
    synced.map_err(Failure::file("sync", directory))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::compact::plan::Candidate;

    const PARTITION: &str = "t/year=2021/month=09/day=16/hour=05";

    /// A partition with three files, and the plan to join the first two.
    fn partition(root: &Path) -> (PathBuf, Plan) {
        let partition = root.join(PARTITION);
        fs::create_dir_all(&partition).unwrap();
        for name in ["a.json", "b.json", "running.json"] {
            fs::write(partition.join(name), format!("{name}\n")).unwrap();
        }
        let file = |name: &str| Candidate { name: name.to_owned(), bytes: 1 };
        let kinds = vec![vec![file("a.json"), file("b.json")]];
        (partition, Plan::of(PARTITION, kinds, 10, "json").unwrap())
    }

    fn content(directory: &Path) -> Vec<String> {
        let mut texts: Vec<_> = names(directory)
            .unwrap()
            .iter()
            .map(|name| fs::read_to_string(directory.join(name)).unwrap())
            .collect();
        texts.sort();
        texts
    }

    #[test]
    fn what_a_load_adds_to_the_old_directory_is_moved_over() {
        let root = tempfile::tempdir().unwrap();
        let (partition, plan) = partition(root.path());
        make(root.path(), "join", &plan, Format::Json).unwrap();
        exchange(root.path(), "join", &plan).unwrap();
        assert_eq!(content(&partition), ["a.json\nb.json\n", "running.json\n"]);
        let old = place(root.path(), "join");
        fs::write(old.join("late.json"), "late.json\n").unwrap();
        fs::remove_file(old.join("a.json")).unwrap();
        assert!(finish(root.path(), "join", &plan).unwrap());
        let wanted = ["a.json\nb.json\n", "late.json\n", "running.json\n"];
        assert_eq!(
            (content(&partition).as_slice(), old.exists()),
            (&wanted.map(str::to_owned)[..], false)
        );
        assert!(finish(root.path(), "join", &plan).unwrap(), "finished again");
    }

    #[test]
    fn what_did_not_change_places_is_undone() {
        let root = tempfile::tempdir().unwrap();
        let (partition, plan) = partition(root.path());
        let before = content(&partition);
        make(root.path(), "join", &plan, Format::Json).unwrap();
        assert!(!finish(root.path(), "join", &plan).unwrap());
        assert_eq!((content(&partition), place(root.path(), "join").exists()), (before, false));
    }
}
