"""Makes the typed rows that a log's Parquet file has to have, from the log's bytes alone.

Shares no code with the product. Values of the recorded logs are found by the `facts` beside them,
those of the other logs by a pattern in `logs.toml`; the rules that give them types are here.
"""

import datetime
import decimal
import functools
import re
import runpy
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATASETS = HERE.parent.parent / "datasets"
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
MONTHS = [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
          b"Dec"]
CLF = re.compile(rb"(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?(?: ([+-]\d{4}))?")
ISO = re.compile(
    rb"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:?\d\d)"
)
# Types of values in a log, with those in the file.
TYPES = {
    "text": "string", "address": "string", "time": "string", "custom": "string",
    "integer": "int64", "milliseconds": "int64", "microseconds": "int64",
    "seconds": "decimal(18,3)", "decimal": "decimal(18,6)",
    "clf": "timestamp(us, UTC)", "iso": "timestamp(us, UTC)", "epoch": "timestamp(us, UTC)",
    "epoch-milliseconds": "timestamp(us, UTC)", "epoch-microseconds": "timestamp(us, UTC)",
    "clf-milliseconds": "timestamp(us)", "date": "date",
}
SUFFIXES = {"milliseconds": "_ms", "microseconds": "_us"}


class Mistake(Exception):
    """Something in the logs or their descriptions that cannot be, with the place."""


class Column:
    """A column of the file: its name, its type there, and its values in the order of the lines.

    The file says of one that `is_sorted` that the rows are in its order.
    """

    def __init__(self, name, type, values, is_sorted=False):
        self.name, self.type, self.values, self.is_sorted = name, type, values, is_sorted


class Described:
    """A column as `logs.toml` has it: name, type of its values, `list`, `sorted`, name in the
    facts."""

    def __init__(self, text):
        name, kind, *rest = text.split()
        self.is_list, self.is_sorted = "list" in rest, "sorted" in rest
        others = [word for word in rest if word not in ("list", "sorted")]
        if kind not in TYPES or len(others) > 1:
            raise Mistake(f"logs.toml: column '{text}' is not "
                          "'NAME TYPE [list] [sorted] [NAME IN FACTS]'")
        self.name, self.kind, self.fact = name, kind, (others or [name])[0]

    def name_in_file(self):
        has_unit = self.name.endswith(("_ms", "_us"))
        return self.name if has_unit else self.name + SUFFIXES.get(self.kind, "")

    def type_in_file(self):
        return f"list<{TYPES[self.kind]}>" if self.is_list else TYPES[self.kind]

    def value(self, raw):
        if self.is_list:
            return None if raw == b"-" else [typed(self.kind, item) for item in items(raw)]
        return typed(self.kind, raw)


def descriptions():
    with open(HERE / "logs.toml", "rb") as file:
        return tomllib.load(file)


def description_of(log):
    """Returns the description of a log, by the end of its path."""
    path = Path(log).resolve().as_posix()
    found = [one for name, one in descriptions().items() if path.endswith("/" + name)]
    if len(found) != 1:
        names = ", ".join(descriptions())
        raise Mistake(f"{log}: logs.toml does not describe it (expected one of: {names})")
    return found[0]


def expected(log, description=None):
    """Returns the columns of a log's file."""
    description = description or description_of(log)
    described = [Described(text) for text in description["columns"]]
    rows = list(raw_rows(Path(log), description, described))
    columns = []
    for index, column in enumerate(described):
        values = []
        for number, row in rows:
            try:
                values.append(column.value(row[index]))
            except (ValueError, decimal.InvalidOperation) as error:
                raise Mistake(f"{log}: line {number}: {column.name}: {error}") from error
        name, type = column.name_in_file(), column.type_in_file()
        columns.append(Column(name, type, values, column.is_sorted))
    return columns + joined_dates(columns, {one.name: one.kind for one in described})


def joined_dates(columns, kinds):
    """Returns the column that W3C's date and time make together, if there are both."""
    if (kinds.get("date"), kinds.get("time")) != ("date", "time"):
        return []
    values = {column.name: column.values for column in columns}
    instants = []
    for date, time in zip(values["date"], values["time"]):
        is_known = date is not None and time is not None
        instants.append(
            datetime.datetime.combine(date, datetime.time.fromisoformat(time), UTC)
            if is_known else None
        )
    return [Column("date_time", "timestamp(us, UTC)", instants)]


