"""What the scripts that drive the agent share: programs, a receiver, the agent, and queries.

They are scripts/ship-load, ship-faults, ship-latency and compare-ship.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Debian's packages, by their programs.
PACKAGES = {"nginx": "nginx-light", "rsyslogd": "rsyslog", "syslog-ng": "syslog-ng-core"}

PAGE = 5000


def options(description: str, **more: dict) -> argparse.Namespace:
    """Reads the command line of a script; `more` has options of its own, by their names."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, option in more.items():
        parser.add_argument(f"--{name.replace('_', '-')}", **option)
    parser.add_argument(
        "--profile", default="release", choices=["release", "dev"], help="how it is compiled"
    )
    return parser.parse_args()


def need(*programs: str) -> None:
    """Ends with 2 where a program is missing, and says how to get it."""
    missing = [name for name in programs if not find(name)]
    if missing:
        packages = " ".join(PACKAGES.get(name, name) for name in missing)
        fail(f"missing: {', '.join(missing)} (scripts/install-packages {packages})")


def find(program: str) -> str | None:
    """Returns the path of a program; those of administrators are not on every path."""
    return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def fail(text: str) -> None:
    print(text, file=sys.stderr)
    sys.exit(2)


def build(profile: str, *packages: str) -> Path:
    """Builds the agent, the double of Loki, and other packages, and returns their folder.

    Always those two together: either alone would have its dependencies compiled in another way.
    """
    command = ["cargo", "build", "--locked", "--profile", profile]
    for name in ("delimark-cli", "delimark-loki-double", *packages):
        command += ["--package", name]
    subprocess.run(command, cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / ("debug" if profile == "dev" else profile)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(what: str, is_there, seconds: float = 60) -> None:
    """Waits until something is there, or fails."""
    end = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.05)


class Children:
    """The processes that a script started: none of them outlives it."""

    def __init__(self):
        self.processes: list[subprocess.Popen] = []

    def __enter__(self) -> "Children":
        # So that a script that is told to end still ends them.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.wait()

    def start(self, command: list, **options: object) -> subprocess.Popen:
        process = subprocess.Popen(command, **options)
        self.processes = [own for own in self.processes if own.poll() is None] + [process]
        return process


class Receiver:
    """A Loki server: the one at a URL, or the double."""

    def __init__(self, programs: Path, url: str | None, children: Children):
        if url is None:
            double = [programs / "delimark-loki-double"]
            process = children.start(double, stdout=subprocess.PIPE, text=True)
            url = process.stdout.readline().strip()
        self.url = url.rstrip("/")

    def ask(self, path: str, **parameters: object) -> dict:
        query = urllib.parse.urlencode(parameters)
        for tries in range(20):
            try:
                with urllib.request.urlopen(f"{self.url}{path}?{query}", timeout=120) as answer:
                    return json.load(answer)
            except (ConnectionError, urllib.error.URLError):
                # It may be about to restart.
                if tries == 19:
                    raise
                time.sleep(0.5)

    def add_faults(self, faults: list[dict]) -> None:
        """Tells the double what the next pushes meet."""
        request = urllib.request.Request(
            f"{self.url}/double/faults", json.dumps(faults).encode(), method="POST"
        )
        urllib.request.urlopen(request, timeout=10).close()

    def entries(self, selector: str, start_ns: int, end_ns: int) -> Iterator[tuple[int, str]]:
        """Returns time and line of all entries of a selector, a second at a time."""
        for begin in range(start_ns, end_ns, 1_000_000_000):
            end = min(begin + 1_000_000_000, end_ns)
            while True:
                page = self.page(selector, begin, end)
                if len(page) < PAGE:
                    yield from page
                    break
                # Entries of the last time may go on behind the page.
                last = page[-1][0]
                if page[0][0] == last:
                    raise ValueError(f"more than {PAGE} entries of one nanosecond")
                yield from (entry for entry in page if entry[0] < last)
                begin = last

    def page(self, selector: str, begin: int, end: int) -> list[tuple[int, str]]:
        answer = self.ask(
            "/loki/api/v1/query_range",
            query=selector, start=begin, end=end, limit=PAGE, direction="forward",
        )
        streams = answer["data"]["result"]
        return sorted((int(time), line) for stream in streams for time, line in stream["values"])


class Ship:
    """The agent in a folder of its own, which can be killed and started again."""

    def __init__(
        self, programs: Path, folder: Path, configuration: str, children: Children, *prefix: str
    ):
        self.children = children
        self.letters = folder / "state/dead-letters.jsonl"
        self.configuration = folder / "ship.toml"
        self.port = free_port()
        text = f'state.folder = "{folder}/state"\nserver.listen = "127.0.0.1:{self.port}"\n'
        self.configuration.write_text(text + configuration)
        self.command = [*prefix, programs / "delimark", "ship", "--config", self.configuration]
        self.process: subprocess.Popen | None = None
        self.events = folder / "events"

    def start(self) -> None:
        with self.events.open("ab") as events:
            self.process = self.children.start(self.command, stderr=events)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Lets it write what waits, and ends it."""
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(60) != 0:
            print(self.events.read_text()[-2000:], file=sys.stderr)
            raise RuntimeError(f"ship ended with {self.process.returncode}")

    def is_there(self) -> bool:
        return self.process.poll() is None

    def metrics(self) -> dict[str, float]:
        """Returns the agent's metrics, with their labels."""
        url = f"http://127.0.0.1:{self.port}/metrics"
        with urllib.request.urlopen(url, timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def sum(self, metric: str) -> float:
        values = self.metrics().items()
        return sum(value for name, value in values if name.startswith(metric))

    def wait_until_idle(self, seconds: float) -> None:
        """Waits until files are read and queues are empty, twice in a row."""
        calm = 0
        end = time.monotonic() + seconds
        while calm < 3:
            if time.monotonic() > end:
                raise TimeoutError(f"ship is not idle after {seconds:.0f} s")
            time.sleep(1)
            waiting = self.sum("delimark_lag_bytes") + self.sum("delimark_queue_entries")
            calm = 0 if waiting else calm + 1

    def dead_letters(self) -> list[dict]:
        if not self.letters.exists():
            return []
        return [json.loads(line) for line in self.letters.read_text().splitlines()]


def cpu_seconds(pid: int) -> float:
    """Returns the CPU time of a process, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_bytes(pid: int) -> int:
    """Returns the most memory that a process had resident."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def account(name: str, written: set[str], found: Counter, dead: set[str]) -> bool:
    """Prints what became of lines, by their numbers, and tells whether each is in its place."""
    doubled = sum(count - 1 for count in found.values())
    lost = written - found.keys() - dead
    both = found.keys() & dead
    strange = found.keys() - written
    is_right = not (doubled or lost or strange)
    print(
        f"{name:10} {len(written):9} written = {len(found):9} found + {len(dead):6} dead letters;"
        f" {len(lost)} lost, {doubled} doubled, {len(both)} in both, {len(strange)} never written"
        f" {'' if is_right else '  WRONG'}",
        flush=True,
    )
    return is_right
