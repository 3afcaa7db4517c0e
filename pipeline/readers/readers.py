"""The programs that read Parquet, each with what it calls our types and what it cannot hold."""

import datetime
import json
import os
import re
import shutil

UTC = datetime.timezone.utc


class Unavailable(Exception):
    """A reader that is not installed, with what it needs."""


class Reader:
    """A program that reads Parquet.

    `read` takes a path to the native types of the columns and their plain values, both by name.
    `native` has the reader's own name for each type of ours. `shown` says for some types what a
    value becomes there, since the reader has nothing that could hold it as it is. `count` takes a
    path and probes, which are a column, its type and a value, to the number of rows with that
    value; the reader may skip what statistics, page indexes and Bloom filters exclude. `sort` takes
    a path and the name of a column that the file says to be sorted to its values in order, nulls
    last; the reader may leave the sort out. Values of lists are not compared where the reader is
    known to get them wrong.
    """

    def __init__(self, read, native, list_of, shown=None, count=None, sort=None, reads_lists=True):
        self.read, self.list_of, self.count, self.sort = read, list_of, count, sort
        self.reads_lists = reads_lists
        self.names = native
        self.changes = shown or {}

    def native(self, type):
        """Returns the names that a type can have there."""
        item = item_of(type)
        names = self.names[item or type]
        names = [names] if isinstance(names, str) else names
        return [self.list_of(name) for name in names] if item else names

    def shown(self, type, values):
        """Returns what the values of a column are to this reader."""
        item = item_of(type)
        if item and item in self.changes:
            change = unless_none(self.changes[item])
            values = [each and [change(one) for one in each] for each in values]
        change = self.changes.get("list" if item else type)
        return [change(value) for value in values] if change else values


def item_of(type):
    """Returns the type of a list's items, None if the type is no list."""
    found = re.fullmatch(r"list<(.*)>", type)
    return found and found.group(1)


def unless_none(function):
    return lambda value: None if value is None else function(value)


def by_column(names, rows):
    columns = list(zip(*rows)) or [()] * len(names)
    return {name: list(values) for name, values in zip(names, columns)}


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def literal(value, type):
    """Returns a value as SQL has it, with its type."""
    if isinstance(value, datetime.datetime):
        zone = "+00:00" if value.tzinfo else ""
        text = value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        return f"CAST('{text}{zone}' AS {type})"
    return "CAST('" + str(value).replace("'", "''") + f"' AS {type})"


# PyArrow

ARROW = {
    "string": "string", "int64": "int64", "decimal(18,3)": "decimal128(18, 3)",
    "decimal(18,6)": "decimal128(18, 6)", "timestamp(us, UTC)": "timestamp[us, tz=UTC]",
    "timestamp(us)": "timestamp[us]", "date": "date32[day]",
}


def arrow_list(item):
    return f"list<{item}>"


def arrow_columns(table):
    # The name of a list's items differs between writers, and means nothing.
    types = {field.name: re.sub(r"<\w+: ", "<", str(field.type)) for field in table.schema}
    types = {name: type.replace(" not null", "") for name, type in types.items()}
    return types, {name: table[name].to_pylist() for name in table.column_names}


def read_with_pyarrow(path):
    import pyarrow.parquet

    return arrow_columns(pyarrow.parquet.read_table(path))


def count_with_pyarrow(path, probes):
    import pyarrow.dataset

    log = pyarrow.dataset.dataset(path)
    for name, _, value in probes:
        scalar = pyarrow.scalar(value, log.schema.field(name).type)
        yield log.count_rows(filter=pyarrow.dataset.field(name) == scalar)


# DuckDB

DUCKDB = {
    "string": "VARCHAR", "int64": "BIGINT", "decimal(18,3)": "DECIMAL(18,3)",
    "decimal(18,6)": "DECIMAL(18,6)", "timestamp(us, UTC)": "TIMESTAMP WITH TIME ZONE",
    "timestamp(us)": "TIMESTAMP", "date": "DATE",
}


def duckdb_connection():
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def read_with_duckdb(path):
    found = duckdb_connection().read_parquet(path)
    types = {name: str(type) for name, type in zip(found.columns, found.types)}
    return types, by_column(found.columns, found.fetchall())


def count_with_duckdb(path, probes):
    connection = duckdb_connection()
    for name, type, value in probes:
        query = f"SELECT count(*) FROM read_parquet(?) WHERE {quoted(name)} = "
        query += literal(value, DUCKDB[type])
        yield connection.execute(query, [path]).fetchone()[0]


def sort_with_duckdb(path, name):
    query = f"SELECT {quoted(name)} FROM read_parquet(?) ORDER BY ALL NULLS LAST"
    return [row[0] for row in duckdb_connection().execute(query, [path]).fetchall()]


