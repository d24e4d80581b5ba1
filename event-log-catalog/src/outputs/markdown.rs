//! The data dictionary in Markdown.

use std::fmt::Write as _;

use crate::example::{example_line, example_query};
use crate::model::{Catalog, EventSchema};
use crate::options::Options;
use crate::outputs::dictionary::{Row, common_rows, rows};

/// All events with their fields, an example line and an example query each.
#[must_use]
pub fn dictionary(catalog: &Catalog, options: &Options) -> String {
    let mut page = "# Data dictionary\n\n".to_owned();
    for event in &catalog.events {
        let name = &event.event_type;
        let _ = writeln!(page, "- [{name}](#{name}){}", struck(event));
    }
    page += "\n## Fields of all events\n\n";
    page += &table(common_rows(&catalog.envelope));
    for event in &catalog.events {
        page += &section(catalog, event, options);
    }
    page
}

fn struck(event: &EventSchema) -> &'static str {
    if event.deprecated.is_some() { " (deprecated)" } else { "" }
}

fn section(catalog: &Catalog, event: &EventSchema, options: &Options) -> String {
    let mut text = format!("\n## {}\n\n", event.event_type);
    if !event.description.is_empty() {
        let _ = write!(text, "{}\n\n", event.description);
    }
    for (label, value) in facts(event) {
        let _ = writeln!(text, "- {label}: {value}");
    }
    if facts(event).next().is_some() {
        text.push('\n');
    }
    if !event.fields.is_empty() {
        text += &table(rows(&event.fields, ""));
        text.push('\n');
    }
    let _ = write!(
        text,
        "```json\n{}\n```\n\n```sql\n{}\n```\n",
        example_line(catalog, event),
        example_query(event, options)
    );
    text
}

/// What is known of an event beside its description.
pub(crate) fn facts(event: &EventSchema) -> impl Iterator<Item = (&'static str, &str)> {
    [
        ("Owner", &event.owner),
        ("Since", &event.since),
        ("Deprecated", &event.deprecated),
        ("Former name", &event.renamed_from),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label, value.as_deref()?)))
}

fn table(rows: Vec<Row>) -> String {
    let row = |row: Row| {
        let kind = [vec![cell(&row.type_name)], row.marks].concat().join(", ");
        format!("| `{}` | {kind} | {} |\n", row.path, cell(&row.description))
    };
    let rows: String = rows.into_iter().map(row).collect();
    format!("| field | type | meaning |\n| --- | --- | --- |\n{rows}")
}

/// A text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', "<br>")
}
