"""Reservations: an EVSE kept for somebody, and what became of it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.clock import stored
from cpoctl.operations import Read
from cpoctl.table import Column, local

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

NAMES = "SELECT CAST(reservation_id AS TEXT) FROM reservation ORDER BY asked_at DESC LIMIT 1000"


@dataclass(frozen=True)
class ReservationRow:
    """A reservation that was made here.

    `state` is active, refused (by the charger), unknown (it did not answer), used (by a session), cancelled,
    expired, removed (by the charger) or unused (somebody came, and no session began). `evse_id` is null where the
    charger chooses, among all or those of `connector_type`. `evse_status` is what the EVSE says now.
    """

    reservation_id: Annotated[str, Column("RESERVATION", align="right")]
    charger_id: Annotated[str, Column("CHARGER")]
    evse_id: Annotated[int | None, Column("EVSE", 2, "right")]
    tag_id: Annotated[str, Column("TAG")]
    parent_id: Annotated[str | None, Column("GROUP", 4)]
    state: Annotated[str, Column("STATE")]
    evse_status: Annotated[str | None, Column("EVSE STATUS", 3)]
    expires_at: Annotated[str, Column("EXPIRES", show=local)]
    session_id: Annotated[str | None, Column("SESSION", 2, "right")]
    answer: Annotated[str | None, Column("ANSWER", 3)]
    asked_at: Annotated[str, Column("ASKED", 3, show=local)]
    actor: Annotated[str, Column("BY", 4)]
    ended_at: Annotated[str | None, Column("ENDED", 4, show=local)]
    ended_by: Annotated[str | None, Column("ENDED BY", 4)]
    connector_type: Annotated[str | None, Column("CONNECTOR", 4)] = None


# A charger that did not answer in time may have done so later; that is kept with the command.
_LATE = """
SELECT CASE json_extract(c.answer, '$[0]') WHEN 3 THEN json_extract(c.answer, '$[2].status')
                                           ELSE json_extract(c.answer, '$[2]') END
FROM command c
WHERE c.charger_id = r.charger_id AND c.action = 'ReserveNow' AND c.state = 'late'
  AND CASE WHEN json_valid(c.request) AND json_valid(c.answer)
           THEN coalesce(json_extract(c.request, '$.reservationId'), json_extract(c.request, '$.id')) END
    = r.reservation_id
ORDER BY c.command_id DESC LIMIT 1
"""
_SELECT = f"""
SELECT CAST(r.reservation_id AS TEXT) AS reservation_id, r.charger_id, nullif(r.evse_id, 0) AS evse_id, r.tag_id,
       r.parent_id, r.state, e.status AS evse_status, r.expires_at, CAST(r.session_id AS TEXT) AS session_id,
       coalesce(r.answer, CASE WHEN r.state = 'unknown' THEN ({_LATE}) END) AS answer,
       r.asked_at, r.actor, r.ended_at, r.ended_by, r.connector_type
FROM reservation r LEFT JOIN evse e ON e.charger_id = r.charger_id AND e.evse_id = r.evse_id AND e.evse_id > 0
"""  # noqa: S608 - made of constants only


def reservations(read: Read, where: str, given: dict[str, Any]) -> list[ReservationRow]:
    """The reservations that a condition of ours selects, the newest first."""
    now = datetime.now(UTC)
    found = read(f"{_SELECT} WHERE {where} ORDER BY r.asked_at DESC, r.reservation_id", given)
    return [_by(_answered(ReservationRow(**record)), now) for record in found]


def _answered(row: ReservationRow) -> ReservationRow:
    """The row with the state that a late answer gives it."""
    if row.state != "unknown" or row.answer is None:
        return row
    return replace(row, state="active" if row.answer == "Accepted" else "refused")


def with_live(row: ReservationRow, live: "LiveFleet", now: datetime) -> ReservationRow:
    """The row by the server's clock; what an offline charger said of its EVSE last does not count."""
    charger = live.charger(row.charger_id)
    status = row.evse_status if charger and charger.connected else None
    return _by(replace(row, evse_status=status), now)


def _by(row: ReservationRow, now: datetime) -> ReservationRow:
    stands = row.state in ("active", "unknown")
    return replace(row, state="expired") if stands and row.expires_at <= stored(now) else row
