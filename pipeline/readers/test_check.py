"""Sees that check.py finds each kind of fault, on files that are written with it on purpose."""

import contextlib
import datetime
import decimal
import io
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent))

import pyarrow
import pyarrow.parquet

import check
import footer
import reference
from readers import READERS, Unavailable

UTC = datetime.timezone.utc
# Those that answer at once.
QUICK = ["pyarrow", "duckdb", "polars", "pandas", "fastparquet", "datafusion"]
# Those of them whose lists are compared.
LISTS = [name for name in QUICK if READERS[name].reads_lists]
ARROW = {
    "string": pyarrow.string(), "int64": pyarrow.int64(),
    "decimal(18,3)": pyarrow.decimal128(18, 3), "decimal(18,6)": pyarrow.decimal128(18, 6),
    "timestamp(us, UTC)": pyarrow.timestamp("us", "UTC"), "timestamp(us)": pyarrow.timestamp("us"),
    "date": pyarrow.date32(),
}
# Every type of a column; the numbers are such as stand nowhere else in a file.
DESCRIPTION = {
    "pattern": r"([^|]*)" + r"\|([^|]*)" * 9,
    "columns": [
        "client address", "status integer", "took seconds", "ratio decimal", "instant iso",
        "local clf-milliseconds", "day date", "servers text list", "waits seconds list",
        "codes integer list",
    ],
}
LINES = [
    "10.0.0.1|1234567|0.013|0.5|2026-03-01T10:00:00+05:30|01/Mar/2026:10:00:00.035|2026-03-01"
    "|a, b|0.001|200",
    "-|-|-|-|-|-|-|-|-|-",
    "caf\u00e9|7654321|-1|1.000001|1969-12-31T23:59:59.999999Z|01/Mar/2026:10:00:00.000"
    "|1969-12-31|a : -|-, 2|-, 404",
    "|||||||c|3|500",
]
SECOND_ROW_IS_NULL = [None] * 10


def arrow(type):
    return pyarrow.list_(ARROW[type[5:-1]]) if type.startswith("list<") else ARROW[type]


def write(path, columns, metadata=footer.METADATA, **options):
    """Writes a file as it has to be, but for the options."""
    schema = pyarrow.schema(
        [(column.name, arrow(column.type)) for column in columns],
        metadata={key: "1" for key in metadata},
    )
    arrays = [pyarrow.array(one.values, field.type) for one, field in zip(columns, schema)]
    options = {"compression": "zstd", "store_decimal_as_integer": True, **options}
    pyarrow.parquet.write_table(pyarrow.table(arrays, schema=schema), path, **options)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = Path(folder.name) / "made.log"
        self.path = str(Path(folder.name) / "made.parquet")
        self.log.write_text("\n".join(LINES), "utf-8")
        self.columns = reference.expected(self.log, DESCRIPTION)
        # What is written is changed by the tests; what is expected is not.
        self.written = reference.expected(self.log, DESCRIPTION)

    def column(self, name):
        return next(column for column in self.written if column.name == name)

    def problem(self, reader):
        return check.first(check.problems(reader, self.path, self.columns))

    def assert_found(self, *parts, readers=QUICK):
        for reader in readers:
            problem = self.problem(reader)
            for part in parts:
                self.assertIn(part, problem or "nothing", reader)


class Orders(Case):
    def setUp(self):
        super().setUp()
        self.set_values([1, 2, 3, None])

    def set_values(self, values):
        for columns in self.columns, self.written:
            column = next(column for column in columns if column.name == "status")
            column.values, column.is_sorted = list(values), True

    def write(self, **options):
        write(self.path, self.written, row_group_size=3, **options)

    def test_an_order_that_is_told_agrees(self):
        self.write(sorting_columns=[pyarrow.parquet.SortingColumn(1)])
        for name in ["footer", *QUICK]:
            self.assertIsNone(self.problem(name), name)

    def test_an_order_that_is_not_told_is_found(self):
        self.write()
        self.assert_found("said to be sorted by [], expected [(1, False, False)]",
                          readers=["footer"])
        self.assert_found("the rows are sorted again", readers=["datafusion"])

    def test_an_order_of_another_column_is_found(self):
        self.write(sorting_columns=[pyarrow.parquet.SortingColumn(0)])
        self.assert_found("said to be sorted by [(0, False, False)]", readers=["footer"])

    def test_an_order_that_is_not_true_is_found(self):
        self.set_values([3, 2, 1, None])
        self.write(sorting_columns=[pyarrow.parquet.SortingColumn(1)])
        self.assert_found("column status is not in its order", readers=["datafusion"])


