//! The path of an emit: render the line in the caller's thread, put it into the spool; or keep it for
//! the commit of a transaction.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use uuid::Uuid;

use crate::context::Context;
use crate::error::{CommitError, EmitError};
use crate::event::{Event, EventType};
use crate::line::{Layers, RenderError, Renderer};
use crate::local;
use crate::shared::Shared;
use crate::spool::record::Lines;
use crate::spool::ring::Refused;

/// Renders the event and puts its line into the spool.
#[inline]
pub(crate) fn accept<E: Event + ?Sized>(
    shared: &Shared,
    event: &E,
    explicit: Option<&Context>,
) -> Result<Uuid, EmitError> {
    let event_type = event.event_type();
    shared.spool.spool.ring().fetch_tail();
    local::with(shared.serial, &shared.ledger, |renderer, accept| {
        let id = render(shared, event, explicit, renderer)?;
        let pushed = shared.push(renderer.line(), || accept.count(event_type));
        pushed.map_err(|refused| push_error(event_type, refused))?;
        Ok(id)
    })
}

/// Renders the event and appends its line to `lines`.
pub(crate) fn keep<E: Event + ?Sized>(
    shared: &Shared,
    event: &E,
    explicit: &Context,
    lines: &mut Vec<u8>,
) -> Result<Uuid, EmitError> {
    local::with(shared.serial, &shared.ledger, |renderer, _accept| {
        let id = render(shared, event, Some(explicit), renderer)?;
        lines.extend_from_slice(renderer.line());
        Ok(id)
    })
}

/// Puts the lines of a transaction into the spool, of events of these types.
pub(crate) fn accept_all(
    shared: &Shared,
    lines: &[u8],
    types: &[&'static EventType],
) -> Result<(), CommitError> {
    let (events, bytes) = (types.len(), lines.len());
    let how_many = if events == 1 { Lines::One } else { Lines::Several };
    let pushed = local::with(shared.serial, &shared.ledger, |_renderer, accept| {
        let count = || types.iter().for_each(|event_type| accept.count(event_type));
        shared.push_lines(lines, how_many, count)
    });
    pushed.map_err(|refused| match refused {
        Refused::Full => CommitError::SpoolFull { events, bytes },
        Refused::Closed => CommitError::Closed { events },
    })
}

/// Renders the event's line into the renderer, whatever the code of the event's author does.
#[inline]
fn render<E: Event + ?Sized>(
    shared: &Shared,
    event: &E,
    explicit: Option<&Context>,
    renderer: &mut Renderer,
) -> Result<Uuid, EmitError> {
    let Shared { clock, default_context, format, .. } = shared;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let layers = Layers { explicit, default: default_context };
        let now = clock.now();
        let id = renderer.render(event, layers, now, format)?;
        #[cfg(feature = "testing")]
        let id = match &shared.recording {
            Some(recording) => renderer.change_id(recording.next_id(now)),
            None => id,
        };
        Ok(id)
    }));
    match outcome {
        Ok(id) => id.map_err(|error| render_error(event.event_type(), error)),
        Err(payload) => {
            // Its drop is the user's code too, and could panic again.
            mem::forget(payload);
            Err(EmitError::Panicked { event_type: event.event_type().name() })
        }
    }
}

#[cold]
fn render_error(event_type: &EventType, error: RenderError) -> EmitError {
    let event_type = event_type.name();
    match error {
        RenderError::TooLong { max_line_bytes: limit_bytes } => {
            EmitError::TooLong { event_type, limit_bytes }
        }
        RenderError::Serialize { field, source } => {
            EmitError::NotSerializable { event_type, field, source: Arc::new(source) }
        }
    }
}

#[cold]
fn push_error(event_type: &EventType, refused: Refused) -> EmitError {
    let event_type = event_type.name();
    match refused {
        Refused::Full => EmitError::SpoolFull { event_type },
        Refused::Closed => EmitError::Closed { event_type },
    }
}
