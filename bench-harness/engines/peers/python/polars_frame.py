"""python polars_frame.py

The engine `peer/polars@python`: polars.read_csv into a frame of strings, on one thread.
"""

import os

# Polars reads it when it is imported.
os.environ["POLARS_MAX_THREADS"] = "1"

import polars

from columns import ColumnarEngine
from runner import Refusal, serve


class Polars(ColumnarEngine):
    library = f"Polars {polars.__version__}"

    def read(self, source, wanted):
        names = self.names()
        try:
            return polars.read_csv(
                source,
                schema={name: polars.String for name in names},
                columns=[names[column] for column in wanted],
                has_header=False,
                separator=self.delimiter,
                quote_char=self.quote,
                empty_string_is_null=False,
            )
        except polars.exceptions.PolarsError as error:
            raise Refusal(str(error).replace("\n", " ")) from error

    def to_arrow(self, table):
        return table.to_arrow(compat_level=polars.CompatLevel.oldest())


serve(Polars())
