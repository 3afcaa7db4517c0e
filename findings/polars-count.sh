#!/usr/bin/env bash
# Polars 2.1.0 (PyPI) counts the rows of a file by another rule than it reads them, and does not say
# so.
#
# `scan_csv(...).select(pl.len())`, and so `SELECT count(*)`, does not read the rows but counts
# newlines outside of quotes; every quote counts for that, also one amid a field, where the reader
# itself takes it for a byte like others. One quote too many in one line, and the lines after it are
# not counted, up to the next such line: no error, no warning. Reading the same file, with the same
# options, ends in an error.
#
# Such lines are ordinary ones: `5" disk` in a log with `|` between values, whose server does not
# escape quotes (HAProxy's `%[...]`), and `"5\" disk"` in Apache's `combined`.
#
# For readers: a count that is to be compared with a log's needs `quote_char=None`, or rows that
# were read. Where two such lines are in a file, all between them becomes one value, and
# `truncate_ragged_lines=True` leaves the rest of that out without a word.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages polars==2.1.0 polars-runtime-32==2.1.0
cat >"$folder/count.py" <<'END'
import sys
import polars

path, separator, job = sys.argv[1:]
options = {"separator": separator, "has_header": False, "infer_schema": False}
try:
    if job == "count":
        print(polars.scan_csv(path, **options).select(polars.len()).collect().item())
    elif job == "count without quotes":
        frame = polars.scan_csv(path, quote_char=None, **options)
        print(frame.select(polars.len()).collect().item())
    elif job == "sql":
        log = polars.SQLContext(log=polars.scan_csv(path, **options))
        print(log.execute("SELECT count(*) FROM log").collect().item())
    elif job == "read":
        print(polars.read_csv(path, **options).height)
    elif job == "read, truncating":
        print(polars.read_csv(path, truncate_ragged_lines=True, **options).height)
except polars.exceptions.ComputeError:
    print("error")
END
polars() {
    "$folder/python/bin/python" "$folder/count.py" "$@" 2>&1
}
"$folder/python/bin/python" -c 'import polars; print("polars", polars.__version__)'

# Writes a log of 1,000 lines; those with the numbers given have another user agent.
write() {
    awk -v separator="$1" -v agent="$2" -v lines=" ${*:3} " 'BEGIN {
        for (i = 1; i <= 1000; i++) {
            name = index(lines, " " i " ") ? agent : "curl/7.88.1"
            if (separator == "|")
                printf "10.0.0.1|30/Nov/2026:13:00:00 +0000|GET /%d HTTP/1.1|200|5|%s\n", i, name
            else
                printf "10.0.0.1 - - [30/Nov/2026:13:00:00 +0000] \"GET /%d HTTP/1.1\" 200 5 " \
                    "\"-\" \"%s\"\n", i, name
        }
    }' >"$folder/access.log"
}

write '|' '5" disk' 401
expect 'pipes, a quote in line 401: count' "$(polars "$folder/access.log" '|' count)" 400
expect '    SELECT count(*)' "$(polars "$folder/access.log" '|' sql)" 400
expect '    rows that are read' "$(polars "$folder/access.log" '|' read)" error
expect '    count without quotes' "$(polars "$folder/access.log" '|' 'count without quotes')" 1000

# In awk two backslashes are one.
write ' ' '5\\" disk' 401
expect 'combined, \" in line 401: count' "$(polars "$folder/access.log" ' ' count)" 400
expect '    rows that are read' "$(polars "$folder/access.log" ' ' read)" error

write ' ' '5\\" disk' 401 601
expect 'combined, \" in lines 401 and 601: count' "$(polars "$folder/access.log" ' ' count)" 800
expect '    rows that are read' "$(polars "$folder/access.log" ' ' read)" error
expect '    rows that are read, ragged lines truncated' \
    "$(polars "$folder/access.log" ' ' 'read, truncating')" 800

write ' ' 'say \\"hello\\" twice' 401
expect 'combined, \" twice in line 401: count' "$(polars "$folder/access.log" ' ' count)" 1000
verdict
