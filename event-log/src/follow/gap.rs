//! [`Gap`]: what the logger's own lines tell of events that were dropped.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_core::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::value::RawValue;

/// The params of a line of type `event_log_gap`: so many events of one type were dropped for one
/// reason. Sums of [`events`](Self::events) give totals.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use event_log::follow::{Gap, Line};
///
/// fn lost(line: &Line) -> Result<u64, event_log::follow::ValueError> {
///     Ok(if line.is_gap() { line.params::<Gap>()?.events } else { 0 })
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// The type of the dropped events; `None` if it is not known.
    pub event_type: Option<String>,
    /// Why they were dropped: the name of a [`DropReason`](crate::DropReason), or of one that a later
    /// version knows.
    pub reason: Option<String>,
    /// How many this line tells of.
    pub events: u64,
    /// When the first of them was dropped, RFC 3339 in UTC with milliseconds.
    pub first_dropped: String,
    /// When the last of them was dropped.
    pub last_dropped: String,
}

impl<'de> Deserialize<'de> for Gap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By hand: a derive would be one more dependency.
        let params = BTreeMap::<Cow<'_, str>, Box<RawValue>>::deserialize(deserializer)?;
        Ok(Self {
            event_type: param(&params, "event_type")?,
            reason: param(&params, "reason")?,
            events: param(&params, "events")?,
            first_dropped: param(&params, "first_dropped")?,
            last_dropped: param(&params, "last_dropped")?,
        })
    }
}

fn param<T: DeserializeOwned, E: Error>(
    params: &BTreeMap<Cow<'_, str>, Box<RawValue>>,
    name: &'static str,
) -> Result<T, E> {
    let json = params.get(name).ok_or_else(|| E::missing_field(name))?;
    serde_json::from_str(json.get()).map_err(E::custom)
}
