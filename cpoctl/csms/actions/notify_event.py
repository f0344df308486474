"""NotifyEvent: what the monitors of a charger saw. OCPP 2.0.1 N07, N08

Each is kept as an event. A connector's AvailabilityState is also its status, which OCPP 2.1 tells in this way (G01); the
Problem of an EVSE or of a connector says what is wrong with the EVSE, which StatusNotification of 2.x does not.
"""

from collections.abc import Iterator
from typing import Final

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.actions.status_notification import problem, reported
from cpoctl.domain import timestamps
from cpoctl.domain.secrets import MASK, is_secret
from cpoctl.ocpp import v2
from cpoctl.ocpp.asks.monitoring import named
from cpoctl.ocpp.asks.variables import component_of

_VALUE_MOST, _INFO_MOST, _NAME_MOST, _WORD_MOST = 2500, 500, 300, 50
_NUMBER_MOST: Final = 2**63
_UNNAMED: Final = "?"
_STATES: Final = frozenset({"Available", "Occupied", "Reserved", "Unavailable", "Faulted"})


@on(v2.VERSIONS, v2.NotifyEvent, unregistered=True)
def event_v2(call: v2.NotifyEvent, ctx: Context) -> Outcome:
    """Keep each, and take a connector's state for its status."""
    outcome = Outcome({}, events=[_told(data, ctx) for data in call.event_data])
    beside: dict[int, dict[int, str]] = {}
    for evse_id, connector_id, state, raw in _states(call.event_data):
        neighbours = beside.setdefault(evse_id, {})
        status = reported(ctx, evse_id, connector_id, state, raw, neighbours)
        for event in status.events:
            if isinstance(event, events.StatusChanged):
                neighbours[connector_id] = event.connector_status or state
        outcome.rows += status.rows
        outcome.events += status.events
    for evse_id, code, info, raw in _problems(call.event_data):
        wrong = problem(ctx, evse_id, code, info, raw)
        outcome.rows += wrong.rows
        outcome.events += wrong.events
    return outcome


def _problems(told: list[v2.EventData]) -> Iterator[tuple[int, str | None, str | None, str | None]]:
    """The EVSEs with whose parts something is wrong, or not any more: the code, in the charger's words."""
    for data in told:
        part = component_of(data.component) if data.component else None
        variable = (data.variable.name if data.variable else None) or ""
        if part is None or part.evse_id is None or variable.casefold() != "problem":
            continue
        if part.name.casefold() in ("connector", "evse"):
            wrong = (data.actual_value or "").casefold() == "true" and not data.cleared
            code = (_cut(data.tech_code, _WORD_MOST) or "Problem") if wrong else None
            yield part.evse_id, code, _cut(data.tech_info, _INFO_MOST) if wrong else None, data.timestamp


def _states(told: list[v2.EventData]) -> Iterator[tuple[int, int, str, str | None]]:
    """The connectors whose state is told, with the state and its time. One told from time to time is no news. G01"""
    for data in told:
        part = component_of(data.component) if data.component else None
        variable = data.variable.name if data.variable else None
        if part is None or part.evse_id is None or data.trigger == "Periodic" or data.actual_value not in _STATES:
            continue
        if part.name.casefold() == "connector" and (variable or "").casefold() == "availabilitystate":
            yield part.evse_id, part.connector_id or 1, data.actual_value, data.timestamp


def _told(data: v2.EventData, ctx: Context) -> events.VariableEvent:
    variable = (named(data.component, data.variable) or _UNNAMED)[:_NAME_MOST]
    value = (data.actual_value or "")[:_VALUE_MOST]
    happened, _ = timestamps.effective(data.timestamp, ctx.now)
    return events.VariableEvent(
        charger_id=ctx.charger.charger_id,
        variable=variable,
        value=MASK if value and is_secret(variable) else value,
        trigger=(data.trigger or "Unknown")[:_WORD_MOST],
        happened_at=stored(happened),
        kind=_cut(data.event_notification_type, _WORD_MOST),
        severity=_number(data.severity),
        monitor_id=_number(data.variable_monitoring_id),
        cleared=bool(data.cleared),
        transaction_id=_cut(data.transaction_id, _WORD_MOST),
        tech_code=_cut(data.tech_code, _WORD_MOST),
        tech_info=_cut(data.tech_info, _INFO_MOST),
        cause=_number(data.cause),
        event_id=_number(data.event_id),
    )


def _cut(text: str | None, most: int) -> str | None:
    return text[:most] if text else None


def _number(number: int | None) -> int | None:
    return number if number is not None and abs(number) < _NUMBER_MOST else None
