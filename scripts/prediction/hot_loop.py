"""The rule that finds the hot loop of a function, and the facts that it must have.

A round is a way through the code from a block back to it. The hot round of a scan
- calls nothing;
- reads the input from one address on without a gap, and the next round reads on where it ended, a
  whole number of blocks of 64 bytes further;
- writes positions (`index`), or writes nothing but its stack (`count`).
Of those, the rounds that get furthest are taken, and of them the one with the fewest instructions:
the way on which no block has more separators than are written without asking. It is an error where
there is none, where two are as short, or where two loops get as far.
"""

from dataclasses import dataclass

from . import aarch64, x86
from .disassembly import Instruction
from .failure import Failure
from .flow import blocks, rounds
from .machine import State

BLOCK_BYTES = 64
POSITION_BYTES = 4
_FOLLOWERS = {"x86_64": x86, "aarch64": aarch64}


@dataclass(frozen=True)
class HotLoop:
    """One round of the hot loop."""

    architecture: str
    instructions: tuple[Instruction, ...]
    blocks: int
    positions: int

    def assembly(self):
        """As text for an assembler; jumps lead to a label behind the round."""
        syntax = [".intel_syntax noprefix"] if self.architecture == "x86_64" else []
        lines = [instruction.text(".Lelsewhere") for instruction in self.instructions]
        return "\n".join([*syntax, *lines, ".Lelsewhere:", ""])


@dataclass(frozen=True)
class _Candidate:
    loop: HotLoop
    input_loads: frozenset[int]


def find(function, writes_positions):
    """Returns the hot loop of a function of the kernel."""
    cut = blocks(function.instructions)
    candidates = []
    for way in rounds(cut):
        instructions = tuple(instruction for address in way for instruction in cut[address])
        candidate = _candidate(function.architecture, instructions)
        if candidate and (candidate.loop.positions > 0) == writes_positions:
            candidates.append(candidate)
    furthest = max((candidate.loop.blocks for candidate in candidates), default=0)
    candidates = [candidate for candidate in candidates if candidate.loop.blocks == furthest]
    if not candidates:
        raise Failure(f"{function.symbol}: no round reads whole blocks of input one after another")
    if len({candidate.input_loads for candidate in candidates}) > 1:
        raise Failure(f"{function.symbol}: two loops read {furthest} blocks a round")
    shortest = min(len(candidate.loop.instructions) for candidate in candidates)
    loops = [it.loop for it in candidates if len(it.loop.instructions) == shortest]
    if len(loops) > 1:
        raise Failure(f"{function.symbol}: {len(loops)} rounds have {shortest} instructions")
    return loops[0]


def _candidate(architecture, instructions):
    """Returns what the round is as a hot loop, or nothing where it cannot be one."""
    follower = _FOLLOWERS[architecture]
    stack_pointer = follower.STACK_POINTER
    state = State(stack_pointer)
    passes = []
    # The first finds registers as they were before the loop; the second and third are compared.
    for _ in range(3):
        state.accesses = []
        for instruction in instructions:
            state.origin = instruction.address
            follower.execute(state, instruction)
        passes.append([it for it in state.accesses if not it.address.has(stack_pointer)])
    step, origins = _input(passes[1], passes[2])
    if not step or step % BLOCK_BYTES != 0:
        return None
    stored_bytes = sum(access.bytes for access in passes[2] if access.is_store)
    loop = HotLoop(architecture, instructions, step // BLOCK_BYTES, stored_bytes // POSITION_BYTES)
    return _Candidate(loop, origins)


def _input(earlier, later):
    """Returns how far the input is read in a round, 0 where it is not read without a gap, and the
    instructions that read it."""
    loads = [
        (before, step)
        for before, after in zip(earlier, later, strict=True)
        if not before.is_store and (step := after.address.difference(before.address))
    ]
    origins = frozenset(load.origin for load, _ in loads)
    covered = set()
    for load, step in loads:
        offset = load.address.difference(loads[0][0].address)
        if step != loads[0][1] or offset is None:
            return 0, origins
        covered.update(range(offset, offset + load.bytes))
    length = len(covered)
    is_whole = covered and covered == set(range(min(covered), min(covered) + length))
    return (length if is_whole and step == length else 0), origins
