//! [`Watch`]: waits until the log directory may have changed, or somebody says stop.
//!
//! Where inotify works, it wakes as soon as a line is written. Where it does not (a remote file system,
//! no descriptors left, a directory that is not there yet), it wakes at an interval. In both cases it
//! looks at the directory itself now and then, so that nothing hangs on an event that was missed.

use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;

use crate::follow::stop::StopHandle;

/// How often the directory is looked at although inotify said nothing, or only that segments grow.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// Wakes who follows a directory.
#[derive(Debug)]
pub(super) struct Watch {
    directory: PathBuf,
    poll_interval: Duration,
    /// Whether inotify may be used at all.
    may_notify: bool,
    notify: Option<Notify>,
    stop: StopHandle,
    /// When the directory was looked at last.
    looked: Instant,
}

/// A directory that inotify watches.
#[derive(Debug)]
struct Notify {
    descriptor: Arc<OwnedFd>,
    /// Device and inode: another directory may take its place.
    identity: (u64, u64),
}

impl Watch {
    pub(super) fn new(
        directory: PathBuf,
        poll_interval: Duration,
        may_notify: bool,
        stop: StopHandle,
    ) -> Self {
        let looked = Instant::now();
        Self { directory, poll_interval, may_notify, notify: None, stop, looked }
    }

    /// Sees to it that what changes from now on is noticed; to be called before a survey.
    pub(super) fn renew(&mut self) {
        self.looked = Instant::now();
        let identity = identity(&self.directory);
        if self.notify.as_ref().is_some_and(|notify| Some(notify.identity) == identity) {
            return;
        }
        self.notify = None;
        if !self.may_notify || identity.is_none() || is_remote(&self.directory) {
            return;
        }
        if let Ok(descriptor) = watch(&self.directory)
            // What is watched is what was there after the call, or the next call finds it changed.
            && let Some(identity) = identity_if_same(&self.directory, identity)
        {
            self.notify = Some(Notify { descriptor: Arc::new(descriptor), identity });
        }
    }

    /// How to wait: also from another thread.
    pub(super) fn waiting(&self) -> Waiting {
        Waiting {
            notify: self.notify.as_ref().map(|notify| Arc::clone(&notify.descriptor)),
            stop: self.stop.clone(),
            longest: if self.notify.is_some() {
                LOOK_INTERVAL.saturating_sub(self.looked.elapsed())
            } else {
                self.poll_interval
            },
        }
    }

    /// Takes what inotify has to say; whether the directory must be looked at, be it only because it
    /// is time to: who never waits long, or is woken again and again, is never told so by a wait.
    pub(super) fn take_changes(&mut self) -> bool {
        self.take_notices() || self.looked.elapsed() >= LOOK_INTERVAL
    }

    fn take_notices(&mut self) -> bool {
        let Some(Notify { descriptor, .. }) = &self.notify else { return true };
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(descriptor, &mut buffer);
        let mut is_changed = false;
        loop {
            match reader.next() {
                Ok(event) if event.events() == ReadFlags::MODIFY => {}
                Ok(event) => {
                    is_changed = true;
                    if event.events().intersects(GONE) {
                        self.notify = None;
                        return true;
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return is_changed,
                Err(_) => {
                    self.notify = None;
                    return true;
                }
            }
        }
    }
}

/// The directory was removed, moved or unmounted.
const GONE: ReadFlags = ReadFlags::DELETE_SELF
    .union(ReadFlags::MOVE_SELF)
    .union(ReadFlags::UNMOUNT)
    .union(ReadFlags::IGNORED);

/// What to wait for.
#[derive(Debug)]
pub(super) struct Waiting {
    notify: Option<Arc<OwnedFd>>,
    stop: StopHandle,
    /// It is time to look at the directory after so long.
    longest: Duration,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Woken {
    /// Something may have changed: see [`Watch::take_changes`].
    Changed,
    /// It is time to look.
    Look,
    /// The caller's time is up.
    TimedOut,
}

impl Waiting {
    /// Waits, at most so long.
    pub(super) fn wait(&self, timeout: Option<Duration>) -> Woken {
        let time = timeout.map_or(self.longest, |timeout| timeout.min(self.longest));
        let mut descriptors = vec![PollFd::from_borrowed_fd(self.stop.descriptor(), PollFlags::IN)];
        descriptors.extend(self.notify.iter().map(|notify| PollFd::new(&**notify, PollFlags::IN)));
        match poll(&mut descriptors, Timespec::try_from(time).ok().as_ref()) {
            Ok(0) if timeout.is_some_and(|timeout| timeout < self.longest) => Woken::TimedOut,
            Ok(0) => Woken::Look,
            // An interrupted wait, and a failed one, look and wait again.
            Ok(_) | Err(_) => Woken::Changed,
        }
    }
}

fn watch(directory: &Path) -> io::Result<OwnedFd> {
    let descriptor = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
    let flags = WatchFlags::CREATE
        | WatchFlags::MODIFY
        | WatchFlags::DELETE
        | WatchFlags::MOVE
        | WatchFlags::DELETE_SELF
        | WatchFlags::MOVE_SELF
        | WatchFlags::ONLYDIR;
    inotify::add_watch(&descriptor, directory, flags)?;
    Ok(descriptor)
}

fn identity(directory: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(directory).ok()?;
    metadata.is_dir().then(|| (metadata.dev(), metadata.ino()))
}

fn identity_if_same(directory: &Path, before: Option<(u64, u64)>) -> Option<(u64, u64)> {
    identity(directory).filter(|identity| Some(*identity) == before)
}

/// Whether others may change the directory without this kernel knowing.
fn is_remote(directory: &Path) -> bool {
    const REMOTE: [u32; 14] = [
        0x0000_6969, // NFS
        0x0000_517B, // SMB
        0xFF53_4D42, // CIFS
        0xFE53_4D42, // SMB 2
        0x6573_5546, // FUSE, virtiofs
        0x0102_1997, // 9P
        0x00C3_6400, // Ceph
        0x5346_414F, // AFS
        0x6B41_4653, // kAFS
        0x7375_7245, // Coda
        0x0BD0_0BD0, // Lustre
        0x0116_1970, // GFS2
        0x7461_636F, // OCFS2
        0x786F_4256, // VirtualBox shared folders
    ];
    // Where it cannot be told, polling is right and inotify may be wrong.
    rustix::fs::statfs(directory).map_or(true, |found| {
        let magic = u32::try_from(i128::from(found.f_type) & 0xFFFF_FFFF);
        magic.is_ok_and(|magic| REMOTE.contains(&magic))
    })
}
