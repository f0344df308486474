"""The sheet of chargers: what its columns are, and what a line says of a charger or of one of its EVSEs."""

import json
import re
from typing import Any, get_args

from cpoctl.operations._sheets import Layout, Unreadable
from cpoctl.operations.charger._evse_facts import ConnectorType, EvseFacts
from cpoctl.operations.charger.edit import Registration, labelled

OF_CHARGERS = ("name", "site_id", "labels", "registration", "note")
OF_EVSES = ("kw", "connector", "in_service_from")
LAYOUT = Layout(
    noun="chargers",
    columns=("charger_id", "evse_id", *OF_CHARGERS[:-1], *OF_EVSES, "note"),
    keys=("charger_id", "evse_id"),
    export="cpoctl charger export",
    cleared_by="-",
)
_KW = re.compile(r"[0-9]{1,9}([.][0-9]{1,6}|,[0-9]{1,2})?")  # spreadsheets of many countries write 22,5
_TWO_AT_ONCE = re.compile(r";\s*[A-Za-z0-9][A-Za-z0-9_./-]{0,62}=")


def evse(cells: dict[str, str]) -> int:
    """The EVSE that a line is about, 0 for all of the charger. Raises Unreadable."""
    told = cells.get("evse_id", "").strip()
    if not told:
        return 0
    if not re.fullmatch(r"[1-9][0-9]{0,8}", told):
        raise Unreadable(f"{told!r} is no EVSE: they count from 1, and a line of the whole charger leaves it empty")
    if said := [name for name in OF_CHARGERS if name in cells]:
        raise Unreadable(f"{', '.join(said)} can only be said of the whole charger: leave it empty for an EVSE")
    return int(told)


def registration(cell: str) -> Registration:
    """What its boot is answered. Raises Unreadable."""
    for word in get_args(Registration):
        if word.casefold() == cell.strip().casefold():
            return word  # type: ignore[no-any-return] # one of the words of the type
    raise Unreadable(f"{cell!r} is none of {', '.join(get_args(Registration))}")


def labels(cell: str, old: dict[str, str]) -> dict[str, str]:
    """All its labels, of `k=v,k=v`. Raises Unreadable, UsageProblem."""
    words = tuple(word.strip() for word in cell.split(",") if word.strip())
    told = labelled({}, words, ())
    if told != old and _TWO_AT_ONCE.search(cell):
        raise Unreadable("labels stand apart by commas, as floor=2,owner=acme")
    return told


def spelled(told: str) -> str | None:
    """The labels of a record, as a cell has them."""
    return ",".join(f"{name}={value}" for name, value in json.loads(told).items()) or None


def facts(cells: dict[str, str]) -> EvseFacts:
    """What a line says of EVSEs. Raises Unreadable."""
    kw, connector = cells.get("kw"), cells.get("connector")
    return EvseFacts(
        kw=None if kw is None else _kw(kw.strip()),
        connector=None if connector is None else _connector(connector.strip().lower()),
        in_service_from=cells.get("in_service_from"),
    )


def _kw(cell: str) -> float:
    if not cell:
        return 0
    if not _KW.fullmatch(cell):
        raise Unreadable(f"{cell!r} is no power in kW, such as 22 or 7.4")
    return float(cell.replace(",", "."))


def _connector(cell: str) -> Any:
    if cell not in (*get_args(ConnectorType), ""):
        raise Unreadable(f"{cell!r} is none of {', '.join(get_args(ConnectorType))}")
    return cell or "none"
