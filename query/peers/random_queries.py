#!/usr/bin/env python3
"""Asks `delimark sql` and DuckDB the same random queries: one of a log, the other of the Parquet
file that `delimark convert` makes of it. Every answer has to be the same."""

import argparse
import collections
import datetime
import json
import random
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import duckdb

LOGS = Path(__file__).resolve().parents[2] / "datasets" / "logs"

# The logs, with their formats, and of their columns those that conditions and groups are made of.
TABLES = [
    {
        "log": "nginx/combined.log",
        "preset": "combined",
        "numbers": {"status": [200, 301, 400, 404, 499], "body_bytes_sent": [0, 157, 555, 900]},
        "texts": {
            "remote_addr": ["127.0.0.1", "127.0.0.4", "127"],
            "request": ["GET /", "POST", "HTTP/1.1", "caf%"],
            "http_user_agent": ["curl", "kube-probe/1.29", "\\x22", "Mozilla"],
        },
        "time": "time_local",
    },
    {
        "log": "haproxy/httplog.log",
        "preset": "haproxy-http",
        "numbers": {
            "status": [200, 400, 404, 503],
            "response_time_ms": [0, 1, 5],
            "bytes_sent": [0, 187, 1000],
        },
        "texts": {
            "frontend_name": ["site", "http", "in"],
            "termination_state": ["----", "CR", "PR"],
            "request": ["GET /", "POST", "BADREQ"],
        },
        "time": None,
    },
    {
        "log": "squid/access.log",
        "preset": "squid",
        "numbers": {"bytes_sent": [0, 300, 4000], "request_time_ms": [0, 1, 10]},
        "texts": {
            "request_method": ["GET", "POST", "CONNECT"],
            "uri": ["http", "/index", "error:"],
            "hierarchy": ["HIER_NONE", "HIER_DIRECT"],
        },
        "time": None,
    },
]

COMPARISONS = ["=", "<>", "<", "<=", ">", ">="]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="Exit codes: 0 all are the same, 1 some are not, 2 usage."
    )
    parser.add_argument("program", help="the program `delimark`, with the verb sql")
    parser.add_argument("--queries", type=int, default=500, help="how many (default: 500)")
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers (default: 1)")
    arguments = parser.parse_args()
    numbers = random.Random(arguments.seed)
    failed = rows = with_rows = 0
    with tempfile.TemporaryDirectory() as folder:
        for index, table in enumerate(TABLES):
            share = len(range(index, arguments.queries, len(TABLES)))
            found = compare(arguments.program, Path(folder), table, share, numbers)
            failed += found["failed"]
            rows += found["rows"]
            with_rows += found["with_rows"]
    print(f"{arguments.queries} queries, {with_rows} of them with rows, {rows} rows: {failed} differ")
    if with_rows < arguments.queries // 2:
        sys.exit("random_queries: too few queries have rows to say anything")
    sys.exit(1 if failed else 0)


def compare(program, folder, table, count, numbers):
    log = LOGS / table["log"]
    parquet = folder / f"{table['preset']}.parquet"
    known = columns_of(program, log, table["preset"])
    for kind in ("numbers", "texts"):
        missing = [name for name in table[kind] if name not in known]
        if missing:
            sys.exit(f"random_queries: {table['log']} has no {missing}, only {sorted(known)}")
    run([program, "convert", "--preset", table["preset"], "--on-bad-line", "null", str(log)]
        + ["--output", str(parquet)])
    queries = [query(table, numbers) for _ in range(count)]
    statements = [text.replace("TABLE", f"'{log}'") for text in queries]
    # All in one run: each row says which query it is of.
    marked = "; ".join(
        f"SELECT {number} AS query, answer.* FROM ({text}) AS answer"
        for number, text in enumerate(statements)
    )
    output = run([program, "sql", "--preset", table["preset"], "--format", "jsonl", marked])
    ours = collections.defaultdict(collections.Counter)
    for line in output.splitlines():
        row = json.loads(line, parse_float=Decimal)
        ours[row.pop("query")][key(row)] += 1
    connection = duckdb.connect()
    connection.execute("SET timezone = 'UTC'")
    found = {"failed": 0, "rows": 0, "with_rows": 0}
    for number, text in enumerate(queries):
        answer = connection.execute(text.replace("TABLE", f"'{parquet}'"))
        names = [column[0] for column in answer.description]
        theirs = collections.Counter(
            key({name: value for name, value in zip(names, row) if value is not None})
            for row in answer.fetchall()
        )
        found["rows"] += theirs.total()
        found["with_rows"] += any(row for row in theirs)
        if theirs != ours[number]:
            found["failed"] += 1
            print(f"{table['log']}: {text}", file=sys.stderr)
            print(f"  only delimark: {list((ours[number] - theirs).items())[:3]}", file=sys.stderr)
            print(f"  only DuckDB:   {list((theirs - ours[number]).items())[:3]}", file=sys.stderr)
    return found


