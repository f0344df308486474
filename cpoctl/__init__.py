"""cpoctl: run EV chargers from a terminal."""

__version__ = "0.1.0.dev0"
