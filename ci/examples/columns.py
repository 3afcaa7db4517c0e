"""Prints three columns of a log: columns.py FILE DELIMITER COLUMN,COLUMN,COLUMN (from 1)."""

import sys


def main():
    path, delimiter, wanted = sys.argv[1:]
    wanted = [int(column) - 1 for column in wanted.split(",")]
    with open(path, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            fields = line.rstrip("\n").split(delimiter)
            sys.stdout.write(delimiter.join([fields[column] for column in wanted]) + "\n")


main()
