#!/usr/bin/env bash
# Polars 2.1.0 (PyPI) does not see that what pzstd has compressed is compressed, and counts it.
#
# pzstd 1.5.4 (Debian 12, in the package zstd) compresses with several processors, and puts a
# skippable frame before each frame of data, as RFC 8878 allows. `zstd -d` reads that, as do PyArrow
# and DuckDB. But
#
#   Polars takes the file for a text: `pl.len()` is a number, one more than the newline bytes among
#   the compressed ones, without error or warning; reading the rows is an error about UTF-8;
#   DataFusion, which is told that it is zstd, finds no columns in it: an error about the number of
#   fields. Where a schema is given it reads all rows.
#
# For readers: unpack such a log before, `zstd -dc`, or pack with `zstd -T0`, which has no such
# frames. Several frames of zstd's own, one after another, are read by all.
set -euo pipefail
# shellcheck source=findings/setup.bash
source "$(dirname "$0")/setup.bash"

debian zstd=1.5.4+dfsg2-5+deb12u1
python_packages polars==2.1.0 polars-runtime-32==2.1.0 datafusion==55.0.0 duckdb==2.0.1 \
    pyarrow==26.0.1
cat >"$folder/count.py" <<'END'
import sys
import datafusion
import duckdb
import polars
import pyarrow
import pyarrow.csv

path, job = sys.argv[1:]
options = {"separator": "|", "has_header": False, "quote_char": None}
text = pyarrow.string()
schema = pyarrow.schema([(name, text) for name in ("client", "uri", "status")])
datafusion_options = {
    "has_header": False,
    "delimiter": "|",
    "file_extension": ".zst",
    "file_compression_type": "zstd",
}
try:
    if job == "polars":
        print(polars.scan_csv(path, **options).select(polars.len()).collect().item())
    elif job == "polars, rows":
        print(polars.read_csv(path, **options).height)
    elif job == "datafusion":
        print(datafusion.SessionContext().read_csv(path, **datafusion_options).count())
    elif job == "datafusion, schema":
        context = datafusion.SessionContext()
        print(context.read_csv(path, schema=schema, **datafusion_options).count())
    elif job == "duckdb":
        read = f"read_csv('{path}', header=false, delim='|', quote='')"
        print(duckdb.sql(f"SELECT count(*) FROM {read}").fetchall()[0][0])
    elif job == "pyarrow":
        table = pyarrow.csv.read_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(column_names=schema.names),
            parse_options=pyarrow.csv.ParseOptions(delimiter="|", quote_char=False),
        )
        print(table.num_rows)
except Exception as error:
    print("error")
END
count() {
    "$folder/python/bin/python" "$folder/count.py" "$folder/$1" "$2" 2>&1
}
"$folder/python/bin/python" -c 'import datafusion, polars
print("polars", polars.__version__, "datafusion", datafusion.__version__)'

awk 'BEGIN { for (i = 1; i <= 6000; i++) printf "10.0.0.%d|/page/%d|200\n", i % 250, i }' \
    >"$folder/access.log"
unpacked /usr/bin/pzstd -q -k "$folder/access.log" -o "$folder/pzstd.log.zst"
for half in 'head -n 3000' 'tail -n 3000'; do
    $half "$folder/access.log" | unpacked /usr/bin/zstd -q -c
done >"$folder/zstd.log.zst"
expect 'first bytes of pzstd' "$(od -A n -t x1 -N 4 "$folder/pzstd.log.zst")" ' 50 2a 4d 18'
expect 'lines by zstd -dc' "$(unpacked /usr/bin/zstd -dc "$folder/pzstd.log.zst" | wc -l)" 6000
for reader in polars 'polars, rows' datafusion 'datafusion, schema' duckdb pyarrow; do
    expect "two frames of zstd for $reader" "$(count zstd.log.zst "$reader")" 6000
done
for reader in duckdb pyarrow; do
    expect "pzstd for $reader" "$(count pzstd.log.zst "$reader")" 6000
done
newlines=$(tr -dc '\n' <"$folder/pzstd.log.zst" | wc -c)
counted=$(count pzstd.log.zst polars)
expect 'pzstd for polars, more or less than its newline bytes' "$((counted - newlines))" 1
expect 'pzstd for polars, rows' "$(count pzstd.log.zst 'polars, rows')" error
expect 'pzstd for datafusion' "$(count pzstd.log.zst datafusion)" error
expect 'pzstd for datafusion, schema' "$(count pzstd.log.zst 'datafusion, schema')" 6000
verdict
