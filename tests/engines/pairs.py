"""Reads the lines of one version of a schema by the definition of another, in both directions.

    pairs.py JOB RESULTS

The job has for each pair the versions `a` and `b`: fields, columns, lines, JSON Schema, and the definitions of the tables
over the *other* version's lines. Each result is null, or what broke:

    a_by_b      lines of a, definition of b: is every value of a there, under its name, unchanged?
    b_by_a      lines of b, definition of a: the same for b
    b_known_a   lines of b, definition of a: is every value there that a knows?
"""

import decimal
import json
import math
import pathlib
import re
import sys

import duckdb
import jsonschema

import spark_session
import values

# Not UTC, so that a time without an offset is told from one that has it.
ZONE = "Asia/Tokyo"


def main(job_path, results_path):
    job = json.loads(pathlib.Path(job_path).read_text())
    pairs = job["pairs"]
    for pair in pairs:
        for side in (pair["a"], pair["b"]):
            side["lines"] = [values.parse(line) for line in pathlib.Path(side["raw"]).read_text().splitlines()]
            side["flat"] = {row["id"]: row for row in map(values.parse, pathlib.Path(side["json"]).read_text().splitlines())}
    results = {pair["name"]: {"JSON readers": read_as_programs(pair)} for pair in pairs}
    connection = duckdb.connect()
    connection.execute(f"SET TimeZone = '{ZONE}'")
    for pair in pairs:
        for side in (pair["a"], pair["b"]):
            write_parquet(connection, side)
        for format in ("JSON", "Parquet"):
            rows = lambda side: duckdb_rows(connection, pair["name"], side["duckdb"][format])
            results[pair["name"]][f"DuckDB {format}"] = read(pair, rows)
    read_with_spark(pathlib.Path(job_path).parent, pairs[: job["spark_pairs"]], results)
    pathlib.Path(results_path).write_text(json.dumps(results))


def write_parquet(connection, side):
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in side["columns"])
    casts = ", ".join(f'CAST("{name}" AS {kind.replace("JSON", "VARCHAR")}) AS "{name}"' for name, kind in side["columns"])
    pathlib.Path(side["parquet"]).parent.mkdir(parents=True)
    connection.execute(
        f"COPY (SELECT {casts} FROM read_json('{side['json']}', format = 'newline_delimited', columns = {{{columns}}}))"
        f" TO '{side['parquet']}' (FORMAT parquet)"
    )


def duckdb_rows(connection, name, definition):
    connection.execute(definition)
    result = connection.execute(f"SELECT * FROM events.{name}")
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def read(pair, rows):
    """The three results of one engine; `rows` reads the other side's lines by a side's definition."""
    a, b = pair["a"], pair["b"]
    by_b, by_a = attempt(rows, b), attempt(rows, a)
    return {
        "a_by_b": compare(by_b, a["fields"], a["flat"]),
        "b_by_a": compare(by_a, b["fields"], b["flat"]),
        "b_known_a": compare(by_a, a["fields"], b["flat"]),
    }


def attempt(rows, side):
    try:
        return rows(side)
    except Exception as error:
        return str(error).splitlines()[0][:200]


def compare(rows, fields, flat):
    if isinstance(rows, str):
        return rows
    if len(rows) != len(flat):
        return f"{len(rows)} rows of {len(flat)}"
    for row in rows:
        for field in fields:
            name = field["name"]
            if name not in row:
                return f"{name}: no such column"
            wanted = flat[row["id"]].get(name)
            if not values.same(field["type"], wanted, row[name]):
                return f"{name}: {wanted!r} of type {field['type']} is read as {row[name]!r}"[:400]
    return None


def read_with_spark(directory, pairs, results):
    if not pairs:
        return
    spark = spark_session.start(directory, ZONE)
    for pair in pairs:
        for format in ("JSON", "Parquet"):
            rows = lambda side: spark_rows(spark, side, other(pair, side), format)
            results[pair["name"]][f"Spark {format}"] = read(pair, rows)


