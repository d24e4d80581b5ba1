//! The data dictionary as one page that needs nothing else: no server, no network.

use std::fmt::Write as _;

use crate::example::{example_line, example_query};
use crate::model::{Catalog, Envelope, EventSchema};
use crate::options::Options;
use crate::outputs::dictionary::{Row, common_rows, rows};
use crate::outputs::markdown::facts;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// The page: a list of all events with a search, and for each event its description, owner, fields, an
/// example line and an example query. Readable at the width of a phone, in the light and in the dark.
#[must_use]
pub fn dictionary(catalog: &Catalog, options: &Options) -> String {
    let links: String = catalog.events.iter().map(link).collect();
    let sections: String =
        catalog.events.iter().map(|event| section(catalog, event, options)).collect();
    let common = common(&catalog.envelope);
    let count = catalog.events.len();
    format!(
        r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Data dictionary</title>
<style>
{STYLE}</style>
</head>
<body>
<a class="skip" href="#events">Skip to the events</a>
<header>
<h1>Data dictionary</h1>
<search>
<label for="query">Search events, fields and owners</label>
<input id="query" type="search" autocomplete="off" spellcheck="false">
<output id="found" for="query">{count} events</output>
</search>
</header>
<nav aria-label="Events">
<ul>
{links}</ul>
</nav>
<main id="events" tabindex="-1">
{common}{sections}<p id="nothing" hidden>No event matches. Try fewer or shorter words.</p>
</main>
<script>
{SCRIPT}</script>
</body>
</html>
"##
    )
}

fn link(event: &EventSchema) -> String {
    let name = escape(&event.event_type);
    let class = if event.deprecated.is_some() { r#" class="deprecated""# } else { "" };
    format!("<li><a href=\"#{name}\"{class}>{}</a></li>\n", breakable(&event.event_type))
}

fn common(envelope: &Envelope) -> String {
    format!(
        "<section aria-labelledby=\"common-fields\">\n<h2 id=\"common-fields\">Fields of all events</h2>\n{}</section>\n",
        table(&common_rows(envelope))
    )
}

fn section(catalog: &Catalog, event: &EventSchema, options: &Options) -> String {
    let name = escape(&event.event_type);
    let mut body = format!(
        "<article id=\"{name}\" aria-labelledby=\"title-{name}\">\n<h2 id=\"title-{name}\"><a href=\"#{name}\">{}</a>{}</h2>\n",
        breakable(&event.event_type),
        if event.deprecated.is_some() {
            " <span class=\"mark warn\">deprecated</span>"
        } else {
            ""
        },
    );
    body += &paragraphs(&event.description);
    body += &list_of_facts(event);
    if event.fields.is_empty() {
        body += "<p>It has no fields of its own.</p>\n";
    } else {
        body += &table(&rows(&event.fields, ""));
    }
    let _ = write!(
        body,
        "<h3>Example line</h3>\n<pre><code>{}</code></pre>\n<h3>Example query</h3>\n<pre><code>{}</code></pre>\n</article>\n",
        escape(&example_line(catalog, event)),
        escape(&example_query(event, options)),
    );
    body
}

fn list_of_facts(event: &EventSchema) -> String {
    let fact = |(label, value)| format!("<div><dt>{label}</dt><dd>{}</dd></div>\n", escape(value));
    let facts: Vec<_> = facts(event).map(fact).collect();
    if facts.is_empty() { String::new() } else { format!("<dl>\n{}</dl>\n", facts.concat()) }
}

fn table(rows: &[Row]) -> String {
    let rows: String = rows.iter().map(table_row).collect();
    format!(
        "<table>\n<thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Type</th><th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
    )
}

fn table_row(row: &Row) -> String {
    let mark = |mark: &String| {
        let class = if mark == "optional" { "mark" } else { "mark warn" };
        format!(" <span class=\"{class}\">{}</span>", escape(mark))
    };
    format!(
        "<tr><th scope=\"row\"><code>{}</code></th><td>{}{}</td><td>{}</td></tr>\n",
        breakable(&row.path),
        escape(&row.type_name),
        row.marks.iter().map(mark).collect::<String>(),
        prose(&row.description).replace('\n', "<br>"),
    )
}

/// A doc comment: an empty line begins a paragraph.
fn paragraphs(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let paragraphs: Vec<_> = paragraphs.map(|text| format!("<p>{}</p>\n", prose(text))).collect();
    paragraphs.concat()
}

/// A text of a doc comment, whose backticks mark code.
fn prose(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    // A backtick without a second one stands for itself.
    while let Some((before, code, after)) = first_code(rest) {
        html += &escape(before);
        html += "<code>";
        html += &escape(code);
        html += "</code>";
        rest = after;
    }
    html + &escape(rest)
}

/// What stands before, between and behind the first two backticks.
fn first_code(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (code, after) = rest.split_once('`')?;
    Some((before, code, after))
}

/// A name that may break after an underscore or a point, so that a phone need not scroll sideways.
fn breakable(name: &str) -> String {
    escape(name).replace('_', "_<wbr>").replace('.', ".<wbr>")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