class Files(Case):
    def test_a_right_file_agrees(self):
        for rows in [1, 2, 1000]:
            write(self.path, self.written, row_group_size=rows)
            for name in ["footer", *QUICK]:
                self.assertIsNone(self.problem(name), name)

    def test_a_file_of_nulls_and_one_without_rows_agree(self):
        for values in [[None, None], []]:
            for column in self.columns + self.written:
                column.values = list(values)
            write(self.path, self.written)
            for name in ["footer", *QUICK]:
                self.assertIsNone(self.problem(name), name)

    def test_a_wrong_value_is_found(self):
        for name, value in [
            ("client", "10.0.0.2"), ("status", 1234568), ("took", decimal.Decimal("0.014")),
            ("ratio", decimal.Decimal("0.500001")),
            ("instant", datetime.datetime(2026, 3, 1, 10, 0, tzinfo=UTC)),
            ("local", datetime.datetime(2026, 3, 1, 10, 0, 0, 36000)),
            ("day", datetime.date(2026, 3, 2)), ("servers", ["a", "c"]),
            ("waits", [decimal.Decimal("0.002")]), ("codes", [200, 200]),
        ]:
            column = self.column(name)
            right, column.values[0] = column.values[0], value
            write(self.path, self.written)
            readers = LISTS if column.type.startswith("list<") else QUICK
            self.assert_found(f"row 1, column {name}: ", readers=readers)
            column.values[0] = right

    def test_the_first_row_is_named(self):
        self.column("client").values[2] = "cafe"
        self.column("status").values[1] = 0
        write(self.path, self.written)
        self.assert_found("row 2, column status: 0, expected None")

    def test_a_wrong_null_is_found(self):
        for column, nothing in zip(self.written, SECOND_ROW_IS_NULL, strict=True):
            self.assertEqual(column.values[1], nothing)
            right, column.values[0] = column.values[0], None
            write(self.path, self.written)
            readers = LISTS if column.type.startswith("list<") else QUICK
            self.assert_found(f"row 1, column {column.name}: None, expected ", readers=readers)
            column.values[0] = right

    def test_a_value_for_a_null_is_found(self):
        for name, value in [("client", ""), ("status", 0), ("servers", []), ("codes", [None])]:
            self.column(name).values[1] = value
            write(self.path, self.written)
            readers = QUICK if name in ("client", "status") else LISTS
            self.assert_found(f"row 2, column {name}: ", ", expected None", readers=readers)
            self.column(name).values[1] = None

    def test_a_null_among_items_is_found(self):
        self.column("servers").values[2] = ["a", "-"]
        write(self.path, self.written)
        problem = "row 3, column servers: ['a', '-'], expected ['a', None]"
        self.assert_found(problem, readers=LISTS)

    def test_a_wrong_type_is_found(self):
        for name, type, readers in [
            ("status", pyarrow.int32(), QUICK),
            ("status", pyarrow.float64(), QUICK),
            ("took", pyarrow.decimal128(18, 6), ["pyarrow", "duckdb", "polars", "datafusion"]),
            ("instant", pyarrow.timestamp("us"), ["pyarrow", "duckdb", "polars", "pandas"]),
            ("local", pyarrow.timestamp("ms"), ["pyarrow", "polars", "pandas"]),
            ("client", pyarrow.binary(), ["pyarrow", "duckdb", "polars", "datafusion"]),
            ("codes", pyarrow.list_(pyarrow.int32()), ["pyarrow", "duckdb", "polars"]),
        ]:
            with mock.patch.dict(ARROW):
                column = self.column(name)
                right, column.type = column.type, "other"
                ARROW["other"] = type
                write(self.path, self.written)
                column.type = right
            self.assert_found(f"column {name} is of type ", ", expected ", readers=readers)

    def test_rows_too_few_and_too_many_are_found(self):
        for column in self.written:
            column.values.append(None)
        write(self.path, self.written)
        self.assert_found("column client has 5 rows, expected 4")
        self.assert_found("the footer has 5 rows, expected 4", readers=["footer"])
        for column in self.written:
            column.values[3:] = []
        write(self.path, self.written)
        self.assert_found("column client has 3 rows, expected 4")

    def test_names_and_their_order_are_compared(self):
        self.written.reverse()
        write(self.path, self.written)
        self.assert_found("the columns are codes, waits, ")

    def test_a_file_that_is_none_is_a_difference(self):
        Path(self.path).write_bytes(b"PAR1")
        self.assert_found("cannot be read: ")
        self.assert_found("cannot be read: ", readers=["footer"])


