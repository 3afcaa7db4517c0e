"""Compares the statistics of a Parquet file's footer, and what else stands there, with the data."""

import base64

from readers import item_of

METADATA = ["delimark.version", "delimark.schema_version", "delimark.format", "delimark.source"]
# A bound that is shorter has to be the value itself; a longer one may stand for what begins so.
TRUNCATED_LENGTH = 32


def problems(path, columns):
    """Yields what is wrong, and reads nothing but the footer."""
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(path)
    yield from metadata_problems(file.metadata.metadata or {})
    rows = len(columns[0].values)
    if file.metadata.num_rows != rows:
        yield f"the footer has {file.metadata.num_rows} rows, expected {rows}"
        return
    begin = 0
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        if group.num_columns != len(columns):
            yield f"row group {number}: {group.num_columns} columns, expected {len(columns)}"
            return
        order = [(place.column_index, place.descending, place.nulls_first)
                 for place in group.sorting_columns]
        wanted = [(index, False, False) for index, one in enumerate(columns) if one.is_sorted]
        if order != wanted:
            yield f"row group {number}: it is said to be sorted by {order}, expected {wanted}"
        for index, column in enumerate(columns):
            values = column.values[begin:begin + group.num_rows]
            for problem in chunk_problems(group.column(index), values, item_of(column.type)):
                yield f"row group {number}, column {column.name}: {problem}"
        begin += group.num_rows
    if begin != rows:
        yield f"the row groups have {begin} rows, expected {rows}"


def metadata_problems(metadata):
    """Yields the keys without a value in the file's metadata, or in the Arrow schema's."""
    import pyarrow

    stored = metadata.get(b"ARROW:schema")
    if stored is None:
        yield "the footer has no Arrow schema (key 'ARROW:schema')"
        return
    schema = pyarrow.ipc.read_schema(pyarrow.py_buffer(base64.b64decode(stored)))
    for where, found in [("footer", metadata), ("Arrow schema", schema.metadata or {})]:
        for key in METADATA:
            if not found.get(key.encode()):
                yield f"the metadata of the {where} have no value for '{key}'"


def chunk_problems(chunk, values, is_list):
    """Yields what is wrong with a column in a row group."""
    if chunk.compression != "ZSTD":
        yield f"the compression is {chunk.compression}, expected ZSTD"
    if is_list:
        # A list that is null, or has no items, takes the place of one null.
        values = [item for items in values for item in items or [None]]
    if chunk.num_values != len(values):
        yield f"{chunk.num_values} values, expected {len(values)}"
    statistics = chunk.statistics
    if not values:
        return
    if statistics is None:
        yield "there are no statistics"
        return
    known = [value for value in values if value is not None]
    nulls = len(values) - len(known)
    if not statistics.has_null_count or statistics.null_count != nulls:
        yield f"null_count is {statistics.null_count}, expected {nulls}"
    if statistics.has_distinct_count and statistics.distinct_count != len(set(known)):
        yield f"distinct_count is {statistics.distinct_count}, expected {len(set(known))}"
    if not known:
        if statistics.has_min_max:
            yield f"all is null, but min is {statistics.min!r} and max {statistics.max!r}"
    elif not statistics.has_min_max:
        yield "min and max are missing"
    else:
        low, high = min(known, key=order), max(known, key=order)
        if not is_minimum(statistics.min, low):
            yield f"min is {statistics.min!r}, expected {low!r}"
        if not is_maximum(statistics.max, high):
            yield f"max is {statistics.max!r}, expected {high!r}"


def order(value):
    # Strings are in the order of their bytes.
    return value.encode() if isinstance(value, str) else value


def is_minimum(bound, low):
    if bound == low or not isinstance(low, str):
        return bound == low
    return len(bound.encode()) >= TRUNCATED_LENGTH and low.startswith(bound)


def is_maximum(bound, high):
    """Tells whether a bound is a column's maximum, or begins like it, with a last character up."""
    if bound == high or not isinstance(high, str):
        return bound == high
    is_cut = TRUNCATED_LENGTH <= len(bound.encode()) and len(bound) <= len(high)
    return is_cut and order(bound) > order(high) and high.startswith(bound[:-1])
