"""Effects of x86-64 instructions on addresses, from their text in Intel's order; all that is not
known to keep a register known makes it unknown."""

import re

from .affine import Affine
from .failure import Failure
from .machine import number

STACK_POINTER = "rsp"

_BYTES = {"byte": 1, "word": 2, "dword": 4, "qword": 8, "xmmword": 16, "ymmword": 32, "zmmword": 64}
_MEMORY = re.compile(r"^(?:(\w+) ptr )?(?:[c-g]s:)?\[(.*)\]$")
_TOUCHES_NOTHING = re.compile(r"nop|j|prefetch|vzero")
_WRITES_NOTHING = re.compile(r"(cmp|test|bt|v?u?comis[sd]|v?ptest|kortest[bwdq]|ktest[bwdq])$")
# They write registers that are no operands of theirs, or more than their first.
_NOT_UNDERSTOOD = re.compile(r"(push|pop|leave|xchg|xadd|cmpxchg.*|rep.*|mulx|c[dq][qo]|call)$")
_OLD_NAMES = {
    **{f"{size}{letter}x": f"r{letter}x" for size in ("r", "e", "") for letter in "abcd"},
    **{f"{letter}{half}": f"r{letter}x" for half in "lh" for letter in "abcd"},
    **{f"{size}{name}": f"r{name}" for size in ("r", "e", "") for name in ("si", "di", "bp", "sp")},
    **{f"{name}l": f"r{name}" for name in ("si", "di", "bp", "sp")},
}


def register(text):
    """Returns the name of the 64-bit register that an operand is or is a part of, or nothing."""
    match = re.match(r"^(r\d+)[bwd]?$", text)
    return match[1] if match else _OLD_NAMES.get(text)


def address(state, text):
    """Adds up what stands between the brackets."""
    total = Affine()
    for sign, term in re.findall(r"([+-]?)\s*([^\s+-]+)", text):
        factor, _, name = term.rpartition("*")
        constant = number(name)
        if name == "rip":
            value = Affine.named("rip")
        elif constant is not None:
            value = Affine(constant=constant)
        else:
            value = state.read(register(name))
        total = total.plus(value, (-1 if sign == "-" else 1) * int(factor or 1))
    return total


def execute(state, instruction):
    """Follows one instruction."""
    mnemonic, operands = instruction.mnemonic, instruction.operands
    if _NOT_UNDERSTOOD.match(mnemonic):
        raise Failure(f"{mnemonic} at {instruction.address:#x}: its effect is not known here")
    if _TOUCHES_NOTHING.match(mnemonic):
        return
    writes = not _WRITES_NOTHING.match(mnemonic)
    # What is only written is not read: a store is no load.
    values = [
        Affine.unknown()
        if index == 0 and writes and _MEMORY.match(operand)
        else _value(state, mnemonic, operand)
        for index, operand in enumerate(operands)
    ]
    if mnemonic in ("mul", "div", "idiv") or (mnemonic == "imul" and len(operands) == 1):
        state.forget("rax")
        state.forget("rdx")
    elif writes:
        _write(state, operands[0], _result(mnemonic, operands, values))


def _value(state, mnemonic, operand):
    memory, name = _MEMORY.match(operand), register(operand)
    if memory and mnemonic == "lea":
        return address(state, memory[2])
    if memory:
        return state.load(address(state, memory[2]), _BYTES[memory[1]])
    if name:
        return state.read(name)
    constant = number(operand)
    return Affine.unknown() if constant is None else Affine(constant=constant)


def _result(mnemonic, operands, values):
    if mnemonic in ("mov", "movabs", "lea"):
        return values[1]
    if mnemonic in ("inc", "dec"):
        return values[0].plus(Affine(constant=1 if mnemonic == "inc" else -1))
    if mnemonic in ("add", "sub") and len(values) == 2:
        return values[0].plus(values[1], 1 if mnemonic == "add" else -1)
    if mnemonic == "xor" and operands[0] == operands[1]:
        return Affine()
    return Affine.unknown()


def _write(state, operand, value):
    memory, name = _MEMORY.match(operand), register(operand)
    if memory:
        state.store(address(state, memory[2]), _BYTES[memory[1]], value)
    elif name:
        state.write(name, value)
