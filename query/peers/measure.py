"""Measures `delimark sql` beside other programs that answer queries over a text file.

    measure.py DELIMARK SHAPE LOG [--rounds N] [--threads N] [--json FILE]

Every program runs in a process of its own, in rounds that interleave them, each round beginning with
another one. CPU time and wall time are those of the whole process, start included. Answers are
compared with those of DuckDB in the first round: exactly, but for percentiles, which programs
estimate in different ways, and which may be 5 % apart.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from peers import FORMATS, PROGRAMS, QUERIES

HERE = Path(__file__).resolve().parent
TOLERANCE = 0.05


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("delimark")
    parser.add_argument("shape", choices=FORMATS)
    parser.add_argument("log")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    log, threads = os.path.abspath(arguments.log), str(arguments.threads)
    environment = os.environ | {"POLARS_MAX_THREADS": threads}
    measured = {}
    for query in QUERIES:
        samples = {name: [] for name in PROGRAMS}
        for number in range(arguments.rounds):
            order = list(PROGRAMS)
            shift = number % len(order)
            answers = {}
            for name in order[shift:] + order[:shift]:
                command = [sys.executable, str(HERE / "peers.py"), name, query, arguments.shape, log]
                if name in ("delimark", "datafusion-csv"):
                    # The program itself, and not what starts it, is measured.
                    text = PROGRAMS[name](query, arguments.shape, log)
                    command = [arguments.delimark, "sql", "--threads", threads]
                    command += ["--format", "jsonl", text]
                    if name == "delimark":
                        command += FORMATS[arguments.shape]["options"]
                else:
                    command.append(threads)
                output, times = run(command, environment)
                samples[name].append(times)
                answers[name] = [json.loads(line) for line in output.splitlines()]
            if number == 0:
                compare(query, answers)
        measured[query] = samples
    show(measured)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(measured, indent=1) + "\n")


def run(command, environment):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command[:3]} failed: {done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, (cpu, wall)


def compare(query, answers):
    """Ends the program where an answer is not that of DuckDB."""
    right = ordered(answers["duckdb"])
    if not right:
        sys.exit(f"{query}: no rows")
    for name, rows in answers.items():
        rows = ordered(rows)
        same = len(rows) == len(right) and all(map(is_same, rows, right))
        if not same:
            sys.exit(f"{query}: {name} answers {rows[:3]}, DuckDB {right[:3]}")


def ordered(rows):
    rows = [{key: value for key, value in row.items() if value is not None} for row in rows]
    return sorted(rows, key=lambda row: str(row.get("key")))


def is_same(one, other):
    if one.keys() != other.keys():
        return False
    exact = all(one[key] == other[key] for key in one if key != "percentile")
    percentiles = one.get("percentile"), other.get("percentile")
    if None in percentiles:
        return exact
    first, second = map(float, percentiles)
    return exact and abs(first - second) <= TOLERANCE * max(abs(second), 0.01)


def show(measured):
    print("| query | program | CPU, s | wall, s | its CPU / CPU of delimark | its wall / wall |")
    print("|---|---|---:|---:|---:|---:|")
    for query, samples in measured.items():
        for name, times in samples.items():
            pairs = list(zip(times, samples["delimark"]))
            cpu, wall = (
                statistics.median(own[index] / base[index] for own, base in pairs)
                for index in (0, 1)
            )
            seconds = [statistics.median(sample[index] for sample in times) for index in (0, 1)]
            print(
                f"| {query} | {name} | {seconds[0]:.2f} | {seconds[1]:.2f}"
                f" | {cpu:.2f} | {wall:.2f} |"
            )


if __name__ == "__main__":
    main()
