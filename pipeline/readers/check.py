#!/usr/bin/env python3
"""Compares Parquet files with the logs that they were made of, as other programs read them."""

import argparse
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import footer
import reference
from readers import READERS, Unavailable, item_of

EPILOG = """\
Every value, null and type is compared with the reference, which is made from the log alone, and
so are the footer's statistics. Readers are asked, too, how many rows have some value, which they
answer by statistics, page indexes and Bloom filters. logs.toml says which logs there are.

Example:
  check.py --reader pyarrow --reader duckdb datasets/logs/nginx/combined.log combined.parquet

Exit codes: 0 all agree, 1 something differs, 2 usage, or a reader that is not installed.
"""


def main():
    arguments = parse()
    pairs = list(zip(arguments.files[::2], arguments.files[1::2]))
    counts = {True: 0, False: 0}
    for log, path in pairs:
        columns = reference.expected(log)
        print(f"{log}: {len(columns[0].values)} rows, {len(columns)} columns", flush=True)
        for name in ["footer", *arguments.reader]:
            begin = time.monotonic()
            problem = first(problems(name, path, columns))
            counts[problem is None] += 1
            seconds = time.monotonic() - begin
            verdict = "agrees" if problem is None else f"DIFFERS: {path}: {problem}"
            print(f"  {name:12}{verdict} ({seconds:.1f} s)", flush=True)
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--reader", action="append", metavar="NAME", choices=READERS,
        help=f"a reader to ask (default: all: {', '.join(READERS)})",
    )
    parser.add_argument(
        "files", nargs="+", metavar="LOG OUT.parquet", help="a log, and the file made of it"
    )
    arguments = parser.parse_args()
    if len(arguments.files) % 2:
        parser.error(f"{arguments.files[-1]}: it takes a Parquet file behind each log")
    for path in arguments.files:
        if not Path(path).is_file():
            parser.error(f"{path}: there is no such file")
    arguments.reader = arguments.reader or list(READERS)
    return arguments


def first(iterable):
    return next(iter(iterable), None)


def problems(name, path, columns):
    """Yields what differs in the footer or for a reader, which may also fail to read the file."""
    try:
        if name == "footer":
            yield from footer.problems(path, columns)
            return
        types, found = READERS[name].read(path)
    except (ImportError, Unavailable):
        raise
    # Whatever a reader raises means that it cannot read the file.
    except Exception as error:
        yield f"cannot be read: {type(error).__name__}: {shortened(error)}"
        return
    yield from differences(READERS[name], types, found, columns)
    if READERS[name].count:
        yield from count_differences(READERS[name], path, columns)
    if READERS[name].sort:
        yield from sort_differences(READERS[name], path, columns)


def differences(reader, types, found, columns):
    """Yields how names and types differ, then the first value that does, row by row."""
    names = [column.name for column in columns]
    if list(types) != names:
        yield f"the columns are {', '.join(types)}, expected {', '.join(names)}"
        return
    for column in columns:
        expected = reader.native(column.type)
        if types[column.name] not in expected:
            yield (f"column {column.name} is of type {types[column.name]}, "
                   f"expected {' or '.join(expected)}")
    places = []
    for index, column in enumerate(columns):
        if item_of(column.type) and not reader.reads_lists:
            continue
        values, expected = found[column.name], reader.shown(column.type, column.values)
        if len(values) != len(expected):
            yield f"column {column.name} has {len(values)} rows, expected {len(expected)}"
        elif values != expected:
            pairs = enumerate(zip(values, expected))
            row = next(row for row, (value, wanted) in pairs if value != wanted)
            places.append((row, index, values[row], expected[row]))
    if places:
        row, index, value, expected = min(places, key=lambda place: place[:2])
        yield (f"row {row + 1}, column {columns[index].name}: {shortened(repr(value))}, "
               f"expected {shortened(repr(expected))}")


def count_differences(reader, path, columns):
    """Yields the values that a reader finds in too few or too many rows."""
    wanted = [(column, value) for column in columns for value in probes(column)]
    if not wanted:
        return
    try:
        found = reader.count(path, [(column.name, column.type, value) for column, value in wanted])
        found = list(found)
    except Exception as error:
        yield f"cannot be filtered: {type(error).__name__}: {shortened(error)}"
        return
    for (column, value), count in zip(wanted, found, strict=True):
        expected = column.values.count(value)
        if count != expected:
            yield (f"column {column.name}: {shortened(repr(value))} is in {count} rows, "
                   f"expected {expected}")


def sort_differences(reader, path, columns):
    """Yields the columns that a reader has in another order than the file says."""
    for column in columns:
        if not column.is_sorted:
            continue
        try:
            found = reader.sort(path, column.name)
        except Exception as error:
            yield f"cannot be sorted: {type(error).__name__}: {shortened(error)}"
            return
        expected = sorted(column.values, key=lambda value: (value is None, value))
        if found != expected:
            yield f"column {column.name} is not in its order where it is asked for"


def probes(column):
    """Returns the ends and the middle of a column's values, and none of lists."""
    if item_of(column.type):
        return []
    known = sorted({value for value in column.values if value is not None})
    places = sorted({0, len(known) // 2, len(known) - 1})
    return [known[place] for place in places] if known else []


def shortened(text):
    text = " ".join(str(text).split())
    return text if len(text) <= 300 else text[:300] + "..."


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (reference.Mistake, Unavailable, ImportError) as error:
        is_missing = isinstance(error, ImportError)
        print(f"check: {'a reader is not installed: ' if is_missing else ''}{error}",
              file=sys.stderr)
        sys.exit(2)
