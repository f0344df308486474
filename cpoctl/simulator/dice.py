"""Chance that repeats itself: the same names give the same throws."""

import random


def dice(*names: object) -> random.Random:
    """Make dice for one purpose."""
    return random.Random(":".join(map(str, names)))  # noqa: S311 - a simulation, no secret
