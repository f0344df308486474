"""Diagnostics and logs: let chargers upload what they know of themselves."""
