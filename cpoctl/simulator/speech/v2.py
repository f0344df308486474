"""The voice of OCPP 2.0.1 and 2.1: TransactionEvent with an id of the charger's own, NotifyEvent. 2.0.1 B, C, E, G, J, N

2.1 adds to it: what a session costs by the tariff it began with, and the operation mode.
"""

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from cpoctl.clock import stored
from cpoctl.ocpp import Version
from cpoctl.simulator.device.factory import MEASURED, availability
from cpoctl.simulator.link import Payload
from cpoctl.simulator.meter import ENERGY, EXPORTED, Sample, samples
from cpoctl.simulator.outbox import Session
from cpoctl.simulator.pricing import cost_details
from cpoctl.simulator.reporting import catch_up, notify_event

if TYPE_CHECKING:
    from cpoctl.simulator.car import Reading
    from cpoctl.simulator.controller import Controller
    from cpoctl.simulator.outlet import Outlet

CARD: Final = "ISO14443"
NO_TAG: Final = "NoAuthorization"
_STOPPED: Final = {
    "Local": ("StopAuthorized", "Local"),
    "EVDisconnected": ("EVCommunicationLost", "EVDisconnected"),
    "Other": ("AbnormalCondition", "Other"),
    "DeAuthorized": ("Deauthorized", "DeAuthorized"),
    "Remote": ("RemoteStop", "Remote"),
    "UnlockCommand": ("UnlockCommand", "Remote"),
    "HardReset": ("ResetCommand", "ImmediateReset"),
    "SoftReset": ("ResetCommand", "Reboot"),
    "Reboot": ("ResetCommand", "Reboot"),
    "PowerLoss": ("AbnormalCondition", "PowerLoss"),
    "EmergencyStop": ("AbnormalCondition", "EmergencyStop"),
}
"""What ended a session, and the reason that stands for it, by the words of 1.6. E06, E07, E09"""
_OTHERWISE: Final = ("AbnormalCondition", "Other")
_CABLE_STAYS: Final = ("Local", "Remote", "DeAuthorized")
CABLE: Final = "EVConnected"
_FAULTS: Final = {"GroundFailure": "GroundFault", "OverCurrentFailure": "OvercurrentFault"}
_CHARGING: Final = ("Charging", "SuspendedEV", "SuspendedEVSE")
_READ_BY: Final = {"Sample.Periodic": "MeterValuePeriodic", "Sample.Clock": "MeterValueClock", "Trigger": "Trigger"}


