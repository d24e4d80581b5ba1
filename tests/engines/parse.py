"""Parses the generated definitions, each in its dialect.

    parse.py GOLDEN

A parser that does not know a statement keeps it as an opaque command, which proves nothing: that is a failure here,
but for the few statements that it knows only so, which are counted apart. Then each JSON Schema must be one.
"""

import json
import logging
import pathlib
import re
import sys

import hcl2
import jsonschema
import sqlglot

import spark_session

# sqlglot knows these only as commands.
OPAQUE = {"hive": "MSCK REPAIR", "spark": "MSCK REPAIR"}
CREATED = {
    "athena": 6, "hive.sql": 6, "spark.sql": 6, "trino.sql": 6, "duckdb.sql": 7,
    "bigquery/external.sql": 6, "bigquery/native.sql": 6,
}  # fmt: skip


def main(golden):
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    for directory in sorted(path for path in golden.iterdir() if path.is_dir()):
        for name, expected in CREATED.items():
            path = directory / name
            paths = sorted(path.glob("*.sql")) if path.is_dir() else [path]
            dialect = path.name.removesuffix(".sql") if path.parent == directory else "bigquery"
            created, opaque = parse("\n".join(path.read_text() for path in paths), dialect)
            assert created == expected, f"{path}: {created} statements, not {expected}"
            print(f"{directory.name}/{name}: {created} parsed as CREATE, {opaque} as commands")
        check_terraform(directory / "glue.tf")
        check_schemas(directory)


def parse(text, dialect):
    created = opaque = 0
    for statement in spark_session.statements(text):
        tree = sqlglot.parse_one(without_clauses(statement, dialect), dialect=dialect)
        if isinstance(tree, sqlglot.exp.Create):
            created += 1
            check_columns(tree)
        elif isinstance(tree, sqlglot.exp.Comment):
            pass
        else:
            assert statement.startswith(OPAQUE.get(dialect, "\0")), f"{dialect}: not understood: {statement}"
            opaque += 1
    return created, opaque


def without_clauses(statement, dialect):
    """BigQuery's external tables, in the words of its own tables: sqlglot knows no others."""
    if dialect != "bigquery" or "EXTERNAL TABLE" not in statement:
        return statement
    statement = statement.replace("CREATE OR REPLACE EXTERNAL TABLE", "CREATE OR REPLACE TABLE")
    statement, count = re.subn(r"\nWITH PARTITION COLUMNS \(`year` STRING, `month` STRING, `day` STRING(, `hour` STRING)?\)", "", statement)
    assert count == 1
    return statement


def check_columns(tree):
    """No column has a type that the parser took for a name of the user's."""
    for column in tree.find_all(sqlglot.exp.ColumnDef):
        kind = column.args.get("kind")
        assert kind is not None, f"no type: {column.sql()}"
        for part in kind.find_all(sqlglot.exp.DataType):
            assert part.this != sqlglot.exp.DataType.Type.USERDEFINED, f"unknown type: {column.sql()}"


def check_terraform(path):
    with path.open() as file:
        parsed = hcl2.load(file)
    tables = [table for resource in parsed["resource"] for table in resource.values()]
    assert len(tables) == 6, f"{path}: {len(tables)} tables"
    print(f"{path.parent.name}/{path.name}: {len(tables)} tables")


def check_schemas(directory):
    paths = sorted(directory.glob("json-schema/*.json"))
    for path in paths:
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))
    for path in sorted(directory.glob("bigquery/schema/*.json")):
        for field in json.loads(path.read_text()):
            assert field["mode"] in ("NULLABLE", "REQUIRED", "REPEATED"), path
    check_example_lines(directory)
    print(f"{directory.name}: {len(paths)} JSON Schemas, which take the example lines of the dictionary")


def check_example_lines(directory):
    page = (directory / "dictionary.md").read_text()
    for line in re.findall(r"```json\n(.*)\n```", page):
        line = json.loads(line)
        schema = json.loads((directory / "json-schema" / f"{line['type']}.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(line)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
