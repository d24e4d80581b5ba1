"""Compares what DuckDB and Spark read in lakes with the raw lines that were loaded into them.

    loaded_lake.py JOB

What the tables must hold is worked out here from the lines alone, by what docs/lake.md says. Of types this script knows
nothing: a number is compared by its digits, a text as it is, a moment as a moment. Prints a line for each table of each
engine; fails at the first difference.
"""

import collections
import datetime
import decimal
import json
import pathlib
import sys

import duckdb

import spark_session

PARTS = ["year", "month", "day", "hour"]
# What a double and a decimal of 6 places hold alike, so that engines can add it exactly.
SUMMED_PLACES, SUMMED_LIMIT = 6, decimal.Decimal(10) ** 9


class Number(str):
    """A number as it is written."""


def parse(text):
    return json.loads(text, parse_int=Number, parse_float=Number)


def main(job_path):
    job = json.loads(pathlib.Path(job_path).read_text())
    tables = collections.defaultdict(Table)
    for path in job["raw"]:
        for line in pathlib.Path(path).read_text().splitlines():
            line = parse(line)
            keys = PARTS[:3] if line["type"] in job["by_day"] else PARTS
            tables[line["type"]].add(flattened(line) | partition(line["date"], keys), keys)
    spark = spark_session.start(pathlib.Path(job_path).parent)
    for lake in job["lakes"]:
        is_json = "json" in lake["name"]
        check("DuckDB", lake["name"], parsed_by_duckdb(tables) if is_json else tables, '"', duckdb_rows(lake["duckdb"]))
        if lake["spark"]:
            check("Spark", lake["name"], tables, "`", spark_rows(spark, lake["spark"]))


def parsed_by_duckdb(tables):
    """Its parser of JSON has doubles only: of a fraction with more digits the file holds all, and DuckDB shows fewer."""
    copies = collections.defaultdict(Table)
    for name, table in tables.items():
        for row in table.rows.values():
            copies[name].add({key: as_double(value) for key, value in row.items()}, table.keys)
    return copies


def as_double(value):
    is_long = isinstance(value, Number) and "." in value and len(value) > 18
    return Number(float(value)) if is_long else value


def flattened(line):
    row = {key.lower(): value for key, value in line.items() if key != "params"}
    for key, value in line["params"].items():
        name = key.lower()
        while name in row or name in [*PARTS, "dt"]:
            name = f"params_{name}"
        row[name] = value
    return row


def partition(date, keys):
    moment = in_utc(date)
    values = [f"{moment.year:04}", f"{moment.month:02}", f"{moment.day:02}", f"{moment.hour:02}"]
    return dict(zip(keys, values))


def in_utc(date):
    return datetime.datetime.fromisoformat(date).astimezone(datetime.timezone.utc)


class Table:
    """What the table of a type must hold."""

    def __init__(self):
        self.rows = {}
        self.keys = None

    def add(self, row, keys):
        assert row["id"] not in self.rows, f"{row['id']} is there twice in the raw lines"
        self.rows[row["id"]] = row
        self.keys = keys

    def columns(self):
        return set().union(*self.rows.values())

    def summed(self):
        values = {name: [row.get(name) for row in self.rows.values()] for name in self.columns()}
        return sorted(name for name, all_of in values.items() if any(all_of) and all(map(is_summed, all_of)))

    def partitions(self, summed):
        """By partition how many rows there are, and the sums."""
        partitions = collections.defaultdict(lambda: [0] + [decimal.Decimal(0)] * len(summed))
        for row in self.rows.values():
            sums = partitions[tuple(row[key] for key in self.keys)]
            sums[0] += 1
            for index, name in enumerate(summed, 1):
                sums[index] += decimal.Decimal(row.get(name) or 0)
        return partitions


def is_summed(value):
    if value is None:
        return True
    if not isinstance(value, Number):
        return False
    number = decimal.Decimal(value)
    if number == number.to_integral_value():
        return abs(number) < 2**63
    return number.as_tuple().exponent >= -SUMMED_PLACES and abs(number) < SUMMED_LIMIT


