"""The contents of registers and the stack, and the memory that was touched, for both
architectures."""

import re
from dataclasses import dataclass

from .affine import Affine

_NUMBER = re.compile(r"^#?(-?)(0x[0-9a-f]+|\d+)$")


def number(text):
    """Returns the number that an operand is, or nothing."""
    match = _NUMBER.match(text)
    return (-1 if match[1] else 1) * int(match[2], 0) if match else None


@dataclass(frozen=True)
class Access:
    """A load or a store: by which instruction, where, and how many bytes."""

    origin: int
    address: Affine
    bytes: int
    is_store: bool


class State:
    """Registers and the fixed places on the stack by their values, and the accesses since
    `accesses` was last emptied. The stack pointer never moves inside a loop."""

    def __init__(self, stack_pointer):
        self.stack_pointer = stack_pointer
        self.origin = 0
        self.registers, self.slots, self.accesses = {}, {}, []

    def read(self, register):
        return self.registers.setdefault(register, Affine.named(register))

    def write(self, register, value):
        self.registers[register] = value

    def forget(self, register):
        self.registers[register] = Affine.unknown()

    def load(self, address, size):
        """Returns what was read: known where the stack keeps it and its place is fixed."""
        self.accesses.append(Access(self.origin, address, size, is_store=False))
        place = self._place(address)
        if place is None:
            return Affine.unknown()
        return self.slots.setdefault(place, Affine.named(f"slot {place}"))

    def store(self, address, size, value):
        self.accesses.append(Access(self.origin, address, size, is_store=True))
        place = self._place(address)
        if place is not None:
            self.slots.update((byte, Affine.unknown()) for byte in range(place, place + size))
            self.slots[place] = value

    def _place(self, address):
        return address.difference(Affine.named(self.stack_pointer))
