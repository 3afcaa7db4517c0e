"""Ways through a function: its blocks, and the rounds that go through some of them once; apart
because it knows nothing of what instructions do but where they lead."""

from itertools import pairwise

from .failure import Failure

# A function with more has to be looked at by a person.
_ROUNDS_MOST = 20_000


def blocks(instructions):
    """Cuts a function where a jump leads to or comes from, and behind calls; by address."""
    starts = {instructions[0].address}
    for instruction, following in pairwise(instructions):
        if instruction.is_jump or instruction.is_call or instruction.is_return:
            starts.add(following.address)
        if instruction.is_jump:
            starts.add(instruction.target)
    cut, current = {}, None
    for instruction in instructions:
        if instruction.address in starts:
            current = cut[instruction.address] = []
        current.append(instruction)
    return cut


def successors(cut):
    """Returns where each block leads, calls left out: what calls is no part of a hot loop."""
    leads = {}
    for address, following in pairwise([*sorted(cut), None]):
        last = cut[address][-1]
        ways = []
        if not any(instruction.is_call for instruction in cut[address]):
            if last.is_jump and last.target in cut:
                ways.append(last.target)
            if last.falls_through and following is not None and following not in ways:
                ways.append(following)
        leads[address] = ways
    return leads


def rounds(cut):
    """Lists every way from a block back to it that passes no block twice, once each, from its
    first block in memory on."""
    leads = successors(cut)
    found = []

    def walk(first, way):
        for address in leads[way[-1]]:
            if address == first:
                found.append(tuple(way))
                if len(found) > _ROUNDS_MOST:
                    raise Failure(f"there are over {_ROUNDS_MOST} ways through the function")
            elif address > first and address not in way:
                walk(first, [*way, address])

    for address in sorted(cut):
        walk(address, [address])
    return found