def check(engine, lake, tables, quote, rows):
    for name, table in sorted(tables.items()):
        label = f"{engine} over the {lake}, {name}"
        where = f"events.{quote}{name}{quote}"
        values = check_rows(label, table, rows(f"SELECT * FROM {where}"))
        summed, keys = table.summed(), ", ".join(table.keys)
        sums = [f"sum(CAST({quote}{column}{quote} AS DECIMAL(38, {SUMMED_PLACES})))" for column in summed]
        grouped = rows(f"SELECT {', '.join([keys, 'count(*)', *sums])} FROM {where} GROUP BY {keys}", named=False)
        depth = len(table.keys)
        found = {row[:depth]: [row[depth], *(sum or 0 for sum in row[depth + 1 :])] for row in grouped}
        wanted = table.partitions(summed)
        assert found == wanted, f"{label}: {found}, not {dict(wanted)}"
        print(f"{label}: {len(table.rows)} rows in {len(found)} partitions, {values} values, {len(summed)} sums of each partition")


def check_rows(label, table, rows):
    assert len(rows) == len(table.rows), f"{label}: {len(rows)} rows, not {len(table.rows)}"
    assert {row["id"] for row in rows} == table.rows.keys(), f"{label}: other ids"
    lacking = table.columns() - rows[0].keys()
    assert not lacking, f"{label}: no columns {lacking}"
    for row in rows:
        wanted = table.rows[row["id"]]
        for name, found in row.items():
            same = is_same(wanted.get(name), found)
            assert same, f"{label}: {name} is {found!r}, but the line holds {wanted.get(name)!r}"
    return len(rows) * len(rows[0])


def is_same(wanted, found):
    if wanted is None or found is None:
        return wanted is None and found is None
    if isinstance(wanted, Number):
        return is_same_number(wanted, found)
    if isinstance(wanted, bool):
        return found is wanted
    if isinstance(wanted, str):
        return is_same_text(wanted, found)
    if isinstance(found, str):
        return is_same(wanted, parse(found))
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(is_same, wanted, found))
    return isinstance(found, dict) and is_same_object(wanted, found)


def is_same_number(wanted, found):
    if isinstance(found, bool):
        return False
    if isinstance(found, str):
        # What no type of a column holds is a text, digit by digit; and so is all within JSON.
        return found == wanted
    if isinstance(found, float):
        # An integer is never rounded; a fraction is the nearest double.
        return found == (int(wanted) if wanted.lstrip("-").isdigit() else float(wanted))
    return isinstance(found, (int, decimal.Decimal)) and decimal.Decimal(found) == decimal.Decimal(wanted)


def is_same_text(wanted, found):
    if isinstance(found, str):
        return not isinstance(found, Number) and found == wanted
    if isinstance(found, decimal.Decimal):
        return found == decimal.Decimal(wanted)
    if isinstance(found, datetime.datetime):
        moment = datetime.datetime.fromisoformat(wanted)
        if moment.tzinfo and not found.tzinfo:
            found = found.replace(tzinfo=datetime.timezone.utc)
        return bool(moment.tzinfo) == bool(found.tzinfo) and found == moment
    return isinstance(found, datetime.date) and found.isoformat() == wanted


def is_same_object(wanted, found):
    if not wanted.keys() <= found.keys():
        # Some engines write the names of members in small letters.
        wanted, found = ({key.lower(): value for key, value in one.items()} for one in (wanted, found))
    return wanted.keys() <= found.keys() and all(is_same(wanted.get(key), found[key]) for key in found)


def duckdb_rows(definitions):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(pathlib.Path(definitions).read_text())

    def rows(query, named=True):
        result = connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) if named else row for row in result.fetchall()]

    return rows


def spark_rows(spark, definitions):
    for row in spark.sql("SHOW TABLES IN events").collect():
        spark.sql(f"DROP TABLE events.`{row['tableName']}`")
    for statement in spark_session.statements(pathlib.Path(definitions).read_text()):
        spark.sql(statement)

    def rows(query, named=True):
        return [row.asDict(recursive=True) if named else tuple(row) for row in spark.sql(query).collect()]

    return rows


if __name__ == "__main__":
    decimal.getcontext().prec = 100
    main(sys.argv[1])
