"""Measures `delimark convert` beside other programs that turn a log into Parquet.

    measure.py DELIMARK LOG [--rounds N] [--threads N] [--peers LIST] [--json FILE]

Every program runs in a process of its own, in rounds that interleave them, each round beginning with
another one. CPU time and wall time are those of the whole process, start included. Each file is read
back by PyArrow, and every column of it is compared with the log, before its time counts: nulls, and
for numbers the sum, for times the sum and the range, for text the bytes and a hash of all values.
"""

import argparse
import datetime
import decimal
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow
import pyarrow.compute
from pyarrow import parquet

from peers import NAMES, PEERS

HERE = Path(__file__).resolve().parent
FORMAT = "|".join("$" + name for name in NAMES)
NUMBERS = ("status", "body_bytes_sent", "request_time")


LISTS = ("upstream_addr", "upstream_response_time")


def expected(log, has_lists):
    """What each column comes to, from the bytes of the log alone.

    In lists, servers of one group and those of the next one are told apart no more.
    """
    columns = {name: [] for name in NAMES}
    with open(log, "rb") as lines:
        for line in lines:
            for name, value in zip(NAMES, line.rstrip(b"\n").split(b"|"), strict=True):
                columns[name].append(None if value == b"-" else value)
    if has_lists:
        for name in LISTS:
            columns[name] = [value and value.replace(b" : ", b", ") for value in columns[name]]
    return {name: answer(name, values) for name, values in columns.items()}


def answer(name, values):
    """Sums a column up; `values` are bytes as they stand in the log."""
    present = [value for value in values if value is not None]
    nulls = len(values) - len(present)
    if name in NUMBERS:
        return nulls, str(sum((decimal.Decimal(value.decode()) for value in present),
                              decimal.Decimal(0)))
    if name == "time_iso8601":
        moments = [datetime.datetime.fromisoformat(value.decode()) for value in present]
        return nulls, sum(int(moment.timestamp()) for moment in moments)
    return nulls, hashlib.sha256(b"\n".join(present)).hexdigest()


def found(path):
    """The same of a Parquet file, as PyArrow reads it."""
    table = parquet.read_table(path)
    answers = {}
    for name in NAMES:
        column = table[name]
        if pyarrow.types.is_list(column.type):
            values = [written(items) for items in column.to_pylist()]
        elif name == "time_iso8601":
            seconds = pyarrow.compute.divide(column.cast(pyarrow.int64()), 1_000_000)
            answers[name] = column.null_count, pyarrow.compute.sum(seconds).as_py()
            continue
        elif name in NUMBERS:
            total = sum((decimal.Decimal(value) for value in column.to_pylist()
                         if value is not None), decimal.Decimal(0))
            answers[name] = column.null_count, str(total)
            continue
        else:
            values = [None if value is None else value if isinstance(value, bytes)
                      else value.encode() for value in column.to_pylist()]
        answers[name] = answer(name, values)
    return answers


def written(items):
    """A list as nginx writes it; groups are not told apart."""
    if items is None:
        return None
    return ", ".join("-" if item is None else str(item) for item in items).encode()


def run(command, environment):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed: {done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, wall


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("delimark")
    parser.add_argument("log")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--json")
    arguments = parser.parse_args()
    threads = str(arguments.threads)
    environment = os.environ | {"POLARS_MAX_THREADS": threads, "OMP_NUM_THREADS": threads}

    with tempfile.TemporaryDirectory() as folder:
        log = os.path.abspath(arguments.log)
        commands = {"delimark": [arguments.delimark, "convert", "--log-format", FORMAT, log,
                                 "--threads", threads, "--output", f"{folder}/delimark.parquet"]}
        for name in arguments.peers.split(","):
            commands[name] = [sys.executable, str(HERE / "peers.py"), name, log,
                              f"{folder}/{name}.parquet", threads]
        right = {has_lists: expected(log, has_lists) for has_lists in (True, False)}
        samples = {name: [] for name in commands}
        for round_number in range(arguments.rounds):
            order = list(commands)
            shift = round_number % len(order)
            for name in order[shift:] + order[:shift]:
                samples[name].append(run(commands[name], environment))
                if round_number == 0:
                    answers = found(f"{folder}/{name}.parquet")
                    own = right[name == "delimark"]
                    wrong = [column for column in NAMES if answers[column] != own[column]]
                    if wrong:
                        sys.exit(f"{name}: {', '.join(wrong)} differ from the log: "
                                 f"{[(answers[column], own[column]) for column in wrong]}")
        sizes = {name: os.path.getsize(f"{folder}/{name}.parquet") for name in commands}

    print("| program | CPU, s | wall, s | bytes | CPU of delimark / its CPU |")
    print("|---|---:|---:|---:|---:|")
    for name, times in samples.items():
        ratios = [own[0] / other[0] for own, other in zip(samples["delimark"], times)]
        cpu = statistics.median(cpu for cpu, _ in times)
        wall = statistics.median(wall for _, wall in times)
        print(f"| {name} | {cpu:.3f} | {wall:.3f} | {sizes[name]} | {statistics.median(ratios):.2f} |")
    if arguments.json:
        document = {"schema": "delimark-parquet/1", "threads": arguments.threads,
                    "samples_cpu_and_wall_s": samples, "bytes": sizes}
        Path(arguments.json).write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
