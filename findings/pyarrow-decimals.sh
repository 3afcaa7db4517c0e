#!/usr/bin/env bash
# PyArrow 26.0.1 (PyPI) finds no row where a decimal is compared with a float such as 0.013, and its
# mean of decimals has no more digits than they have.
#
# `filters=[("request_time", "=", 0.013)]`, the same of a dataset, and `pc.equal` make floats of the
# decimals, and not the nearest ones: 0.013 becomes 0.013000000000000001, which is above 0.013. So
# of the 10,000 values from 0.000 to 9.999, 1,338 are not equal to the float of the same text, `>`
# has them although they are equal, and `<=` does not have them. `"in"` is right, since it makes
# decimals of the floats.
#
# `pc.mean` of decimals with three digits, as nginx writes times, is a decimal with three digits:
# of 0.000, 0.001 and 0.001 it is 0.001. pandas' `mean` with `dtype_backend="pyarrow"` is the same.
#
# For readers: compare with `decimal.Decimal("0.013")`, and take the mean of
# `column.cast(pyarrow.float64())`.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
cat >"$folder/write.py" <<'END'
import decimal
import sys
import pyarrow
import pyarrow.parquet

for path, values in zip(sys.argv[1:], (range(10_000), (0, 1, 1))):
    times = [decimal.Decimal(value).scaleb(-3) for value in values]
    times = pyarrow.array(times, pyarrow.decimal128(18, 3))
    pyarrow.parquet.write_table(pyarrow.table({"request_time": times}), path)
END
# Prints the value of an expression.
cat >"$folder/read.py" <<'END'
import sys
from decimal import Decimal
import pandas
import pyarrow
import pyarrow.compute as pc
import pyarrow.dataset
import pyarrow.parquet

path, expression = sys.argv[1:]


def rows(comparison, value):
    return pyarrow.parquet.read_table(path, filters=[("request_time", comparison, value)]).num_rows


table = pyarrow.parquet.read_table(path)
times = table["request_time"]
texts = [str(time) for time in times.to_pylist()]
dataset = pyarrow.dataset.dataset(path)
print(eval(expression))
END
value() {
    "$folder/python/bin/python" "$folder/read.py" "$folder/$1.parquet" "$2" 2>&1
}
"$folder/python/bin/python" "$folder/write.py" "$folder/many.parquet" "$folder/three.parquet"
"$folder/python/bin/python" -c 'import pyarrow; print("pyarrow", pyarrow.__version__)'

expect '0.000 to 9.999: rows equal to 0.013' "$(value many 'rows("=", 0.013)')" 0
expect '    in [0.013]' "$(value many 'rows("in", [0.013])')" 1
expect '    equal to Decimal("0.013")' "$(value many 'rows("=", Decimal("0.013"))')" 1
expect '    above 0.013' "$(value many 'rows(">", 0.013)')" 9987
expect '    up to 0.013' "$(value many 'rows("<=", 0.013)')" 13
expect '    above Decimal("0.013")' "$(value many 'rows(">", Decimal("0.013"))')" 9986
expect '    of a dataset, equal to 0.013' \
    "$(value many 'dataset.count_rows(filter=pc.field("request_time") == 0.013)')" 0
expect '    not equal to the float of the same text' \
    "$(value many 'sum(time != float(text) for time, text in
        zip(times.cast(pyarrow.float64()).to_pylist(), texts))')" 1338
expect '0.000, 0.001, 0.001: mean' "$(value three 'pc.mean(times)')" 0.001
expect '    mean by pandas' "$(value three \
    'pandas.read_parquet(path, dtype_backend="pyarrow").request_time.mean()')" 0.001
expect '    mean of floats' "$(value three 'pc.mean(times.cast(pyarrow.float64()))')" \
    0.0006666666666666666
verdict
