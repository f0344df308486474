"""Status: every connector tells one, and none is faulted. OCPP 1.6 §4.9, §5.17 · OCPP 2.0.1 G01, F06"""

from functools import partial

from cpoctl.commissioning import Bench, Frame, Verdict, failed, passed
from cpoctl.ocpp.asks.chargers import Trigger
from cpoctl.ocpp.heard import State

ORDER = 20
TITLE = "status of each connector"
DISRUPTS = False
_WITHIN = 15.0
Place = tuple[int, int]


def check(bench: Bench) -> Verdict:
    """Ask for the status, and take what the boot brought where it cannot be asked for."""
    since, here = bench.mark(), (bench.evse_id, 1)
    awaited = sorted(place for place in _newest(bench) if place[0] > 0) or [here]
    reply = bench.call(Trigger(message="StatusNotification"))
    if not reply.ok and not reply.cannot:  # evcc#7242, F06: only for a named connector
        awaited = [here]
        reply = bench.call(Trigger(message="StatusNotification", evse_id=bench.evse_id, connector_id=1))
    if reply.ok:
        for place in awaited:
            bench.wait(partial(_tells, place), since, _WITHIN)
    elif not _newest(bench):
        bench.wait(lambda frame: bool(frame.states), 0, _WITHIN)
    return _judged(_newest(bench), bench.charger_id)


def _tells(place: Place, frame: Frame) -> bool:
    return any((state.evse_id, state.connector_id) == place for state in frame.states)


def _newest(bench: Bench) -> dict[Place, State]:
    """The newest state of each connector; EVSE 0 is the charger itself."""
    return {(state.evse_id, state.connector_id): state for frame in bench.heard() for state in frame.states}


def _judged(told: dict[Place, State], charger_id: str) -> Verdict:
    show = f"cpoctl charger show {charger_id}    what is known of it"
    states = [state for place, state in sorted(told.items()) if place[0] > 0]
    if not states:
        return failed("no connector told its status", show)
    found = ", ".join(f"{state.place} {_word(state)}" for state in states)
    whole = told.get((0, 1))
    if whole is not None and whole.status == "Faulted":
        return failed(f"the charger itself is {_word(whole)}; {found}", show)
    if any(state.status == "Faulted" for state in states):
        return failed(found, show)
    if any(state.status == "Unavailable" for state in states):
        return failed(found, f"cpoctl charger availability {charger_id} --operative --yes    put it into service")
    return passed(found)


def _word(state: State) -> str:
    return f"{state.status} ({state.code})" if state.code else state.status
