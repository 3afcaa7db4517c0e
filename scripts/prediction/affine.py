"""Sums of unknowns and a constant: what a register holds, as far as it can be known."""

from itertools import count

_fresh = count()


class Affine:
    """An immutable sum: how often each unknown counts, and a constant."""

    __slots__ = ("terms", "constant")

    def __init__(self, terms=(), constant=0):
        self.terms = {name: factor for name, factor in dict(terms).items() if factor}
        self.constant = constant

    @classmethod
    def named(cls, name):
        """The unknown of that name, the same at every call."""
        return cls({name: 1})

    @classmethod
    def unknown(cls):
        """An unknown that is equal to no other."""
        return cls({f"?{next(_fresh)}": 1})

    def plus(self, other, factor=1):
        terms = dict(self.terms)
        for name, times in other.terms.items():
            terms[name] = terms.get(name, 0) + factor * times
        return Affine(terms, self.constant + factor * other.constant)

    def difference(self, other):
        """Returns the constant by which this is more; nothing where that is not one number."""
        rest = self.plus(other, -1)
        return None if rest.terms else rest.constant

    def has(self, name):
        return name in self.terms
