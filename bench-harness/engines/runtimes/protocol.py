"""The protocol of README.md for runners in Python, and what all that hold a module have in common."""

import json
import os
import sys
import time

# A module addresses 4 GiB, but a Rust slice has half of that at most.
INPUT_BYTES_MOST = 2**31 - 2**16
READ_BYTES = 1 << 26


class Refusal(Exception):
    """What the runner cannot do; the message is the answer, and the runner goes on."""


class TrapError(Exception):
    """The module trapped; the message is the engine's."""


class WasmRunner:
    """A module and an instance of it. A subclass knows the engine.

    It sets `engine` and `compile_ns`, and has `instantiate()`, `function(name)`, `timed(function)`,
    `read(start, length)` and `write(start, data)`. What it calls raises TrapError where the module
    traps; `timed` calls and returns nanoseconds and what came of it.
    """

    def call(self, name, *arguments):
        return self.guarded(self.function(name), *arguments)

    def guarded(self, call, *arguments):
        """Where the module traps, its state is of no use any more: another one takes over."""
        try:
            return call(*arguments)
        except TrapError as trap:
            words = self.text("last_words")
            self.instantiate()
            raise Refusal(f"the module trapped ({trap}) {words}".strip()) from trap

    def text(self, name):
        """What the module has to say."""
        start = self.function(f"delimark_{name}")() & 0xFFFFFFFF
        length = self.function(f"delimark_{name}_bytes")() & 0xFFFFFFFF
        return self.read(start, length).decode().replace("\n", " ")

    def send(self, message, name):
        """Calls a function of the module that takes a message and tells whether it could."""
        start = self.call("delimark_message", len(message)) & 0xFFFFFFFF
        self.write(start, message)
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
                self.write(start + done, chunk)
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
        function = self.function("delimark_run")
        nanoseconds, is_fine = self.guarded(self.timed, function)
        if is_fine == 0:
            raise Refusal(self.text("answer"))
        values = [self.call(f"delimark_{name}") for name in ("records", "fields", "checksum")]
        records, fields, checksum = (value & 0xFFFFFFFFFFFFFFFF for value in values)
        return f"ok {nanoseconds} {records} {fields} {checksum:x}"

    def timed(self, function):
        begin = time.perf_counter_ns()
        is_fine = function()
        return time.perf_counter_ns() - begin, is_fine

    def about(self):
        return json.dumps(
            {
                "engine": self.engine,
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


def serve(runner):
    """Answers requests until there are no more."""
    for line in iter(sys.stdin.buffer.readline, b""):
        try:
            text = answer(runner, line.decode().removesuffix("\n"))
        except (Refusal, OSError) as refusal:
            text = f"error {refusal}"
        sys.stdout.buffer.write(text.encode() + b"\n")
        sys.stdout.buffer.flush()