def columns_of(program, log, preset):
    output = run([program, "sql", "--preset", preset, "--format", "jsonl", f"DESCRIBE '{log}'"])
    return {json.loads(line)["column_name"] for line in output.splitlines()}


def query(table, numbers):
    """Makes a query whose answer does not depend on the order of rows."""
    where = condition(table, numbers)
    columns = [*table["numbers"], *table["texts"]]
    amount = numbers.choice(list(table["numbers"]))
    group = numbers.choice(columns)
    other = numbers.choice(columns)
    form = numbers.randrange(6)
    if form == 0:
        return f"SELECT {group} AS a, {other} AS b FROM TABLE WHERE {where}"
    if form == 1:
        return f"SELECT {group} AS a, count(*) AS b FROM TABLE WHERE {where} GROUP BY {group}"
    if form == 2:
        return (
            f"SELECT {group} AS a, count(DISTINCT {other}) AS b, sum({amount}) AS c,"
            f" min({amount}) AS d, max({amount}) AS e FROM TABLE WHERE {where} GROUP BY {group}"
        )
    if form == 3:
        return (
            f"SELECT {group} AS a, count({other}) AS b FROM TABLE WHERE {where} GROUP BY {group}"
            f" HAVING count(*) > {numbers.randrange(4)} ORDER BY b DESC, a NULLS LAST"
            f" LIMIT {numbers.randrange(1, 20)}"
        )
    if form == 4:
        return (
            f"SELECT count(*) AS a, avg({amount}) AS b, min({group}) AS c, max({other}) AS d"
            f" FROM TABLE WHERE {where}"
        )
    if table["time"]:
        time = table["time"]
        return (
            f"SELECT date_trunc('minute', {time}) AS a, count(*) AS b, max({time}) AS c"
            f" FROM TABLE WHERE {where} GROUP BY 1"
        )
    return f"SELECT DISTINCT {group} AS a, {amount} AS b FROM TABLE WHERE {where}"


def condition(table, numbers):
    clauses = []
    for _ in range(numbers.randrange(1, 3)):
        tests = [test(table, numbers) for _ in range(numbers.choice([1, 1, 2]))]
        clauses.append("(" + " OR ".join(tests) + ")")
    return " AND ".join(clauses)


def test(table, numbers):
    form = numbers.randrange(7)
    name = numbers.choice(list(table["numbers"]))
    number = numbers.choice([*table["numbers"][name], numbers.randrange(2000)])
    if form <= 1:
        return f"{name} {numbers.choice(COMPARISONS)} {number}"
    if form == 2:
        return f"{name} IN ({number}, {numbers.choice(table['numbers'][name])})"
    text = numbers.choice(list(table["texts"]))
    value = numbers.choice(table["texts"][text])
    if form == 3:
        return f"{text} {numbers.choice(COMPARISONS)} '{value}'"
    if form == 4 and "%" not in value and "_" not in value and "\\" not in value:
        pattern = numbers.choice(["{}%", "%{}", "%{}%"]).format(value)
        return f"{text} {numbers.choice(['LIKE', 'LIKE', 'NOT LIKE'])} '{pattern}'"
    if form == 5 and table["time"]:
        second = numbers.randrange(60)
        comparison = numbers.choice(COMPARISONS)
        return f"{table['time']} {comparison} TIMESTAMPTZ '2026-11-30 13:26:{second:02}+00:00'"
    return f"{text} IS {numbers.choice(['NOT NULL', 'NOT NULL', 'NULL'])}"


def key(row):
    return tuple(sorted((name, plain(value)) for name, value in row.items()))


def plain(value):
    """Returns a value as both programs write it."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float, Decimal)):
        return format(float(value), ".10g")
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"random_queries: {command[:3]}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
