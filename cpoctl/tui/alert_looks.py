"""How alerts look: their columns, and what is told of one of them. Pure."""

from dataclasses import dataclass
from typing import Final

from cpoctl.clock import parsed
from cpoctl.domain.alerts import SEVERITIES
from cpoctl.operations.alert import AlertRow
from cpoctl.operations.alert.show import AlertDetail, TryRow
from cpoctl.operations.charger.history import HistoryRow
from cpoctl.table import local
from cpoctl.tui.folding import folded
from cpoctl.tui.times import Times
from cpoctl.tui.widgets.columns import Cell, Col
from cpoctl.tui.widgets.lines import Line

SIGNS: Final = {"critical": "!!", "warning": "!", "info": "i"}
STYLES: Final = {"critical": "alert", "warning": "offline", "info": ""}


@dataclass(frozen=True)
class Shown:
    """An alert as `alert list` has it, at the moment of looking."""

    row: AlertRow
    times: Times


def _severity(shown: Shown) -> Cell:
    row = shown.row
    if row.resolved_at:
        return "✓  over", "dim"
    return f"{SIGNS.get(row.severity, '?'):<2} {row.severity.upper()}", STYLES.get(row.severity, "")


def _rank(shown: Shown) -> tuple[float, ...]:
    """The worst first, then what has been broken for longest; what is over comes after, the newest first."""
    row = shown.row
    if row.resolved_at is not None:
        return (1, 0, -parsed(row.resolved_at).timestamp())
    rank = SEVERITIES.index(row.severity) if row.severity in SEVERITIES else len(SEVERITIES)
    return (0, rank, parsed(row.since).timestamp())


def _acked(shown: Shown) -> Cell:
    row = shown.row
    by = f"{row.acked_by} {_clock(row.acked_at)}" if row.acked_at else "-"
    return by, "" if row.acked_at else "dim"


def _what(shown: Shown) -> Cell:
    row = shown.row
    return (f"over since {_clock(row.resolved_at)}: {row.what}", "dim") if row.resolved_at else (row.what, "")


COLS = (
    Col("severity", "SEV", 11, _severity, _rank),
    Col("since", "SINCE", 5, lambda s: (s.times.age(s.row.since), ""), lambda s: s.row.since, 1, "right"),
    Col("where", "WHERE", 12, lambda s: (s.row.where, "strong"), lambda s: s.row.where),
    Col("rule", "RULE", 14, lambda s: (s.row.rule, ""), lambda s: s.row.rule, 4),
    Col("what", "WHAT", 12, _what, lambda s: s.row.what, 2, grows=True),
    Col("n", "N", 3, lambda s: (str(s.row.count), ""), lambda s: -s.row.count, 5, "right"),
    Col("ack", "ACK", 14, _acked, lambda s: s.row.acked_at, 3),
)


def _clock(text: str | None) -> str:
    return local(text)[11:16]


def times_of(row: AlertRow) -> str:
    """Since when, how often, until when."""
    told = [f"broken since {local(row.since)}"]
    if row.count > 1:
        told.append(f"{row.count} times since {local(row.opened_at)}")
    if row.resolved_at:
        told.append(f"over since {local(row.resolved_at)}")
    return " · ".join(told)


def more_of(detail: AlertDetail, room: int, width: int) -> list[Line]:
    """What the charger's words mean, what came before, what to try: of each what there is room for."""
    means = [line for why in detail.why for line in folded(" means   ", why, width)]
    if detail.session_id:
        means.insert(0, [(" session ", "dim"), (f"{detail.session_id} ran there", "")])
    tries = [line for each in detail.tries for line in _folded_try(each, width)]
    most = max(1, room - len(means) - min(len(tries), 2))
    before: list[Line] = []
    for fact in reversed(detail.before):  # the newest of them if there is no room for all
        before[:0] = folded(f" before  {local(fact.at)[11:]}  ", f"{_about(fact)}: {fact.told}", width)
    lines = [*means, *before[-most:]]
    return [*lines, *tries[: max(1, room - len(lines))]]


def _about(fact: HistoryRow) -> str:
    """Of a status whose it is, 0 being the charger itself; of anything else what it is."""
    if fact.kind != "status" or fact.evse_id is None:
        return fact.kind
    return f"EVSE {fact.evse_id}" if fact.evse_id else "charger"


def _folded_try(each: TryRow, width: int) -> list[Line]:
    return folded(" try     ", f"{each.command}    {each.reason}".rstrip(), width, "strong")
