"""The peers: each turns a log of 12 fields into a Parquet file, and prints its version.

    peers.py PEER LOG OUTPUT THREADS
"""

import sys

NAMES = ["remote_addr", "time_iso8601", "request_method", "request_uri", "server_protocol",
         "status", "body_bytes_sent", "http_referer", "http_user_agent", "request_time",
         "upstream_addr", "upstream_response_time"]
DUCKDB_TYPES = {name: "VARCHAR" for name in NAMES} | {
    "time_iso8601": "TIMESTAMPTZ", "status": "BIGINT", "body_bytes_sent": "BIGINT",
    "request_time": "DECIMAL(18,3)",
}


def duckdb_source(log):
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in DUCKDB_TYPES.items())
    return (f"read_csv('{log}', delim='|', header=false, quote='', escape='', nullstr='-', "
            f"columns={{{types}}})")


def duckdb(log, output, threads):
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads={threads}; SET preserve_insertion_order=true")
    connection.execute(f"COPY (SELECT * FROM {duckdb_source(log)}) TO '{output}' "
                       "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
    return duckdb.__version__


def polars(log, output, threads):
    import polars

    schema = {name: polars.String for name in NAMES} | {
        "status": polars.Int64, "body_bytes_sent": polars.Int64,
        "request_time": polars.Decimal(18, 3),
    }
    frame = polars.scan_csv(log, has_header=False, separator="|", quote_char=None,
                            schema=schema, null_values="-")
    moment = polars.col("time_iso8601").str.to_datetime("%Y-%m-%dT%H:%M:%S%:z", time_unit="us")
    frame = frame.with_columns(moment)
    frame.sink_parquet(output, compression="zstd", compression_level=1)
    return polars.__version__


def pyarrow(log, output, threads):
    import pyarrow
    from pyarrow import csv, parquet

    pyarrow.set_cpu_count(threads)
    text = pyarrow.string()
    types = {name: text for name in NAMES} | {
        "time_iso8601": pyarrow.timestamp("us", "UTC"), "status": pyarrow.int64(),
        "body_bytes_sent": pyarrow.int64(), "request_time": pyarrow.decimal128(18, 3),
    }
    reader = csv.open_csv(
        log,
        read_options=csv.ReadOptions(column_names=NAMES, use_threads=threads > 1),
        parse_options=csv.ParseOptions(delimiter="|", quote_char=False),
        convert_options=csv.ConvertOptions(column_types=types, null_values=["-"],
                                           strings_can_be_null=True),
    )
    with parquet.ParquetWriter(output, reader.schema, compression="zstd",
                               compression_level=1) as writer:
        for batch in reader:
            writer.write_batch(batch)
    return pyarrow.__version__


def chdb(log, output, threads):
    import chdb

    types = {"VARCHAR": "Nullable(String)", "BIGINT": "Nullable(Int64)",
             "DECIMAL(18,3)": "Nullable(Decimal(18,3))",
             "TIMESTAMPTZ": "Nullable(DateTime64(6, ''UTC''))"}
    structure = ", ".join(f"{name} {types[kind]}" for name, kind in DUCKDB_TYPES.items())
    settings = (f"max_threads={threads}, format_csv_delimiter='|', "
                "format_csv_allow_double_quotes=0, format_csv_null_representation='-', "
                "date_time_input_format='best_effort', output_format_parquet_compression_method="
                "'zstd', output_format_compression_level=1")
    source = f"file('{log}', 'CSV', '{structure}')"
    chdb.query(f"SELECT * FROM {source} INTO OUTFILE '{output}' TRUNCATE FORMAT Parquet "
               f"SETTINGS {settings}")
    return chdb.__version__


PEERS = {"duckdb": duckdb, "polars": polars, "pyarrow": pyarrow, "chdb": chdb}

if __name__ == "__main__":
    name, log, output, threads = sys.argv[1:]
    print(PEERS[name](log, output, int(threads)))
