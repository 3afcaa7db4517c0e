"""python spidermonkey.py MODULE

Holds one of this project's WebAssembly modules under SpiderMonkey, Firefox's engine, and answers
the protocol of README.md.

The engine comes with PythonMonkey, as a library that is loaded by itself: the package around it
has servers and timers, which nothing here needs, and asks for packages whose versions it leaves
open.
"""

import sys
import time
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import distribution, version
from importlib.util import module_from_spec, spec_from_file_location

from protocol import TrapError, WasmRunner, serve

# JavaScript's half: an instance, and calls whose errors come back as texts. A number there is a
# float, and an integer of 64 bits comes as two of 32.
GLUE = """
(code, clock) => {
  const begin = clock();
  const module = new WebAssembly.Module(new Uint8Array(code));
  const compileSeconds = clock() - begin;
  let exports;
  const instantiate = () => {
    const imports = {};
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      if (kind !== "function") throw new Error(`the module imports ${from}.${name}, a ${kind}`);
      imports[from] ??= {};
      imports[from][name] = () => {
        throw new Error(`the import ${from}.${name} is not there`);
      };
    }
    exports = new WebAssembly.Instance(module, imports).exports;
  };
  const attempt = (call) => {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      return error.message;
    }
  };
  return {
    compileSeconds,
    instantiate,
    memory: () => new Uint8Array(exports.memory.buffer),
    call: (name, argument) =>
      attempt(() => {
        const value = exports[name](argument);
        if (typeof value !== "bigint") return value;
        const bits = BigInt.asUintN(64, value);
        return [Number(bits >> 32n), Number(bits & 0xffffffffn)];
      }),
    timed: (name) =>
      attempt(() => {
        const call = exports[name];
        const begin = clock();
        const isFine = call();
        return [clock() - begin, isFine];
      }),
  };
}
"""


def load_engine():
    """Loads the library, and not the package."""
    files = distribution("pythonmonkey").files
    library = next(file for file in files if file.name == "pythonmonkey.so")
    spec = spec_from_file_location("pythonmonkey", str(library.locate()))
    engine = module_from_spec(spec)
    spec.loader.exec_module(engine)
    name = next(file.name for file in files if file.name.startswith("libmozjs-"))
    return engine, name.removeprefix("libmozjs-").split(".")[0]


class SpiderMonkeyRunner(WasmRunner):
    def __init__(self, path):
        library, number = load_engine()
        self.engine = f"SpiderMonkey {number} (PythonMonkey {version('pythonmonkey')})"
        with open(path, "rb") as file:
            code = bytearray(file.read())
        self.glue = library.eval(GLUE)(code, time.perf_counter)
        self.compile_ns = round(self.glue["compileSeconds"] * 1e9)
        self.instantiate()

    def instantiate(self):
        self.glue["instantiate"]()

    def function(self, name):
        return lambda argument=0: self.returned(self.glue["call"](name, argument), name)

    def returned(self, value, name):
        """A text is a trap's, and two numbers are the halves of one."""
        if isinstance(value, str):
            raise TrapError(str(value))
        if isinstance(value, (int, float)) or value is None:
            return int(value or 0)
        high, low = value
        return int(high) << 32 | int(low)

    def timed(self, _function):
        """By the same clock, read in JavaScript: the way there takes longer than a short pass."""
        value = self.glue["timed"]("delimark_run")
        if isinstance(value, str):
            raise TrapError(str(value))
        seconds, is_fine = value
        return round(seconds * 1e9), int(is_fine)

    def read(self, start, length):
        return bytes(memoryview(self.glue["memory"]())[start : start + length])

    def write(self, start, data):
        memoryview(self.glue["memory"]())[start : start + len(data)] = data


serve(SpiderMonkeyRunner(sys.argv[1]))
