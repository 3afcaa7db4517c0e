"""The common part of the engines in Python: the protocol of ../../runtimes/README.md, and answers.

An engine is an object with `about`, `load`, `set_dialect` and `run`, see `Engine`. The consumer of
the fields runs while the clock stands still: in Python it would cost more than any parser does.
"""

import json
import os
import platform
import sys
import time
from itertools import zip_longest
from operator import itemgetter

BATCH_ROWS = 1000


class Refusal(Exception):
    """What an engine cannot do; the message is the answer, and the engine goes on."""


class Stopwatch:
    """Runs only inside of `with`."""

    def __init__(self):
        self.nanoseconds = 0

    def __enter__(self):
        self.begin = time.perf_counter_ns()

    def __exit__(self, *_):
        self.nanoseconds += time.perf_counter_ns() - self.begin


class Answer:
    """Records, fields, and for the models that hand fields over their fold: the sum of
    (256 * length + first byte) * (2 * position + 1), where an empty field counts nothing."""

    def __init__(self, records=0, fields=0, checksum=0):
        self.records, self.fields, self.checksum = records, fields, checksum

    def count(self, rows):
        self.records += len(rows)
        self.fields += sum(map(len, rows))

    def take(self, rows):
        """Takes rows of strings that have one character a byte."""
        self.count(rows)
        for position, column in enumerate(zip_longest(*rows, fillvalue="")):
            first_bytes = "".join([field[:1] for field in column]).encode("latin-1")
            self.add_column(position, sum(map(len, column)), sum(first_bytes))

    def add_column(self, position, length_sum, first_byte_sum):
        self.checksum += (256 * length_sum + first_byte_sum) * (2 * position + 1)

    def line(self, stopwatch):
        checksum = self.checksum % 2**64
        return f"ok {stopwatch.nanoseconds} {self.records} {self.fields} {checksum:x}"


class Engine:
    """Keeps what was loaded and what a line is; each engine adds `run(model, columns)`.

    `quote` is the character that quotes fields, or None; only those get one that say that they take
    quotes.
    """

    library = None
    takes_quotes = False

    def about(self):
        python = f"Python {platform.python_version()}"
        return json.dumps({"engine": f"{self.library} under {python}" if self.library else python})

    def load(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.path = path
        return len(self.data)

    def set_dialect(self, delimiter, columns, ragged, line_ending, _line_limit, *quoting):
        if quoting and not self.takes_quotes:
            raise Refusal("it knows no quotes")
        if quoting and quoting[1] != "none":
            raise Refusal("a quote that is escaped in the data would be another one for it")
        if ragged != "keep" or line_ending != "auto":
            raise Refusal("it only keeps ragged records, and strips carriage returns")
        self.delimiter = chr(int(delimiter))
        self.columns = None if columns == "any" else int(columns)
        self.quote = chr(int(quoting[0])) if quoting else None


def pick(rows, columns):
    try:
        return list(map(itemgetter(*columns), rows)) if len(columns) > 1 else [
            (row[columns[0]],) for row in rows
        ]
    except IndexError:
        return [[row[column] for column in columns if column < len(row)] for row in rows]


def fold_batches(model, columns, batches):
    """The answer of an engine that hands out rows in batches, each made while the clock runs.

    `batches` takes the stopwatch and yields lists of rows.
    """
    stopwatch, answer = Stopwatch(), Answer()
    for rows in batches(stopwatch):
        if model == "count":
            answer.count(rows)
        elif model == "project":
            # Picking the columns is the engine's work.
            with stopwatch:
                picked = pick(rows, columns)
            answer.take(picked)
        else:
            answer.take(rows)
    return answer.line(stopwatch)


def respond(engine, line):
    verb, _, rest = line.partition(" ")
    match verb:
        case "about":
            return engine.about()
        case "load":
            return f"ok {engine.load(rest)}"
        case "dialect":
            engine.set_dialect(*rest.split(" "))
            return "ok"
        case "run":
            model, _, columns = rest.partition(" ")
            return engine.run(model, [int(column) for column in columns.split(",") if column])
    raise Refusal(f"there is no request '{verb}'")


def serve(engine):
    """Answers requests until there are no more."""
    # A library that prints must not talk into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in iter(sys.stdin.buffer.readline, b""):
        try:
            text = respond(engine, line.decode().removesuffix("\n"))
        except (Refusal, OSError) as refusal:
            text = f"error {refusal}"
        answers.write(text.encode() + b"\n")
        answers.flush()
