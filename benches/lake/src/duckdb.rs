//! DuckDB on the same work: split by type, flattened, partitioned by hour.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;
use crate::events;

/// What the files of a lake are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Lines of JSON.
    Json,
    /// Parquet in zstd.
    Parquet,
}

/// The Python of a virtual environment with DuckDB in it; `None` if it cannot be had.
pub(crate) fn python(directory: &Path) -> Option<PathBuf> {
    let environment = directory.join("duckdb");
    let python = environment.join("bin/python");
    let works = || {
        let imported = Command::new(&python).args(["-c", "import duckdb"]).status();
        imported.is_ok_and(|status| status.success())
    };
    if works() {
        return Some(python);
    }
    let made = Command::new("python3").args(["-m", "venv"]).arg(&environment).status();
    let pip = ["-m", "pip", "install", "--quiet", "duckdb"];
    let installed =
        made.is_ok_and(|s| s.success()) && Command::new(&python).args(pip).status().is_ok();
    (installed && works()).then_some(python)
}

/// A script that loads `input` into `lake`; it is told the types, which others have to infer.
pub(crate) fn script(
    directory: &Path,
    input: &Path,
    lake: &Path,
    format: Format,
) -> Result<PathBuf, Error> {
    let mut text = format!(
        "import duckdb, os\nc = duckdb.connect()\nc.execute(\"SET TimeZone = 'UTC'\")\n\
         os.makedirs('{0}', exist_ok=True)\n\
         c.execute(\"\"\"CREATE TABLE raw AS SELECT * FROM read_json('{1}', format='newline_delimited',\n\
         columns={{id:'VARCHAR',date:'VARCHAR',type:'VARCHAR',user_id:'BIGINT',locale:'VARCHAR',\
         country_code:'VARCHAR',params:'JSON'}})\"\"\")\n",
        lake.display(),
        input.display()
    );
    let (date, options) = match format {
        Format::Json => ("date", "FORMAT json"),
        // As `load` writes it.
        Format::Parquet => ("date::TIMESTAMPTZ AS date", "FORMAT parquet, COMPRESSION zstd"),
    };
    for event_type in 0..events::TYPES {
        let params: Vec<String> = events::params(event_type)
            .iter()
            .map(|(name, kind)| format!("\"{name}\":\"{kind}\""))
            .collect();
        let name = events::name(event_type);
        writeln!(
            text,
            "c.execute(\"\"\"COPY (SELECT id, {date}, type, user_id, locale, country_code, \
             unnest(json_transform(params, '{{{}}}')), date[1:4] AS year, date[6:7] AS month, \
             date[9:10] AS day, date[12:13] AS hour FROM raw WHERE type = '{name}') \
             TO '{}/{name}' ({options}, PARTITION_BY (year, month, day, hour))\"\"\")",
            params.join(","),
            lake.display()
        )?;
    }
    let path = directory.join("peer.py");
    fs::write(&path, text)?;
    Ok(path)
}
