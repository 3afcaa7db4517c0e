"""The programs that are needed beside Python and Rust: which are there, and what to install."""

import os
import re
import shutil
from dataclasses import dataclass

from .commands import output
from .failure import Failure

# The oldest that the table of processors was checked with.
_LLVM_LEAST = 22


class Missing(Failure):
    """A tool that this machine lacks; whoever asked may go on without."""


@dataclass(frozen=True)
class Llvm:
    """The tools of one release of LLVM."""

    version: str
    analyser: str
    objdump: str


def find_llvm():
    """Returns the newest LLVM in PATH, under its plain name or with a number behind it."""
    found = [llvm for suffix in _suffixes() if (llvm := _llvm(suffix))]
    found = [llvm for llvm in found if _release(llvm) >= _LLVM_LEAST]
    if not found:
        raise Missing(
            f"there is no llvm-mca of LLVM {_LLVM_LEAST} or newer with its llvm-objdump;"
            f" on Debian and Ubuntu: apt-get install llvm-{_LLVM_LEAST}"
        )
    return max(found, key=_release)


def _suffixes():
    pattern = re.compile(r"llvm-mca(-\d+)?")
    folders = filter(os.path.isdir, os.get_exec_path())
    names = (pattern.fullmatch(name) for folder in folders for name in os.listdir(folder))
    return sorted({match[1] or "" for match in names if match})


def _llvm(suffix):
    analyser, objdump = shutil.which(f"llvm-mca{suffix}"), shutil.which(f"llvm-objdump{suffix}")
    if not analyser or not objdump:
        return None
    version = re.search(r"LLVM version (\S+)", output(analyser, "--version"))
    return Llvm(version[1], analyser, objdump) if version else None


def _release(llvm):
    return int(llvm.version.partition(".")[0])
