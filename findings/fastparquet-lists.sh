#!/usr/bin/env bash
# fastparquet 2026.9.0 (PyPI) loses the texts of a list, and the point of the decimals in one, where
# the column has no dictionary.
#
# A writer that finds many different values in a column leaves its dictionary out, or is told to. A
# column of texts is read all the same, and so are lists of integers. But
#
#   of a list of texts each row is null, rows with an empty list, too: no error, no warning;
#   of a list of decimals 0.013 is the integer 13 if they are stored as integers, and otherwise the
#   eight bytes of it.
#
# For readers: nginx's `$upstream_addr` and `$upstream_response_time` are such lists. fastparquet
# can read those with a dictionary only; PyArrow reads all of them.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages fastparquet==2026.9.0 pandas==3.1.1 numpy==2.4.6 pyarrow==26.0.1
cat >"$folder/write.py" <<'END'
import decimal
import sys
import pyarrow
import pyarrow.parquet

path, dictionary, integers = sys.argv[1:]
texts = [["10.0.0.1:80", "10.0.0.2:80"], [], None]
times = [[decimal.Decimal("0.013"), decimal.Decimal("1.200")], [], None]
pyarrow.parquet.write_table(
    pyarrow.table({
        "uri": ["/a", "/b", "/c"],
        "texts": texts,
        "times": pyarrow.array(times, pyarrow.list_(pyarrow.decimal128(18, 3))),
        "integers": [[200, 502], [], None],
    }),
    path, use_dictionary=dictionary == "dictionary",
    store_decimal_as_integer=integers == "integers",
)
END
cat >"$folder/read.py" <<'END'
import sys
import fastparquet

path, column = sys.argv[1:]
for value in fastparquet.ParquetFile(path).to_pandas(columns=[column])[column]:
    if isinstance(value, list):
        # NumPy's numbers, as Python has them.
        value = [item.item() if hasattr(item, "item") else item for item in value]
    print(value, end="; ")
END
write() {
    "$folder/python/bin/python" "$folder/write.py" "$folder/log.parquet" "$@"
}
read_column() {
    "$folder/python/bin/python" "$folder/read.py" "$folder/log.parquet" "$1" 2>&1
}
"$folder/python/bin/python" -c 'import fastparquet; print("fastparquet", fastparquet.__version__)'

write dictionary integers
expect 'with a dictionary: lists of texts' "$(read_column texts)" \
    "['10.0.0.1:80', '10.0.0.2:80']; []; None; "
expect '    of decimals' "$(read_column times)" '[0.013000000000000001, 1.2]; []; None; '
write none integers
expect 'without a dictionary: texts' "$(read_column uri)" '/a; /b; /c; '
expect '    lists of integers' "$(read_column integers)" '[200, 502]; []; None; '
expect '    lists of texts' "$(read_column texts)" 'None; None; None; '
expect '    of decimals' "$(read_column times)" '[13, 1200]; []; None; '
write none bytes
zeros='\x00\x00\x00\x00\x00\x00'
expect '    of decimals that are stored as bytes' "$(read_column times)" \
    "[b'$zeros\\x00\\r', b'$zeros\\x04\\xb0']; []; None; "
verdict
