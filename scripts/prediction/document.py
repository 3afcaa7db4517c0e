"""predictions.json: what it is made of, and how it is written."""

import json

from . import analyser, hot_loop, processors
from .commands import output
from .disassembly import ARCHITECTURES

SCHEMA = "delimark-predictions/1"
LOOPS = ("index", "count")
_COMMIT = ("git", "rev-parse", "--short=12", "HEAD")
_CHANGES = ("git", "status", "--porcelain", "--", "parser", "Cargo.toml")
_WITHOUT_NATIVE_CODE = "WebAssembly: the engine that runs a module makes its machine code"


def find_loops(backends, binaries):
    """Finds the hot loops of every backend in every binary that has it; by backend, target and
    name."""
    return {
        (backend.name, target, name): hot_loop.find(backend.function(binary, name), name == "index")
        for backend in backends
        for target, binary in binaries.items()
        if backend.is_for(target)
        for name in LOOPS
    }


def predict(llvm, backends, loops):
    """Returns a row for each loop, backend and processor."""
    rows = []
    for processor in processors.PROCESSORS:
        has = processors.features(processor)
        for name in LOOPS:
            for backend in backends:
                row = {"loop": name, "backend": backend.name, "processor": processor.name}
                reason = _unavailable(backend, processor, has)
                if reason:
                    row["unavailable"] = reason
                else:
                    loop = loops[backend.name, processor.target, name]
                    row |= analyser.predict(llvm.analyser, processor, loop)
                rows.append(row)
    return rows


def _unavailable(backend, processor, has):
    """Says why there is no prediction, where there is none."""
    if backend.folder == "wasm32":
        return _WITHOUT_NATIVE_CODE
    if not backend.is_for(processor.target):
        return f"{backend.folder} only, and this is {ARCHITECTURES[processor.target]}"
    lacking = sorted(backend.features - has)
    return f"the processor lacks {', '.join(lacking)}" if lacking else None


def assemble(root, llvm, loops, rows, comparison):
    """Returns the whole document."""
    return {
        "schema": SCHEMA,
        "kind": "model",
        "tool": f"llvm-mca {llvm.version}",
        "rustc": output("rustc", "--version", folder=root).strip(),
        "commit": output(*_COMMIT, folder=root).strip(),
        "dirty": bool(output(*_CHANGES, folder=root)),
        "processors": [_processor(processor) for processor in processors.PROCESSORS],
        "loops": [_loop(key, loop) for key, loop in loops.items()],
        "rows": rows,
        "comparison": comparison,
    }


def _processor(processor):
    return {
        "name": processor.name,
        "architecture": ARCHITECTURES[processor.target],
        "llvm_name": processor.llvm_name,
        "modelled_as": processor.tables_of,
    }


def _loop(key, loop):
    backend, target, name = key
    return {
        "loop": name,
        "backend": backend,
        "target": target,
        "instructions": len(loop.instructions),
        "blocks": loop.blocks,
        "positions_per_block": loop.positions / loop.blocks,
    }


def write(document, path):
    """Writes a line for each row, so that changes can be read."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list):
            lines = ",\n".join(f"    {json.dumps(entry)}" for entry in value)
            text = f"[\n{lines}\n  ]"
        else:
            text = json.dumps(value, indent=2).replace("\n", "\n  ")
        parts.append(f'  "{key}": {text}')
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")
