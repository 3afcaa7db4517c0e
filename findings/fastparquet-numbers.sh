#!/usr/bin/env bash
# fastparquet 2026.9.0 (PyPI) reads decimals as floats that are not the nearest ones, and dates
# after 11 April 2262 as other dates.
#
# A decimal with three digits, as nginx writes times, is an integer times 0.001 there, and 0.001 is
# not exact: 0.013 becomes 0.013000000000000001. Of the 10,000 values from 0.000 to 9.999, 1,338 are
# not what `float` makes of the same text. So `frame[frame.request_time == 0.013]` has no rows, and
# a join with times that were read from text loses some.
#
# A date becomes an instant of 64 bits in nanoseconds, which ends in 2262: later ones begin again in
# 1677, without an error. An instant of UTC has no zone.
#
# For readers: compare integers, as in `(frame.request_time * 1000).round() == 13`; take PyArrow for
# dates of far years, such as those after which a cookie is not valid.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages fastparquet==2026.9.0 pandas==3.1.1 numpy==2.4.6 pyarrow==26.0.1
cat >"$folder/write.py" <<'END'
import datetime
import decimal
import sys
import pyarrow
import pyarrow.parquet

times, days = sys.argv[1:]
thousandths = [decimal.Decimal(value).scaleb(-3) for value in range(10_000)]
pyarrow.parquet.write_table(
    pyarrow.table({"request_time": pyarrow.array(thousandths, pyarrow.decimal128(18, 3))}), times
)
noon = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.timezone.utc)
pyarrow.parquet.write_table(
    pyarrow.table({
        "date": [datetime.date(2262, 4, 11), datetime.date(2262, 4, 12),
                 datetime.date(9999, 12, 31)],
        "instant": pyarrow.array([noon] * 3, pyarrow.timestamp("us", "UTC")),
    }),
    days,
)
END
# Prints the value of an expression.
cat >"$folder/read.py" <<'END'
import sys
import fastparquet

path, expression = sys.argv[1:]
frame = fastparquet.ParquetFile(path).to_pandas()
nearest = [float(f"{value // 1000}.{value % 1000:03}") for value in range(10_000)]
print(eval(expression))
END
value() {
    "$folder/python/bin/python" "$folder/read.py" "$folder/$1.parquet" "$2" 2>&1
}
"$folder/python/bin/python" "$folder/write.py" "$folder/times.parquet" "$folder/days.parquet"
"$folder/python/bin/python" -c 'import fastparquet; print("fastparquet", fastparquet.__version__)'

expect '0.013' "$(value times 'float(frame.request_time[13])')" 0.013000000000000001
expect 'rows with request_time == 0.013' "$(value times 'sum(frame.request_time == 0.013)')" 0
expect '    with request_time > 0.013, of which 9,986 are right' \
    "$(value times 'sum(frame.request_time > 0.013)')" 9987
expect '    with (request_time * 1000).round() == 13' \
    "$(value times 'sum((frame.request_time * 1000).round() == 13)')" 1
expect 'values of 10,000 that are not the nearest float' \
    "$(value times 'sum(frame.request_time != nearest)')" 1338
expect '2262-04-11' "$(value days 'frame.date[0]')" '2262-04-11 00:00:00'
expect '2262-04-12' "$(value days 'frame.date[1]')" '1677-09-21 00:25:26.290448384'
expect '9999-12-31' "$(value days 'frame.date[2]')" '1816-03-29 05:56:08.066277376'
expect '2026-11-30 12:00:00 of UTC' "$(value days 'frame.instant[0], frame.instant[0].tz')" \
    "(Timestamp('2026-11-30 12:00:00'), None)"
verdict
