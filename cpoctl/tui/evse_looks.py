"""How the EVSEs of a charger look: one with the session there, and the columns of their list."""

from collections.abc import Callable
from dataclasses import dataclass

from cpoctl.domain.fleet import Evse, LiveCharger, OpenSession
from cpoctl.table import kw, kwh
from cpoctl.tui.picture import used_wh
from cpoctl.tui.statuses import look
from cpoctl.tui.times import Times
from cpoctl.tui.widgets.columns import Cell, Col


@dataclass(frozen=True)
class Place:
    """An EVSE of a charger, and how its age is told."""

    charger: LiveCharger
    evse: Evse
    times: Times


def _status(place: Place) -> Cell:
    found = look(place.evse.status)
    if not place.charger.connected:
        return f"was {found.sign} {found.word}", "stale"
    return f"{found.sign} {found.word}", found.style


def _power(place: Place) -> Cell:
    return (kw(place.evse.power_w), "") if place.charger.connected else ("-", "dim")


def _error(place: Place) -> Cell:
    evse = place.evse
    told = [evse.error_code if evse.error_code != "NoError" else None, evse.vendor_error_code, evse.info]
    return " ".join(word for word in told if word), "alert"


def _of_session(told: Callable[[OpenSession], str]) -> Callable[[Place], Cell]:
    """What the session there tells."""

    def cell(place: Place) -> Cell:
        found = place.charger.session_on(place.evse.evse_id)
        return (told(found), "" if place.charger.connected else "stale") if found else ("-", "dim")

    return cell


def _soc(session: OpenSession) -> str:
    return f"{session.soc_percent:.0f}" if session.soc_percent is not None else "-"


COLS = (
    Col("evse", "EVSE", 4, lambda p: (f":{p.evse.evse_id}", "strong"), lambda p: p.evse.evse_id),
    Col("status", "STATUS", 13, _status, lambda p: None),
    Col("for", "FOR", 5, lambda p: (p.times.age(p.evse.since), "dim"), lambda p: None, 2, "right"),
    Col("session", "SESSION", 8, _of_session(lambda s: str(s.session_id)), lambda p: None, 2, "right"),
    Col("tag", "TAG", 12, _of_session(lambda s: s.tag_id), lambda p: None, 3),
    Col("kwh", "kWh", 7, _of_session(lambda s: kwh(used_wh(s))), lambda p: None, 2, "right"),
    Col("kw", "kW", 6, _power, lambda p: None, 1, "right"),
    Col("soc", "SoC %", 5, _of_session(_soc), lambda p: None, 4, "right"),
    Col("error", "ERROR", 14, _error, lambda p: None, 2, grows=True),
)
