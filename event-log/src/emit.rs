//! The path of an emit: render the line in the caller's thread, put it into the spool.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use uuid::Uuid;

use crate::context::Context;
use crate::error::EmitError;
use crate::event::{Event, EventType};
use crate::line::{Layers, RenderError};
use crate::local;
use crate::shared::Shared;
use crate::spool::ring::Refused;

/// Renders the event and puts its line into the spool.
#[inline]
pub(crate) fn accept<E: Event + ?Sized>(
    shared: &Shared,
    event: &E,
    explicit: Option<&Context>,
) -> Result<Uuid, EmitError> {
    let event_type = event.event_type();
    local::with(shared.serial, &shared.ledger, |renderer, accept| {
        let Shared { clock, default_context, format, .. } = shared;
        let rendered = catch_unwind(AssertUnwindSafe(|| {
            let layers = Layers { explicit, default: default_context };
            let now = clock.now();
            let id = renderer.render(event, layers, now, format)?;
            #[cfg(feature = "testing")]
            let id = match &shared.recording {
                Some(recording) => renderer.change_id(recording.next_id(now)),
                None => id,
            };
            Ok::<_, RenderError>(id)
        }));
        let id = match rendered {
            Ok(Ok(id)) => id,
            Ok(Err(error)) => return Err(render_error(event_type, error)),
            Err(payload) => {
                // Its drop is the user's code too, and could panic again.
                mem::forget(payload);
                return Err(EmitError::Panicked { event_type: event_type.name() });
            }
        };
        let pushed = shared.push(renderer.line(), || accept.count(event_type));
        pushed.map_err(|refused| push_error(event_type, refused))?;
        Ok(id)
    })
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
