"""What a charger's message says, whatever its version, for whoever looks at frames. They may hold anything.

OCPP 1.6 §4 · OCPP 2.0.1 B01, E01 to E08, G01, J01, J02
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

Payload = Mapping[str, Any]
ENERGY: Final = "Energy.Active.Import.Register"
TRANSACTION_EVENT: Final = "TransactionEvent"
BEGUN, GOES_ON, ENDED = "begun", "goes on", "ended"
_KINDS: Final = {"Started": BEGUN, "Updated": GOES_ON, "Ended": ENDED}
_NO_ERROR: Final = "NoError"
_KILO: Final = {"kWh": 1000.0, "Wh": 1.0}


class Boot(NamedTuple):
    """What a charger says that it is."""

    vendor: str | None
    model: str | None
    serial: str | None
    firmware: str | None


class State(NamedTuple):
    """What a connector, or with EVSE 0 the charger, says that it does."""

    evse_id: int
    connector_id: int
    status: str
    code: str | None
    at: str | None

    @property
    def place(self) -> str:
        """Where it is: the EVSE, and the connector where there is more than one."""
        return str(self.evse_id) if self.connector_id == 1 else f"{self.evse_id}.{self.connector_id}"


class Step(NamedTuple):
    """A step of a session. `verdict`: what its tag was told to be, where it told one. `register_wh`: its energy register."""

    kind: str
    transaction_id: str | None
    evse_id: int | None
    remote_start_id: int | None
    verdict: str | None
    register_wh: float | None


def boot(payload: Payload) -> Boot:
    """What a BootNotification says."""
    station = payload.get("chargingStation")
    if isinstance(station, Mapping):
        return Boot(*(_word(station.get(name)) for name in ("vendorName", "model", "serialNumber", "firmwareVersion")))
    serial = payload.get("chargePointSerialNumber") or payload.get("chargeBoxSerialNumber")
    vendor, model, firmware = (
        _word(payload.get(name)) for name in ("chargePointVendor", "chargePointModel", "firmwareVersion")
    )
    return Boot(vendor, model, _word(serial), firmware)


def states(action: str, payload: Payload) -> list[State]:
    """The states that a StatusNotification, or a NotifyEvent of OCPP 2.x, tells."""
    if action == "StatusNotification":
        return list(_state(payload))
    if action != "NotifyEvent":
        return []
    return [state for data in each(payload.get("eventData")) for state in _state_of_event(data)]


def step(action: str, payload: Payload, answer: Payload) -> Step | None:
    """What a message says of a session; None where it is about none."""
    if action == TRANSACTION_EVENT:
        return _step_of_event(payload, answer)
    if action == "StartTransaction":
        transaction, info = answer.get("transactionId"), _mapping(answer.get("idTagInfo"))
        register = _number(payload.get("meterStart"))
        return Step(
            BEGUN, _word(transaction), _whole(payload.get("connectorId")), None, _word(info.get("status")), register
        )
    if action == "StopTransaction":
        return Step(ENDED, _word(payload.get("transactionId")), None, None, None, _number(payload.get("meterStop")))
    if action == "MeterValues" and payload.get("transactionId") is not None:
        return Step(GOES_ON, _word(payload["transactionId"]), _whole(payload.get("connectorId")), None, None, None)
    return None


def charges(action: str, payload: Payload, evse_id: int, transaction_id: str) -> bool:
    """Whether a message says that a car charges there, in this transaction."""
    if action == TRANSACTION_EVENT:
        info = _mapping(payload.get("transactionInfo"))
        return info.get("chargingState") == "Charging" and _word(info.get("transactionId")) == transaction_id
    return any(state.evse_id == evse_id and state.status == "Charging" for state in states(action, payload))


def place(payload: Payload) -> int | None:
    """The EVSE that a message with meter values is about."""
    evse = _mapping(payload.get("evse")).get("id")
    return next(
        (n for n in map(_whole, (payload.get("evseId"), payload.get("connectorId"), evse)) if n is not None), None
    )


def times(action: str, payload: Payload) -> list[str]:
    """The charger's own times of what it tells."""
    told = [state.at for state in states(action, payload)]
    told += [_word(value.get("timestamp")) for value in each(payload.get("meterValue"))]
    if action == TRANSACTION_EVENT and not payload.get("offline"):
        told.append(_word(payload.get("timestamp")))
    return [time for time in told if time]


