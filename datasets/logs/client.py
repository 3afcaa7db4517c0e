"""The traffic that every recorded server gets: seeded, valid and malformed, one exchange at a time.

A request carries a number in its path (`/0017/index.html`), by which its record is found in the
log. Each odd exchange is followed by an ordinary one, so that a record without a number lies
between two that have one.
"""

import base64
import json
import random
import socket
import struct
import time

AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)",
    "curl/7.88.1",
    "python-requests/2.32.3",
    "kube-probe/1.29",
]
REFERERS = [
    "https://www.example.com/",
    "https://www.example.com/search?q=red+chair&page=2",
    "https://news.example.net/2024/7/14",
]
PAGES = ["index.html", "style.css", "image.png", "search?q=lamp", "search?q=caf%C3%A9&page=3"]

# Values for headers and, those without blanks, for paths and queries.
VALUES = {
    "quotes": b'say"hello"',
    "quotes and blanks": b'say "hello" twice',
    "quotes around": b'"quoted"',
    "quotes around a blank": b'a" "b',
    "a lone quote": b'5"',
    "a quote that seems to end the value": b'a" 200 5 "b',
    "backslashes": b"C:\\new\\table",
    "a backslash at the end": b"ends\\",
    "a backslash before a quote": b'a\\"b',
    "text like an escape of nginx": b"\\x22\\x7C",
    "text like an escape of HAProxy": b"#22#7C",
    "percent signs": b"100%25%",
    "UTF-8": "café/漢字/🙂".encode(),
    "bytes that are no UTF-8": b"\xff\xfe\x80end",
    "a tab": b"a\tb",
    "control bytes": b"a\x01\x1b[31m\x7fb",
    "a pipe": b"red|size:s",
    "brackets and braces": b"[a]{b|c}<d>",
    "an apostrophe": b"it's",
    "a comma and blanks": b"a, b,  c",
    "a hyphen": b"-",
    "nothing": b"",
}

USERS = {
    "alice": "secret",
    "John Doe": "secret",
    'q"uote': "secret",
    "back\\slash": "secret",
    "zoë": "secret",
    "[x] - [y]": "secret",
}

TLS_HELLO = (
    b"\x16\x03\x01\x00\x4f\x01\x00\x00\x4b\x03\x03"
    + bytes(range(14, 46))
    + b"\x00\x00\x08\x13\x02\x13\x03\x13\x01\x00\xff\x01\x00\x00\x1a"
    + b"\x00\x0b\x00\x04\x03\x00\x01\x02\x00\x2b\x00\x05\x04\x03\x04\x03\x03"
    + b"\x00\x2d\x00\x02\x01\x01\x00\x17\x00\x00"
)
TLS_HELLO_WITH_LINE_FEED = TLS_HELLO.replace(b"\x14\x15", b"\x0a\x15")

HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class Request:
    """Bytes of one request, with the number in its path; 0 where the bytes have none."""

    def __init__(self, number, content):
        self.number = number
        self.content = content


class Exchange:
    """Requests of one connection, and how it ends.

    `wait`: the client reads until the server closes. `in turn`: each request waits for the answer
    to the one before. `abort`: the client resets the connection soon after sending. `leave`: it
    closes without reading.
    """

    def __init__(self, kind, requests, ending):
        self.kind = kind
        self.requests = requests
        self.ending = ending


