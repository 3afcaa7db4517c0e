#!/usr/bin/env bash
# DuckDB 2.0.1 (PyPI) takes the escape of a whole log from the first 20,480 lines.
#
# `read_csv` of Apache's `combined` with `delim=' '` and `quote='"'` finds out by itself whether a
# backslash escapes a quote; it looks at the first 20,480 lines (`sample_size`). So
#
#   a user agent `C:\\x` (Apache's for `C:\x`) is `C:\x` if there is a `\"` in those lines, and
#   `C:\\x` if there is none: a row's value depends on other rows;
#   if the first `\"` comes later, its line is an error. `ignore_errors=true`, which the message
#   offers "to skip this row", skips it and those after it, here up to the end of the file, and of
#   200,000 lines up to 68,656. `reject_errors` lists the one line.
#
# For readers: name the escape, `escape='\'`, for Apache's logs; then all is well. A log of nginx
# has no `\"`, so for it that is not wrong either, but `\x5C` stays.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages duckdb==2.0.1
cat >"$folder/read.py" <<'END'
import sys
import duckdb

path, job, more = sys.argv[1:]
read = f"""read_csv('{path}', header=false, all_varchar=true, delim=' ', quote='"' {more})"""
try:
    if job == "agent":
        print(duckdb.sql(f"SELECT * FROM {read}").fetchall()[4][-1])
    elif job == "rows":
        print(len(duckdb.sql(f"SELECT * FROM {read}").fetchall()))
    elif job == "rejected":
        connection = duckdb.connect()
        connection.sql(f"CREATE TABLE log AS SELECT * FROM {read}")
        lines = connection.sql("SELECT DISTINCT line FROM reject_errors").fetchall()
        print(*(line for (line,) in lines))
except duckdb.InvalidInputException:
    print("error")
END
duckdb() {
    "$folder/python/bin/python" "$folder/read.py" "$folder/access.log" "$@" 2>&1
}
"$folder/python/bin/python" -c 'import duckdb; print("duckdb", duckdb.__version__)'

# Writes a log of 30,000 lines; line 5 has a backslash in its user agent, one other line has quotes.
write() {
    awk -v quoted="$1" 'BEGIN {
        for (i = 1; i <= 30000; i++) {
            agent = i == 5 ? "C:\\\\x" : i == quoted ? "say \\\"hello\\\" twice" : "curl/7.88.1"
            printf "10.0.0.1 - - [30/Nov/2026:13:00:00 +0000] \"GET /%d HTTP/1.1\" 200 5 \"-\" " \
                "\"%s\"\n", i, agent
        }
    }' >"$folder/access.log"
}
escape=", escape='\\'"

write 0
expect 'no \": user agent of line 5' "$(duckdb agent '')" 'C:\\x'
write 20480
expect '\" in line 20,480: user agent of line 5' "$(duckdb agent '')" 'C:\x'
expect '    rows' "$(duckdb rows '')" 30000
write 20481
expect '\" in line 20,481: rows' "$(duckdb rows '')" error
expect '    rows with ignore_errors' "$(duckdb rows ', ignore_errors=true')" 20480
expect '    lines in reject_errors' "$(duckdb rejected ', store_rejects=true')" 20481
expect '    rows with the escape named' "$(duckdb rows "$escape")" 30000
expect '    user agent of line 5 then' "$(duckdb agent "$escape")" 'C:\x'
verdict
