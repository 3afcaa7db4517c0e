"""python wasmtime.py MODULE

Holds one of this project's WebAssembly modules under wasmtime, and answers the protocol of
README.md.
"""

import json
import os
import sys
import time
from importlib.metadata import version

# The file has the name of the library, and Python looks in a script's folder first.
sys.path.pop(0)

from wasmtime import Engine, Linker, Module, Store, Trap, WasmtimeError

# A module addresses 4 GiB, but a Rust slice has half of that at most.
INPUT_BYTES_MOST = 2**31 - 2**16
READ_BYTES = 1 << 26


class Refusal(Exception):
    """What the runner cannot do; the message is the answer, and the runner goes on."""


class WasmRunner:
    def __init__(self, path):
        self.engine = Engine()
        with open(path, "rb") as file:
            code = file.read()
        begin = time.perf_counter_ns()
        self.module = Module(self.engine, code)
        self.compile_ns = time.perf_counter_ns() - begin
        self.instantiate()

    def instantiate(self):
        """What the bindings import is only for the other half of the module: here it traps."""
        linker = Linker(self.engine)
        linker.define_unknown_imports_as_traps(self.module)
        self.store = Store(self.engine)
        self.exports = linker.instantiate(self.store, self.module).exports(self.store)
        self.memory = self.exports["memory"]

    def call(self, name, *arguments):
        return self.call_function(self.exports[name], *arguments)

    def call_function(self, function, *arguments):
        """Where the module traps, its state is of no use any more: another one takes over."""
        try:
            return function(self.store, *arguments)
        except (Trap, WasmtimeError) as error:
            words = self.text("last_words")
            self.instantiate()
            cause = str(error).strip().splitlines()[-1].strip()
            raise Refusal(f"the module trapped ({cause}) {words}".strip()) from error

    def text(self, name):
        """What the module has to say."""
        start = self.exports[f"delimark_{name}"](self.store) & 0xFFFFFFFF
        length = self.exports[f"delimark_{name}_bytes"](self.store) & 0xFFFFFFFF
        return self.memory.read(self.store, start, start + length).decode().replace("\n", " ")

    def send(self, message, name):
        """Calls a function of the module that takes a message and tells whether it could."""
        start = self.call("delimark_message", len(message)) & 0xFFFFFFFF
        self.memory.write(self.store, message, start)
        if self.call(name) == 0:
            raise Refusal(self.text("answer"))

    def verify(self, frame):
        self.send(frame, "delimark_verify")
        return self.text("answer")

    def load(self, path):
        with open(path, "rb", buffering=0) as file:
            length = os.fstat(file.fileno()).st_size
            if length > INPUT_BYTES_MOST:
                raise Refusal(f"{length} bytes are more than the 2 GiB that a module can take")
            start = self.call("delimark_input", length) & 0xFFFFFFFF
            if start == 0:
                raise Refusal(f"the module has no memory for {length} bytes")
            done = 0
            while done < length:
                chunk = file.read(min(length - done, READ_BYTES))
                if not chunk:
                    raise Refusal(f"{path} has become shorter")
                self.memory.write(self.store, chunk, start + done)
                done += len(chunk)
        return length

    def set_dialect(
        self, delimiter, columns, ragged, line_ending, line_limit, quote=None, escape=None
    ):
        words = f"delimiter={delimiter} columns={columns} ragged={ragged}"
        more = f"line_ending={line_ending} line_limit={line_limit}"
        quoting = "" if quote is None else f" quote={quote} escape={escape}"
        self.send(f"{words} {more}{quoting}\n".encode(), "delimark_set_dialect")

    def run(self, model, columns=""):
        self.send(f"{model} {columns}".encode(), "delimark_prepare")
        # Looking it up is no part of the pass.
        function = self.exports["delimark_run"]
        begin = time.perf_counter_ns()
        is_fine = self.call_function(function)
        nanoseconds = time.perf_counter_ns() - begin
        if is_fine == 0:
            raise Refusal(self.text("answer"))
        values = [self.call(f"delimark_{name}") for name in ("records", "fields", "checksum")]
        records, fields, checksum = (value & 0xFFFFFFFFFFFFFFFF for value in values)
        return f"ok {nanoseconds} {records} {fields} {checksum:x}"

    def about(self):
        return json.dumps(
            {
                "engine": f"wasmtime {version('wasmtime')}",
                "backend": self.text("backend"),
                "compile_ns": self.compile_ns,
            }
        )


def read_frame(length):
    frame = sys.stdin.buffer.read(length)
    if len(frame) < length:
        raise EOFError("the input ended within a frame")
    return frame


def answer(runner, line):
    verb, _, rest = line.partition(" ")
    match verb:
        case "verify":
            return runner.verify(read_frame(int(rest)))
        case "load":
            return f"ok {runner.load(rest)}"
        case "dialect":
            runner.set_dialect(*rest.split(" "))
            return "ok"
        case "run":
            return runner.run(*rest.split(" "))
        case "about":
            return runner.about()
    raise Refusal(f"there is no request '{verb}'")


def main():
    runner = WasmRunner(sys.argv[1])
    for line in iter(sys.stdin.buffer.readline, b""):
        try:
            text = answer(runner, line.decode().removesuffix("\n"))
        except (Refusal, OSError) as refusal:
            text = f"error {refusal}"
        sys.stdout.buffer.write(text.encode() + b"\n")
        sys.stdout.buffer.flush()


main()