class Footers(Case):
    def patch(self, old, new):
        """Changes a few bytes of the footer, which have to be there, each time with others."""
        content = Path(self.path).read_bytes()
        begin = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
        self.assertGreater(content.count(old, begin), 0)
        self.assertEqual(len(old), len(new))
        changed = content[:begin] + content[begin:].replace(old, new)
        Path(self.path).write_bytes(changed)

    def test_a_wrong_minimum_or_maximum_is_found(self):
        for value, other, problem in [
            (1234567, 1234566, "column status: min is 1234566, expected 1234567"),
            (1234567, 1234568, "column status: min is 1234568, expected 1234567"),
            (7654321, 7654320, "column status: max is 7654320, expected 7654321"),
        ]:
            write(self.path, self.written)
            self.patch(value.to_bytes(8, "little"), other.to_bytes(8, "little"))
            self.assert_found("row group 0, " + problem, readers=["footer"])

    def test_a_wrong_minimum_of_a_list_is_found(self):
        write(self.path, self.written)
        self.patch((500).to_bytes(8, "little"), (501).to_bytes(8, "little"))
        self.assert_found("row group 0, column codes: max is 501, expected 500", readers=["footer"])

    def test_a_wrong_bound_makes_a_reader_lose_rows(self):
        write(self.path, self.written)
        self.patch((7654321).to_bytes(8, "little"), (7654320).to_bytes(8, "little"))
        self.assert_found(
            "column status: 7654321 is in 0 rows, expected 1", readers=["duckdb", "datafusion"]
        )

    def test_a_wrong_number_of_nulls_is_found(self):
        column = self.column("client")
        column.values[:] = ["x"] * 60 + [None] * 37
        # Thrift writes 37 as 74, after a byte for an integer of 64 bits in the third field.
        write(self.path, [column])
        self.columns = [column]
        self.assertIsNone(self.problem("footer"))
        self.patch(b"\x36\x4a", b"\x36\x48")
        self.assert_found("column client: null_count is 36, expected 37", readers=["footer"])

    def test_statistics_that_are_missing_are_found(self):
        write(self.path, self.written, write_statistics=False)
        self.assert_found("column client: there are no statistics", readers=["footer"])

    def test_another_compression_is_found(self):
        write(self.path, self.written, compression="snappy")
        self.assert_found("the compression is SNAPPY, expected ZSTD", readers=["footer"])

    def test_a_key_without_a_value_is_found(self):
        write(self.path, self.written, metadata=footer.METADATA[1:])
        self.assert_found("no value for 'delimark.version'", readers=["footer"])
        write(self.path, self.written, store_schema=False)
        self.assert_found("the footer has no Arrow schema", readers=["footer"])

    def test_long_bounds_may_be_cut(self):
        value = "https://www.example.com/" + "a" * 100
        for bound, is_low, is_high in [
            (value, True, True),
            (value[:64], True, False),
            (value[:63] + "b", False, True),
            (value[:63] + "A", False, False),
            (value[:8], False, False),
            (value[:23] + "0", False, False),
            (value + "a", False, False),
        ]:
            self.assertEqual(footer.is_minimum(bound, value), is_low, bound)
            self.assertEqual(footer.is_maximum(bound, value), is_high, bound)


