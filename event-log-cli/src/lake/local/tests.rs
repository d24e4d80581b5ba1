//! The store on a real disk.

use std::collections::BTreeSet;

use super::*;

#[test]
fn an_object_is_replaced_by_put_and_kept_by_create() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(&directory.path().join("lake")).unwrap();
    assert_eq!(store.get("a/b/one").unwrap(), None);
    assert!(store.create("a/b/one", b"1").unwrap());
    assert!(!store.create("a/b/one", b"2").unwrap());
    assert_eq!(store.get("a/b/one").unwrap().as_deref(), Some(&b"1"[..]));
    store.put("a/b/one", b"3").unwrap();
    store.put("a/b/another", b"").unwrap();
    assert_eq!(store.get("a/b/one").unwrap().as_deref(), Some(&b"3"[..]));
    assert_eq!(store.list("a/b").unwrap(), ["another", "one"]);
    assert_eq!(store.list("nowhere").unwrap(), [""; 0]);
    assert_eq!(store.list(TEMPORARY).unwrap(), [""; 0]);
    store.sync().unwrap();
}

#[test]
fn a_directory_is_synced_with_those_above_it_until_their_names_are_safe() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    let wanted = |names: &[&str]| -> BTreeSet<PathBuf> {
        names.iter().map(|name| store.root.join(name)).collect()
    };
    let put = |path: &str| {
        store.put(path, b"1").unwrap();
        let directories = store.safe.to_sync(&store.root, [store.root.join(path)].iter());
        store.sync().unwrap();
        directories
    };
    assert_eq!(put("a/b/c/one"), wanted(&["", "a", "a/b", "a/b/c"]));
    assert_eq!(put("a/b/c/two"), wanted(&["a/b", "a/b/c"]));
    fs::remove_dir_all(store.root.join("a/b")).unwrap();
    assert_eq!(put("a/b/c/three"), wanted(&["a", "a/b", "a/b/c"]));
    assert_eq!(put("a/d/four"), wanted(&["a", "a/d"]));
}

#[test]
fn of_many_that_create_at_once_one_does() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    let created: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8_u8)
            .map(|byte| {
                let store = &store;
                scope.spawn(move || usize::from(store.create("claims/one", &[byte]).unwrap()))
            })
            .collect();
        tries.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(created, 1);
}

#[test]
fn two_processes_never_write_the_same_temporary_file() {
    // As in two containers, where both are number 1 and begin to count.
    let directory = tempfile::tempdir().unwrap();
    let [one, other] = [(); 2].map(|()| LocalStore::open(directory.path()).unwrap());
    let of_one = one.stage(&[b"one"[..].into()]).unwrap();
    other.put("b", b"other").unwrap();
    one.publish(&of_one, "a", rename).unwrap();
    assert_eq!(one.get("a").unwrap().as_deref(), Some(&b"one"[..]));
    assert_eq!(one.get("b").unwrap().as_deref(), Some(&b"other"[..]));
}

#[test]
fn a_file_of_a_batch_that_is_done_is_not_put_again() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    let put = || {
        let file = Object::whole("t/one".to_owned(), b"1".to_vec());
        store.put_files(&mut [file].into_iter(), "_ledger/done/b").unwrap();
    };
    put();
    store.put("_ledger/done/b", b"").unwrap();
    store.await_puts().unwrap();
    fs::remove_file(directory.path().join("t/one")).unwrap();
    put();
    assert_eq!(store.get("t/one").unwrap(), None);
    store.sync().unwrap();
}

#[test]
fn compact_waits_for_a_load_that_is_about_to_put_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    let putting = store.open_lock().unwrap();
    putting.lock_shared().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| store.await_puts().unwrap());
        thread::sleep(Duration::from_millis(50));
        assert!(!waiting.is_finished());
        drop(putting);
        waiting.join().unwrap();
    });
}

#[test]
fn of_what_cannot_be_written_nothing_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let store = LocalStore::open(directory.path()).unwrap();
    store.put("file", b"1").unwrap();
    // There is no directory below a file.
    let objects = ["claims/one", "file/two"];
    let objects = objects.map(|path| Object::whole(path.to_owned(), b"2".to_vec()));
    let error = store.create_all(objects.into()).unwrap_err();
    assert_eq!((error.operation, error.path.as_str()), ("create", "file/two"));
    assert_eq!(store.list(TEMPORARY).unwrap(), [""; 0]);
}

#[test]
fn what_a_kill_left_is_removed_once_it_is_old() {
    let directory = tempfile::tempdir().unwrap();
    let temporary = directory.path().join(TEMPORARY);
    fs::create_dir(&temporary).unwrap();
    let [old, young] = ["1.1", "2.1"].map(|name| temporary.join(name));
    fs::write(&young, "").unwrap();
    fs::write(&old, "").unwrap();
    let long_ago = SystemTime::now() - LEFT_BEHIND - Duration::from_secs(60);
    File::options().write(true).open(&old).unwrap().set_modified(long_ago).unwrap();
    LocalStore::open(directory.path()).unwrap();
    assert_eq!((old.exists(), young.exists()), (false, true));
}
