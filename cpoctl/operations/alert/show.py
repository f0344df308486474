"""Show one alert: what came before it, what it may mean, what to try."""

import re
from dataclasses import dataclass
from datetime import timedelta
from shlex import quote
from typing import Annotated, Any

from cpoctl import alerts, knowledge, plugins
from cpoctl.clock import parsed, stored
from cpoctl.operations import Argument, Query, Read, one
from cpoctl.operations.alert import NAMES, SELECT, AlertRow, number, row
from cpoctl.operations.charger.history import HistoryRow, ShowHistory
from cpoctl.table import Column

_GAP = re.compile(r"\s{3,}")
_BEFORE_MOST = 8
_ENDS_SESSIONS_WITHIN = timedelta(minutes=1)  # many chargers tell first that the session ended, then the fault
_LOOKED_AT = 60  # of all that is told of the charger, to find so much of one EVSE
_SESSION = """
SELECT CAST(session_id AS TEXT) AS session_id FROM session
WHERE charger_id = :charger_id AND (:evse_id IS NULL OR :evse_id = 0 OR evse_id = :evse_id)
  AND started_at <= :since AND (stopped_at IS NULL OR stopped_at >= :lately) ORDER BY session_id DESC LIMIT 1
"""
_EVSE = "SELECT error_code FROM evse WHERE charger_id = :charger_id AND evse_id = :evse_id"


@dataclass(frozen=True)
class TryRow:
    """A command that may help, and why."""

    command: Annotated[str, Column("TRY")]
    reason: Annotated[str, Column("WHY")]


@dataclass(frozen=True)
class AlertDetail(AlertRow):
    """An alert with what came before it, the newest last; `session_id` is what ran there as it broke.

    `why` is what the charger's words usually mean.
    """

    session_id: Annotated[str | None, Column("SESSION")]
    why: Annotated[list[str], Column("MEANS", show="; ".join)]
    before: list[HistoryRow]
    tries: list[TryRow]


@dataclass(frozen=True, kw_only=True)
class ShowAlert(Query):
    """Show an alert, what came before it, what it may mean and what to try next."""

    path = "alert show"
    route = "GET /alerts/{alert}"
    row = AlertDetail
    many = False
    examples = ("cpoctl alert show 7", "cpoctl alert show 7 --json | jq -r '.before[].told'")

    alert: Annotated[str, Argument("the alert's number", kind="alert")]

    def select(self, read: Read) -> list[AlertDetail]:
        """The one alert."""
        found = read(f"{SELECT} WHERE alert_id = :alert", {"alert": number(self.alert)})
        record = one(found, "alert", self.alert, read, NAMES)
        lately = {"lately": stored(parsed(record["since"]) - _ENDS_SESSIONS_WITHIN)}
        session = next(iter(read(_SESSION, _only(record, "charger_id", "evse_id", "since") | lately)), None)
        why, tries = _known(record, read)
        return [
            AlertDetail(
                **vars(row(record)),
                session_id=session["session_id"] if session else None,
                why=why,
                before=_before(record, read),
                tries=tries,
            )
        ]


def _before(record: dict[str, Any], read: Read) -> list[HistoryRow]:
    """The last that happened to the charger up to then, and of its EVSEs to this one."""
    history = ShowHistory(charger=record["charger_id"], until=record["since"], last=_LOOKED_AT).select(read)
    about = record["evse_id"]
    here = [fact for fact in history if not about or fact.evse_id in (None, 0, about)]
    return here[-_BEFORE_MOST:]


def _known(record: dict[str, Any], read: Read) -> tuple[list[str], list[TryRow]]:
    """What the field knows of it, in sentences and commands; then what is always worth a try."""
    why: list[str] = []
    tries: list[str] = []
    for evse in read(_EVSE, _only(record, "charger_id", "evse_id")):
        if (meaning := knowledge.fault(evse["error_code"] or "")) and evse["error_code"] in record["what"]:
            why.append(f"{evse['error_code']}: {meaning.means}")
            tries += meaning.tries
    if record["rule"] in {name.replace("_", "-") for name in plugins.names(alerts)}:
        tries += alerts.rule(record["rule"]).TRIES
    return why, list(dict.fromkeys(_try(each, quote(record["charger_id"])) for each in tries))


def _try(line: str, charger: str) -> TryRow:
    """A line of what is known: the command, blanks, what it is good for."""
    command, *reason = _GAP.split(line.replace("{charger}", charger), maxsplit=1)
    return TryRow(command, " ".join(reason))


def _only(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: record[name] for name in names}
