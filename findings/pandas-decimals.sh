#!/usr/bin/env bash
# pandas 3.1.1 (PyPI) finds no row where a decimal of a Parquet file is compared with a float, and
# too many with `>` and `<`.
#
# `read_parquet` makes each decimal an object of Python's `Decimal`, which Python compares with a
# float exactly: the float 0.013 is a little less than 0.013, 0.018 a little more. Of the 10,000
# values from 0.000 to 9.999, 80 are equal to the float of the same text, `>` has 4,957 of the
# others although they are equal, and `<` 4,963. `isin([0.013])` and a `merge` with floats are as
# `==`, and `describe()` has no mean: there is no error, no warning.
#
# For readers: compare with `Decimal("0.013")`, or read with `dtype_backend="pyarrow"`, and still
# compare with decimals (see pyarrow-decimals.sh). `quantile` needs `astype(float)`.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages pandas==3.1.1 numpy==2.4.6 pyarrow==26.0.1
cat >"$folder/write.py" <<'END'
import decimal
import sys
import pyarrow
import pyarrow.parquet

times = [decimal.Decimal(value).scaleb(-3) for value in range(10_000)]
times = pyarrow.array(times, pyarrow.decimal128(18, 3))
pyarrow.parquet.write_table(pyarrow.table({"request_time": times}), sys.argv[1])
END
# Prints the value of an expression.
cat >"$folder/read.py" <<'END'
import sys
from decimal import Decimal
import pandas

path, expression = sys.argv[1:]
frame = pandas.read_parquet(path, engine="pyarrow")
times = frame.request_time
floats = pandas.Series([float(str(time)) for time in times], name="request_time")
try:
    print(eval(expression))
except TypeError:
    print("error")
END
value() {
    "$folder/python/bin/python" "$folder/read.py" "$folder/log.parquet" "$1" 2>&1
}
"$folder/python/bin/python" "$folder/write.py" "$folder/log.parquet"
"$folder/python/bin/python" -c 'import pandas, pyarrow
print("pandas", pandas.__version__, "with pyarrow", pyarrow.__version__)'

expect '0.000 to 9.999: rows equal to 0.013' "$(value 'sum(times == 0.013)')" 0
expect '    isin([0.013])' "$(value 'sum(times.isin([0.013]))')" 0
expect '    equal to Decimal("0.013")' "$(value 'sum(times == Decimal("0.013"))')" 1
expect '    equal to the float of the same text' "$(value 'sum(times == floats)')" 80
expect '    above it' "$(value 'sum(times > floats)')" 4957
expect '    below it' "$(value 'sum(times < floats)')" 4963
expect '    of a merge with these floats' "$(value 'len(frame.merge(floats))')" 80
expect '    above 0.013, of which 9,986 are right' "$(value 'sum(times > 0.013)')" 9987
expect '    above Decimal("0.013")' "$(value 'sum(times > Decimal("0.013"))')" 9986
expect '    describe()' "$(value '" ".join(times.describe().index)')" "count unique top freq"
expect '    quantile(0.99)' "$(value 'times.quantile(0.99)')" error
verdict
