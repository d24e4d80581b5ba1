"""Values as the lines hold them, and whether an engine gives them back unchanged."""

import datetime
import decimal
import json
import math
import struct

NUMBERS = (int, float, decimal.Decimal)


def parse(line):
    """A line with its numbers as they are written."""
    return json.loads(line, parse_float=decimal.Decimal)


def same(kind, wanted, found):
    """Whether `found`, read by an engine, is the value `wanted` of a line, whose type in the catalogue is `kind`."""
    if wanted is None or found is None:
        return wanted is None and found is None
    name, detail = (kind, None) if isinstance(kind, str) else next(iter(kind.items()))
    try:
        return SAME[name](detail, wanted, found)
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        # The line holds a value of another type.
        return False


def same_integer(detail, wanted, found):
    # No engine has 128 bits: they are digits in a text.
    if detail["bits"] == 128:
        return isinstance(found, str) and found == str(wanted)
    return same_number(detail, wanted, found)


def same_number(_, wanted, found):
    return isinstance(found, NUMBERS) and not isinstance(found, bool) and decimal.Decimal(found) == wanted


def same_float(detail, wanted, found):
    if not isinstance(found, NUMBERS) or isinstance(found, bool):
        return False
    if detail["bits"] == 32:
        return as_float32(float(found)) == as_float32(float(wanted))
    return float(found) == float(wanted)


def as_float32(value):
    try:
        return struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def same_decimal(detail, wanted, found):
    if detail["precision"] > 38:
        return found == str(wanted)
    return same_number(detail, decimal.Decimal(wanted), found)


def same_text(_, wanted, found):
    return isinstance(found, str) and found == wanted


def same_moment(_, wanted, found):
    return isinstance(found, datetime.datetime) and in_utc(found) == in_utc(datetime.datetime.fromisoformat(wanted))


def same_date_time(_, wanted, found):
    # With an offset it is a moment, and shown as another time of day elsewhere.
    is_plain = isinstance(found, datetime.datetime) and found.tzinfo is None
    return is_plain and found == datetime.datetime.fromisoformat(wanted)


def in_utc(moment):
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


def same_date(_, wanted, found):
    return type(found) is datetime.date and found.isoformat() == wanted


def same_json(_, wanted, found):
    if not isinstance(found, str):
        return False
    try:
        return parse(found) == wanted
    except json.JSONDecodeError:
        return False


def same_list(item, wanted, found):
    return (
        isinstance(found, list)
        and isinstance(wanted, list)
        and len(found) == len(wanted)
        and all(same(item["type"], a, b) for a, b in zip(wanted, found))
    )


def same_map(item, wanted, found):
    return (
        isinstance(found, dict)
        and found.keys() == wanted.keys()
        and all(same(item["type"], wanted[key], found[key]) for key in wanted)
    )


def same_record(fields, wanted, found):
    if not fields:
        return same_json(None, wanted, found)
    found = found.asDict() if hasattr(found, "asDict") else found
    if not isinstance(found, dict):
        return False
    # Engines fold the case of names, and may have members that the line lacks.
    found = {name.lower(): value for name, value in found.items()}
    return all(same(field["type"], wanted.get(field["name"]), found.get(field["name"].lower())) for field in fields)


SAME = {
    "boolean": lambda _, wanted, found: isinstance(found, bool) and found == wanted,
    "integer": same_integer,
    "float": same_float,
    "decimal": same_decimal,
    "string": same_text,
    "enum": same_text,
    "time": same_text,
    "uuid": same_text,
    "timestamp": same_moment,
    "date_time": same_date_time,
    "date": same_date,
    "json": same_json,
    "list": same_list,
    "map": same_map,
    "record": same_record,
}
