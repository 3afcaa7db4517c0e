"""python duckdb_table.py

The engine `peer/duckdb@python`: DuckDB's read_csv into an Arrow table of strings, on one thread. It
reads from a path only, so it does the model with a file only.
"""

import os

import duckdb

from columns import ColumnarEngine
from runner import Refusal, serve

# No field is this: otherwise an empty one would be none.
NO_FIELD = "\x01\x01"


class DuckDb(ColumnarEngine):
    library = f"DuckDB {duckdb.__version__}"
    models = ("file-read",)

    def __init__(self):
        self.connection = duckdb.connect(config={"threads": 1})

    def load(self, path):
        self.path = path
        return os.path.getsize(path)

    def read(self, source, wanted):
        try:
            relation = self.connection.read_csv(
                source,
                auto_detect=False,
                header=False,
                columns={name: "VARCHAR" for name in self.names()},
                delimiter=self.delimiter,
                quotechar=self.quote or "",
                escapechar="",
                na_values=NO_FIELD,
                strict_mode=True,
            )
            return relation.to_arrow_table()
        except duckdb.Error as error:
            raise Refusal(str(error).replace("\n", " ")) from error


serve(DuckDb())
