"""The part of `facts` that all servers share: who sent a record, sums and hashes, and the file.

Shares no code with the parser. A server's `facts` brings the parser of its formats and the decoder
of its escapes.
"""

import argparse
import base64
import binascii
import collections
import hashlib
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEADERS = {"http_referer": b"referer", "http_user_agent": b"user-agent"}
NUMBER = re.compile(rb"/(\d{4})/")


class Log:
    """A log file's format, by the server's rules.

    `split` cuts a line at its delimiters into fields; None where the line ends within quotes. A
    regular line has `fields` of them, None if any number is regular. `parse` takes a line to the
    raw values of `columns`, None where it cannot be read. A value in quotes or brackets is taken
    without them.

    `decode` undoes the escapes of a raw value, and `decoders` those of single columns. `expect`
    says what a client sent for a column, where that is not the request line, the referer or the
    user agent as they came. `repeated` says which value of a header that comes twice is logged, and
    `absent` what is for one that was not sent. `numbered_by` is the column with the path.
    """

    def __init__(self, name, columns, parse, decode, split, fields, repeated, **options):
        self.name = name
        self.columns = columns
        self.parse = parse
        self.decode = decode
        self.split = split
        self.fields = fields
        self.repeated = repeated
        self.sums = options.get("sums", ["body_bytes_sent"])
        self.counts = options.get("counts", ["status"])
        self.numbered_by = options.get("numbered_by", "request")
        self.decoders = options.get("decoders", {})
        self.expect = options.get("expect", {})
        self.absent = options.get("absent", b"-")


def split_at(delimiter, quote=None, backslash=False):
    """Returns a function that splits a line; delimiters between quotes are data."""

    def split(line):
        fields, begin, is_inside, is_escaped = [], 0, False, False
        for place, byte in enumerate(line):
            if is_escaped:
                is_escaped = False
            elif backslash and byte == ord("\\"):
                is_escaped = True
            elif quote is not None and byte == ord(quote):
                is_inside = not is_inside
            elif byte == ord(delimiter) and not is_inside:
                fields.append(line[begin:place])
                begin = place + 1
        return None if is_inside else [*fields, line[begin:]]

    return split


def unchanged(raw):
    return raw


def undo(pattern, value_of):
    """Returns a decoder that puts a value in place of each escape."""
    compiled = re.compile(pattern, re.DOTALL)
    return lambda raw: compiled.sub(lambda found: value_of(found.group(1)), raw)


class Sent:
    """A request as the client sent it."""

    def __init__(self, index, entry):
        self.index = index
        self.connection = entry["connection"]
        self.kind = entry["kind"]
        self.number = entry["number"]
        content = entry["bytes"].encode("latin-1")
        # Empty lines before a request are passed over by servers.
        head = re.sub(rb"^(\r?\n)+", b"", content).split(b"\r\n\r\n")[0]
        self.request, *lines = re.split(rb"\r?\n", head)
        self.headers = collections.defaultdict(list)
        for line in lines:
            name, colon, value = line.partition(b":")
            if colon:
                self.headers[name.lower()].append(value.strip(b" \t"))

    def values(self, name):
        return self.headers.get(name, [])

    def user(self, header):
        """Returns the name within the credentials, None without any."""
        for value in self.values(header):
            try:
                token = base64.b64decode(value.removeprefix(b"Basic "), validate=True)
            except binascii.Error:
                return None
            return token.partition(b":")[0]
        return None


def read_sent(path):
    return [Sent(index, entry) for index, entry in enumerate(json.loads(path.read_text()))]


def attribute(log, rows, sent):
    """Yields for each record the request that it is of, or None.

    The number in a record's path says it. A record without one is of the connection between the
    ordinary ones before and after, of which there is one alone; there, of a request without a
    record of its own.
    """
    by_number = {request.number: request for request in sent if request.number}
    by_connection = collections.defaultdict(list)
    for request in sent:
        by_connection[request.connection].append(request)
    column = log.columns.index(log.numbered_by)
    found = [None if row is None else NUMBER.search(row[column]) for row in rows]
    known = [by_number.get(int(match.group(1))) if match else None for match in found]
    has_record = {id(request) for request in known if request}
    ordinary = [
        (index, request.connection)
        for index, request in enumerate(known)
        if request and request.kind == "ordinary"
    ]
    for index, request in enumerate(known):
        if request or rows[index] is None:
            yield request
            continue
        before = max((c for i, c in ordinary if i < index), default=0)
        after = min((c for i, c in ordinary if i > index), default=before + 2)
        if after - before != 2:
            raise SystemExit(f"{log.name}: nobody sent what line {index + 1} records")
        candidates = by_connection[before + 1]
        left = [request for request in candidates if id(request) not in has_record]
        request = (left or candidates)[0]
        has_record.add(id(request))
        yield request