def other(pair, side):
    return pair["b"] if side is pair["a"] else pair["a"]


def spark_rows(spark, side, lines, format):
    """By the definition's columns as they stand there, but without a table in the catalogue, which takes a second each."""
    columns = re.search(r"\(\n(.*)\n\)\nUSING", side["spark"][format], re.DOTALL)[1]
    columns = re.sub(r",\n  `year` STRING.*", "", columns, flags=re.DOTALL)
    path = lines["json" if format == "JSON" else "parquet"]
    spark.sql(f"CREATE OR REPLACE TEMPORARY VIEW one ({columns}) USING {format} OPTIONS (path '{path}')")
    return [row.asDict() for row in spark.sql("SELECT * FROM one").collect()]


def read_as_programs(pair):
    """What a program does that takes values by key and holds them in the type of its schema."""
    a, b = pair["a"], pair["b"]
    return {
        "a_by_b": lost(a["fields"], b["fields"]) or refused(a["lines"], forgiving(b["schema"], a["fields"])),
        "b_by_a": lost(b["fields"], a["fields"]) or refused(b["lines"], forgiving(a["schema"], b["fields"])),
        "b_known_a": refused(b["lines"], a["schema"]),
    }


def lost(old, new):
    """A field of `old` that `new` has no more, also within records."""
    new = {field["name"]: field["type"] for field in new}
    for field in old:
        if field["name"] not in new:
            return f"{field['name']} is gone"
        inner = members(field["type"]), members(new[field["name"]])
        if all(inner) and lost(*inner):
            return lost(*inner)
    return None


def members(kind):
    while isinstance(kind, dict) and ("list" in kind or "map" in kind):
        kind = next(iter(kind.values()))["type"]
    return kind.get("record") if isinstance(kind, dict) else None


def forgiving(schema, older):
    """The schema of a line for who knows that older lines lack the fields that are not among `older`."""
    params = without_added(schema["properties"]["params"], {"record": older})
    return {**schema, "properties": {**schema["properties"], "params": params}}


def without_added(schema, kind):
    name, detail = next(iter(kind.items())) if isinstance(kind, dict) else (kind, None)
    if name == "record" and "properties" in schema:
        kinds = {field["name"]: field["type"] for field in detail}
        inner = {key: without_added(value, kinds.get(key)) for key, value in schema["properties"].items()}
        return {**schema, "properties": inner, "required": [key for key in schema["required"] if key in kinds]}
    key = {"list": "items", "map": "additionalProperties"}.get(name)
    if key in schema:
        return {**schema, key: without_added(schema[key], detail["type"])}
    return schema


def refused(lines, schema):
    validator = jsonschema.Draft202012Validator(schema)
    for line in lines:
        error = jsonschema.exceptions.best_match(validator.iter_errors(line))
        if error:
            return f"{error.json_path}: {error.message}"[:200]
        changed = rounded(line, schema)
        if changed is not None:
            return f"{changed} is rounded"
    return None


def rounded(value, schema):
    """A number that the schema's type cannot hold exactly."""
    if isinstance(value, dict):
        for key, inner in value.items():
            kind = schema.get("properties", {}).get(key, schema.get("additionalProperties", {}))
            if (found := rounded(inner, kind)) is not None:
                return found
    elif isinstance(value, list):
        for inner in value:
            if (found := rounded(inner, schema.get("items", {}))) is not None:
                return found
    elif isinstance(value, int) and schema.get("format") == "double" and int(float(value)) != value:
        return value
    elif isinstance(value, (int, decimal.Decimal)) and schema.get("format") == "float":
        held = values.as_float32(float(value))
        if math.isinf(held):
            return value
        # The shortest text of a float of 32 bits is not its exact value.
        if abs(decimal.Decimal(held) - decimal.Decimal(value)) > abs(decimal.Decimal(held)) / 2**24:
            return value
        if isinstance(value, int) and int(held) != value:
            return value
    return None


if __name__ == "__main__":
    decimal.getcontext().prec = 400
    main(*sys.argv[1:])
