//! [`ReadError`]: why a line cannot be read back.

/// Why a recorded line cannot be read back as an event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The line is of another type.
    #[error("line {line} is of type `{event_type}`, which is not one of `{event}`")]
    OtherType {
        /// Its number among the recorded lines.
        line: usize,
        /// The type in the line.
        event_type: String,
        /// The Rust type that was asked for.
        event: &'static str,
    },
    /// The values are not what the `Deserialize` of the type takes.
    #[error(
        "line {line}, of type `{event_type}`, cannot be read back as `{event}`: {source}; \
         see \"What can be read back\" in `event_log::testing`, or look at the line itself with \
         `Recorded::all`\n  {text}"
    )]
    Deserialize {
        /// Its number among the recorded lines.
        line: usize,
        /// The type in the line.
        event_type: String,
        /// The Rust type that was asked for.
        event: &'static str,
        /// The line.
        text: String,
        /// What serde says.
        source: serde_json::Error,
    },
}
