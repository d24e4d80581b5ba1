//! How a reader is done with a segment, or is not yet.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::follow::error::{FollowError, Unreadable};
use crate::follow::reader::{Reader, Visit};
use crate::follow::tail::NotOpened;
use crate::writer::name::SegmentName;

impl Reader {
    /// Ends the visit of a segment that was read up to its limit.
    pub(super) fn leave(&mut self, Visit { name, limit }: Visit) {
        let Some(tail) = self.tails.get_mut(&name) else { return };
        let path = Arc::clone(&tail.path);
        match tail.bytes() {
            Ok(bytes) if bytes != limit => {
                // The others first; what comes after it in order waits until this is read.
                self.held.insert(name.token);
                self.has_progressed = true;
            }
            Ok(_) if self.survey.is_final(&name) => self.end(&name, &path, limit),
            Ok(_) => {}
            Err(source) => self.fail(&name, Unreadable::new("examine", &path, source)),
        }
    }

    /// Is done with a segment of this length, to which nobody will append.
    fn end(&mut self, name: &SegmentName, path: &Path, bytes: u64) {
        let offset = self.position.place(name).map_or(bytes, |place| place.offset);
        if offset < bytes {
            let half = bytes - offset;
            self.troubles.tell(FollowError::Abandoned {
                path: path.to_owned(),
                offset,
                bytes: half,
            });
            self.position.read_to(name, bytes);
        }
        self.close(name);
    }

    /// Is done with a segment that was compressed: all of its bytes, so many, were decoded.
    pub(super) fn end_decoded(&mut self, name: &SegmentName, bytes: u64) {
        let path = self.path_of(name);
        let offset = self.position.place(name).map_or(bytes, |place| place.offset);
        if bytes < offset {
            let path = path.clone();
            self.troubles.tell(FollowError::Truncated { path, offset, found_bytes: bytes });
        }
        self.end(name, &path, bytes);
    }

    /// Is done with a compressed segment that cannot be decoded any further.
    pub(super) fn give_up(&mut self, name: &SegmentName, source: io::Error) {
        let path = self.path_of(name);
        let offset = self.position.place(name).map_or(0, |place| place.offset);
        self.troubles.tell(FollowError::Damaged { path, offset, source });
        self.close(name);
    }

    /// Is done with a segment that is not there, or that this program cannot read; waits for one that
    /// cannot be opened at the moment.
    pub(super) fn pass_over(
        &mut self,
        name: &SegmentName,
        path: PathBuf,
        offset: u64,
        reason: NotOpened,
    ) {
        let trouble = match reason {
            NotOpened::Gone => FollowError::Removed { path, offset },
            NotOpened::Compressed { path, feature } => {
                FollowError::Compressed { path, offset, feature }
            }
            NotOpened::Failed { path, source } => {
                return self.fail(name, Unreadable::new("read", &path, source));
            }
        };
        self.troubles.is_over(&name.to_string());
        self.troubles.tell(trouble);
        self.position.end(name);
    }

    /// Reports a failure once; later segments of the logger wait until it is over.
    pub(super) fn fail(&mut self, name: &SegmentName, trouble: Unreadable) {
        self.tails.close(name);
        self.held.insert(name.token);
        self.troubles.tell_once(name.to_string(), trouble);
    }

    /// Never reads in a segment again.
    fn close(&mut self, name: &SegmentName) {
        self.position.end(name);
        self.tails.close(name);
        self.forget_ended();
    }

    /// The file in which a segment is open.
    fn path_of(&mut self, name: &SegmentName) -> PathBuf {
        let open = self.tails.get_mut(name).map(|tail| tail.path.to_path_buf());
        open.unwrap_or_else(|| self.source.path_of(name))
    }
}
