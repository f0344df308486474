"""Commands that are no operations: one file each, its name is the command's, its `command()` makes it."""
