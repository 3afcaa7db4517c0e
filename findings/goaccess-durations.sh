#!/usr/bin/env bash
# GoAccess 1.7-1 (Debian 12) counts -1 microseconds as 584,542 years, and several durations as none.
#
# Durations are unsigned for it. In its formats, of a value that servers do write,
#
#   `-1` in `%D` (microseconds) is the largest time of the URL, 18,446,744,073,709,551,615, and
#   takes 1 from the sum; in `%T` (seconds) and `%L` (milliseconds) it is a request of time 0;
#   `0.500, 0.250` in `%T`, as nginx's `$upstream_response_time` has it where a second server was
#   tried, is 0, and not the first, the last, or their sum;
#   `-`, where no server was asked, is 0, too.
#
# All of them are valid requests, and count for the mean: no error, no warning. `--invalid-requests`
# stays empty.
#
# For readers: a page that was tried twice, the slow one, looks faster than all others. The mean and
# the maximum need `$request_time`; lines with -1 (lighttpd's clock of whole seconds, phases that
# HAProxy did not reach) have to be left out before, `grep -v -- ' -1$'`.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

debian goaccess=1:1.7-1 libmaxminddb0=1.7.1-1 libncursesw6=6.4-4
unpacked /usr/bin/goaccess --version | sed -n 1p

# Prints requests, and mean, sum and maximum in microseconds, of a page with some durations, in
# quotes, for a specifier.
times() {
    local specifier=$1 value
    for value in "${@:2}"; do
        printf '10.0.0.1 - - [30/Nov/2026:13:00:00 +0000] "GET /a HTTP/1.1" 200 5 "%s"\n' "$value"
    done >"$folder/access.log"
    unpacked /usr/bin/goaccess "$folder/access.log" --no-global-config --no-progress \
        --date-format=%d/%b/%Y --time-format=%T --invalid-requests="$folder/invalid.log" \
        --log-format="%h %^[%d:%t %^] \"%r\" %s %b \"%$specifier\"" \
        --output="$folder/report.json" >"$folder/goaccess" 2>&1
    python3 - "$folder/report.json" <<'PYTHON'
import json
import sys

report = json.load(open(sys.argv[1]))
(page,) = report["requests"]["data"]
print(report["general"]["valid_requests"], page["avgts"], page["cumts"], page["maxts"])
PYTHON
}
microseconds=18446744073709551615
expect '%D of 10, 20: requests, mean, sum, maximum' "$(times D 10 20)" '2 15 30 20'
expect '%D of 10, 20, -1' "$(times D 10 20 -1)" "3 9 29 $microseconds"
expect '%D of -1' "$(times D -1)" "1 $microseconds $microseconds $microseconds"
expect '%L of 10, 20, -1' "$(times L 10 20 -1)" '3 10000 30000 20000'
expect '%T of 1, 2, -1' "$(times T 1 2 -1)" '3 1000000 3000000 2000000'
expect '%T of 0.250' "$(times T 0.250)" '1 250000 250000 250000'
expect '%T of 0.500, 0.250 in one value' "$(times T '0.500, 0.250')" '1 0 0 0'
expect '%T of 0.500 : 0.250 in one value' "$(times T '0.500 : 0.250')" '1 0 0 0'
expect '%T of 0.250, and of 0.500, 0.250 in one' "$(times T 0.250 '0.500, 0.250')" \
    '2 125000 250000 250000'
expect '%T of 0.250 and "-"' "$(times T 0.250 -)" '2 125000 250000 250000'
expect 'lines that GoAccess calls invalid' "$(wc -l <"$folder/invalid.log")" 0
verdict
