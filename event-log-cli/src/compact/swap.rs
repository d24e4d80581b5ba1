//! The new content of a partition takes the place of the old one.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use crate::compact::place;
use crate::compact::plan::{Joined, Plan};
use crate::failure::Failure;

/// Makes the new content: the joined files, which `write` writes, and links to the others.
///
/// # Errors
/// If the disk fails.
pub fn make(
    root: &Path,
    join: &str,
    plan: &Plan,
    mut write: impl FnMut(&Joined, &Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (partition, new) = (root.join(&plan.partition), place(root, join));
    make_empty(&new)?;
    for joined in &plan.joined {
        write(joined, &new.join(&joined.name))?;
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
    rename(&place(root, join), &root.join(&plan.partition), RenameFlags::EXCHANGE)
        .and_then(|moved| moved.map_err(not_in_one_step(&root.join(&plan.partition))))
}

/// Has a new content become a partition that is not there yet, or take the place of all that is in it.
///
/// # Errors
/// If the file system has no such operation, or fails.
pub fn appear(root: &Path, new: &Path, partition: &str) -> Result<(), Failure> {
    let at = root.join(partition);
    let above = at.parent().unwrap_or(root);
    fs::create_dir_all(above).map_err(Failure::file("create the directory", above))?;
    sync(new)?;
    match rename(new, &at, RenameFlags::NOREPLACE)? {
        Ok(()) => above.ancestors().take_while(|path| path.starts_with(root)).try_for_each(sync),
        Err(Errno::EXIST) => {
            rename(new, &at, RenameFlags::EXCHANGE)?.map_err(not_in_one_step(&at))?;
            remove(new)
        }
        Err(error) => Err(not_in_one_step(&at)(error)),
    }
}

/// Renames a directory, and makes that survive a power cut. The inner error is that of the renaming.
fn rename(new: &Path, at: &Path, how: RenameFlags) -> Result<Result<(), Errno>, Failure> {
    if let Err(error) = renameat_with(CWD, new, CWD, at, how) {
        return Ok(Err(error));
    }
    [at, new].into_iter().filter_map(Path::parent).try_for_each(sync)?;
    Ok(Ok(()))
}

fn not_in_one_step(partition: &Path) -> impl FnOnce(Errno) -> Failure {
    let what = "exchange in one step, as not every file system can, the directory";
    let failed = Failure::file(what, partition);
    move |error| failed(error.into())
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
///
/// # Errors
/// If it could not be removed for another reason.
pub fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Removes a directory with all that is in it, if it is there.
///
/// # Errors
/// If the disk fails.
pub fn remove(directory: &Path) -> Result<(), Failure> {
    gone(fs::remove_dir_all(directory)).map_err(Failure::file("remove", directory))
}

/// Makes an empty directory, whatever is there.
///
/// # Errors
/// If the disk fails.
pub fn make_empty(directory: &Path) -> Result<(), Failure> {
    remove(directory)?;
    fs::create_dir_all(directory).map_err(Failure::file("create the directory", directory))
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

/// Makes what is in a directory survive a power cut, as far as names go.
///
/// # Errors
/// If that cannot be promised.
pub fn sync(directory: &Path) -> Result<(), Failure> {
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
        let file = |name: &str| Candidate { name: name.to_owned(), bytes: 1 }.into();
        let kinds = vec![vec![file("a.json"), file("b.json")]];
        (partition, Plan::of(PARTITION, kinds, 10, "json").unwrap())
    }

    /// Makes the new content of the partition.
    fn make_joined(root: &Path, plan: &Plan) {
        let concatenate = |joined: &Joined, target: &Path| {
            let sources = joined.sources.iter();
            let texts: Vec<_> =
                sources.map(|name| fs::read(root.join(PARTITION).join(name)).unwrap()).collect();
            fs::write(target, texts.concat()).map_err(Failure::file("write", target))
        };
        make(root, "join", plan, concatenate).unwrap();
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
        make_joined(root.path(), &plan);
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
    fn a_partition_appears_where_none_is_and_takes_the_place_of_one_that_is() {
        let root = tempfile::tempdir().unwrap();
        for text in ["first", "second"] {
            let new = place(root.path(), "made");
            make_empty(&new).unwrap();
            fs::write(new.join(format!("{text}.parquet")), text).unwrap();
            appear(root.path(), &new, PARTITION).unwrap();
            assert_eq!(
                (content(&root.path().join(PARTITION)), new.exists()),
                (vec![text.to_owned()], false)
            );
        }
    }

    #[test]
    fn what_did_not_change_places_is_undone() {
        let root = tempfile::tempdir().unwrap();
        let (partition, plan) = partition(root.path());
        let before = content(&partition);
        make_joined(root.path(), &plan);
        assert!(!finish(root.path(), "join", &plan).unwrap());
        assert_eq!((content(&partition), place(root.path(), "join").exists()), (before, false));
    }
}
