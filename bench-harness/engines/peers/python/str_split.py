"""python3 str_split.py

The engine `peer/split@python`: what one writes in Python without a library. The bytes are decoded
one character a byte, which is the fastest way and keeps lengths those of the bytes.
"""

from itertools import islice

from runner import BATCH_ROWS, Engine, fold_batches, serve


class StrSplit(Engine):
    def run(self, model, columns):
        batches = self.from_file if model == "file-read" else self.from_memory
        return fold_batches(model, columns, batches)

    def from_memory(self, stopwatch):
        with stopwatch:
            lines = self.data.decode("latin-1").split("\n")
            # Behind the last newline there is no line.
            if lines[-1] == "":
                lines.pop()
        for start in range(0, len(lines), BATCH_ROWS):
            with stopwatch:
                batch = lines[start : start + BATCH_ROWS]
                rows = [line.removesuffix("\r").split(self.delimiter) for line in batch]
            yield rows

    def from_file(self, stopwatch):
        with open(self.path, encoding="latin-1", newline="\n") as file:
            while True:
                with stopwatch:
                    lines = [line.removesuffix("\n") for line in islice(file, BATCH_ROWS)]
                    rows = [line.removesuffix("\r").split(self.delimiter) for line in lines]
                if not rows:
                    return
                yield rows


serve(StrSplit())