class Traffic:
    """Builds the exchanges; `target` is what stands before each path, as proxies want it."""

    def __init__(self, seed, target="", authorization="Authorization"):
        self.random = random.Random(seed)
        self.target = target.encode()
        self.authorization = authorization
        self.number = 0
        self.exchanges = []

    def next_path(self, rest=None):
        self.number += 1
        rest = self.random.choice(PAGES) if rest is None else rest
        rest = rest.encode() if isinstance(rest, str) else rest
        return b"/%04d/" % self.number + rest

    def request(self, rest=None, method="GET", version="HTTP/1.1", headers=(), body=b"", **options):
        """Builds a request; `referer` and `agent` are drawn unless given, None leaves them out."""
        lines = [b" ".join([method.encode(), self.target + self.next_path(rest), version.encode()])]
        if options.get("named", True):
            lines.append(b"Host: www.example.com")
        referer = options.get("referer", self.random.choice(REFERERS + [None]))
        agent = options.get("agent", self.random.choice(AGENTS))
        for name, value in (("Referer", referer), ("User-Agent", agent), *headers):
            if value is not None:
                value = value.encode() if isinstance(value, str) else value
                lines.append(name.encode() + b": " + value)
        if body:
            lines.append(b"Content-Length: %d" % len(body))
        if not options.get("keep"):
            lines.append(b"Connection: close")
        return Request(self.number, b"\r\n".join(lines) + b"\r\n\r\n" + body)

    def raw(self, before, after=b""):
        """Builds a request by hand: a path with its number between two texts."""
        target = b"" if before.endswith((b".com", b".org")) else self.target
        path = self.next_path("index.html")
        return Request(self.number, before + target + path + after)

    def add(self, kind, *requests, ending="wait"):
        requests = [r if isinstance(r, Request) else Request(0, r) for r in requests]
        self.exchanges.append(Exchange(kind, requests, ending))

    def add_ordinary(self):
        self.add("ordinary", self.request())

    def build(self):
        odd = [*self.headers(), *self.paths(), *self.methods(), *self.users(), *self.malformed()]
        self.random.shuffle(odd)
        for add in odd:
            add()
            self.add_ordinary()
        for _ in range(20):
            self.add_ordinary()
        return self.exchanges

    def one(self, kind, *arguments, ending="wait", **options):
        return lambda: self.add(kind, self.request(*arguments, **options), ending=ending)

    def headers(self):
        for name, value in VALUES.items():
            yield self.one(f"referer: {name}", referer=value)
            yield self.one(f"user agent: {name}", agent=value)
        yield self.one("no referer, no user agent", referer=None, agent=None)
        yield self.one("two referers", referer="one", headers=[("Referer", "two")])
        yield self.one("two user agents", agent="one", headers=[("User-Agent", "two")])
        yield self.one("a folded referer", referer=b"one\r\n two")
        yield self.one("blanks around a referer", referer=b"  padded  ")
        yield self.one("a NUL byte in a referer", referer=b"a\0b")
        yield self.one("a long user agent", agent="long " * 300)
        yield self.one("headers too large",
                       headers=[("X-One", "y" * 9500), ("X-Two", "y" * 9500)])
        yield self.one("no host", named=False)
        yield self.one("a header without a colon", headers=[("X-Fine", "1\r\nno colon here")])
        yield self.one("a header with a blank before its colon", headers=[("X-Blank ", "1")])

    def paths(self):
        for name, value in VALUES.items():
            if value and b" " not in value:
                yield self.one(f"path: {name}", value)
                yield self.one(f"query: {name}", b"search?q=" + value)
        for length in (1000, 1100, 3000, 9000):
            query = b"abcdefghij" * (length // 10)
            yield self.one(f"URI of over {length} bytes", b"search?q=" + query)
        yield self.one("dots in a path", "a/../index.html")
        yield self.one("a fragment", "index.html#top")
        yield self.one("a percent sign and NUL in a path", "a%00b")
        for page in ("missing.html", "forbidden/", "old", "broken"):
            yield self.one(f"the page {page}", page)

    def methods(self):
        yield self.one("POST", "search", "POST", body=b'{"product":7}')
        yield self.one("PUT", "search", "PUT", body=b"x" * 400)
        yield self.one("DELETE", "search", "DELETE")
        yield self.one("HEAD", "index.html", "HEAD")
        yield self.one("OPTIONS", "index.html", "OPTIONS")
        yield self.one("PROPFIND", "index.html", "PROPFIND")
        yield self.one("an unknown method", "index.html", "BREW")
        yield self.one("a method in lower case", "index.html", "get")
        yield self.one("a quote in the method", "index.html", 'G"ET')
        yield self.one("a modified since", "index.html",
                       headers=[("If-Modified-Since", "Fri, 01 Jan 2038 00:00:00 GMT")])
        yield self.one("a range", "image.png", headers=[("Range", "bytes=10-499")])
        yield self.one("HTTP/1.0", version="HTTP/1.0")
        for version in ("HTTP/1.7", "HTTP/1.123", "HTTP/2.0", "HTTP/3.5", "HTTP/1.1  ", "http/1.1",
                        "HTTP/1.x", "HTTP/", "ICY/1.0"):
            yield self.one(f"version '{version}'", version=version)
        yield lambda: self.add("kept alive, in turn", self.request(keep=True),
                               self.request("missing", keep=True), self.request(), ending="in turn")
        yield lambda: self.add("pipelined", self.request(keep=True), self.request(keep=True),
                               self.request())
        yield lambda: self.add("kept alive, then malformed", self.request(keep=True),
                               b"nonsense\r\n\r\n", ending="in turn")
        yield lambda: self.add("HTTP/2 without TLS", self.http2_request())
        yield self.one("left while it waits", "slow", ending="abort")
        yield self.one("left while it waits, with a quote", 'slow?"', ending="abort")
        yield self.one("slow", "slow")

    def users(self):
        for name, password in USERS.items():
            yield self.one(f"user {name}", "private/", headers=[self.credentials(name, password)])
        yield self.one("user alice, page missing", "private/missing",
                       headers=[self.credentials("alice", "secret")])
        yield self.one("user without password", "private/", headers=[self.credentials("alice", "")])
        yield self.one("empty user", "private/", headers=[self.credentials("", "secret")])
        yield self.one("unknown user", "private/", headers=[self.credentials("un known", "x")])
        yield self.one("no user", "private/")
        yield self.one("credentials that are no base64", "private/",
                       headers=[(self.authorization, "Basic !!!")])

    def credentials(self, name, password):
        token = base64.b64encode(f"{name}:{password}".encode()).decode()
        return self.authorization, f"Basic {token}"

    def malformed(self):
        def text(kind, content, ending="wait"):
            return lambda: self.add(kind, content, ending=ending)

        def with_path(kind, before, after=b"", ending="wait"):
            return lambda: self.add(kind, self.raw(before, after), ending=ending)

        named = b" HTTP/1.1\r\nHost: www.example.com\r\nConnection: close\r\n\r\n"
        yield text("a connection that sends nothing", b"", ending="leave")
        yield text("a connection that sends nothing and waits", b"")
        yield text("empty lines", b"\r\n\r\n\r\n\r\n")
        yield text("a blank line", b" \r\n\r\n")
        yield text("quotes alone", b'""\r\n\r\n')
        yield text("a word", b"nonsense\r\n\r\n")
        yield text("a TLS hello", TLS_HELLO)
        yield text("a TLS hello with a line feed", TLS_HELLO_WITH_LINE_FEED)
        yield text("binary", bytes(range(128, 160)) + b"\r\n\r\n")
        yield text("NUL bytes", b"\0" * 8 + b"\r\n\r\n")
        yield text("the preface of HTTP/2 alone", HTTP2_PREFACE)
        yield text("CONNECT", b"CONNECT www.example.com:443" + named)
        yield text("OPTIONS *", b"OPTIONS *" + named)
        yield text("a method alone", b"GET\r\n\r\n")
        yield text("a method and a blank", b"GET \r\n\r\n")
        yield text("no URI", b"GET  HTTP/1.1\r\nHost: www.example.com\r\n\r\n")
        yield text("no slash", b"GET index.html" + named)
        yield text("nothing but a half line, then silence", b"GET /half")
        yield text("nothing but a half line, then gone", b"GET /half", ending="abort")
        yield with_path("HTTP/0.9", b"GET ", b"\r\n")
        yield with_path("HTTP/0.9 with a query", b"GET ", b"?a=1\r\n")
        yield with_path("blanks in the URI", b"GET ", b" and more" + named)
        yield with_path("two blanks before the URI", b"GET  ", named)
        yield with_path("two blanks before the version", b"GET ", b" " + named)
        yield with_path("a tab in the line", b"GET\t", named)
        yield with_path("a tab in the URI and a version", b"GET ", b"\tmore" + named)
        yield with_path("a blank before the method", b" GET ", named)
        yield with_path("line feeds alone", b"GET ", named.replace(b"\r", b""))
        yield with_path("a carriage return in the URI", b"GET ", b"\rmore" + named)
        yield with_path("a NUL byte in the URI", b"GET ", b"\0more" + named)
        yield with_path("a whole URI", b"GET http://www.example.com", named)
        yield with_path("a whole URI of another site", b"GET http://other.example.org", named)
        yield with_path("an empty line before the request", b"\r\nGET ", named)
        yield with_path("half a header, then silence", b"GET ", b" HTTP/1.1\r\nHost: www.exa")
        yield with_path("half a header, then gone", b"GET ", b" HTTP/1.1\r\nHost: w",
                        ending="abort")
        yield with_path("no body after its length", b"POST ",
                        b" HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: 9\r\n\r\nabc")
        yield with_path("two lengths", b"POST ", b" HTTP/1.1\r\nHost: www.example.com\r\n"
                        b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")

    def http2_request(self):
        """Builds a whole HTTP/2 request; HPACK without tables or Huffman codes."""
        path = self.next_path("index.html")
        fields = [(b":method", b"GET"), (b":scheme", b"http"), (b":authority", b"www.example.com"),
                  (b":path", path), (b"referer", b'say "hello"'), (b"user-agent", b"h2 client")]
        block = b"".join(
            b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value
            for name, value in fields
        )

        def frame(kind, flags, stream, payload):
            return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(
                ">I", stream) + payload

        settings, headers = frame(4, 0, 0, b""), frame(1, 5, 1, block)
        goodbye = frame(7, 0, 0, bytes(8))
        return Request(self.number, HTTP2_PREFACE + settings + headers + goodbye)


def send(exchange, address, source, limit_seconds):
    """Has one exchange with a server."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as connection:
        connection.settimeout(limit_seconds)
        if family == socket.AF_INET:
            connection.bind((source, 0))
        connection.connect(address)
        try:
            converse(connection, exchange)
        except (ConnectionError, TimeoutError):
            pass


def converse(connection, exchange):
    if exchange.ending == "in turn":
        for request in exchange.requests:
            connection.sendall(request.content)
            read_until_silence(connection)
    else:
        connection.sendall(b"".join(request.content for request in exchange.requests))
    if exchange.ending == "abort":
        time.sleep(0.3)
        # With a linger of 0 seconds, closing is a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    elif exchange.ending != "leave":
        while connection.recv(65536):
            pass


def read_until_silence(connection):
    limit = connection.gettimeout()
    content = connection.recv(65536)
    connection.settimeout(0.1)
    try:
        while content:
            content = connection.recv(65536)
    except TimeoutError:
        pass
    connection.settimeout(limit)


def send_all(exchanges, port, seed=1, limit_seconds=3):
    """Sends all exchanges in order, from several addresses of the loopback network."""
    addresses = random.Random(seed)
    for exchange in exchanges:
        address = "::1" if addresses.random() < 0.1 else "127.0.0.1"
        source = f"127.0.0.{addresses.randint(1, 6)}"
        send(exchange, (address, port), source, limit_seconds)
        # Whoever logs a moment after the last byte gets that moment.
        time.sleep(0.02 if exchange.kind == "ordinary" else 0.06)


def write_sent(exchanges, path):
    """Writes what was sent, a request a line; each character of `bytes` stands for one byte."""
    lines = []
    for connection, exchange in enumerate(exchanges, start=1):
        for request in exchange.requests:
            lines.append(json.dumps({
                "connection": connection,
                "kind": exchange.kind,
                "number": request.number or None,
                "ending": exchange.ending,
                "bytes": request.content.decode("latin-1"),
            }))
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
