"""What the columnar engines share: the answer, from an Arrow table of strings.

They are timed until the columns stand in memory. Lengths and first bytes are then taken with
Arrow's vector operations, while the clock stands still.
"""

import pyarrow
import pyarrow.compute

from runner import Answer, Engine, Refusal, Stopwatch


class ColumnarEngine(Engine):
    """Each engine adds `read(source, wanted)`: the columns with these numbers, of the bytes or of the
    file with this path."""

    models = ("fields", "project", "file-read")
    takes_quotes = True

    def run(self, model, columns):
        if self.columns is None:
            raise Refusal("it has to know the number of columns")
        if model not in self.models:
            raise Refusal(f"it does not do {model}")
        source = self.path if model == "file-read" else self.data
        wanted = columns if model == "project" else list(range(self.columns))
        stopwatch = Stopwatch()
        with stopwatch:
            table = self.read(source, wanted)
        return answer_of(self.to_arrow(table)).line(stopwatch)

    def to_arrow(self, table):
        return table

    def names(self):
        return [f"column_{number}" for number in range(self.columns)]


def answer_of(table):
    answer = Answer(table.num_rows, table.num_rows * table.num_columns)
    for position, column in enumerate(table.columns):
        for chunk in column.chunks:
            text = chunk.cast(pyarrow.large_binary())
            if text.null_count:
                raise Refusal("it took an empty field for none")
            length_sum = pyarrow.compute.sum(pyarrow.compute.binary_length(text)).as_py() or 0
            first_bytes = pyarrow.compute.binary_slice(text, 0, 1)
            # There are 257 of them at most: every byte, and that of an empty field.
            counts = pyarrow.compute.value_counts(first_bytes).to_pylist()
            first_byte_sum = sum(
                count["values"][0] * count["counts"] for count in counts if count["values"]
            )
            answer.add_column(position, length_sum, first_byte_sum)
    return answer
