"""python pyarrow_table.py

The engine `peer/pyarrow@python`: pyarrow.csv.read_csv into a table of strings, on one thread.
"""

import pyarrow
from pyarrow import csv

from columns import ColumnarEngine
from runner import Refusal, serve

pyarrow.set_cpu_count(1)
pyarrow.set_io_thread_count(1)


class PyArrow(ColumnarEngine):
    library = f"PyArrow {pyarrow.__version__}"

    def read(self, source, wanted):
        names = self.names()
        source = source if isinstance(source, str) else pyarrow.BufferReader(source)
        try:
            return csv.read_csv(
                source,
                csv.ReadOptions(use_threads=False, column_names=names),
                csv.ParseOptions(
                    delimiter=self.delimiter,
                    quote_char=self.quote or False,
                    ignore_empty_lines=False,
                ),
                csv.ConvertOptions(
                    column_types={name: pyarrow.string() for name in names},
                    include_columns=[names[column] for column in wanted],
                ),
            )
        except pyarrow.ArrowInvalid as error:
            raise Refusal(str(error).replace("\n", " ")) from error


serve(PyArrow())
