//! The line that the logger writes by itself when events had to be dropped.

use chrono::{DateTime, SecondsFormat, Utc};

use crate::event::{Event, EventType};
use crate::params::{Params, ParamsError};
use crate::spool::drops::{OTHER_TYPES, Untold};
use crate::stats::DropReason;

/// The type of gap lines. The derive keeps user events from bearing it.
pub(crate) const GAP_TYPE: &str = "event_log_gap";

/// So many events of one type were dropped between two times for one reason.
///
/// One line for each type and reason, all columns scalar, so that the holes of a year are one
/// `SELECT event_type, reason, sum(events) … GROUP BY` away.
#[derive(Debug)]
pub(crate) struct Gap<'a>(pub(crate) &'a Untold);

impl Event for Gap<'_> {
    fn event_type(&self) -> &'static EventType {
        static TYPE: EventType = EventType::new(GAP_TYPE);
        &TYPE
    }

    fn write_params(&self, params: &mut Params<'_>) -> Result<(), ParamsError> {
        let Untold { event_type, reason, count, first_millis, last_millis, .. } = self.0;
        let event_type = (event_type != OTHER_TYPES).then_some(event_type);
        params.field(",\"event_type\":", &event_type)?;
        params.field(",\"reason\":", &DropReason::from_code(*reason).map(DropReason::name))?;
        params.field(",\"events\":", count)?;
        params.field(",\"first_dropped\":", &rfc3339(*first_millis))?;
        params.field(",\"last_dropped\":", &rfc3339(*last_millis))
    }
}

fn rfc3339(millis: u64) -> String {
    let date: DateTime<Utc> =
        i64::try_from(millis).ok().and_then(DateTime::from_timestamp_millis).unwrap_or_default();
    date.to_rfc3339_opts(SecondsFormat::Millis, true)
}
