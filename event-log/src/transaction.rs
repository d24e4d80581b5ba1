//! [`Transaction`]: events that appear together, in order, or not at all.
//!
//! Each event is rendered when it is emitted, into memory of the transaction; the commit puts all lines
//! into the spool as one record. A record is committed by one store, so there is no moment at which a
//! kill could leave some of them.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

use crate::context::Context;
use crate::emit;
use crate::error::{CommitError, EmitError};
use crate::event::{Event, EventType};
use crate::handle::Handle;

/// Events that appear together, or not at all: what [`Logger::transaction`](crate::Logger::transaction)
/// returns.
///
/// ```
/// use event_log::{Event, Logger};
///
/// #[derive(Event)]
/// struct OrderPlaced {
///     order: u64,
/// }
///
/// #[derive(Event)]
/// struct StockReserved<'a> {
///     article: &'a str,
///     pieces: u32,
/// }
///
/// # struct Database;
/// # impl Database { fn commit(self) -> Result<(), std::io::Error> { Ok(()) } }
/// # let database = Database;
/// # let directory = tempfile::tempdir()?;
/// let logger = Logger::builder(directory.path()).build()?;
///
/// let mut events = logger.transaction();
/// events.emit(OrderPlaced { order: 17 });
/// events.emit(StockReserved { article: "brush", pieces: 2 });
/// database.commit()?; // If this fails, no event was ever emitted.
/// events.commit();
///
/// assert_eq!(logger.stats().total.emitted, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Once [`commit`](Self::commit) has returned, all events survive the death of the process, unless they
/// were dropped; a kill at any moment before leaves none of them. They stand in one segment, in the order
/// of their emits, with no other line between them. What is dropped without a commit, also by a panic,
/// was never emitted: no count tells of it.
///
/// An event gets its id, date and context when it is emitted, so its line may stand behind lines of
/// other events with later dates and greater ids.
///
/// # All or nothing
///
/// If one event is not accepted, because its line is too long or a field cannot be written as JSON, the
/// transaction cannot be committed any more: the commit drops all of its events and counts each
/// ([`DropReason`](crate::DropReason)), and gap lines tell of them. The same goes for a transaction that
/// is too long, and for one that finds no room in the spool when
/// [`overflow`](crate::LoggerBuilder::overflow) does not wait (any longer), which decides for the whole.
///
/// All lines together may take a quarter of [`spool_bytes`](crate::LoggerBuilder::spool_bytes) (of the
/// default, 2 MiB: some 7,000 events of 285 bytes), but not more than
/// [`segment_bytes`](crate::LoggerBuilder::segment_bytes), nor than 16 MiB. They are kept in memory until
/// the commit.
///
/// # What a reader sees
///
/// A reader that looks while the writer writes may find the first lines and not yet the others, which
/// follow in the same segment, as with a line that is cut short. A segment that the writer had to give up
/// (the disk failed three times in a row, somebody removed or changed it) may end with the first lines;
/// then all of them stand in a later one, with the same ids. After a power cut the same holds for a
/// transaction that was [synced](crate::Logger::sync); of one that was not, all, nothing, or a part may be
/// there.
///
/// # Two processes, threads, tasks
///
/// A transaction may go to another thread or be held across an `.await`. It takes the ambient context of
/// whoever emits. It holds a clone of the logger; if the logger is closed before the commit, the
/// commit drops the events as [`Closed`](crate::DropReason::Closed). A forked child that commits a
/// transaction of its parent emits it into its own log; if the parent commits it too, it is there twice,
/// with the same ids. An emit through the logger, also from inside a field's `Serialize`, is no part of
/// any transaction.
#[must_use = "a transaction that is not committed emits nothing"]
pub struct Transaction {
    handle: Arc<Handle>,
    /// Of its events that were not given another one; empty if there is none.
    context: Context,
    /// The lines so far; empty once `failed` is set.
    lines: Vec<u8>,
    /// The type of each event, also of those that have no line.
    types: Vec<&'static EventType>,
    /// Why it cannot be committed.
    failed: Option<Arc<CommitError>>,
}

impl Transaction {
    pub(crate) fn new(handle: Arc<Handle>, context: Context) -> Self {
        Self { handle, context, lines: Vec::new(), types: Vec::new(), failed: None }
    }

