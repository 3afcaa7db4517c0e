#!/usr/bin/env bash
# chDB 4.4.0 (PyPI), which is ClickHouse 26.9, does not find some decimals with IN, and divides them
# to three digits.
#
# `request_time = 1.001` finds the decimal 1.001; `request_time IN (1.001)` finds nothing, and
# `NOT IN (1.001)` has it: no error, no warning. A number that is not in quotes is a float for IN,
# and some of them are left out of the list: 95 of the 10,000 from 0.000 to 9.999.
#
# A quotient of a decimal and an integer has the digits of the decimal, cut and not rounded:
# `sum(request_time) / count()` is a mean in whole milliseconds. A quantile is cut like this, too.
# Dividing by 0.000 is an error, where floats would be infinite.
#
# For readers: numbers in quotes, `IN ('1.001')`, and `avg`, which is a float; for the others
# `toFloat64(request_time)`.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages chdb==4.4.0 chdb-core==26.9.0 pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
cat >"$folder/write.py" <<'END'
import decimal
import sys
import pyarrow
import pyarrow.parquet

for path, values in zip(sys.argv[1:], (range(10_000), (0, 1, 1, 2, 5))):
    times = [decimal.Decimal(value).scaleb(-3) for value in values]
    times = pyarrow.array(times, pyarrow.decimal128(18, 3))
    pyarrow.parquet.write_table(pyarrow.table({"request_time": times}), path)
END
# Prints the result of a query, in which `@` stands for all of 0.000 to 9.999.
cat >"$folder/read.py" <<'END'
import sys
import chdb

path, query = sys.argv[1:]
every = ", ".join(f"{value // 1000}.{value % 1000:03}" for value in range(10_000))
query = f"SELECT {query.replace('@', every)} FROM file('{path}', Parquet)"
try:
    print(*str(chdb.query(query, "TSV")).split())
except RuntimeError as error:
    print("error: " + str(error).split("DB::Exception: ")[1].split(":")[0])
END
value() {
    "$folder/python/bin/python" "$folder/read.py" "$folder/$1.parquet" "$2" 2>&1
}
"$folder/python/bin/python" "$folder/write.py" "$folder/many.parquet" "$folder/five.parquet"
"$folder/python/bin/python" -c 'import chdb
print("chdb", chdb.__version__, "with ClickHouse", chdb.query("SELECT version()"), end="")'

expect '0.000 to 9.999: rows = 1.001' "$(value many 'countIf(request_time = 1.001)')" 1
expect '    IN (1.001)' "$(value many 'countIf(request_time IN (1.001))')" 0
expect '    NOT IN (1.001)' "$(value many 'countIf(request_time NOT IN (1.001))')" 10000
expect '    IN (1.001, 1.002, 1.003)' \
    "$(value many 'countIf(request_time IN (1.001, 1.002, 1.003))')" 1
expect "    IN ('1.001')" "$(value many "countIf(request_time IN ('1.001'))")" 1
expect '    IN (0.000, 0.001, and all others)' "$(value many 'countIf(request_time IN (@))')" 9905
expect '0.000, 0.001, 0.001, 0.002 and 0.005: sum by number' \
    "$(value five 'sum(request_time) / count()')" 0.001
expect '    avg' "$(value five 'avg(request_time)')" 0.0018
expect '    quantile(0.99)' "$(value five 'quantile(0.99)(request_time)')" 0.004
expect '    quantile(0.99) of floats' \
    "$(value five 'quantile(0.99)(toFloat64(request_time))')" 0.00488
expect '    1 by each' "$(value five '1 / request_time')" 'error: Division by zero'
expect '    1 by each as a float' "$(value five '1 / toFloat64(request_time)')" \
    'inf 1000 1000 500 200'
verdict