class Voice2:
    """Speaks 2.0.1 or 2.1; see `Voice`."""

    def __init__(self, charger: "Controller", version: Version) -> None:
        self._charger = charger
        self.version = version

    def boot(self, reason: str) -> Payload:
        charger = self._charger
        station = {"vendorName": charger.vendor[:50], "model": charger.model[:20]}
        station |= {"serialNumber": charger.serial[:25], "firmwareVersion": charger.firmware[:50]}
        return {"reason": reason, "chargingStation": station}

    def authorize(self, tag: str, kind: str) -> Payload:
        return {"idToken": {"idToken": tag, "type": kind or CARD}}

    def verdict(self, answer: Payload) -> str:
        return str(answer["idTokenInfo"]["status"])

    def status(self, outlet: "Outlet") -> Payload:
        """Tell one of five states; a car on the cable is enough for Occupied. G01"""
        return {"evseId": outlet.connector_id, "connectorId": 1, "connectorStatus": availability(outlet)}

    async def accepted(self, reason: str) -> None:
        """Tell why it was away. A04"""
        kind = "StartupOfTheDevice" if reason == "PowerUp" else "ResetOrReboot"
        at = stored(self._charger.time.now())
        await self._charger.tell("SecurityEventNotification", {"type": kind, "timestamp": at})

    async def plugged(self, outlet: "Outlet") -> None:
        """Begin a transaction with the cable alone, where the charger is set so: the tag comes later. E02"""
        if not self._at("TxStartPoint", CABLE):
            return
        now = self._charger.time.now()
        session = outlet.open = Session(outlet.connector_id, "", round(outlet.register_wh), now)
        await self._begun(outlet, session, "CablePluggedIn", {})

    async def released(self, outlet: "Outlet", reason: str) -> None:
        """End a transaction in which nobody charges. E06, E09"""
        session, outlet.open = outlet.open, None
        if session is not None:
            trigger, stopped = _STOPPED.get(reason, _OTHERWISE)
            ended = {"meterValue": [self._final(outlet, outlet.read())]} | self._costs(outlet, session)
            await self._event("Ended", outlet, session, trigger, ended, stopped=session.stopped or stopped)

    async def started(self, outlet: "Outlet", session: "Session") -> None:
        """Begin a transaction: the cable is in and the tag is known; or go on with one that waited. E01 to E03, F01"""
        more: Payload = {"idToken": token(session)}
        if session.reservation_id is not None:
            more["reservationId"] = session.reservation_id
        trigger = "Authorized" if session.afar is None else "RemoteStart"
        waited, outlet.open = outlet.open, None
        if waited is not None and waited.stopped:  # somebody charges after somebody else, on the same cable
            outlet.open = waited
            await self.released(outlet, "Local")
            waited = None
        if waited is None:
            await self._begun(outlet, session, trigger, more)
            return
        session.transaction_id, session.seq_no = waited.transaction_id, waited.seq_no
        session.began, session.tariff = waited.began, waited.tariff
        await self._event("Updated", outlet, session, trigger, more)

    async def metered(self, outlet: "Outlet", shown: "Reading", context: str) -> None:
        """Tell the meter within its transaction, or by itself where there is none. E, J01, J02"""
        session = outlet.session
        if session is None:
            await self.read_out(outlet, shown, context)
        else:
            value = {"meterValue": [self._value(shown, context)]}
            await self._event("Updated", outlet, session, _READ_BY.get(context, "Trigger"), value)
        await self._watch()

    async def read_out(self, outlet: "Outlet", shown: "Reading", context: str) -> None:
        value = [self._value(shown, context)]
        await self._charger.tell("MeterValues", {"evseId": outlet.connector_id, "meterValue": value})

    async def changed(self, outlet: "Outlet") -> None:
        """Tell that the car charges, or no longer does. E02"""
        session = outlet.session
        if session is not None and session.seq_no and _charging_state(outlet) != session.charging_state:
            await self._event("Updated", outlet, session, "ChargingStateChanged", {})
        await self._watch()

    async def noted(self, outlet: "Outlet", session: "Session", trigger: str) -> None:
        """Tell of a session that something about it has changed. OCPP 2.1 B12, I11"""
        await self._event("Updated", outlet, session, trigger, {})

    async def stopped(self, outlet: "Outlet", session: "Session", shown: "Reading", reason: str) -> None:
        """End a transaction, or leave it open while the cable is in, where the charger is set so. E06 to E10"""
        trigger, stopped = _STOPPED.get(reason, _OTHERWISE)
        if reason == "Other":
            stopped = _FAULTS.get(outlet.error_code, "Other")
        more: Payload = {"idToken": token(session)} if reason == "Local" else {}
        self._charger.kept.priority.discard(str(session.transaction_id))
        if reason in _CABLE_STAYS and outlet.car is not None and self._at("TxStopPoint", CABLE):
            session.stopped = stopped
            outlet.open = session
            await self._event("Updated", outlet, session, trigger, more)
            return
        more |= {"meterValue": [self._final(outlet, shown)]} | self._costs(outlet, session)
        await self._event("Ended", outlet, session, trigger, more, stopped=stopped)

    async def faulted(self, outlet: "Outlet", error_code: str, *, cleared: bool) -> None:
        """Tell what broke: a hard-wired notification. N07"""
        data: Payload = {
            "trigger": "Alerting",
            "actualValue": "false" if cleared else "true",
            "techCode": error_code,
            "cleared": cleared,
            "eventNotificationType": "HardWiredNotification",
            "component": {"name": "Connector", "evse": {"id": outlet.connector_id, "connectorId": 1}},
            "variable": {"name": "Problem"},
        }
        await notify_event(self._charger, data, severity=2)

    async def reservation_over(self, reservation_id: int, why: str) -> None:
        """Tell that nobody came, or that it could not be kept. H04"""
        over = {"reservationId": reservation_id, "reservationUpdateStatus": why}
        await self._charger.tell("ReservationStatusUpdate", over)

    async def caught_up(self) -> None:
        """Tell the events of the meantime. N07"""
        await catch_up(self._charger)

    def ready(self, action: str, payload: Payload, session: "Session") -> Payload:
        return payload

    def answered(self, action: str, session: "Session", answer: Payload) -> None:
        """Heed what the answer says of the tag and the cost. E05, I02"""
        if isinstance(answer.get("idTokenInfo"), dict):
            session.tag_info = answer["idTokenInfo"]
        if isinstance(answer.get("totalCost"), int | float):
            session.cost = float(answer["totalCost"])

    def given_up(self, action: str, session: "Session") -> None:
        """Bear it: every event tells whose it is by itself."""

    async def _begun(self, outlet: "Outlet", session: "Session", trigger: str, more: Payload) -> None:
        charger = self._charger
        session.transaction_id = str(uuid4())  # E01: never used before, whatever the seed
        session.tariff = charger.kept.tariffs.get(outlet.connector_id)
        wanted, at = charger.device.value("SampledDataCtrlr", "TxStartedMeasurands", charger), stored(session.began)
        value = meter_value(outlet.read(), at, wanted.split(","), "Transaction.Begin")
        await self._event("Started", outlet, session, trigger, more | {"meterValue": [value]}, at=at)

    def _at(self, name: str, point: str) -> bool:
        """Tell whether transactions begin, or end, at a point. E01, E06"""
        return point in self._charger.device.value("TxCtrlr", name, self._charger).split(",")

    def _final(self, outlet: "Outlet", shown: "Reading") -> Payload:
        wanted = [ENERGY, *self._charger.settings.names("StopTxnSampledData")]
        at = stored(self._charger.time.now())
        return meter_value(shown, at, list(dict.fromkeys(wanted)), "Transaction.End")

    def _costs(self, outlet: "Outlet", session: "Session") -> Payload:
        """Write what it costs by the tariff that it began with. OCPP 2.1 I12"""
        if session.tariff is None:
            return {}
        charged = outlet.register_wh - session.meter_start
        lasted = round((self._charger.time.now() - session.began).total_seconds())
        return {"costDetails": cost_details(session.tariff, charged, lasted, stored(session.began))}

    def _value(self, shown: "Reading", context: str) -> Payload:
        key = "MeterValuesAlignedData" if context == "Sample.Clock" else "MeterValuesSampledData"
        at, wanted = stored(self._charger.time.now()), self._charger.settings.names(key)
        wanted += EXPORTED if shown.export_wh or shown.power_w < 0 else ()  # OCPP 2.1 Q
        return meter_value(shown, at, list(dict.fromkeys(wanted)), context)

    async def _event(
        self,
        kind: str,
        outlet: "Outlet",
        session: "Session",
        trigger: str,
        more: Payload,
        *,
        at: str = "",
        stopped: str = "",
    ) -> None:
        """Write a TransactionEvent and hand it to the queue. E01 to E13"""
        gone = stopped == "EVDisconnected"  # the cable is out by now
        session.charging_state = "Idle" if gone else _charging_state(outlet)
        info: Payload = {"transactionId": session.transaction_id, "chargingState": session.charging_state}
        if stopped:
            info["stoppedReason"] = stopped
        if session.afar is not None and session.afar.start_id is not None:
            info["remoteStartId"] = session.afar.start_id
        if self.version is Version.V21:
            info |= _told_by_21(outlet, session)
        event: Payload = {
            "eventType": kind,
            "timestamp": at or stored(self._charger.time.now()),
            "triggerReason": trigger,
            "seqNo": session.seq_no,
            "transactionInfo": info,
            "evse": {"id": outlet.connector_id, "connectorId": 1},
            **more,
        }
        if not self._charger.online:  # E04, E12: it happened while nobody listened
            event["offline"] = True
        session.seq_no += 1
        await self._charger.report("TransactionEvent", event, session)

    async def _watch(self) -> None:
        """Tell what monitors have seen. N07"""
        charger = self._charger
        for monitor, value, cleared in charger.monitors.due(charger):
            await notify_event(charger, monitor.told(value, cleared=cleared), severity=monitor.severity)


