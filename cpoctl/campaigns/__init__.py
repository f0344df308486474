"""Campaigns at work: what their rules allow goes out, as tasks of one charger each, and what comes of it is kept.

The database is the truth and the events of its commits are heard here, those of operators too: what is in memory is
never ahead of the disk. A member is `sent` on disk, by the same commit that begins its task, before anything goes out.
"""
