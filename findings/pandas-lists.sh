#!/usr/bin/env bash
# pandas 3.1.1 (PyPI) reads the integers of all lists in a column as floats if one of the lists has
# a null.
#
# `read_parquet` makes each list an array of NumPy, and those of a column share a type, of which
# floats are the only one that has something like a null. One list of nginx's
# `$upstream_bytes_received` with a `-` in it, and the lists of all rows are floats; integers above
# 2**53 are then other ones: 9007199254740993 is 9007199254740992. `dtype_backend="numpy_nullable"`,
# which keeps the integers of a column with nulls, changes nothing for lists.
#
# For readers: `dtype_backend="pyarrow"` keeps the integers and the null.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

python_packages pandas==3.1.1 numpy==2.4.6 pyarrow==26.0.1
cat >"$folder/write.py" <<'END'
import sys
import pyarrow
import pyarrow.parquet

pyarrow.parquet.write_table(
    pyarrow.table({
        "complete": [[1, 2], [2**53 + 1], [3]],
        "one_null": [[1, 2], [2**53 + 1], [3, None]],
        "no_list": [1, 2**53 + 1, None],
    }),
    sys.argv[1],
)
END
cat >"$folder/read.py" <<'END'
import sys
import pandas

path, backend, column = sys.argv[1:]
options = {} if backend == "default" else {"dtype_backend": backend}
for value in pandas.read_parquet(path, engine="pyarrow", **options)[column]:
    print(value.tolist() if hasattr(value, "tolist") else value, end="; ")
END
read_column() {
    "$folder/python/bin/python" "$folder/read.py" "$folder/log.parquet" "$@" 2>&1
}
"$folder/python/bin/python" "$folder/write.py" "$folder/log.parquet"
"$folder/python/bin/python" -c 'import pandas, pyarrow
print("pandas", pandas.__version__, "with pyarrow", pyarrow.__version__)'

floats='[1.0, 2.0]; [9007199254740992.0]; [3.0, nan]; '
integers='[1, 2]; [9007199254740993]; [3, None]; '
expect 'no list has a null' "$(read_column default complete)" '[1, 2]; [9007199254740993]; [3]; '
expect 'one list has a null' "$(read_column default one_null)" "$floats"
expect '    numpy_nullable' "$(read_column numpy_nullable one_null)" "$floats"
expect '    numpy_nullable, a column without lists' "$(read_column numpy_nullable no_list)" \
    '1; 9007199254740993; <NA>; '
expect '    pyarrow' "$(read_column pyarrow one_null)" "$integers"
verdict
