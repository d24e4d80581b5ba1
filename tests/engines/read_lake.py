"""Creates the generated tables over a lake in DuckDB and Spark, and compares what they read with the raw lines.

    read_lake.py JOB

The job is a JSON file: `raw` the lines of the log, `tables` what each table holds, `sets` the lakes with their
definitions. Prints a line for each table of each engine; fails at the first difference.
"""

import collections
import decimal
import json
import operator
import pathlib
import re
import sys

import duckdb

import spark_session
import values


def main(job_path):
    job = json.loads(pathlib.Path(job_path).read_text())
    directory = pathlib.Path(job_path).parent
    wanted = {name: Wanted(table) for name, table in job["tables"].items()}
    for raw, flat in zip(lines(job["raw"]), lines(job["flat"]), strict=True):
        wanted[raw["type"]].add(raw, flat)
    write_parquet(job)
    spark = spark_session.start(directory)
    for one in job["sets"]:
        read_with_duckdb(one, wanted)
        read_with_spark(spark, one, wanted)


def lines(path):
    return [values.parse(line) for line in pathlib.Path(path).read_text().splitlines()]


class Wanted:
    """What a table must hold, from a plain reading of the lines."""

    def __init__(self, table):
        self.kinds = table["kinds"]
        self.has_hours = table["has_hours"]
        self.summed = [name for name, kind in self.kinds.items() if is_summed(kind)]
        self.rows = {}
        # By partition: how many rows, and the sums.
        self.partitions = collections.defaultdict(lambda: [0] * (1 + len(self.summed)))

    def add(self, raw, flat):
        self.rows[flat["id"]] = flat
        date = raw["date"]
        parts = [date[:4], date[5:7], date[8:10]] + [date[11:13]] * self.has_hours
        numbers = [1] + [flat.get(name) or 0 for name in self.summed]
        partition = self.partitions[tuple(parts)]
        partition[:] = map(operator.add, partition, numbers)

    def keys(self):
        return ["year", "month", "day", "hour"][: 4 if self.has_hours else 3]

    def check(self, engine, found_rows, found_partitions):
        assert found_partitions == self.partitions, f"{engine}: {found_partitions}, not {dict(self.partitions)}"
        assert len(found_rows) == len(self.rows), f"{engine}: {len(found_rows)} rows, not {len(self.rows)}"
        for row in found_rows:
            wanted = self.rows[row["id"]]
            for name, kind in self.kinds.items():
                assert values.same(kind, wanted.get(name), row[name]), (
                    f"{engine}: {name} of type {kind} is {row[name]!r}, but the line holds {wanted.get(name)!r}"
                )
        return len(found_rows) * len(self.kinds)


def is_summed(kind):
    """Integers whose sums no engine widens to another type."""
    return isinstance(kind, dict) and kind.get("integer", {}).get("bits", 64) <= 32


def write_parquet(job):
    """Parquet with the same types in every file, as a loader writes it."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, table in job["tables"].items():
        columns = ", ".join(f"'{column}': '{kind}'" for column, kind in table["columns"])
        casts = ", ".join(f'CAST("{column}" AS {stored(kind)}) AS "{column}"' for column, kind in table["columns"])
        for source in pathlib.Path(job["json_lake"], name).rglob("*.json"):
            target = pathlib.Path(job["parquet_lake"]) / source.relative_to(job["json_lake"]).with_suffix(".parquet")
            target.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"COPY (SELECT {casts} FROM read_json('{source}', format = 'newline_delimited', columns = {{{columns}}}))"
                f" TO '{target}' (FORMAT parquet)"
            )


def stored(kind):
    """Parquet holds JSON as text."""
    return kind.replace("JSON", "VARCHAR")


def read_with_duckdb(one, wanted):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(one["duckdb"])
    check_tables("DuckDB", one, wanted, '"', lambda query: duckdb_rows(connection, query))
    check_pruning(one, lambda query: duckdb_files(connection, query))
    for name, query in one["example_queries"].items():
        connection.execute(query).fetchall()


def check_pruning(one, files):
    """A filter on the partition columns keeps the engine from the files of other hours."""
    filters = {
        "parts": "year = '2021' AND month = '09' AND day = '16' AND hour = '09'",
        "dt": "dt = 'year=2021/month=09/day=16/hour=09'",
    }
    read = files(f"SELECT * FROM events.every_type WHERE {filters[one['shape']]}")
    assert read == 1, f"{one['name']}: {read} files read for one hour"


def duckdb_files(connection, query):
    plan = connection.execute(f"EXPLAIN ANALYZE {query}").fetchall()[0][1]
    return int(re.search(r"Total Files Read: (\d+)", plan)[1])


def duckdb_rows(connection, query):
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def read_with_spark(spark, one, wanted):
    for dialect in ("spark", "hive"):
        if one[dialect] is None:
            continue
        for statement in spark_session.statements(one[dialect]):
            spark.sql(statement)
        check_tables(dialect.capitalize(), one, wanted, "`", lambda query: [row.asDict() for row in spark.sql(query).collect()])
        check_pruning(one, lambda query: len(spark.sql(query).inputFiles()))
        for row in spark.sql("SHOW TABLES IN events").collect():
            spark.sql(f"DROP TABLE events.`{row['tableName']}`")


def check_tables(engine, one, wanted, quote, rows):
    for name, table in wanted.items():
        label = f"{engine} over {one['name']}, {name}"
        where = f"events.{quote}{name}{quote}"
        keys = table.keys() if one["shape"] == "parts" else ["dt"]
        sums = "".join(f", sum({quote}{column}{quote}) AS {quote}{column}{quote}" for column in table.summed)
        grouped = rows(f"SELECT {', '.join(keys)}, count(*) AS n{sums} FROM {where} GROUP BY {', '.join(keys)}")
        partitions = {key_of(row, keys): [row["n"], *(int(row[name] or 0) for name in table.summed)] for row in grouped}
        compared = table.check(label, rows(f"SELECT * FROM {where}"), partitions)
        print(f"{label}: {len(table.rows)} rows, {len(partitions)} partitions, {len(table.summed)} sums each, {compared} values")


def key_of(row, keys):
    if keys == ["dt"]:
        return tuple(part.split("=")[1] for part in row["dt"].split("/"))
    return tuple(row[key] for key in keys)


if __name__ == "__main__":
    decimal.getcontext().prec = 400
    main(sys.argv[1])
