"""Crash tests: nothing acknowledged is lost, whatever happens to the process, the disk or the file."""
