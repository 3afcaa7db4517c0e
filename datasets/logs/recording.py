"""Starts a server in a folder of its own, sends it the traffic of client.py, and keeps its logs.

Everything stays on loopback addresses, ports 18180 to 18189, and every process that was started is
ended.
"""

import argparse
import contextlib
import filecmp
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import client

HERE = Path(__file__).resolve().parent
# Ports of the servers, those of the upstream behind them, and of a collector of syslog.
FIRST_PORT, UPSTREAM_PORT, SYSLOG_PORT = 18180, 18188, 18189
SEED = 1
SIZES = {"index.html": 120, "style.css": 2048, "image.png": 31000, "search": 900, "slow": 5}


class Recording:
    """A server's folder, its processes, and the client that it serves."""

    def __init__(self, server, programs, packages):
        parser = argparse.ArgumentParser(
            prog="record",
            description=f"Records the logs of {server} again. It needs {', '.join(programs)} "
            f"(Debian: apt-get install {' '.join(packages)}) and the ports {FIRST_PORT} to "
            f"{SYSLOG_PORT} of the loopback addresses, IPv6 included.",
            epilog=f"Example: datasets/logs/{server}/record. Exit codes: 0 recorded, 2 usage or "
            "environment.",
        )
        parser.add_argument("--output", type=Path, default=HERE / server,
                            help="folder of the logs (default: the one of this script)")
        self.output = parser.parse_args().output
        self.source = HERE / server
        # Debian keeps servers where only root's PATH looks.
        os.environ["PATH"] += ":/usr/sbin:/sbin"
        for program in programs:
            if not shutil.which(program):
                fail(f"{program} is missing; on Debian: apt-get install {' '.join(packages)}")
        for port in range(FIRST_PORT, SYSLOG_PORT + 1):
            if listens(port):
                fail(f"port {port} is in use")
        self.processes = []

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="recording-"))
        # Servers that are started by root go on as another user, and write here.
        self.folder.chmod(0o777)
        self.make_files()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_files(self):
        files = self.folder / "files"
        (files / "private").mkdir(parents=True)
        (files / "forbidden").mkdir()
        for name, size in SIZES.items():
            (files / name).write_bytes(b"x" * size)
        (files / "private" / "index.html").write_bytes(b"x" * 64)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def configure(self, name):
        """Copies a configuration, with the folder's name for @FOLDER@."""
        text = (self.source / name).read_text()
        return self.write(name, text.replace("@FOLDER@", str(self.folder)))

    def start(self, *command, port=None, **options):
        """Starts a server in the foreground and waits until it listens."""
        process = subprocess.Popen([str(part) for part in command], cwd=self.folder, **options)
        self.processes.append(process)
        deadline = time.monotonic() + 10
        while port and not (listens(port) and listens(port, "::1")):
            if process.poll() is not None or time.monotonic() > deadline:
                fail(f"{command[0]} does not listen on port {port}; its messages are above")
            time.sleep(0.05)
        # What looked whether it listens was a connection, too, and is to be over.
        time.sleep(1.5)
        return process

    def start_upstream(self):
        Upstream().start()

    def stop(self, by=signal.SIGTERM):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(by)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []

    def traffic(self, sent=HERE / "sent.json", **options):
        """Builds the traffic; what was sent to one server was sent to all that share a file."""
        exchanges = client.Traffic(SEED, **options).build()
        written = self.folder / "sent.json"
        client.write_sent(exchanges, written)
        if not sent.exists():
            shutil.copyfile(written, sent)
        elif not filecmp.cmp(written, sent, shallow=False):
            fail(f"client.py sends other bytes than {sent} has; remove it and record all again")
        return exchanges

    def send(self, exchanges, port=FIRST_PORT):
        client.send_all(exchanges, port)
        # Whoever writes logs in turns gets a turn.
        time.sleep(2)

    def keep(self, *names):
        """Takes over logs and writes their facts again."""
        for name in names:
            shutil.copyfile(self.folder / name, self.output / name)
            lines = (self.output / name).read_bytes().count(b"\n")
            print(f"record: {lines} lines in {name}", file=sys.stderr)
        facts = self.source / "facts"
        subprocess.run([facts, "--folder", self.output], check=True)


class Upstream(threading.Thread):
    """A server behind the recorded one; what it answers is said by the path."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", UPSTREAM_PORT))

    def run(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, contextlib.suppress(OSError):
            connection.settimeout(3)
            request = b""
            while b"\r\n\r\n" not in request:
                received = connection.recv(65536)
                if not received:
                    return
                request += received
            connection.sendall(answer(request))


def answer(request):
    words = request.split(b"\r\n")[0].split(b" ")
    method, target = words[0], words[1] if len(words) > 1 else b""
    path = target.split(b"://")[-1]
    page = path.split(b"/")[2:] or [b""]
    name = page[0].split(b"?")[0].decode("latin-1")
    if name == "slow":
        time.sleep(1)
    status = {"missing": 404, "missing.html": 404, "forbidden": 403, "old": 301, "broken": 500}
    code = status.get(name, 200)
    size = SIZES.get(name, 64) if code == 200 else 20
    head = f"HTTP/1.1 {code} Answer\r\nContent-Type: text/plain\r\nContent-Length: {size}\r\n"
    head += "Location: /\r\n" if code == 301 else ""
    body = b"" if method == b"HEAD" else b"x" * size
    return head.encode() + b"Connection: close\r\n\r\n" + body


def listens(port, address="127.0.0.1"):
    try:
        socket.create_connection((address, port), 1).close()
        return True
    except OSError:
        return False


def fail(message):
    print(f"record: {message}", file=sys.stderr)
    sys.exit(2)
