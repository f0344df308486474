"""Benches: cpoctl beside its peers, in one run, server and load on a core each.

Each script is run by hand as `python -m tests.bench.NAME`, prints one table and ends by itself.
"""
