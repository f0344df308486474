"""How sessions look: a session with what only the live state tells, and the columns of their list."""

from dataclasses import dataclass

from cpoctl import charts
from cpoctl.domain.currencies import amount
from cpoctl.domain.statuses import NOT_DELIVERING
from cpoctl.operations.session import SessionRow
from cpoctl.table import kw, kwh, local, span
from cpoctl.tui.statuses import look
from cpoctl.tui.widgets.columns import Cell, Col

TREND = 12


@dataclass(frozen=True)
class Shown:
    """A session as `session list` has it, with what only the live state tells."""

    row: SessionRow
    soc_percent: float | None = None
    metered_at: str = ""
    trend: tuple[float | None, ...] = ()
    evse_status: str = ""

    @property
    def place(self) -> str:
        """`HQ-07:2`."""
        return f"{self.row.charger_id}:{self.row.evse_id}" if self.row.evse_id else self.row.charger_id

    @property
    def style(self) -> str:
        """Old figures look old."""
        return "stale" if self.row.state != "closed" and self.row.stale else ""


def _state(shown: Shown) -> Cell:
    if shown.row.state == "closed":
        return shown.row.stop_reason or "ended", "dim"
    if shown.row.stale:
        return "◌ stale", "offline"
    if shown.row.stuck:
        return "! stuck", "alert"
    if shown.evse_status in NOT_DELIVERING and shown.row.power_w is None:
        found = look(shown.evse_status)
        return f"{found.sign} {found.word}", found.style
    return "▸ live", "charging"


def _soc(shown: Shown) -> Cell:
    return (f"{shown.soc_percent:.0f}%", shown.style) if shown.soc_percent is not None else ("-", "dim")


COLS = (
    Col("session", "SESSION", 8, lambda s: (s.row.session_id, "strong"), lambda s: int(s.row.session_id), align="right"),
    Col("place", "CHARGER", 14, lambda s: (s.place, ""), lambda s: s.place, grows=True),
    Col("tag", "TAG", 12, lambda s: (s.row.tag_id or "-", ""), lambda s: s.row.tag_id, 2),
    Col("state", "STATE", 14, _state, lambda s: s.row.state, 1),
    Col("start", "START", 8, lambda s: (local(s.row.started_at)[11:], ""), lambda s: s.row.started_at, 4),
    Col("for", "FOR", 5, lambda s: (span(s.row.duration_s), ""), lambda s: -(s.row.duration_s or 0), 2, "right"),
    Col("kwh", "kWh", 7, lambda s: (kwh(s.row.energy_wh), s.style), lambda s: -(s.row.energy_wh or 0), 1, "right"),
    Col("cost", "COST", 8, lambda s: (amount(s.row.cost, s.row.currency), s.style), lambda s: -float(s.row.cost or 0), 4, "right"),
    Col("kw", "kW", 6, lambda s: (kw(s.row.power_w), ""), lambda s: -(s.row.power_w or 0), 1, "right"),
    Col("trend", "TREND", TREND, lambda s: (charts.spark(s.trend, TREND) if s.trend else "", s.style), lambda s: None, 5),
    Col("soc", "SoC", 4, _soc, lambda s: -(s.soc_percent or 0), 3, "right"),
    Col("flags", "FLAGS", 18, lambda s: (",".join([*s.row.stuck[:1], *s.row.flags]), "alert"), lambda s: -len(s.row.flags), 6),
)  # fmt: skip
