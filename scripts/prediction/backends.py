"""The library's backends as its source has them: which there are, where each is compiled, and which
features it asks the processor for."""

import re
from dataclasses import dataclass

from .failure import Failure

_FOLDERS = {"x86_64": "x86_64-unknown-linux-gnu", "aarch64": "aarch64-unknown-linux-gnu"}
_DECLARED = re.compile(r"^backend!\(([^)]*)\);$", re.MULTILINE)


@dataclass(frozen=True)
class Backend:
    """A backend: `module` is where it is below `delimark::arch`, and `folder` the architecture that
    it is for, or nothing where it is for all."""

    name: str
    folder: str | None
    features: frozenset[str]

    def is_for(self, target):
        return self.folder is None or _FOLDERS.get(self.folder) == target

    def function(self, binary, name):
        """Returns the code of a function of its: an inner one where it has features to ask for."""
        module = "::".join(filter(None, ("delimark::arch", self.folder, self.name)))
        outer, inner = f"{module}::{name}", f"{module}::{name}::compiled"
        return binary.function(inner if inner in binary.symbols else outer)


def read(root):
    """Reads the backends, in the order of `Backend::ALL`."""
    source = (root / "parser/src/backend.rs").read_text()
    names = re.findall(r'^ +Self::\w+ => "(\w+)",$', source, re.MULTILINE)
    files = {path.stem: path for path in (root / "parser/src/arch").rglob("*.rs")}
    missing = [name for name in names if name not in files]
    if not names or missing:
        raise Failure(f"parser/src/arch has no file for these of the backends {names}: {missing}")
    return [_backend(root, name, files[name]) for name in names]


def _backend(root, name, path):
    folder = path.parent.relative_to(root / "parser/src/arch").name or None
    declared = _DECLARED.findall(path.read_text())
    if len(declared) != 1:
        raise Failure(f"{path} has {len(declared)} lines backend!(...); one was expected")
    features = re.findall(r'"([^"]+)"', declared[0])
    return Backend(name, folder, frozenset(features))
