#!/usr/bin/env bash
# Polars 2.1.0 (PyPI) divides decimals to the digits of the operands: 0.001 / 2 is 0.000.
#
# A quotient of decimals, or of one and an integer, has as many digits after the point as the
# operand with the most, with three for nginx's times. A sum of times by `pl.len()` is a mean in
# whole milliseconds, and a time by a number of bytes 0.000. SQL on the same frame has six digits
# more, `mean()` and a division by a float have floats. Dividing by 0.000, a frequent time in
# nginx's logs, is an error, where a float would be infinite.
#
# For readers: `pl.col("request_time").cast(pl.Float64)` before dividing.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages polars==2.1.0 polars-runtime-32==2.1.0
# Prints the value of an expression, or of a query, for four requests of 1, 2, 2 and 13 ms.
cat >"$folder/read.py" <<'END'
import sys
from decimal import Decimal
import polars as pl

path, expression = sys.argv[1:]
if expression == "write":
    times = [Decimal("0.001"), Decimal("0.002"), Decimal("0.002"), Decimal("0.013")]
    frame = {"request_time": times, "bytes": [10, 2000, 4000, 26_000], "zero": [Decimal(0)] * 4}
    schema = {"request_time": pl.Decimal(18, 3), "bytes": pl.Int64, "zero": pl.Decimal(18, 3)}
    pl.DataFrame(frame, schema=schema).write_parquet(path)
    sys.exit()
log = pl.scan_parquet(path)
time, size = pl.col("request_time"), pl.col("bytes")
try:
    if expression.startswith("SELECT"):
        found = pl.SQLContext(log=log).execute(expression)
    else:
        found = log.select(eval(expression))
    print(*found.collect().to_series())
except pl.exceptions.ComputeError:
    print("error")
END
value() {
    "$folder/python/bin/python" "$folder/read.py" "$folder/log.parquet" "$1" 2>&1
}
value write
"$folder/python/bin/python" -c 'import polars; print("polars", polars.__version__)'

expect 'sum by number' "$(value 'time.sum() / pl.len()')" 0.004
expect '    by SQL' "$(value 'SELECT sum(request_time) / count(*) FROM log')" 0.004500000
expect '    mean' "$(value 'time.mean()')" 0.0045
expect 'time by 2' "$(value 'time / 2')" '0.000 0.001 0.001 0.006'
expect '    by 2.0' "$(value 'time / 2.0')" '0.0005 0.001 0.001 0.0065'
expect '    by SQL' "$(value 'SELECT request_time / 2 FROM log')" \
    '0.000500000 0.001000000 0.001000000 0.006500000'
expect 'time by bytes' "$(value 'time / size')" '0.000 0.000 0.000 0.000'
expect '    as a float' "$(value 'time.cast(pl.Float64) / size')" '0.0001 1e-06 5e-07 5e-07'
expect 'bytes by 0.000' "$(value 'size / pl.col("zero")')" error
expect '    as a float' "$(value 'size / pl.col("zero").cast(pl.Float64)')" 'inf inf inf inf'
verdict