def readings(payload: Payload) -> Iterator[tuple[str, str]]:
    """Each sampled value as its measurand, with the phase it is of, and its value with the unit."""
    for sample in _samples(payload):
        phase = f" {sample['phase']}" if sample.get("phase") else ""
        number, unit = _value(sample)
        yield f"{sample.get('measurand', ENERGY)}{phase}", f"{number} {unit}".strip()


def each(value: Any) -> list[Payload]:
    """A list of objects; some send the object alone (ha#1144)."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, Mapping)]


def _state(payload: Payload) -> Iterator[State]:
    at, evse = _word(payload.get("timestamp")), _whole(payload.get("evseId"))
    if evse is not None:
        yield State(evse, _whole(payload.get("connectorId")) or 1, str(payload.get("connectorStatus")), None, at)
        return
    connector, code = _whole(payload.get("connectorId")), payload.get("errorCode", _NO_ERROR)
    if connector is not None:
        yield State(connector, 1, str(payload.get("status")), None if code == _NO_ERROR else str(code), at)


def _state_of_event(data: Payload) -> Iterator[State]:
    component, variable = _mapping(data.get("component")), _mapping(data.get("variable"))
    evse = _mapping(component.get("evse"))
    number = _whole(evse.get("id"))
    if number is not None and (component.get("name"), variable.get("name")) == ("Connector", "AvailabilityState"):
        connector = _whole(evse.get("connectorId")) or 1
        yield State(number, connector, str(data.get("actualValue")), None, _word(data.get("timestamp")))


def _step_of_event(payload: Payload, answer: Payload) -> Step | None:
    kind, info = _KINDS.get(str(payload.get("eventType"))), _mapping(payload.get("transactionInfo"))
    if kind is None:
        return None
    return Step(
        kind,
        _word(info.get("transactionId")),
        _whole(_mapping(payload.get("evse")).get("id")),
        _whole(info.get("remoteStartId")),
        _word(_mapping(answer.get("idTokenInfo")).get("status")),
        _register(payload, last=kind != BEGUN),
    )


def _register(payload: Payload, *, last: bool) -> float | None:
    told = []
    for sample in _samples(payload):
        number, unit = _value(sample)
        if (
            sample.get("measurand", ENERGY) == ENERGY
            and not sample.get("phase")
            and (wh := _number(number)) is not None
        ):
            told.append(wh * _KILO.get(unit or "Wh", 1.0))
    return (told[-1] if last else told[0]) if told else None


def _value(sample: Payload) -> tuple[Any, str]:
    """A value and its unit; 2.x has a unit of its own kind, with a power of ten."""
    value, unit = sample.get("value"), sample.get("unitOfMeasure")
    if not isinstance(unit, Mapping):
        return _short(value), str(sample.get("unit", ""))
    power = _whole(unit.get("multiplier")) or 0
    if power and isinstance(value, (int, float)) and abs(power) < 20:
        value = value * 10.0**power
    return _short(value), str(unit.get("unit", ""))


def _samples(payload: Payload) -> list[Payload]:
    return [sample for value in each(payload.get("meterValue")) for sample in each(value.get("sampledValue"))]


def _short(value: Any) -> Any:
    return f"{value:.10g}" if isinstance(value, float) else value


def _mapping(value: Any) -> Payload:
    return value if isinstance(value, Mapping) else {}


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: Any) -> float | None:
    try:
        return None if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _word(value: Any) -> str | None:
    return str(value) if value is not None else None
