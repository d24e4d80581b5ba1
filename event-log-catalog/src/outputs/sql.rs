//! What the definitions in SQL share.

use crate::engine::Engine;
use crate::options::Options;
use crate::partition;
use crate::table::Column;

/// The first lines of a file: what it is, and what the partition columns give and take.
pub(crate) fn head(title: &str, notes: &str, options: &Options) -> String {
    let text = format!("{title}\n\n{}\n\n{notes}", partition::trade(options.shape));
    comment(text.trim_end())
}

/// The lines of `text` as comments, and an empty line.
pub(crate) fn comment(text: &str) -> String {
    let lines = text.lines().map(|line| format!("-- {line}").trim_end().to_owned() + "\n");
    lines.collect::<String>() + "\n"
}

/// `items`, each on a line of its own.
pub(crate) fn indented(items: impl IntoIterator<Item = String>) -> String {
    let lines = items.into_iter().map(|item| format!("  {item}"));
    lines.collect::<Vec<_>>().join(",\n")
}

/// `name type COMMENT 'description'`, for the dialects that write it so.
pub(crate) fn column(engine: Engine, column: &Column, longest_comment: usize) -> String {
    let name = engine.quote(&column.name);
    let type_name = engine.nested(&column.column_type, column.nullable);
    if column.description.is_empty() {
        return format!("{name} {type_name}");
    }
    let comment = engine.text(&shortened(&column.description, longest_comment));
    format!("{name} {type_name} COMMENT {comment}")
}

/// `database.table`, quoted.
pub(crate) fn table_name(engine: Engine, options: &Options, table: &str) -> String {
    format!("{}.{}", engine.quote(&options.database), engine.quote(table))
}

/// `text`, cut at `longest` bytes with a sign that it was.
pub(crate) fn shortened(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let ellipsis = "…";
    let fits = |end: &usize| end + ellipsis.len() <= longest;
    let ends = text.char_indices().map(|(index, character)| index + character.len_utf8());
    let cut = ends.take_while(fits).last().unwrap_or(0);
    format!("{}{ellipsis}", &text[..cut])
}
