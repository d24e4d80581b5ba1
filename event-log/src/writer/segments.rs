//! The segments of one logger: the active one, the ones before it, the directory that holds them.
//!
//! Invariants:
//! - A segment is created under its final name, appended to, closed, and never opened again, but for
//!   the one case that a recovery completes a torn line at its end.
//! - The journal names a segment before it exists, and the bytes of a record are checkpointed after they
//!   are in it, never before.
//! - What was appended to a segment that turns out to be removed is appended again to the next.

mod dead;
mod sync;

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::TimeSource;
use crate::error::{LogError, SegmentError};
use crate::spool::directory::{self, InJournals};
use crate::spool::journal::{Checkpoint, Journal};
use crate::writer::active::{Active, append_rest};
use crate::writer::batch::{Batch, Settled};
use crate::writer::name::SegmentName;
use crate::writer::retention::{Retention, Stored};
use crate::writer::rotation::Rotation;
use crate::writer::storage::{FileStatus, Storage, StoredFile};

/// Where and how segments are written.
#[derive(Clone, Debug)]
pub(crate) struct SegmentsConfig {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) directory: PathBuf,
    pub(crate) spool_directory: PathBuf,
    pub(crate) prefix: String,
    pub(crate) rotation: Rotation,
    pub(crate) retention: Retention,
    pub(crate) clock: TimeSource,
}

/// The segments of one logger.
#[derive(Debug)]
pub(crate) struct Segments {
    config: SegmentsConfig,
    token: u32,
    /// The sequence number of the newest segment.
    sequence: u32,
    /// The time in the newest name; names never go back behind it, whatever the clock does.
    newest_millis: u64,
    active: Option<Active>,
    /// Closed segments that were not synced, oldest first.
    unsynced: VecDeque<String>,
    /// Whether a segment was created since the directory was last synced.
    directory_unsynced: bool,
    /// What became of a segment that was synced because the list was long, if it failed.
    failed_sync: Option<SegmentError>,
    counts: SegmentCounts,
    /// Troubles that stopped nothing, for the error handler.
    incidents: Vec<LogError>,
}

/// What was done since the logger was built.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SegmentCounts {
    pub(crate) created: u64,
    pub(crate) removed: u64,
    /// Ended because of their length or period.
    pub(crate) rotated: u64,
}

impl Segments {
    /// Finds the newest name in the directory, so that names keep their order across restarts.
    ///
    /// # Errors
    /// If the directory cannot be read.
    pub(crate) fn open(config: SegmentsConfig, token: u32) -> Result<Self, SegmentError> {
        let listed = list(&config)?;
        let newest_millis =
            listed.iter().map(|stored| stored.name.created_millis).max().unwrap_or(0);
        Ok(Self {
            config,
            token,
            sequence: 0,
            newest_millis,
            active: None,
            unsynced: VecDeque::new(),
            directory_unsynced: false,
            failed_sync: None,
            counts: SegmentCounts::default(),
            incidents: Vec::new(),
        })
    }

    /// The beginning of every segment's name.
    pub(crate) fn prefix(&self) -> &str {
        &self.config.prefix
    }

    /// Takes the troubles that stopped nothing.
    pub(crate) fn take_incidents(&mut self) -> Vec<LogError> {
        std::mem::take(&mut self.incidents)
    }

    pub(crate) fn counts(&self) -> SegmentCounts {
        self.counts
    }

    /// How many bytes a batch may have that goes into one segment.
    pub(crate) fn room(&self) -> u64 {
        let limit = self.config.rotation.segment_bytes;
        match self.active.as_ref().map(|active| limit.saturating_sub(active.bytes)) {
            // Full, so the batch goes to the next one, or here because of the limit on rotations.
            None | Some(0) => limit,
            Some(room) => room,
        }
    }

