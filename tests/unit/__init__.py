"""Tests of single modules, without a socket or a disk."""