class References(unittest.TestCase):
    def test_values_have_types(self):
        instant = datetime.datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC)
        for kind, raw, expected in [
            ("text", b"-", None), ("text", b"", ""), ("text", b"\\x22", "\\x22"),
            ("text", "caf\u00e9".encode(), "caf\u00e9"), ("text", None, None),
            ("address", b"unix:", "unix:"), ("address", b"-", None),
            ("time", b"10:00:00", "10:00:00"), ("time", b"-", None),
            ("integer", b"000", 0), ("integer", b"-1", -1), ("integer", b"", None),
            ("milliseconds", b"+114", 114), ("milliseconds", b"035", 35),
            ("microseconds", b"-", None), ("seconds", b"0.013", decimal.Decimal("0.013")),
            ("seconds", b"-1", decimal.Decimal(-1)), ("decimal", b"", None),
            ("clf", b"01/Mar/2026:15:30:00 +0530", instant),
            ("clf-milliseconds", b"01/Mar/2026:10:00:00.035",
             datetime.datetime(2026, 3, 1, 10, 0, 0, 35000)),
            ("iso", b"2026-03-01T10:00:00Z", instant),
            ("iso", b"2026-03-01T02:00:00.000-08:00", instant),
            ("epoch", b"1772359200.450", instant + datetime.timedelta(milliseconds=450)),
            ("epoch-milliseconds", b"1772359200000", instant),
            ("epoch-microseconds", b"-1", reference.EPOCH - datetime.timedelta(microseconds=1)),
            ("date", b"2026-03-01", datetime.date(2026, 3, 1)), ("custom", b"", ""),
        ]:
            self.assertEqual(reference.typed(kind, raw), expected, (kind, raw))

    def test_what_has_no_type_is_a_mistake(self):
        for kind, raw in [
            ("integer", b"1.5"), ("seconds", b"0.0001"), ("clf", b"01/Mar/2026:10:00:00"),
            ("clf", b"01/Mrz/2026:10:00:00 +0000"), ("iso", b"2026-03-01T10:00:00"),
            ("epoch", b"0.0000001"), ("date", b"2026-02-30"),
        ]:
            with self.assertRaises((ValueError, decimal.InvalidOperation), msg=(kind, raw)):
                reference.typed(kind, raw)

    def test_lines_out_of_format_or_not_in_utf8_are_left_out(self):
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "made.log"
            log.write_bytes(b"a|1\nb\nc\xff|3\nd|4\ne|5")
            description = {"pattern": r"([^|]*)\|(\d+)", "columns": ["name text", "n integer"]}
            names, numbers = reference.expected(log, {**description, "left_out": [4]})
        self.assertEqual((names.values, numbers.values), (["a", "e"], [1, 5]))

    def test_names_get_units(self):
        for text, name in [
            ("time-taken milliseconds", "time-taken_ms"), ("wait_ms milliseconds", "wait_ms"),
            ("took microseconds", "took_us"), ("request_time seconds", "request_time"),
        ]:
            self.assertEqual(reference.Described(text).name_in_file(), name)

    def test_date_and_time_make_an_instant(self):
        log = reference.HERE / "logs" / "iis.log"
        last = reference.expected(log)[-1]
        self.assertEqual((last.name, last.type), ("date_time", "timestamp(us, UTC)"))
        self.assertEqual(last.values[2], datetime.datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC))
        self.assertIsNone(last.values[5])

    def test_a_log_without_a_description_is_a_mistake(self):
        with self.assertRaisesRegex(reference.Mistake, "logs.toml does not describe it"):
            reference.expected("other.log")


class Commands(Case):
    def run_check(self, *arguments):
        output = io.StringIO()
        with (
            mock.patch.object(sys, "argv", ["check.py", *map(str, arguments)]),
            mock.patch.object(reference, "description_of", lambda log: DESCRIPTION),
            contextlib.redirect_stdout(output),
        ):
            return check.main(), output.getvalue()

    def test_it_counts_and_fails(self):
        write(self.path, self.written)
        code, output = self.run_check("--reader", "pyarrow", self.log, self.path)
        self.assertEqual((code, output.splitlines()[-1]), (0, "2 passed, 0 failed"))
        self.column("status").values[0] = 1
        write(self.path, self.written)
        both = ["--reader", "pyarrow", "--reader", "duckdb"]
        code, output = self.run_check(*both, self.log, self.path)
        self.assertEqual((code, output.splitlines()[-1]), (1, "0 passed, 3 failed"))
        self.assertIn("row 1, column status: 1, expected 1234567", output)

    def test_a_reader_that_is_not_installed_is_no_pass(self):
        write(self.path, self.written)
        with mock.patch.dict(sys.modules, duckdb=None), self.assertRaises(ImportError):
            self.run_check("--reader", "duckdb", self.log, self.path)
        with mock.patch.dict("os.environ", PATH=""), self.assertRaises(Unavailable):
            self.run_check("--reader", "spark", self.log, self.path)

    def test_every_reader_has_a_name_for_every_type(self):
        for reader in READERS.values():
            for type in set(reference.TYPES.values()):
                self.assertTrue(reader.native(type) and reader.native(f"list<{type}>"))


if __name__ == "__main__":
    # Some readers leave files open.
    unittest.main(warnings="ignore")
