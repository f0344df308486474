"""Tests of the simulator's parts, without a socket."""
