#!/usr/bin/env python3
"""Has `delimark ship` send its telemetry to a receiver of OpenTelemetry that somebody else wrote,
and reads in what that says of each signal whether it is what was sent."""

import argparse
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from importlib.util import find_spec
from pathlib import Path

PROGRAM = None
PROTOCOLS = None
LINES = 1_000
LINE = '10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x y"\n'
CONFIG = """
state.folder = "{folder}/state"
server.enabled = false
[[source]]
name = "logs"
files.paths = ["{folder}/*.log"]
[[stage]]
parse.preset = "combined"
[[sink]]
name = "copy"
file.path = "{folder}/out"
[telemetry.otlp]
endpoint = "http://127.0.0.1:{port}"
protocol = "{protocol}"
interval_milliseconds = 200
sample_ratio = 1.0
"""


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [own.getsockname()[1] for own in sockets]
    for own in sockets:
        own.close()
    return ports


class Receiver:
    """The receiver, which prints what it receives."""

    def __init__(self, folder):
        self.ports = dict(zip(("http", "grpc"), free_ports(2)))
        program = Path(find_spec("rotel").origin).with_name("rotel-agent")
        arguments = ["start", "--exporter", "blackhole", "--debug-log-verbosity", "detailed"]
        for signal_name in ("traces", "metrics", "logs"):
            arguments += ["--debug-log", signal_name]
        for protocol, port in self.ports.items():
            arguments += [f"--otlp-{protocol}-endpoint", f"127.0.0.1:{port}"]
        self.path = folder / "receiver"
        with self.path.open("w") as log:
            self.process = subprocess.Popen(
                [program, *arguments], stdout=log, stderr=subprocess.STDOUT)
        self.wait(lambda: self.answers())

    def answers(self):
        for port in self.ports.values():
            with socket.socket() as own:
                if own.connect_ex(("127.0.0.1", port)) != 0:
                    return False
        return True

    def text(self):
        return self.path.read_text()

    def wait(self, is_there):
        for _ in range(300):
            if is_there():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"it never came, but: {self.text()[-4_000:]}")

    def end(self):
        self.process.terminate()
        self.process.wait()


class Telemetry(unittest.TestCase):
    def check(self, protocol):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            receiver = Receiver(folder)
            ship = None
            try:
                (folder / "a.log").write_text(LINE * LINES)
                port = receiver.ports[protocol]
                config = CONFIG.format(folder=folder, port=port, protocol=protocol)
                (folder / "ship.toml").write_text(config)
                ship = subprocess.Popen(
                    [PROGRAM, "ship", "--config", folder / "ship.toml"],
                    stderr=subprocess.PIPE, text=True)
                found = re.compile(rf"Name: delimark\.lines\n(?:.*\n){{4,12}}?Value: {LINES}\n")
                receiver.wait(lambda: found.search(receiver.text()))
                receiver.wait(lambda: "log.parse" in receiver.text())
                receiver.wait(lambda: "Str(followed)" in receiver.text())
                ship.send_signal(signal.SIGTERM)
                _, told = ship.communicate(timeout=30)
                self.assertEqual(ship.returncode, 0, told)
                self.assertNotIn("telemetry", told)
            finally:
                if ship:
                    ship.kill()
                receiver.end()
            text = receiver.text()
        self.assertRegex(text, r"-> log\.parse\.duration\.us: Int\(\d+\)")
        self.assertIn(f"-> log.parse.delim.offset: Int({len(LINE) * LINES})", text)
        self.assertIn("-> log.parse.simd.hit.rate: Double(1)", text)
        self.assertIn("-> service.name: Str(delimark-ship)", text)
        self.assertRegex(text, r"SeverityText: INFO")
        self.assertRegex(text, r"Body: Str\(.*a\.log: followed from byte 0\)")
        self.assertRegex(text, r"Name: delimark\.written\n(?:.*\n)*?Value: \d+\n")

    def test_signals_arrive(self):
        for protocol in PROTOCOLS:
            with self.subTest(protocol):
                self.check(protocol)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the program `delimark`")
    parser.add_argument("protocols", nargs="+", choices=("http", "grpc"))
    options = parser.parse_args()
    PROGRAM, PROTOCOLS = options.program, options.protocols
    unittest.main(argv=["check"])