    /// Appends what is left of the batch, checkpointing and handing to `settled` what is whole.
    ///
    /// On an error the batch and the segments remember how far it got; call it again to go on there.
    ///
    /// # Errors
    /// What the storage says, with the path and the operation.
    pub(crate) fn append(
        &mut self,
        batch: &mut Batch,
        journal: Journal<'_>,
        mut settled: impl FnMut(&Settled<'_>),
    ) -> Result<(), SegmentError> {
        let mut is_second_try = false;
        while !batch.is_done() {
            self.start_if_due(batch, journal)?;
            let active = self.active.as_mut().expect("a segment was started");
            let appended = append_rest(active, batch);
            // After a failure too: what the file is like decides what the lines before it are worth.
            match active.file.status() {
                Ok(status) if status.links == 0 || status.bytes != active.bytes => {
                    let path = self.lose_active(batch, status);
                    if is_second_try {
                        // Somebody spoils every segment: not again before a pause.
                        let source = io::Error::other("somebody removes or changes it");
                        return Err(SegmentError { operation: "keep", path, source });
                    }
                    is_second_try = true;
                }
                status => {
                    active.checkpoint(batch, journal, &mut settled);
                    // What was appended was appended; that nobody else touched it is taken on trust.
                    if let Err(source) = status {
                        self.incidents.push(self.failed("examine", source).into());
                    }
                }
            }
            appended.map_err(|source| self.failed("append to", source))?;
        }
        Ok(())
    }

    /// Turns away from a segment that somebody else removed or changed: the lines that were not
    /// checkpointed go to the next one, whole.
    fn lose_active(&mut self, batch: &mut Batch, status: FileStatus) -> PathBuf {
        let path = self.active_path();
        self.incidents.push(if status.links == 0 {
            LogError::SegmentRemoved { path: path.clone() }
        } else {
            LogError::SegmentChanged { path: path.clone(), found_bytes: status.bytes }
        });
        batch.rewind();
        self.close();
        path
    }

    /// Gives up the active segment, which does not take any more; the next line begins a new one.
    pub(crate) fn abandon(&mut self, batch: &mut Batch) {
        batch.rewind();
        if self.active.as_ref().is_some_and(|active| active.bytes == 0) {
            // No empty segment is kept. Where even this fails the recovery of a restart does it.
            let _ = self.config.storage.remove(&self.active_path());
            self.active = None;
        }
        self.close();
    }

    /// Closes the active segment if its period is over, so that an idle logger leaves none open.
    pub(crate) fn close_if_due(&mut self) {
        let now = self.now_millis();
        if let Some(active) = &self.active
            && !active.is_inside_a_record()
            && self.config.rotation.is_due(active.created_millis, active.bytes, 0, now)
        {
            self.counts.rotated += 1;
            self.close();
        }
    }

    /// Removes the segments that retention lets go. A failure is an incident, never a reason to stop.
    pub(crate) fn retain(&mut self) {
        if !self.config.retention.is_on() {
            return;
        }
        let stored = match list(&self.config) {
            Ok(stored) => stored,
            Err(error) => return self.incidents.push(error.into()),
        };
        let expired = self.config.retention.expired(&stored, self.now_millis());
        if expired.is_empty() {
            return;
        }
        let in_use = self.possibly_active(&stored);
        for stored in expired.into_iter().filter(|stored| !in_use.contains(&stored.name)) {
            let path = self.config.directory.join(stored.file_name(&self.config.prefix));
            match self.config.storage.remove(&path) {
                Ok(()) => self.counts.removed += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => {
                    self.incidents.push(SegmentError { operation: "remove", path, source }.into());
                }
            }
        }
    }

    /// Closes the active segment.
    pub(crate) fn close(&mut self) {
        if let Some(active) = self.active.take()
            && active.synced_bytes != active.bytes
        {
            self.note_unsynced(active.file_name);
        }
    }

    fn start_if_due(&mut self, batch: &Batch, journal: Journal<'_>) -> Result<(), SegmentError> {
        let now = self.now_millis();
        if let Some(active) = &self.active {
            let next = batch.next_record_bytes().unwrap_or(0);
            let rotation = &self.config.rotation;
            if active.is_inside_a_record()
                || !rotation.is_due(active.created_millis, active.bytes, next, now)
            {
                return Ok(());
            }
            self.counts.rotated += 1;
        }
        self.close();
        self.start(now, journal)?;
        self.retain();
        Ok(())
    }

    fn start(&mut self, now_millis: u64, journal: Journal<'_>) -> Result<(), SegmentError> {
        // Not even the same millisecond twice: a restart has another token, which sorts anywhere.
        self.newest_millis = now_millis.max(self.newest_millis + 1);
        self.sequence += 1;
        let name = SegmentName {
            created_millis: self.newest_millis,
            token: self.token,
            sequence: self.sequence,
        };
        let file_name = name.file_name(&self.config.prefix);
        // First the journal: a segment that it names and that does not exist is an empty one, but one
        // that exists and that it does not name would be lines that a recovery writes twice.
        let head = journal.latest().head;
        journal.record(&Checkpoint { head, segment: file_name.clone(), segment_bytes: 0 });
        let path = self.config.directory.join(&file_name);
        let storage = &self.config.storage;
        let created = storage.create(&path).or_else(|error| {
            if error.kind() != io::ErrorKind::NotFound {
                return Err(error);
            }
            storage.create_directory(&self.config.directory)?;
            storage.create(&path)
        });
        let file = created.map_err(|source| SegmentError { operation: "create", path, source })?;
        self.directory_unsynced = true;
        self.counts.created += 1;
        self.active = Some(Active {
            created_millis: now_millis,
            file_name,
            file,
            checkpointed_bytes: 0,
            bytes: 0,
            synced_bytes: 0,
        });
        Ok(())
    }

    /// The segments that somebody may still append to: of each logger that is alive or not recovered
    /// yet the newest, and those where the recovery of a dead one goes on.
    ///
    /// To be called after `stored` was listed: what a spool has turned away from since is complete.
    fn possibly_active(&self, stored: &[Stored]) -> Vec<SegmentName> {
        let mut newest: Vec<SegmentName> = Vec::new();
        for Stored { name, .. } in stored {
            match newest.iter_mut().find(|known| known.token == name.token) {
                Some(known) if known.sequence < name.sequence => *known = name.clone(),
                Some(_) => {}
                None => newest.push(name.clone()),
            }
        }
        let SegmentsConfig { spool_directory, prefix, .. } = &self.config;
        newest.retain(|name| {
            name.token == self.token || directory::has_spool(spool_directory, prefix, name.token)
        });
        // Best effort: a spool that cannot be read names none, or it would keep every segment for ever.
        let InJournals { segments, .. } = directory::segments_in_journals(spool_directory, prefix);
        newest.extend(segments.iter().filter_map(|name| SegmentName::parse(prefix, name)));
        newest
    }

    fn failed(&self, operation: &'static str, source: io::Error) -> SegmentError {
        SegmentError { operation, path: self.active_path(), source }
    }

    fn active_path(&self) -> PathBuf {
        let file_name = self.active.as_ref().map_or("", |active| &active.file_name);
        self.config.directory.join(file_name)
    }

    fn now_millis(&self) -> u64 {
        self.config.clock.now().unix_millis()
    }
}

/// The segments of any logger with this prefix.
fn list(config: &SegmentsConfig) -> Result<Vec<Stored>, SegmentError> {
    let listed = config.storage.list(&config.directory).map_err(|source| SegmentError {
        operation: "list",
        path: config.directory.clone(),
        source,
    })?;
    let ours = |file: StoredFile| {
        let (name, form) = SegmentName::parse_in_any_form(&config.prefix, &file.name)?;
        Some(Stored { name, form, bytes: file.bytes })
    };
    Ok(listed.into_iter().filter_map(ours).collect())
}