# Polars

POLARS = {
    "string": "String", "int64": "Int64", "decimal(18,3)": "Decimal(precision=18, scale=3)",
    "decimal(18,6)": "Decimal(precision=18, scale=6)",
    "timestamp(us, UTC)": "Datetime(time_unit='us', time_zone='UTC')",
    "timestamp(us)": "Datetime(time_unit='us', time_zone=None)", "date": "Date",
}


def read_with_polars(path):
    import polars

    frame = polars.read_parquet(path)
    types = {name: str(type) for name, type in frame.schema.items()}
    return types, {name: frame[name].to_list() for name in frame.columns}


def count_with_polars(path, probes):
    import polars

    frame = polars.scan_parquet(path)
    types = frame.collect_schema()
    for name, _, value in probes:
        rows = frame.filter(polars.col(name) == polars.lit(value, dtype=types[name]))
        yield rows.select(polars.len()).collect().item()


# pandas

PANDAS = {
    "string": "string", "int64": "Int64", "decimal(18,3)": "object", "decimal(18,6)": "object",
    "timestamp(us, UTC)": "datetime64[us, UTC]", "timestamp(us)": "datetime64[us]",
    "date": "object",
}


def plain(value):
    """Returns a value of pandas or NumPy as Python has it."""
    if value is None or type(value) in (str, int):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime() if value == value else None
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    # Neither NaN nor NaT is equal to itself, and NA is not even false.
    return value if str(value) not in ("nan", "NaT", "<NA>") else None


def frame_columns(frame):
    types = {name: str(frame[name].dtype) for name in frame.columns}
    return types, {name: [plain(value) for value in frame[name]] for name in frame.columns}


def read_with_pandas(path):
    import pandas

    frame = pandas.read_parquet(path, engine="pyarrow", dtype_backend="numpy_nullable")
    return frame_columns(frame)


# fastparquet has no decimals, no zones, and no dates that are not instants.

FASTPARQUET = {
    "string": ["str", "object"], "int64": ["Int64", "int64"], "decimal(18,3)": "float64",
    "decimal(18,6)": "float64",
    "timestamp(us, UTC)": "datetime64[us]", "timestamp(us)": "datetime64[us]",
    "date": "datetime64[ns]",
}


def read_with_fastparquet(path):
    import fastparquet

    return frame_columns(fastparquet.ParquetFile(path).to_pandas())


def scaled(value):
    """Returns what fastparquet makes of a decimal, which need not be the nearest float."""
    digits = -value.as_tuple().exponent
    return int(value.scaleb(digits)) * 10.0**-digits


def midnight(date):
    return datetime.datetime.combine(date, datetime.time())


# DataFusion: the names of its SQL; its tables are Arrow's.

DATAFUSION = {
    "string": "VARCHAR", "int64": "BIGINT", "date": "DATE", "timestamp(us)": "TIMESTAMP(6)",
    "timestamp(us, UTC)": "TIMESTAMP(6) WITH TIME ZONE",
}


def datafusion_context(path):
    import datafusion

    # In the file's order, and with all that lets it skip pages and rows.
    config = datafusion.SessionConfig({
        "datafusion.execution.target_partitions": "1",
        "datafusion.execution.parquet.pushdown_filters": "true",
        "datafusion.execution.parquet.reorder_filters": "true",
        "datafusion.execution.time_zone": "UTC",
    })
    context = datafusion.SessionContext(config)
    context.register_parquet("log", path)
    return context


def read_with_datafusion(path):
    types, columns = arrow_columns(datafusion_context(path).table("log").to_arrow_table())
    # It reads strings as views, which are strings.
    return {name: type.replace("string_view", "string") for name, type in types.items()}, columns


def count_with_datafusion(path, probes):
    context = datafusion_context(path)
    for name, type, value in probes:
        query = f"SELECT count(*) AS n FROM log WHERE {quoted(name)} = "
        found = context.sql(query + literal(value, DATAFUSION.get(type, type)))
        yield found.to_arrow_table()["n"][0].as_py()


def sort_with_datafusion(path, name):
    """Sees, too, that the file is believed: what it says to be sorted is not sorted again."""
    query = f"SELECT {quoted(name)} FROM log ORDER BY {quoted(name)} ASC NULLS LAST"
    frame = datafusion_context(path).sql(query)
    plan = frame.execution_plan().display_indent()
    if "SortExec" in plan:
        raise ValueError(f"the rows are sorted again: {plan}")
    return frame.to_arrow_table().column(0).to_pylist()


# chDB: an array is never null, and a time without a zone is one of UTC.

