"""As columns.py, with a mistake that no test finds: it splits each line once for each column."""

import sys


def main():
    path, delimiter, wanted = sys.argv[1:]
    wanted = [int(column) - 1 for column in wanted.split(",")]
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            fields = [line.rstrip("\n").split(delimiter)[column] for column in wanted]
            sys.stdout.write(delimiter.join(fields) + "\n")


main()
