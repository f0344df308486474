"""Tests of simulated chargers over a real socket."""
