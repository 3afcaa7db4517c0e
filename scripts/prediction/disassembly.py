"""Instructions of one function, as llvm-objdump prints them; all text of a
disassembler is taken to pieces here, for both architectures."""

import re
from dataclasses import dataclass, field

from .commands import output
from .failure import Failure

_LINE = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$")
_TARGET = re.compile(r"\b0x([0-9a-f]+)\s*(?:<[^>]*>)?$")
_COMMENT = re.compile(r"\s*(?:# |// ).*$")

# LLVM's names of the architectures, by Rust's targets.
ARCHITECTURES = {
    "x86_64-unknown-linux-gnu": "x86_64",
    "aarch64-unknown-linux-gnu": "aarch64",
}


@dataclass(frozen=True)
class Instruction:
    """One instruction; `operands` are as printed, and the target of a jump is an address."""

    address: int
    mnemonic: str
    operands: tuple[str, ...]
    target: int | None = None

    @property
    def is_call(self):
        return self.mnemonic in ("call", "bl", "blr")

    @property
    def is_return(self):
        return self.mnemonic in ("ret", "ud2", "brk", "udf", "hlt")

    @property
    def is_jump(self):
        """Goes on elsewhere, always or on a condition."""
        return self.target is not None and not self.is_call

    @property
    def falls_through(self):
        return not self.is_return and self.mnemonic not in ("jmp", "b", "br")

    def text(self, label):
        """As an assembler takes it, a jump going to the label."""
        operands = list(self.operands)
        if self.is_jump:
            operands[-1] = label
        return f"{self.mnemonic} {', '.join(operands)}".rstrip()


@dataclass
class Function:
    """A function of a binary: its symbol and its instructions, in the order of addresses."""

    architecture: str
    symbol: str
    instructions: list[Instruction] = field(default_factory=list)


def split_operands(text):
    """Splits at the commas outside of brackets."""
    operands, depth, start = [], 0, 0
    for index, letter in enumerate(text):
        if letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
        elif letter == "," and depth == 0:
            operands.append(text[start:index].strip())
            start = index + 1
    last = text[start:].strip()
    return tuple(operands + [last] if last else operands)


def parse_line(line):
    """Returns the instruction of a line, or nothing where the line holds none."""
    match = _LINE.match(line)
    if not match:
        return None
    address, mnemonic, rest = int(match[1], 16), match[2], _COMMENT.sub("", match[3]).strip()
    target = None
    if "[" not in rest and re.match(r"j|call|b$|b\.|bl$|cbn?z|tbn?z", mnemonic):
        found = _TARGET.search(rest)
        if found:
            target = int(found[1], 16)
            rest = rest[: found.start()] + f"0x{found[1]}"
    return Instruction(address, mnemonic, split_operands(rest), target)


def parse_function(text, architecture, symbol):
    """Reads what llvm-objdump printed of a function."""
    instructions = [instruction for line in text.splitlines() if (instruction := parse_line(line))]
    if not instructions:
        raise Failure(f"llvm-objdump printed no instruction of {symbol}")
    return Function(architecture, symbol, instructions)


class Binary:
    """A program with symbols."""

    def __init__(self, objdump, path, target):
        self.objdump, self.path, self.target = objdump, path, target
        self.symbols = self._symbols()

    def _symbols(self):
        """Mangled names by readable ones, without the hashes at their ends."""
        symbols = {}
        mangled = output(self.objdump, "--syms", self.path).splitlines()
        readable = output(self.objdump, "--syms", "--demangle", self.path).splitlines()
        for line, shown in zip(mangled, readable, strict=True):
            match = re.search(r" F \S+\t[0-9a-f]+ (?:\.hidden )?(\S+)$", line)
            shown = re.search(r" F \S+\t[0-9a-f]+ (?:\.hidden )?(delimark::\S+)", shown)
            if match and shown:
                name = re.sub(r"::h[0-9a-f]{16}$", "", shown[1])
                symbols.setdefault(name, []).append(match[1])
        return symbols

    def function(self, name):
        """Disassembles the one function with that readable name."""
        found = self.symbols.get(name, [])
        if len(found) != 1:
            raise Failure(f"{self.path} has {len(found)} functions {name}; one was expected")
        text = output(
            self.objdump,
            "--disassemble",
            "--no-show-raw-insn",
            "--x86-asm-syntax=intel",
            f"--disassemble-symbols={found[0]}",
            self.path,
        )
        return parse_function(text, ARCHITECTURES[self.target], name)
