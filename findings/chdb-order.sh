#!/usr/bin/env bash
# chDB 4.4.0 (PyPI), which is ClickHouse 26.9, hands over the row groups of a Parquet file in any
# order, with one thread, too.
#
# Without ORDER BY, SQL promises none; but a file of one row group, or of small ones, is in order
# each time, and one of 50 row groups with 20,000 rows is not in most of the runs. `max_threads = 1`
# does not help: reading has threads of its own. `input_format_parquet_preserve_order = 1` does,
# and so does `ORDER BY _row_number`, which stands for the place in the file.
#
# For readers: the lines before and after one, and a comparison with the log, need one of the two.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages chdb==4.4.0 chdb-core==26.9.0 pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
cat >"$folder/write.py" <<'END'
import sys
import pyarrow
import pyarrow.parquet

path, rows = sys.argv[1], int(sys.argv[2])
lines = range(rows)
# The URIs of some row groups are longer.
uris = [f"/{line}" * (1 + line // 20_000 % 9) for line in lines]
pyarrow.parquet.write_table(
    pyarrow.table({"line": lines, "uri": uris}), path, row_group_size=20_000
)
END
# Prints the share of runs that were in order: "all", or "not all" as soon as one was not.
cat >"$folder/read.py" <<'END'
import sys
import chdb

path, runs, more = sys.argv[1], int(sys.argv[2]), sys.argv[3]
query = f"SELECT line, uri FROM file('{path}', Parquet) {more}"
for _ in range(runs):
    lines = chdb.query(query, "ArrowTable")["line"].to_pylist()
    if lines != sorted(lines):
        print("not all")
        break
else:
    print("all")
END
write() {
    "$folder/python/bin/python" "$folder/write.py" "$folder/log.parquet" "$1"
}
in_order() {
    "$folder/python/bin/python" "$folder/read.py" "$folder/log.parquet" "$@" 2>&1
}
"$folder/python/bin/python" -c 'import chdb
print("chdb", chdb.__version__, "with ClickHouse", chdb.query("SELECT version()"), end="")'
[[ $(nproc) -gt 1 ]] || unavailable 'two processors'

write 20000
expect 'one row group: runs in order' "$(in_order 20 '')" all
# Each run is out of order more often than not; 60 of them are never all in order.
write 1000000
expect '50 row groups: runs in order' "$(in_order 60 '')" 'not all'
expect '    max_threads = 1' "$(in_order 60 'SETTINGS max_threads = 1')" 'not all'
expect '    input_format_parquet_preserve_order = 1' \
    "$(in_order 20 'SETTINGS input_format_parquet_preserve_order = 1')" all
expect '    ORDER BY _row_number' "$(in_order 20 'ORDER BY _row_number')" all
verdict
