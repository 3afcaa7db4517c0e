"""The processors of the table, what LLVM calls them, and by whose tables it models them."""

import re
from dataclasses import dataclass

from .commands import run
from .failure import Failure


@dataclass(frozen=True)
class Processor:
    """One processor. `tables` is the beginning of the names of LLVM's execution units for it, and
    `tables_of` whose they are, where LLVM has none for the processor itself."""

    name: str
    target: str
    llvm_name: str
    tables: str
    tables_of: str | None = None


_X86 = "x86_64-unknown-linux-gnu"
_ARM = "aarch64-unknown-linux-gnu"

PROCESSORS = (
    Processor("Skylake-SP", _X86, "skylake-avx512", "SKX"),
    Processor("Ice Lake-SP", _X86, "icelake-server", "ICX"),
    Processor("Sapphire Rapids", _X86, "sapphirerapids", "SPR"),
    Processor("Zen 3", _X86, "znver3", "Zn3"),
    Processor("Zen 4", _X86, "znver4", "Zn4"),
    Processor("Zen 5", _X86, "znver5", "Zn4", "Zen 4"),
    Processor("Neoverse N1", _ARM, "neoverse-n1", "N1"),
    Processor("Neoverse V1", _ARM, "neoverse-v1", "V1"),
    Processor("Neoverse V2", _ARM, "neoverse-v2", "V2"),
    Processor("Apple M1", _ARM, "apple-m1", "Cy", "Apple A7 (Cyclone, 2013)"),
)


def features(processor):
    """Asks the compiler what the processor can do."""
    command = ("rustc", "--target", processor.target, "--print", "cfg")
    done = run(*command, "-C", f"target-cpu={processor.llvm_name}")
    # It goes on with the features of the oldest processor.
    if "not a recognized processor" in done.stderr:
        raise Failure(f"rustc does not know {processor.llvm_name}: it is too old")
    return set(re.findall(r'^target_feature="(.*)"$', done.stdout, re.MULTILINE))