def raw_rows(log, description, described):
    """Yields the number of each line that is in the format, and its raw values; None for none."""
    lines = log.read_bytes().removesuffix(b"\n").split(b"\n")
    left_out = set(description.get("left_out", []))
    parse = parser(log, description, described)
    patterns = {
        name: re.compile(pattern.encode(), re.DOTALL)
        for name, pattern in description.get("patterns", {}).items()
    }
    for number, line in enumerate(lines, start=1):
        # A string cannot hold what is not UTF-8, so such a line is left out, too.
        row = None if number in left_out or not is_utf8(line) else parse(line)
        if row is None:
            continue
        for index, column in enumerate(described):
            if column.name in patterns:
                row[index] = patterns[column.name].search(line).group(1)
        yield number, row


def is_utf8(line):
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def parser(log, description, described):
    """Returns a function that takes a line to its raw values, None where it cannot be read."""
    if "pattern" in description:
        compiled = re.compile(description["pattern"].encode(), re.DOTALL)
        if compiled.groups != len(described):
            raise Mistake(f"logs.toml: {log.name}: the pattern has {compiled.groups} groups, "
                          f"and there are {len(described)} columns")

        def parse_by_pattern(line):
            found = compiled.fullmatch(line)
            return found and list(found.groups())

        return parse_by_pattern

    facts = facts_of(log.parent)[log.name]
    found = {"-", *description.get("patterns", {})}
    places = [
        None if found & {one.name, one.fact} else facts.columns.index(one.fact)
        for one in described
    ]

    def parse_by_facts(line):
        row = facts.parse(line)
        return row and [None if place is None else row[place] for place in places]

    return parse_by_facts


@functools.cache
def facts_of(folder):
    """Returns how the logs of a folder are read, by its `facts`, which is a program."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(DATASETS / "logs"))
    import factsheet

    logs, main = [], factsheet.main
    factsheet.main = lambda logs=(), found=logs, **_: found.extend(logs)
    try:
        runpy.run_path(str(folder / "facts"))
    finally:
        factsheet.main = main
    return {log.name: log for log in logs}


def items(raw):
    return re.split(rb", | : ", raw)


def typed(kind, raw):
    """Returns the value that raw bytes stand for; None where the server had none to write."""
    if raw is None or raw == b"-":
        return None
    if TYPES[kind] == "string":
        return raw.decode("utf-8")
    return None if raw == b"" else READ[kind](raw)


def whole(raw):
    if not re.fullmatch(rb"[+-]?\d+", raw):
        raise ValueError(f"{raw!r} is no whole number")
    return int(raw)


def fraction(digits):
    """Returns a function that reads a number with so many digits after the point."""
    unit = decimal.Decimal(1).scaleb(-digits)

    def read(raw):
        value = decimal.Decimal(raw.decode("ascii"))
        if value.quantize(unit) != value:
            raise ValueError(f"{raw!r} has more than {digits} digits after the point")
        return value.quantize(unit)

    return read


def clf(raw):
    found = CLF.fullmatch(raw)
    if not found or found.group(2) not in MONTHS:
        raise ValueError(f"{raw!r} is no time of the common log format")
    day, month, year, hour, minute, second, milliseconds, zone = found.groups()
    instant = datetime.datetime(
        int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second),
        int(milliseconds or 0) * 1000,
    )
    return instant if zone is None else (instant - offset(zone)).replace(tzinfo=UTC)


def clf_with_zone(raw):
    instant = clf(raw)
    if instant.tzinfo is None:
        raise ValueError(f"{raw!r} has no zone")
    return instant


def iso(raw):
    found = ISO.fullmatch(raw)
    if not found:
        raise ValueError(f"{raw!r} is no time as ISO 8601 has it, with a zone")
    *numbers, digits, zone = found.groups()
    microseconds = int((digits or b"").ljust(6, b"0"))
    instant = datetime.datetime(*map(int, numbers), microseconds)
    return (instant - offset(zone)).replace(tzinfo=UTC)


def offset(zone):
    """Returns how far a zone, `+0530` or `Z`, is before UTC."""
    if zone == b"Z":
        return datetime.timedelta()
    digits = zone[1:].replace(b":", b"")
    ahead = datetime.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -ahead if zone.startswith(b"-") else ahead


def since_epoch(unit):
    """Returns a function that reads a number of units, each of so many microseconds."""

    def read(raw):
        microseconds = decimal.Decimal(raw.decode("ascii")) * unit
        if microseconds != int(microseconds):
            raise ValueError(f"{raw!r} is finer than a microsecond")
        return EPOCH + datetime.timedelta(microseconds=int(microseconds))

    return read


READ = {
    "integer": whole, "milliseconds": whole, "microseconds": whole,
    "seconds": fraction(3), "decimal": fraction(6),
    "clf": clf_with_zone, "clf-milliseconds": clf, "iso": iso,
    "epoch": since_epoch(1_000_000), "epoch-milliseconds": since_epoch(1000),
    "epoch-microseconds": since_epoch(1),
    "date": lambda raw: datetime.date.fromisoformat(raw.decode("ascii")),
}
