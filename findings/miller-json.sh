#!/usr/bin/env bash
# Miller 6.6.0-2+b3 (Debian 12) writes JSON that is none, where a value is a number for it but not
# for JSON.
#
# `mlr --itsv --ojsonl cat` puts quotes around texts, and none around what looks like a number, and
# that includes `0x1f`, `0b11`, `0o17`, `1.` and `.5`: the line is `{"agent": 0x1f}`. Python's json
# takes none of them; jq 1.6 takes `1.` and `.5`, and stops at the others, so that what comes later
# in the file is not read. Miller's own exit code is 0. `007` and `+5` are in quotes.
#
# User agents, names of users and ids of requests are what clients sent. One such value is enough.
#
# For readers: `-S` takes all values for texts, so that all are in quotes; `--quote-all` changes
# nothing about it.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

need python3
debian miller=6.6.0-2+b3 jq=1.6-2.1+deb12u3 libjq1=1.6-2.1+deb12u3 libonig5=6.9.8-1
unpacked /usr/bin/mlr --version

# Converts a log of two lines, the first with a user agent, and prints that line.
converted() {
    printf 'uri\tagent\n/a\t%s\n/b\tcurl\n' "$1" >"$folder/access.tsv"
    unpacked /usr/bin/mlr --itsv --ojsonl "${@:2}" cat "$folder/access.tsv" \
        >"$folder/access.jsonl" || echo "exit code $?"
    sed -n 1p "$folder/access.jsonl"
}
# Prints the lines that jq and Python read.
lines_read() {
    printf '%s %s' \
        "$( (unpacked /usr/bin/jq -c .uri "$folder/access.jsonl" || true) 2>"$folder/jq" | wc -l)" \
        "$(python3 - "$folder/access.jsonl" <<'END'
import json
import sys

count = 0
try:
    for line in open(sys.argv[1]):
        json.loads(line)
        count += 1
except json.JSONDecodeError:
    pass
print(count)
END
        )"
}
for agent in 007 +5; do
    expect "$agent" "$(converted "$agent")" "{\"uri\": \"/a\", \"agent\": \"$agent\"}"
    expect '    lines for jq and Python' "$(lines_read)" '2 2'
done
for agent in 1. .5; do
    expect "$agent" "$(converted "$agent")" "{\"uri\": \"/a\", \"agent\": $agent}"
    expect '    lines for jq and Python' "$(lines_read)" '2 0'
done
for agent in 0x1f 0b11 0o17; do
    expect "$agent" "$(converted "$agent")" "{\"uri\": \"/a\", \"agent\": $agent}"
    expect '    lines for jq and Python' "$(lines_read)" '0 0'
done
expect '0x1f with --quote-all' "$(converted 0x1f --quote-all)" '{"uri": "/a", "agent": 0x1f}'
expect '0x1f with -S' "$(converted 0x1f -S)" '{"uri": "/a", "agent": "0x1f"}'
verdict
