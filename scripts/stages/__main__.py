"""The checks that scripts/test makes, in their order."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import schedule, table
from .stage import Job, Stage


def main():
    arguments = parse()
    # What a CI system ends is to take along what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    # The backends are chosen by the tests, whatever the caller's environment says.
    os.environ.pop("DELIMARK_BACKEND", None)
    in_turn = arguments.in_turn or os.cpu_count() == 1
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        jobs = [Job(stage, folder / str(n)) for n, stage in enumerate(stages(arguments.quick))]
        try:
            schedule.run(jobs, in_turn)
        finally:
            print(*table.lines(jobs, time.monotonic() - begin), sep="\n", flush=True)
    return 1 if schedule.failed(jobs) else 0


def parse():
    parser = argparse.ArgumentParser(prog="test", allow_abbrev=False)
    parser.add_argument("--quick", action="store_true", help="leave out what takes minutes")
    parser.add_argument("--in-turn", action="store_true", help="run one check after the other")
    return parser.parse_args()


def stages(quick):
    """Lists them all; a quick run leaves the slow ones out."""
    backends = subprocess.run(["ci/backends"], check=True, capture_output=True, text=True)
    backends = backends.stdout.strip()

    def check(name, command, **options):
        return Stage(name, tuple(command.split()), **options)

    def slow(name, command, **options):
        return check(name, command, left_out="left out by --quick" if quick else "", **options)

    emulated = [slow("AVX-512, emulated", "ci/avx512", beside=True, has_tests=True)]
    return [
        check("setup", "scripts/setup"),
        check("format", "ci/format"),
        check("shell scripts", "ci/shell"),
        check("order of checks", "ci/stages"),
        check("recorded logs", "ci/recorded-logs"),
        check("workflows", "ci/workflows"),
        check("deployment", "ci/deploy"),
        check("WebAssembly modules", "scripts/build-wasm"),
        check("programs for emulators", "scripts/build-runner"),
        # SQL needs a newer Rust, and has a stage of its own.
        check(
            "clippy",
            "cargo clippy --workspace --exclude delimark-query --all-targets --locked"
            " -- -D warnings",
        ),
        *(emulated if "avx512" not in backends else []),
        check("conformance", f"ci/conformance{' --quick' if quick else ''}", beside=True),
        check("clippy, other targets", "ci/clippy-targets"),
        check(
            "documentation",
            "cargo doc --workspace --exclude delimark-query --no-deps --locked",
            environment={"RUSTDOCFLAGS": "-Dwarnings"},
        ),
        check("oldest Rust", "ci/msrv"),
        check(
            f"tests on {backends}",
            "cargo test --workspace --exclude delimark-query --locked --no-fail-fast",
            has_tests=True,
            environment={"DELIMARK_EXPECT_BACKENDS": backends},
        ),
        slow(
            "file of 5 GiB",
            "cargo test --locked -p delimark-cli --test it -- --ignored five_gib_sparse_file",
            beside=True,
            has_tests=True,
        ),
        slow("NEON, emulated", "ci/aarch64", has_tests=True),
        slow("WebAssembly", "ci/wasm", has_tests=True),
        slow("fuzzing", "ci/fuzz", beside=True),
        slow("address sanitizer", "ci/address-sanitizer", has_tests=True),
        slow("other parsers", "ci/peers"),
        slow("readers of Parquet", "ci/parquet-readers"),
        slow("object stores", "ci/object-store"),
        slow("telemetry", "ci/otlp"),
        slow("SQL", "ci/query", has_tests=True),
        check("npm package", "ci/wasm-package"),
        check("study in a browser", "ci/study-page"),
        slow("demo in Firefox", "ci/demo firefox"),
        slow("predicted loops", "ci/predictions"),
        slow("benches", "ci/benches"),
        # How fast a page answers is looked at, too.
        check("demo in Chromium", "ci/demo chromium", alone=True),
        slow("run, end to end", "ci/end-to-end", alone=True),
        slow("causes of slowness", "ci/attribution", alone=True),
        slow("gate against the parent", "ci/gate", alone=True),
        slow("gate against itself", "ci/gate-self-test", alone=True),
        slow("gate of any command", "ci/gate-examples", alone=True),
    ]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
