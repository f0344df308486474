"""Thinning of meter values: what `domain.thinning` finds superfluous of sessions that ended long ago goes, in small steps.

How far it has come stands in the database, so that a restart does not walk through years again. Readings outside sessions
lie in the order of the charger's own text of their time, which is as good as time here.
"""

import sqlite3
from datetime import datetime

from cpoctl.clock import stored
from cpoctl.domain.thinning import Taken, superfluous
from cpoctl.store.sqlite.writer import Job

_SESSIONS_A_STEP = 50
_ROWS_A_STEP = 5000
_REACHED = "SELECT stopped_at, session_id, loose_raw FROM thinned"
_NEXT = """
SELECT stopped_at, session_id FROM session
WHERE stopped_at >= ?1 AND (stopped_at > ?1 OR session_id > ?2) AND stopped_at < ?3
ORDER BY stopped_at, session_id LIMIT ?4
"""
_KEY = "timestamp_raw, context, charger_id, evse_id"
_TAKEN = f"SELECT {_KEY}, taken_at, energy_wh, flags IS NOT NULL OR conflicts IS NOT NULL FROM meter_value"  # noqa: S608 - ours
_OF_SESSION = f"{_TAKEN} WHERE session_id = ? ORDER BY {_KEY}"
_LOOSE = f"{_TAKEN} WHERE session_id = 0 AND timestamp_raw > ? AND taken_at < ? ORDER BY {_KEY} LIMIT ?"
_GONE = "DELETE FROM meter_value WHERE session_id = ? AND timestamp_raw = ? AND context = ? AND charger_id = ? AND evse_id = ?"


class Thinning:
    """One walk; `gone` counts the rows."""

    def __init__(self, before: datetime) -> None:
        self.gone = 0
        self._before = stored(before)

    def of_sessions(self) -> Job:
        """A step through sessions as a job for the writer; it returns whether there is more to do."""

        def job(connection: sqlite3.Connection) -> bool:
            stopped_at, number, _ = connection.execute(_REACHED).fetchone()
            found = connection.execute(_NEXT, (stopped_at, number, self._before, _SESSIONS_A_STEP)).fetchall()
            for _, session_id in found:
                self._thin(connection, session_id, connection.execute(_OF_SESSION, (session_id,)).fetchall())
            if found:
                connection.execute("UPDATE thinned SET stopped_at = ?, session_id = ?", tuple(found[-1]))
            return len(found) == _SESSIONS_A_STEP

        return job

    def of_loose(self) -> Job:
        """The same for readings outside sessions."""

        def job(connection: sqlite3.Connection) -> bool:
            reached = connection.execute(_REACHED).fetchone()[2]
            found = connection.execute(_LOOSE, (reached, self._before, _ROWS_A_STEP)).fetchall()
            self._thin(connection, 0, found)
            if found:
                connection.execute("UPDATE thinned SET loose_raw = ?", (found[-1][0],))
            return len(found) == _ROWS_A_STEP

        return job

    def _thin(self, connection: sqlite3.Connection, session_id: int, found: list[tuple[object, ...]]) -> None:
        readings = [
            Taken(str(at), f"{charger}:{evse}", str(context), wh if isinstance(wh, float) else None, bool(doubtful))
            for _, context, charger, evse, at, wh, doubtful in found
        ]
        keys = [(session_id, *tuple(found[place])[:4]) for place in superfluous(readings)]
        connection.executemany(_GONE, keys)
        self.gone += len(keys)
