"""The voice of OCPP 1.6: StartTransaction, MeterValues, StopTransaction, StatusNotification with error codes. 1.6 §4

A session that began offline learns its transaction id from the answer to its replayed StartTransaction, so the id is
filled in when a message goes out.
"""

from typing import TYPE_CHECKING, Any

from cpoctl.clock import stored
from cpoctl.ocpp import Version
from cpoctl.simulator.link import Payload
from cpoctl.simulator.meter import Sample, samples

if TYPE_CHECKING:
    from cpoctl.simulator.car import Reading
    from cpoctl.simulator.controller import Controller
    from cpoctl.simulator.outbox import Session
    from cpoctl.simulator.outlet import Outlet


class Voice16:
    """Speaks 1.6; see `Voice`."""

    version = Version.V16

    def __init__(self, charger: "Controller") -> None:
        self._charger = charger

    def boot(self, reason: str) -> Payload:
        charger = self._charger
        return {
            "chargePointVendor": charger.vendor,
            "chargePointModel": charger.model,
            "chargePointSerialNumber": charger.serial,
            "firmwareVersion": charger.firmware,
        }

    def authorize(self, tag: str, kind: str) -> Payload:
        return {"idTag": tag}

    def verdict(self, answer: Payload) -> str:
        return str(answer["idTagInfo"]["status"])

    def status(self, outlet: "Outlet") -> Payload:
        return {"connectorId": outlet.connector_id, "errorCode": outlet.error_code, "status": outlet.status}

    async def accepted(self, reason: str) -> None:
        whole = {"connectorId": 0, "errorCode": "NoError", "status": "Available"}
        await self._charger.tell("StatusNotification", whole)

    async def plugged(self, outlet: "Outlet") -> None:
        """Say nothing: StatusNotification tells it."""

    async def released(self, outlet: "Outlet", reason: str) -> None:
        """Say nothing: StatusNotification tells it."""

    async def started(self, outlet: "Outlet", session: "Session") -> None:
        start = {
            "connectorId": outlet.connector_id,
            "idTag": session.tag,
            "meterStart": session.meter_start,
            "timestamp": stored(session.began),
        }
        if session.reservation_id is not None:
            start["reservationId"] = session.reservation_id
        await self._charger.report("StartTransaction", start, session)

    async def metered(self, outlet: "Outlet", shown: "Reading", context: str) -> None:
        at = stored(self._charger.time.now())
        key = "MeterValuesAlignedData" if context == "Sample.Clock" else "MeterValuesSampledData"
        wanted = self._charger.settings.names(key)
        value = {"connectorId": outlet.connector_id, "meterValue": [_meter_value(shown, at, wanted, context)]}
        if outlet.session is None:
            await self._charger.tell("MeterValues", value)
        else:
            await self._charger.report("MeterValues", value, outlet.session)

    async def read_out(self, outlet: "Outlet", shown: "Reading", context: str) -> None:
        await self.metered(outlet, shown, context)

    async def changed(self, outlet: "Outlet") -> None:
        """Say nothing: StatusNotification tells it all."""

    async def noted(self, outlet: "Outlet", session: "Session", trigger: str) -> None:
        """Say nothing: 1.6 has no message for it."""

    async def stopped(self, outlet: "Outlet", session: "Session", shown: "Reading", reason: str) -> None:
        at = stored(self._charger.time.now())
        stop = {"meterStop": round(outlet.register_wh), "timestamp": at, "reason": reason}
        if reason == "Local":
            stop["idTag"] = session.tag
        wanted = self._charger.settings.names("StopTxnSampledData")
        if wanted:
            stop["transactionData"] = [_meter_value(shown, at, wanted, "Transaction.End")]
        await self._charger.report("StopTransaction", stop, session)

    async def faulted(self, outlet: "Outlet", error_code: str, *, cleared: bool) -> None:
        """Say nothing: StatusNotification tells the code."""

    async def reservation_over(self, reservation_id: int, why: str) -> None:
        """Say nothing: 1.6 has no message for it."""

    async def caught_up(self) -> None:
        """Say nothing: StatusNotification and the queue have told it all."""

    def ready(self, action: str, payload: Payload, session: "Session") -> Payload:
        if action == "StartTransaction":
            return payload
        return {**payload, "transactionId": session.transaction_id}

    def answered(self, action: str, session: "Session", answer: Payload) -> None:
        if action == "StartTransaction":
            session.transaction_id = answer.get("transactionId")
            session.tag_info = answer.get("idTagInfo")

    def given_up(self, action: str, session: "Session") -> None:
        if action == "StartTransaction":
            session.forgotten = True


def _meter_value(reading: "Reading", at: str, measurands: list[str], context: str) -> dict[str, Any]:
    found = [_written(sample) | {"context": context} for sample in samples(reading, measurands)]
    return {"timestamp": at, "sampledValue": found}


def _written(sample: Sample) -> dict[str, str]:
    known = {"unit": sample.unit, "phase": sample.phase, "location": sample.location}
    written = {"value": f"{sample.value:.{sample.decimals}f}", "measurand": sample.measurand}
    return written | {name: value for name, value in known.items() if value is not None}
