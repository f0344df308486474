"""What was measured of one session, as rows."""

from dataclasses import dataclass

from cpoctl.operations import Query, Read, one
from cpoctl.operations.session import NAMES, MeterRow, SessionId, number, samples


@dataclass(frozen=True, kw_only=True)
class MeterSession(Query):
    """List what was measured of a session: one row a sample, the oldest first."""

    path = "session meter"
    route = "GET /sessions/{session}/meter"
    row = MeterRow
    noun = "samples"
    newest_last = True
    examples = ("cpoctl session meter 42", "cpoctl session meter 42 -o csv > session-42.csv")

    session: SessionId

    def select(self, read: Read) -> list[MeterRow]:
        """Every sample."""
        session_id = number(self.session)
        one(read("SELECT 1 FROM session WHERE session_id = ?", [session_id]), "session", self.session, read, NAMES)
        return samples(read, session_id)
