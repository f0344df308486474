"""Servers to compare cpoctl with; each is a program that announces its address like `cpoctl serve`."""
