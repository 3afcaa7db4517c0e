"""python wasmtime.py MODULE

Holds one of this project's WebAssembly modules under wasmtime, and answers the protocol of
README.md.
"""

import sys
import time
from functools import partial
from importlib.metadata import version

# The file has the name of the library, and Python looks in a script's folder first.
FOLDER = sys.path.pop(0)

from wasmtime import Engine, Linker, Module, Store, Trap, WasmtimeError

sys.path.append(FOLDER)

from protocol import TrapError, WasmRunner, serve


class WasmtimeRunner(WasmRunner):
    def __init__(self, path):
        self.engine = f"wasmtime {version('wasmtime')}"
        self.compiler = Engine()
        with open(path, "rb") as file:
            code = file.read()
        begin = time.perf_counter_ns()
        self.module = Module(self.compiler, code)
        self.compile_ns = time.perf_counter_ns() - begin
        self.instantiate()

    def instantiate(self):
        """What the bindings import is only for the other half of the module: here it traps."""
        linker = Linker(self.compiler)
        linker.define_unknown_imports_as_traps(self.module)
        self.store = Store(self.compiler)
        self.exports = linker.instantiate(self.store, self.module).exports(self.store)
        self.memory = self.exports["memory"]

    def function(self, name):
        return partial(self.call_export, self.exports[name])

    def call_export(self, export, *arguments):
        try:
            return export(self.store, *arguments)
        except (Trap, WasmtimeError) as error:
            raise TrapError(str(error).strip().splitlines()[-1].strip()) from error

    def read(self, start, length):
        return self.memory.read(self.store, start, start + length)

    def write(self, start, data):
        self.memory.write(self.store, data, start)


serve(WasmtimeRunner(sys.argv[1]))