def first(values):
    return values[0] if values else None


def last(values):
    return values[-1] if values else None


def joined(values):
    return b", ".join(values) if values else None


def sent_value(log, column, request):
    """Returns what a client sent for a column, None where it sent nothing."""
    if column in log.expect:
        return log.expect[column](request)
    if column == "request":
        return request.request
    return log.repeated(request.values(HEADERS[column]))


def compared_columns(log):
    known = {"request", *HEADERS, *log.expect}
    return [column for column in log.columns if column in known]


def text(value):
    """Turns bytes into a text in which each character stands for one byte."""
    return None if value is None else value.decode("latin-1")


def compare(log, rows, requests):
    """Lists, by line, what decoding makes of escaped values, and which columns were rewritten.

    Rewritten is what cannot be decoded to what the client sent. All other values of the compared
    columns are, as they stand, what it sent, or stand for nothing sent.
    """
    escaped, rewritten = [], []
    for line, (row, request) in enumerate(zip(rows, requests), start=1):
        if row is None:
            continue
        values, others = {}, []
        for column in compared_columns(log):
            raw = row[log.columns.index(column)]
            value = sent_value(log, column, request)
            decode = log.decoders.get(column, log.decode)
            # A client that sends a hyphen is not told from one that sends nothing.
            if value is None and raw == log.absent:
                continue
            if value != decode(raw):
                others.append(column)
            elif value != raw:
                values[column] = text(value)
        if values:
            escaped.append({"line": line, "values": values})
        if others:
            rewritten.append({"line": line, "columns": others})
    return escaped, rewritten


def sha256_of(values):
    return hashlib.sha256(b"\n".join(values)).hexdigest()


def log_facts(log, folder, sent):
    content = (folder / log.name).read_bytes()
    lines = content.removesuffix(b"\n").split(b"\n")
    rows = [log.parse(line) for line in lines]
    readable = [row for row in rows if row is not None]
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + 1)
    found = [None if fields is None else len(fields) for fields in map(log.split, lines)]
    ragged = [
        {"line": number, "offset": offset, "found": count}
        for number, (offset, count) in enumerate(zip(offsets, found), start=1)
        if count is None or log.fields not in (None, count)
    ]
    irregular = {fact["line"] for fact in ragged}
    regular = [row for line, row in enumerate(rows, start=1) if row and line not in irregular]
    columns = {}
    for index, column in enumerate(log.columns):
        values = [row[index] for row in readable]
        columns[column] = {
            "sha256": sha256_of(values),
            "sha256_of_regular": sha256_of(row[index] for row in regular),
        }
        if column in log.sums:
            columns[column]["sum"] = sum(int(value) for value in values if value != b"-")
        if column in log.counts:
            counts = collections.Counter(text(value) for value in values)
            columns[column]["counts"] = dict(sorted(counts.items()))
    requests = list(attribute(log, rows, sent))
    escaped, rewritten = compare(log, rows, requests)
    return {
        "lines": content.count(b"\n"),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "records": len(readable),
        "regular": len(regular),
        "unreadable": [number for number, row in enumerate(rows, start=1) if row is None],
        "repeated": sum(line == before for line, before in zip(lines[1:], lines)),
        "fields": log.fields,
        "ragged": ragged,
        "columns": columns,
        "requests": [request and request.index for request in requests],
        "compared": compared_columns(log),
        "escaped": escaped,
        "rewritten": rewritten,
    }


def written(value, depth=0):
    """Writes facts as JSON, with a line for each log, fact, column and entry of a list."""
    if isinstance(value, dict) and (depth < 2 or isinstance(next(iter(value.values())), dict)):
        inner = (f"{json.dumps(key)}: {written(part, depth + 1)}" for key, part in value.items())
        return "{\n" + ",\n".join(inner) + "\n}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
    return json.dumps(value)


def main(logs, sent=HERE / "sent.json", description=None):
    """Writes facts.json beside the logs, or compares it with them."""
    parser = argparse.ArgumentParser(
        description=description,
        epilog="Exit codes: 0 written, or equal; 1 not equal; 2 usage.",
    )
    folder = Path(sys.argv[0]).resolve().parent
    parser.add_argument("--check", action="store_true", help="compare facts.json and write nothing")
    parser.add_argument("--folder", type=Path, default=folder, help="where the logs are")
    arguments = parser.parse_args()
    requests = read_sent(sent)
    facts = {log.name: log_facts(log, arguments.folder, requests) for log in logs}
    facts = written(facts) + "\n"
    path = arguments.folder / "facts.json"
    if not arguments.check:
        path.write_text(facts)
    elif not path.exists() or path.read_text() != facts:
        print(f"facts: facts.json in {folder.name} does not agree with the logs", file=sys.stderr)
        sys.exit(1)
