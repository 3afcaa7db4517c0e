"""Times of the same loops on the machine at hand: a run over data that stay in the second-level
cache, and its times turned into cycles."""

import json
import re
import tempfile
from pathlib import Path
from statistics import median

from .commands import output
from .failure import Failure

# Few enough for half of the smallest second-level cache that is common, 512 KiB.
_LINES = 1000
_SECONDS_MOST = 600
BLOCK_BYTES = 64


def native_processor():
    """Returns what LLVM calls the processor of this machine."""
    printed = output("rustc", "--print", "target-cpus")
    native = re.search(r"currently ([^)\s]+)\)", printed)
    if not native:
        raise Failure("rustc does not say what processor this is")
    return native[1]


def run(program):
    """Measures every native backend on `count` and `index`, and returns the results."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "run", "--lines", str(_LINES), "--counters", "hardware"]
        command += ["--engines", "^delimark/[a-z0-9]+$", "--models", "^(count|index)$"]
        command += ["--output", folder]
        output(*command, seconds=_SECONDS_MOST)
        return json.loads((Path(folder) / "results.json").read_text())


def measured(cell, clock):
    """Returns the cycles of a block and what they are from: counted, or else the median pass, with
    its 95 % interval, at the clock that was measured in the run. Without either it returns nothing:
    the clock that a processor states is not the one that it runs at."""
    counted = cell["counters"].get("cycles", {})
    if "value" in counted:
        counted_bytes = counted.get("window", cell)["bytes"]
        cycles = counted["value"] * BLOCK_BYTES / counted_bytes
        return {"cycles_per_block": round(cycles, 3), "cycles_from": counted["source"]}
    if "value" not in clock:
        return None
    cycles_per_ns = clock["value"]["hertz"] * 1e-9
    per_second = cell["gigabytes_per_second_interval"]
    cycles = median(cell["samples_ns"]) * cycles_per_ns * BLOCK_BYTES / cell["bytes"]
    return {
        "cycles_per_block": round(cycles, 3),
        "interval": {
            "low": round(cycles_per_ns * BLOCK_BYTES / per_second["high"], 3),
            "high": round(cycles_per_ns * BLOCK_BYTES / per_second["low"], 3),
        },
        "cycles_from": "measured clock",
    }


def compare(results, processor, rows):
    """Sets the predicted rows of a processor beside the measured cells of a run on it."""
    environment = results["environment"]
    clock = environment["cpu"].get("measured_clock", {"unavailable": "the run did not measure it"})
    cells = {
        (cell["engine"].removeprefix("delimark/"), cell["model"]): cell
        for cell in results["cells"]
        if cell["engine"] == f"delimark/{cell['backend_executed']}"
    }
    compared = []
    for row in rows:
        cell = cells.get((row["backend"], row["loop"]))
        if row["processor"] == processor.name and "cycles_per_block" in row and cell:
            found = measured(cell, clock)
            if found is None:
                return {"unavailable": f"the clock is not known: {clock['unavailable']}"}
            compared.append(
                {
                    "backend": row["backend"],
                    "loop": row["loop"],
                    "predicted_cycles_per_block": row["cycles_per_block"],
                    "measured": found,
                    "predicted_to_measured": round(
                        row["cycles_per_block"] / found["cycles_per_block"], 3
                    ),
                }
            )
    if not compared:
        raise Failure(f"the run has no cell of a backend that is predicted for {processor.name}")
    return {
        "processor": processor.name,
        "cpu_model": environment["cpu"]["model"],
        "virtualisation": environment["virtualisation"],
        "measured_clock": clock,
        "dataset": results["datasets"][0]["name"],
        "bytes": next(iter(cells.values()))["bytes"],
        "rows": compared,
    }
