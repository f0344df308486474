"""Quality: what of the data of each charger is doubtful."""

from dataclasses import dataclass
from shlex import quote
from typing import Annotated, Any

from cpoctl.operations import Read
from cpoctl.operations.report import CHARGER_ZONE, ENDED, OF_CHARGER, Report
from cpoctl.operations.session._signed_doubts import NOT_GOOD
from cpoctl.operations.session.review import SETTLED, ReviewSessions
from cpoctl.table import Column, fixed


@dataclass(frozen=True)
class QualityRow:
    """A doubt about the data of a charger: a flag of its sessions, or what its messages were like, and how often.

    `hint` leads to where it can be worked off; there is none for what is settled, such as `corrected`.
    """

    charger_id: Annotated[str, Column("CHARGER")]
    doubt: Annotated[str, Column("DOUBT")]
    count: Annotated[int, Column("COUNT", 1, "right")]
    share_percent: Annotated[float | None, Column("OF SESSIONS %", 2, "right", fixed(2))]
    hint: Annotated[str | None, Column("TRY", 2)]


_UNSIGNED = "signed values that are not good"
_APART = "its clock is 5 min off, or it told the end late"
_FLAGS = f"""
SELECT coalesce(charger.charger_id, s.charger_id) AS charger_id, flag.value AS doubt, count(*) AS count
FROM session s INDEXED BY session_doubtful {OF_CHARGER.format(of="s")}, json_each(s.flags) AS flag
WHERE (s.flags <> '[]' OR s.tag_status <> 'Accepted') AND {ENDED} GROUP BY 1, 2
"""  # noqa: S608 # constants
_SESSIONS = f"""
SELECT coalesce(charger.charger_id, s.charger_id) AS charger_id, count(*) AS count,
       coalesce(sum(s.energy_wh IS NULL), 0) AS unknown,
       coalesce(sum(abs(unixepoch(s.stop_received_at) - unixepoch(s.stopped_at)) > 300), 0) AS apart
FROM session s {OF_CHARGER.format(of="s")} WHERE {ENDED} GROUP BY 1
"""  # noqa: S608 # constants
_SIGNED = f"""
SELECT coalesce(charger.charger_id, s.charger_id) AS charger_id, count(*) AS count
FROM ({NOT_GOOD}) bad JOIN session s USING (session_id) {OF_CHARGER.format(of="s")} WHERE {ENDED} GROUP BY 1
"""  # noqa: S608 # constants
_OF_TABLE = """
SELECT coalesce(charger.charger_id, s.charger_id) AS charger_id, count(*) AS count FROM {table} s {of_charger}
WHERE s.received_at >= :begin AND s.received_at < :end AND {zone} = :zone
  AND (:site IS NULL OR site.site_id = :site) AND (:charger IS NULL OR s.charger_id = :charger) GROUP BY 1
"""


@dataclass(frozen=True, kw_only=True)
class QualityReport(Report):
    """List what of the data of a period is doubtful: flags of sessions, unknown energy, signatures, clocks, orphans, contradictions."""

    path = "report quality"
    route = "GET /reports/quality"
    row = QualityRow
    noun = "doubts"
    needs = frozenset({"sessions", "energy"})
    examples = ("cpoctl report quality --from last-month", "cpoctl report quality --from 7d --charger HQ-07")

    def select(self, read: Read) -> list[QualityRow]:
        """A row a charger and doubt, the most frequent first."""
        sessions: dict[str, int] = {}
        doubts: list[tuple[str, str, int]] = []
        for _, given in self.spans(read):
            for record in read(_SESSIONS, given):
                sessions[record["charger_id"]] = record["count"]
                doubts += [
                    (record["charger_id"], "energy unknown", record["unknown"]),
                    (record["charger_id"], _APART, record["apart"]),
                ]
            doubts += [(record["charger_id"], record["doubt"], record["count"]) for record in read(_FLAGS, given)]
            doubts += [(record["charger_id"], _UNSIGNED, record["count"]) for record in read(_SIGNED, given)]
            for table, doubt in (("orphan", "messages of no session"), ("stop_conflict", "contradicting messages")):
                sql = _OF_TABLE.format(table=table, of_charger=OF_CHARGER.format(of="s"), zone=CHARGER_ZONE)
                doubts += [(record["charger_id"], doubt, record["count"]) for record in read(sql, given)]
        doubts = [doubt for doubt in doubts if doubt[2]]
        waiting = frozenset(row.charger_id for row in ReviewSessions().select(read)) if doubts else frozenset()
        rows = [self._row(*doubt, sessions, waiting) for doubt in doubts]
        return sorted(rows, key=lambda row: (-row.count, row.charger_id, row.doubt))

    def _row(
        self, charger_id: str, doubt: str, count: int, sessions: dict[str, Any], waiting: frozenset[str]
    ) -> QualityRow:
        whole = sessions.get(charger_id)
        percent = round(100 * count / whole, 2) if whole and not doubt.endswith("messages") else None
        return QualityRow(charger_id, doubt, count, percent, self._hint(charger_id, doubt, waiting))

    def _hint(self, charger_id: str, doubt: str, waiting: frozenset[str]) -> str | None:
        """Where it is worked off; of what somebody has accepted where that stands."""
        if doubt in SETTLED:
            return None
        charger = quote(charger_id)
        if doubt == _APART:
            begin, end = self.period().words
            return (
                f"cpoctl session export --from {begin} --to {end} --charger {charger}"
                " --columns session_id,end_utc,end_received_utc"
            )
        return f"cpoctl session review --charger {charger}{'' if charger_id in waiting else ' --accepted'}"
