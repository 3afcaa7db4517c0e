"""The one error that ends the program with a message instead of a trace."""


class Failure(Exception):
    """The failure and, where it is known, what to do about it."""
