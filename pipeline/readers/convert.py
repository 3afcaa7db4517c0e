#!/usr/bin/env python3
"""Converts the logs that logs.toml describes, and prints each log and its Parquet file."""

import argparse
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import reference

ROOT = reference.HERE.parent.parent
FOLDERS = [ROOT / "datasets", ROOT / "pipeline"]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="Exit codes: 0 converted, 1 a log is missing or its conversion failed, 2 usage.",
    )
    parser.add_argument("program", help="the program `delimark`")
    parser.add_argument("folder", type=Path, help="where the files go, and where made logs are")
    arguments = parser.parse_args()
    for name, description in reference.descriptions().items():
        found = [folder / name for folder in [*FOLDERS, arguments.folder]]
        found = [path for path in found if path.is_file()]
        if not found:
            sys.exit(f"convert: there is no log {name}")
        output = arguments.folder / (name.replace("/", "-").removesuffix(".log") + ".parquet")
        output.unlink(missing_ok=True)
        command = [arguments.program, "convert", str(found[0]), "-o", str(output)]
        command += [option(text) for text in description["format"]]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode or not output.is_file():
            sys.exit(f"convert: {name}: exit code {done.returncode}\n{done.stderr}")
        print(found[0], output, sep="\n")


def option(text):
    """Returns an option of a description, with what stands in a file for `@FILE` and a part."""
    if not text.startswith("@"):
        return text
    path, _, part = text[1:].partition(":")
    content = (ROOT / path).read_text()
    if not part:
        return content
    return next(line for line in content.splitlines() if part in line).strip()


if __name__ == "__main__":
    main()
