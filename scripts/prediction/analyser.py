"""llvm-mca: how it is called, and what its answer says."""

import json
import os

from .commands import output
from .failure import Failure

_ITERATIONS = 1000
# Below this share of the cycles, what slows the execution units down explains nothing.
_PRESSURE_LEAST = 0.05
# From this share of the most micro-operations that a cycle can begin, that is what holds a loop up.
_DISPATCH_LEAST = 0.9


def predict(analyser, processor, loop):
    """Returns the figures for a hot loop, as the rows of predictions.json have them."""
    answer = _ask(analyser, processor, loop.assembly())
    units = [name.replace("\0", "0") for name in answer["TargetInfo"]["Resources"]]
    if not os.path.commonprefix(units).startswith(processor.tables):
        raise Failure(
            f"{processor.llvm_name}: LLVM's units are {units[0]} and so on, and no longer those of"
            f" {processor.tables}; bring scripts/prediction/processors.py up to date"
        )
    region = answer["CodeRegions"][0]
    summary = region["SummaryView"]
    if len(loop.instructions) * _ITERATIONS != summary["Instructions"]:
        raise Failure(f"{processor.llvm_name}: llvm-mca left instructions out")
    cycles = summary["TotalCycles"] / _ITERATIONS / loop.blocks
    return {
        "cycles_per_block": round(cycles, 3),
        "bytes_per_cycle": round(64 / cycles, 3),
        "micro_operations_per_block": round(summary["TotaluOps"] / _ITERATIONS / loop.blocks, 3),
        "bottleneck": bottleneck(summary, region["BottleneckAnalysis"]),
    }


def _ask(analyser, processor, assembly):
    architecture = processor.target.partition("-")[0].replace("_", "-")
    command = [analyser, f"-mtriple={processor.target}", f"-march={architecture}"]
    command += [f"-mcpu={processor.llvm_name}", f"-iterations={_ITERATIONS}"]
    command += ["-bottleneck-analysis", "-json", "-"]
    return json.loads(output(*command, given=assembly))


def bottleneck(summary, analysis):
    """Says what llvm-mca finds to hold the loop up: one sort of unit, or results that are waited
    for. Where it finds neither, it is how many micro-operations a cycle can begin, if the loop is
    near that, and else nothing that it names."""
    total = summary["TotalCycles"]
    if analysis["PressureIncreaseCycles"] < _PRESSURE_LEAST * total:
        share = summary["uOpsPerCycle"] / summary["DispatchWidth"]
        kind = "dispatch" if share >= _DISPATCH_LEAST else "unnamed"
        return {"kind": kind, "width": summary["DispatchWidth"], "share": round(share, 3)}
    units, waits = analysis["ResourcePressureCycles"], analysis["DataDependencyCycles"]
    if waits > units:
        return {"kind": "dependencies", "share": round(waits / total, 3)}
    pressure = {}
    for entry in analysis["ResourcePressure"]:
        for unit, cycles in entry.items():
            # Units of one sort are told apart by a number behind a dot.
            sort = unit.partition(".")[0]
            pressure[sort] = pressure.get(sort, 0) + cycles
    unit = max(pressure, key=pressure.get)
    return {"kind": "unit", "unit": unit, "share": round(units / total, 3)}
