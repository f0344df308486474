"""The tests of cpoctl; the folders mirror the package."""
