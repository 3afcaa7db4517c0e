"""python3 csv_reader.py

The engine `peer/csv@python`: the csv module over text of one character a byte, with quoting off
where the data have none.
"""

import csv
import io
from itertools import islice

from runner import BATCH_ROWS, Engine, Refusal, fold_batches, serve

csv.field_size_limit(2**31 - 1)


class CsvReader(Engine):
    takes_quotes = True

    def run(self, model, columns):
        batches = self.from_file if model == "file-read" else self.from_memory
        return fold_batches(model, columns, batches)

    def from_memory(self, stopwatch):
        with stopwatch:
            # Lines end where \n is, and not where a \r alone is.
            text = io.StringIO(self.data.decode("latin-1"), newline="\n")
        yield from self.batches(text, stopwatch)

    def from_file(self, stopwatch):
        with open(self.path, encoding="latin-1", newline="") as text:
            yield from self.batches(text, stopwatch)

    def batches(self, text, stopwatch):
        quoting = csv.QUOTE_NONE if self.quote is None else csv.QUOTE_MINIMAL
        reader = csv.reader(
            text, delimiter=self.delimiter, quotechar=self.quote, quoting=quoting
        )
        while True:
            try:
                with stopwatch:
                    rows = list(islice(reader, BATCH_ROWS))
            except csv.Error as error:
                raise Refusal(str(error)) from error
            if not rows:
                return
            yield rows


serve(CsvReader())