CHDB = {
    "string": "Nullable(String)", "int64": "Nullable(Int64)",
    "decimal(18,3)": "Nullable(Decimal(18, 3))", "decimal(18,6)": "Nullable(Decimal(18, 6))",
    "timestamp(us, UTC)": "Nullable(DateTime64(6, 'UTC'))",
    "timestamp(us)": "Nullable(DateTime64(6, 'UTC'))", "date": "Nullable(Date32)",
}


def read_with_chdb(path):
    import chdb

    file = f"file({chdb_text(path)}, Parquet)"
    described = json.loads(str(chdb.query(f"DESCRIBE {file}", "JSONCompact")))["data"]
    # Without these, row groups come in any order.
    in_order = "SETTINGS max_threads = 1, input_format_parquet_preserve_order = 1"
    _, columns = arrow_columns(chdb.query(f"SELECT * FROM {file} {in_order}", "ArrowTable"))
    return {name: type for name, type, *_ in described}, columns


def count_with_chdb(path, probes):
    import chdb

    # In one query, since each starts the whole engine.
    queries = []
    for place, (name, type, value) in enumerate(probes):
        native = re.fullmatch(r"Nullable\((.*)\)", CHDB[type]).group(1)
        if isinstance(value, datetime.datetime):
            value = value.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        queries.append(f"SELECT {place}, count() FROM file({chdb_text(path)}, Parquet) WHERE "
                       f"{quoted(name)} = CAST({chdb_text(str(value))} AS {native})")
    found = json.loads(str(chdb.query(" UNION ALL ".join(queries), "JSONCompact")))["data"]
    return [int(count) for _, count in sorted(found)]


def chdb_text(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


# Spark

SPARK = {
    "string": "string", "int64": "bigint", "decimal(18,3)": "decimal(18,3)",
    "decimal(18,6)": "decimal(18,6)", "timestamp(us, UTC)": "timestamp",
    "timestamp(us)": "timestamp_ntz", "date": "date",
}


def spark_session():
    if not shutil.which("java"):
        raise Unavailable("a Java runtime; on Debian: apt-get install default-jre-headless")
    from pyspark.sql import SparkSession

    os.environ["TZ"] = "UTC"
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master("local[2]")
    options = {
        "spark.sql.session.timeZone": "UTC",
        # It would open a port for a page, and draw a bar on standard error.
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # To compile a query takes longer than these files do.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
    }
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def read_with_spark(path):
    frame = spark_session().read.parquet(path)
    return dict(frame.dtypes), by_column(frame.columns, map(tuple, frame.collect()))


def count_with_spark(path, probes):
    spark = spark_session()
    spark.read.parquet(path).createOrReplaceTempView("log")
    # In one query, since each takes Spark a second.
    queries = [
        f"SELECT {place} AS place, count(*) AS rows FROM log WHERE `{name.replace('`', '``')}` = "
        + spark_literal(value, SPARK[type])
        for place, (name, type, value) in enumerate(probes)
    ]
    rows = spark.sql(" UNION ALL ".join(queries)).collect()
    return [row.rows for row in sorted(rows, key=lambda row: row.place)]


def spark_literal(value, type):
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return literal(value, type)


def spark_instant(value):
    """Returns an instant as Spark hands it over: local time, which is UTC here."""
    return value.replace(tzinfo=None)


READERS = {
    "pyarrow": Reader(read_with_pyarrow, ARROW, arrow_list, count=count_with_pyarrow),
    "duckdb": Reader(
        read_with_duckdb, DUCKDB, lambda item: item + "[]", count=count_with_duckdb,
        sort=sort_with_duckdb,
    ),
    "polars": Reader(
        read_with_polars, POLARS, lambda item: f"List({item})", count=count_with_polars
    ),
    "pandas": Reader(read_with_pandas, PANDAS, lambda item: "object"),
    "fastparquet": Reader(
        read_with_fastparquet, FASTPARQUET, lambda item: "object",
        shown={
            "decimal(18,3)": unless_none(scaled), "decimal(18,6)": unless_none(scaled),
            "timestamp(us, UTC)": unless_none(spark_instant), "date": unless_none(midnight),
        },
        # Without a dictionary, decimals in lists are not scaled, and lists of texts are lost.
        reads_lists=False,
    ),
    "datafusion": Reader(
        read_with_datafusion, ARROW, arrow_list, count=count_with_datafusion,
        sort=sort_with_datafusion,
    ),
    "chdb": Reader(
        read_with_chdb, CHDB, lambda item: f"Array({item})",
        shown={
            "list": lambda values: values or [],
            "timestamp(us)": unless_none(lambda value: value.replace(tzinfo=UTC)),
        },
        count=count_with_chdb,
    ),
    "spark": Reader(
        read_with_spark, SPARK, lambda item: f"array<{item}>",
        shown={"timestamp(us, UTC)": unless_none(spark_instant)},
        count=count_with_spark,
    ),
}
