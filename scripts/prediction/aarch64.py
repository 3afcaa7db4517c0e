"""Effects of AArch64 instructions on addresses, from their text; all that is not known to keep a
register known makes it unknown."""

import re

from .affine import Affine
from .failure import Failure
from .machine import number

STACK_POINTER = "sp"

_BYTES = {"b": 1, "h": 2, "s": 4, "w": 4, "d": 8, "x": 8, "q": 16}
_VECTOR = re.compile(r"v\d+\.(?:16b|8h|4s|2d)$")
_LOADS = re.compile(r"(ldu?r|ldp|ldn?p|ld[1-4])$")
_STORES = re.compile(r"(stu?r|stn?p|st[1-4])$")
_WRITES_NOTHING = re.compile(r"(cmp|cmn|tst|ccmp|ccmn|prfu?m|nop|cbn?z|tbn?z|b|b\..*)$")
# Of other accesses to memory the size, or what is written, is not in the operands.
_NOT_UNDERSTOOD = re.compile(r"(ld|st|cas|swp|bl|svc|mrs|msr)")


def register(text):
    """Returns the name of the 64-bit register that an operand is or is a part of, or nothing."""
    match = re.match(r"^[wx](\d+|zr)$", text)
    return f"x{match[1]}" if match else text if text == "sp" else None


def execute(state, instruction):
    """Follows one instruction."""
    mnemonic, operands = instruction.mnemonic, instruction.operands
    if _WRITES_NOTHING.match(mnemonic):
        return
    if _LOADS.match(mnemonic) or _STORES.match(mnemonic):
        _access(state, operands, is_store=bool(_STORES.match(mnemonic)))
    elif _NOT_UNDERSTOOD.match(mnemonic):
        raise Failure(f"{mnemonic} at {instruction.address:#x}: its effect is not known here")
    elif register(operands[0]):
        state.write(register(operands[0]), _result(state, mnemonic, operands[1:]))


def _access(state, operands, is_store):
    place = next(index for index, operand in enumerate(operands) if operand.startswith("["))
    registers, behind = operands[:place], operands[place + 1 :]
    base, *offset = [part.strip() for part in operands[place].strip("[]!").split(",")]
    before, pointer = state.read(register(base)), register(base)
    address = before.plus(_sum(state, offset))
    size = sum(map(_size, registers))
    if is_store:
        whole = len(registers) == 1 and register(registers[0])
        state.store(address, size, state.read(whole) if whole else Affine.unknown())
    else:
        value = state.load(address, size)
        for operand in filter(register, registers):
            state.write(register(operand), value if len(registers) == 1 else Affine.unknown())
    if operands[place].endswith("!"):
        state.write(pointer, address)
    elif behind:
        state.write(pointer, before.plus(_sum(state, behind)))


def _size(operand):
    """Returns the bytes of a register, or of all in braces."""
    names = operand.strip("{ }").split(",")
    if operand.startswith("{") and not all(_VECTOR.match(name.strip()) for name in names):
        raise Failure(f"{operand}: the size of these registers is not known here")
    return 16 * len(names) if operand.startswith("{") else _BYTES[operand[0]]


def _sum(state, operands):
    """Returns the value of a register or a number, shifted where a shift stands behind it."""
    if not operands:
        return Affine()
    name, constant = register(operands[0]), number(operands[0])
    if constant is not None:
        value = Affine(constant=constant)
    elif name == "xzr":
        value = Affine()
    elif name:
        value = state.read(name)
    else:
        return Affine.unknown()
    if len(operands) == 1:
        return value
    shift = re.match(r"^(?:lsl|uxtw|sxtw) #(\d+|0x[0-9a-f]+)$", operands[1])
    if len(operands) > 2 or not shift:
        return Affine.unknown()
    return Affine().plus(value, 1 << int(shift[1], 0))


def _result(state, mnemonic, operands):
    if mnemonic == "mov":
        return _sum(state, operands)
    if mnemonic in ("add", "adds", "sub", "subs"):
        sign = -1 if mnemonic.startswith("sub") else 1
        return _sum(state, operands[:1]).plus(_sum(state, operands[1:]), sign)
    return Affine.unknown()
