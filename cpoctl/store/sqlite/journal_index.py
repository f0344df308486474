"""The journal by charger: an index that is written for thousands of rows at once.

Kept up to date row by row it cost each commit a page a charger. Rows after the mark are found by walking, so
queries ask the table up to `journal_mark` and the journal itself from there on.
"""

import sqlite3
from typing import Final

EVERY: Final = 4096  # rows: a walk of a few milliseconds for a reader, a page written for many rows at once
_MARK: Final = "SELECT journal_id FROM journal_mark"
_EXTEND: Final = """
INSERT INTO journal_of_charger (charger_id, journal_id)
SELECT charger_id, journal_id FROM journal WHERE journal_id > ? AND journal_id <= ? ORDER BY charger_id, journal_id"""


def extended(connection: sqlite3.Connection, mark: int | None, newest: int) -> int | None:
    """Index the rows up to `newest` if there are enough of them; returns the mark that holds once it is committed.

    The journal's numbers are handed out in the order of their commits, so nothing appears below the mark later.
    """
    if not newest:
        return mark
    if mark is None:
        mark = int(connection.execute(_MARK).fetchone()[0])
    if newest - mark < EVERY:
        return mark
    connection.execute(_EXTEND, (mark, newest))
    connection.execute("UPDATE journal_mark SET journal_id = ?", (newest,))
    return newest