def token(session: "Session") -> Payload:
    """Write whose session it is."""
    kind = session.afar.tag_kind if session.afar is not None else ""
    return {"idToken": session.tag, "type": kind or (CARD if session.tag else NO_TAG)}


def meter_value(reading: "Reading", at: str, measurands: list[str], context: str) -> dict[str, Any]:
    """Write MeterValueType."""
    wanted = [name for name in measurands if name in MEASURED]
    return {"timestamp": at, "sampledValue": [_written(sample, context) for sample in samples(reading, wanted)]}


def _written(sample: Sample, context: str) -> dict[str, Any]:
    value = round(sample.value, sample.decimals)
    written: dict[str, Any] = {"value": value, "measurand": sample.measurand, "context": context}
    written |= {"unitOfMeasure": {"unit": sample.unit}} if sample.unit else {}
    known = {"phase": sample.phase, "location": sample.location}
    return written | {name: word for name, word in known.items() if word is not None}


def _charging_state(outlet: "Outlet") -> str:
    if outlet.session is not None and outlet.status in _CHARGING:
        return outlet.status
    return "EVConnected" if outlet.car is not None else "Idle"


def _told_by_21(outlet: "Outlet", session: "Session") -> Payload:
    told: Payload = {"operationMode": outlet.operation_mode} if outlet.v2x else {}
    return told | ({"tariffId": session.tariff["tariffId"]} if session.tariff else {})
