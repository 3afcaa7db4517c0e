#!/usr/bin/env python3
"""An engine for `delimark-bench verify`: Python's csv module, used with care.

    python_csv.py <CASE

Quoting and escaping are off, and a dialect that names a quote is refused: with the module's own
quoting a newline can be in a field, and quotes within one mean nothing. The text is decoded as Latin-1, a letter a byte, with the line
endings left alone, as the module's documentation asks for; under line_ending=lf only \\n ends a
line. The module has no line limit: its field limit is set to it, and the fields of a row are added
up. What the module raises is a rejection. Nothing that it answers is repaired: a blank line is a row without fields.
"""

import csv
import io
import json
import sys


def read_case():
    words = sys.stdin.buffer.readline().decode().split()
    case = dict(word.split("=", 1) for word in words)
    line_break = "\n" if case["line_ending"] == "lf" else ""
    return case, io.TextIOWrapper(sys.stdin.buffer, encoding="latin-1", newline=line_break)


class Rejected(Exception):
    """The case is rejected, with what there is to say about it."""


def apply_policy(case, rows, answer):
    columns = None if case["columns"] == "any" else int(case["columns"])
    delimiter = chr(int(case["delimiter"]))
    for row in rows:
        if sum(len(field) + 1 for field in row) > int(case["line_limit"]) + 1:
            raise Rejected({"kind": "line-too-long", "line": rows.line_num})
        if columns is not None and len(row) != columns:
            facts = {"line": rows.line_num, "found": len(row)}
            if case["ragged"] == "error":
                raise Rejected({"kind": "ragged", "expected": columns, **facts})
            if case["ragged"] == "report":
                answer["ragged"].append(facts)
                continue
            if case["ragged"] == "rest" and len(row) > columns:
                row = row[: columns - 1] + [delimiter.join(row[columns - 1 :])]
        answer["records"].append(row)
        answer["lines"].append(rows.line_num)


def main():
    case, text = read_case()
    answer = {"records": [], "lines": [], "ragged": []}
    try:
        if "quote" in case:
            raise Rejected({"kind": "dialect"})
        csv.field_size_limit(int(case["line_limit"]))
        rows = csv.reader(
            text, delimiter=chr(int(case["delimiter"])), quoting=csv.QUOTE_NONE, quotechar=None
        )
        apply_policy(case, rows, answer)
    except Rejected as rejection:
        answer["error"] = rejection.args[0]
    except (csv.Error, TypeError, ValueError, OverflowError) as error:
        print(error, file=sys.stderr)
        answer["error"] = {}
    print(json.dumps(answer))
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    sys.exit(main())
