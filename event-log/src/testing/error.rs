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
        "line {line}, of type `{event_type}`, cannot be read back as `{event}`: {source}{}; \
         see \"What can be read back\" in `event_log::testing`, or look at the line itself with \
         `Recorded::all`\n  {text}",
        note_on(personal)
    )]
    Deserialize {
        /// Its number among the recorded lines.
        line: usize,
        /// The type in the line.
        event_type: String,
        /// The Rust type that was asked for.
        event: &'static str,
        /// The fields of the type, by their names in Rust, in whose place the line has the text of a hash
        /// or a mask.
        personal: Vec<&'static str>,
        /// The line.
        text: String,
        /// What serde says.
        source: serde_json::Error,
    },
}

/// What must be known of fields with `pii`, if there are any.
fn note_on(personal: &[&'static str]) -> String {
    if personal.is_empty() {
        return String::new();
    }
    let names: Vec<String> = personal.iter().map(|name| format!("`{name}`")).collect();
    let names = names.join(", ");
    format!(" (with `pii`, the text of a hash or a mask is all that the line has of: {names})")
}
