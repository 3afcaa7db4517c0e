"""Functions for tests, written with labels and printed as llvm-objdump would."""

import re


def listing(code, begin=0x10):
    """Numbers the instructions by fours. `name:` on a line of its own is a label, and `@name` in an
    instruction the address of one."""
    labels, instructions = {}, []
    for line in filter(None, map(str.strip, code.splitlines())):
        if line.endswith(":"):
            labels[line[:-1]] = begin + 4 * len(instructions)
        else:
            instructions.append(line)
    numbered = (f"  {begin + 4 * index:x}: {text}" for index, text in enumerate(instructions))
    return re.sub(r"@(\w+)", lambda it: f"{labels[it[1]]:#x} <f+{it[1]}>", "\n".join(numbered))
