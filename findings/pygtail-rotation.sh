#!/usr/bin/env bash
# pygtail 0.14.0 (PyPI) hands over bytes among texts where a rotated log was compressed, and loses
# lines of logs rotated by the hour.
#
# It reads what was added to a log since the last time, and looks for the rest of it in the file
# that logrotate made. Of logrotate's own names it knows `.1`, `-20261130` and both with `.gz`. But
#
#   lines out of `.gz` are `bytes`, the ones after them `str`, in the same run;
#   with `dateext` and `hourly`, logrotate's name is `-2026113013`, which it does not know: the rest
#   is lost, with a warning;
#   a last line that is not whole yet is a line, and its rest another, unless `full_lines` is set;
#   after `copytruncate`, if the log is already longer than before, reading goes on amid a line of
#   the new ones, and those before it are lost without a warning.
#
# For readers: `line.split()` works for both types, and comparing with a text does not; a line that
# goes through `str()` is `b'...'`. Set `full_lines`, and give `log_patterns=["%s-??????????"]`.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages pygtail==0.14.0
cat >"$folder/follow.py" <<'END'
import gzip
import importlib.metadata
import os
import shutil
import sys
import tempfile
import pygtail

case, *options = sys.argv[1:]
os.chdir(tempfile.mkdtemp(dir=sys.path[0]))


def read():
    more = {"full_lines": True} if "full" in options else {}
    if "patterns" in options:
        more["log_patterns"] = ["%s-??????????"]
    return [repr(line).replace("\\n", "") for line in pygtail.Pygtail("access.log", **more)]


def write(text):
    with open("access.log", "a") as log:
        log.write(text)


write("one\ntwo\n")
read()
if case == "unfinished":
    write("thr")
    lines = read()
    write("ee\n")
elif case == "copytruncate":
    lines = []
    write("three\n")
    shutil.copy("access.log", "access.log.1")
    os.truncate("access.log", 0)
    write("four\nfive\nsix\n")
else:
    lines = []
    write("three\n")
    if case.endswith(".gz"):
        with open("access.log", "rb") as log, gzip.open(case, "wb") as packed:
            packed.write(log.read())
        os.remove("access.log")
    else:
        os.rename("access.log", case)
    write("four\n")
print(*lines, *read())
END
lines() {
    "$folder/python/bin/python" "$folder/follow.py" "$@" 2>"$folder/warnings"
}
"$folder/python/bin/python" -c 'import pygtail; print("pygtail", pygtail.__version__)'
for name in access.log.1 access.log-20261130; do
    expect "rotated to $name" "$(lines $name)" "'three' 'four'"
done
for name in access.log.1.gz access.log-20261130.gz; do
    expect "rotated to $name" "$(lines $name)" "b'three' 'four'"
done
expect 'rotated to access.log-2026113013' "$(lines access.log-2026113013)" "'four'"
expect '    with a pattern' "$(lines access.log-2026113013 patterns)" "'three' 'four'"
expect 'copytruncate, longer than before' "$(lines copytruncate)" "'e' 'six'"
expect 'unfinished line' "$(lines unfinished)" "'thr' 'ee'"
expect '    with full_lines' "$(lines unfinished full)" "'three'"
verdict