    /// Emits an event as a part of this transaction, by value or by reference; see
    /// [`Logger::emit`](crate::Logger::emit). Never waits.
    pub fn emit<E: Event>(&mut self, event: E) {
        // The commit tells of it.
        let _kept = self.try_emit(event);
    }

    /// Emits an event like [`emit`](Self::emit); returns the id that it will have.
    ///
    /// # Errors
    /// Why the event was not accepted, or which one before it was not. The transaction cannot be
    /// committed any more then; nothing is counted before somebody tries.
    pub fn try_emit<E: Event>(&mut self, event: E) -> Result<Uuid, EmitError> {
        self.keep(&event, None)
    }

    /// Emits with the values of this context, in place of the one that the transaction was begun with.
    #[must_use = "a transaction with a context emits nothing by itself"]
    pub fn with<'a>(&'a mut self, context: &'a Context) -> TransactionWithContext<'a> {
        TransactionWithContext { transaction: self, context }
    }

    /// How many events were emitted into it, also if it cannot be committed any more.
    #[must_use]
    pub fn len(&self) -> usize {
        self.types.len()
    }

    /// Whether no event was emitted into it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// Lets all events appear. If they cannot, all are dropped and counted.
    ///
    /// Waits only if the spool is full, as [`overflow`](crate::LoggerBuilder::overflow) says. Does nothing
    /// if there are no events.
    pub fn commit(self) {
        let _counted = self.try_commit();
    }

    /// Lets all events appear, like [`commit`](Self::commit).
    ///
    /// # Errors
    /// Why none of them appears. All are counted as dropped.
    pub fn try_commit(self) -> Result<(), CommitError> {
        let Self { handle, lines, types, failed, .. } = self;
        if types.is_empty() {
            return Ok(());
        }
        let shared = match handle.here() {
            Ok(handle) => &*handle.shared,
            Err(source) => {
                return Err(handle.refuse_transaction_without_spool(types.len(), source));
            }
        };
        let committed = match failed {
            Some(error) => Err(Arc::unwrap_or_clone(error)),
            None => emit::accept_all(shared, &lines, &types),
        };
        committed.map_err(|error| shared.refuse_transaction(error, &types))
    }

    fn keep<E: Event>(&mut self, event: &E, context: Option<&Context>) -> Result<Uuid, EmitError> {
        let event_type = event.event_type();
        self.types.push(event_type);
        if let Some(source) = &self.failed {
            let source = Arc::clone(source);
            return Err(EmitError::Transaction { event_type: event_type.name(), source });
        }
        let context = context.unwrap_or(&self.context);
        let kept = match self.handle.here() {
            Ok(handle) => emit::keep(&handle.shared, event, context, &mut self.lines),
            Err(source) => Err(EmitError::NoSpool { event_type: event_type.name(), source }),
        };
        if let Err(source) = &kept {
            self.fail(CommitError::Event { number: self.types.len(), source: source.clone() });
        } else if let Some(error) = self.too_long() {
            let source = self.fail(error);
            return Err(EmitError::Transaction { event_type: event_type.name(), source });
        }
        kept
    }

    fn too_long(&self) -> Option<CommitError> {
        let (events, bytes) = (self.types.len(), self.lines.len());
        let limit_bytes = self.handle.builder.transaction_bytes();
        (bytes > limit_bytes).then_some(CommitError::TooLong { events, bytes, limit_bytes })
    }

    fn fail(&mut self, error: CommitError) -> Arc<CommitError> {
        self.lines = Vec::new();
        let error = Arc::new(error);
        self.failed = Some(Arc::clone(&error));
        error
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("events", &self.types.len())
            .field("bytes", &self.lines.len())
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

/// A transaction with a context: what [`Transaction::with`] returns.
#[derive(Debug)]
pub struct TransactionWithContext<'a> {
    transaction: &'a mut Transaction,
    context: &'a Context,
}

impl TransactionWithContext<'_> {
    /// Emits an event with this context; see [`Transaction::emit`].
    pub fn emit<E: Event>(&mut self, event: E) {
        let _kept = self.try_emit(event);
    }

    /// Emits an event with this context; returns the id that it will have.
    ///
    /// # Errors
    /// As [`Transaction::try_emit`].
    pub fn try_emit<E: Event>(&mut self, event: E) -> Result<Uuid, EmitError> {
        self.transaction.keep(&event, Some(self.context))
    }
}
