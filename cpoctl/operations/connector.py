"""Connectors: every place of every charger where a car can charge, in one list."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from cpoctl.errors import NotFound, UsageProblem
from cpoctl.operations import Argument, Query, Read
from cpoctl.operations.charger import known_spelling
from cpoctl.table import Column, kw, kwh, local

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True)
class ConnectorRow:
    """A connector: an EVSE of OCPP 1.6, which has one each. `status` is Offline while its charger is away."""

    connector: Annotated[str, Column("CONNECTOR")]
    status: Annotated[str, Column("STATUS")]
    error_code: Annotated[str | None, Column("ERROR", 2)]
    since: Annotated[str, Column("SINCE", 2, show=local)]
    power_w: Annotated[float | None, Column("kW", 1, "right", kw)]
    energy_wh: Annotated[float | None, Column("kWh", 2, "right", kwh)]
    session_id: Annotated[str | None, Column("SESSION", 2, "right")]
    tag_id: Annotated[str | None, Column("TAG", 3)]
    site_id: Annotated[str | None, Column("SITE", 4)]
    charger_id: str
    evse_id: int
    told_status: str
    stale: bool


@dataclass(frozen=True)
class ChangeRow:
    """A status as the charger told it."""

    happened_at: Annotated[str, Column("TIME", show=local)]
    status: Annotated[str, Column("STATUS")]
    error_code: Annotated[str | None, Column("ERROR")]
    info: Annotated[str | None, Column("INFO", 2)]
    vendor_error_code: Annotated[str | None, Column("VENDOR CODE", 2)]


@dataclass(frozen=True)
class ConnectorDetail(ConnectorRow):
    """A connector with what it told of itself last."""

    info: str | None
    vendor_id: str | None
    vendor_error_code: str | None
    soc_percent: float | None
    changes: list[ChangeRow]


_LISTED = """
SELECT c.charger_id || ':' || e.evse_id AS connector, e.status, e.status AS told_status, e.error_code, e.since, c.site_id,
       NULL AS power_w, NULL AS energy_wh, c.charger_id, e.evse_id, 1 AS stale, e.info, e.vendor_id, e.vendor_error_code,
       CAST(s.session_id AS TEXT) AS session_id, s.tag_id
FROM charger c JOIN evse e ON e.charger_id = c.charger_id
LEFT JOIN session s ON s.session_id = (SELECT max(o.session_id) FROM session o
    WHERE o.charger_id = e.charger_id AND o.evse_id = e.evse_id AND o.stopped_at IS NULL)
WHERE c.removed_at IS NULL AND c.known = 1 AND e.evse_id > 0
"""
_CHANGES = """
SELECT happened_at, status, error_code, info, vendor_error_code FROM status_change
WHERE charger_id = ? AND evse_id = ? ORDER BY received_at DESC, status_change_id DESC LIMIT 10
"""
_ONLY_IN_DETAIL = ("info", "vendor_id", "vendor_error_code")
_NAME = re.compile(r"(?P<charger>.+):(?P<evse>\d{1,9})(?:\.1)?")
_PLUG = re.compile(r"(.+:\d{1,9})\.\d{1,9}")
RowType = TypeVar("RowType", bound=ConnectorRow)


def _row(record: dict[str, Any]) -> ConnectorRow:
    plain = {name: value for name, value in record.items() if name not in _ONLY_IN_DETAIL}
    return ConnectorRow(**plain | {"stale": bool(record["stale"])})


def with_live(row: RowType, live: "LiveFleet") -> RowType:
    """The row as of now."""
    charger = live.charger(row.charger_id)
    if charger is None:
        return row
    evse, session = charger.evses.get(row.evse_id), charger.session_on(row.evse_id)
    energy = None
    if session and session.energy_wh is not None and session.meter_start_wh is not None:
        energy = max(0.0, session.energy_wh - session.meter_start_wh)
    return replace(
        row,
        status=row.told_status if charger.connected else "Offline",
        power_w=evse.power_w if evse and charger.connected else None,
        energy_wh=energy,
        stale=not charger.connected,
    )


@dataclass(frozen=True, kw_only=True)
class ListConnectors(Query):
    """List every connector of every charger with its status, power and session."""

    path = "connector list"
    route = "GET /connectors"
    row = ConnectorRow
    noun = "connectors"
    examples = (
        "cpoctl connector list",
        "cpoctl connector list --json | jq -r '.[] | select(.status==\"Faulted\") | .connector'",
    )

    def select(self, read: Read) -> list[ConnectorRow]:
        """Every connector that a charger has told of."""
        return [_row(record) for record in read(_LISTED + " ORDER BY c.charger_id, e.evse_id")]

    def overlay(self, row: ConnectorRow, live: "LiveFleet", now: datetime) -> ConnectorRow:
        """Add what the live state knows."""
        return with_live(row, live)


def _instead(name: str) -> str:
    """The command that shows what is meant by a name that is no EVSE's."""
    plug = _PLUG.fullmatch(name)
    if plug is None:
        return f"cpoctl connector show {name}:1"
    return f"cpoctl connector show {plug[1]}    the EVSE, of which it is one connector"


@dataclass(frozen=True, kw_only=True)
class ShowConnector(Query):
    """Show a connector with its last ten changes of status, the newest first."""

    path = "connector show"
    route = "GET /connectors/{connector}"
    row = ConnectorDetail
    many = False
    examples = ("cpoctl connector show HQ-07:2",)

    connector: Annotated[str, Argument("CHARGER:EVSE", kind="charger")]

    def select(self, read: Read) -> list[ConnectorDetail]:
        """The one connector."""
        name = _NAME.fullmatch(self.connector)
        if name is None:
            raise UsageProblem(
                f"{self.connector} names no connector: CHARGER:EVSE does",
                target=self.connector,
                hints=[_instead(self.connector)],
            )
        charger, evse_id = known_spelling(name["charger"], read), int(name["evse"])
        one = " AND c.charger_id = ? AND e.evse_id = ?"
        for record in read(_LISTED + one, [charger, evse_id]):
            more = {field: record[field] for field in _ONLY_IN_DETAIL}
            changes = [ChangeRow(**change) for change in read(_CHANGES, [charger, evse_id])]
            return [ConnectorDetail(**vars(_row(record)), **more, soc_percent=None, changes=changes)]
        raise NotFound(
            f"{charger} has told of no connector {evse_id}",
            target=self.connector,
            hints=["cpoctl connector list", f"cpoctl charger trigger {charger}:{evse_id} StatusNotification    ask it"],
        )

    def overlay(self, row: ConnectorDetail, live: "LiveFleet", now: datetime) -> ConnectorDetail:
        """Add what the live state knows."""
        session = charger.session_on(row.evse_id) if (charger := live.charger(row.charger_id)) else None
        return replace(with_live(row, live), soc_percent=session.soc_percent if session else None)
