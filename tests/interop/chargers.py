"""Chargers that we did not write: the `ocpp` package's own, which have everything that their version knows.

They hold our requests and their own answers against the official schemas, and answer with an error what breaks them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from types import ModuleType
from typing import Any, cast

from ocpp.routing import on
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from cpoctl.ocpp import Version
from cpoctl.operations.charger.add import AddCharger
from tests.house.reach import ours
from tests.support.csms import T0, Csms

NAME = "CP-1"
PACKAGES = {Version.V16: "ocpp.v16", Version.V201: "ocpp.v201", Version.V21: "ocpp.v21"}
HASHES = {"hash_algorithm": "SHA256", "issuer_name_hash": "9c", "issuer_key_hash": "07", "serial_number": "4e"}
PERIODS = [{"start_period": 0, "limit": 16.0}]
WITHOUT_STATUS = {
    "ClearTariffs", "ClearVariableMonitoring", "CostUpdated", "GetConfiguration", "GetDiagnostics", "GetLocalListVersion",
    "GetPeriodicEventStream", "GetTransactionStatus", "GetVariables", "NotifyWebPaymentStarted", "SetVariableMonitoring",
    "SetVariables",
}  # fmt: skip
Told = dict[str, Any]


def _results(asked: Told) -> list[Told]:
    """An entry of the answer for each variable that was asked for or set."""
    wanted = asked.get("set_variable_data") or asked.get("get_variable_data") or asked["set_monitoring_data"]
    return [{"component": each["component"], "variable": each["variable"]} for each in wanted]


MORE: dict[str, Callable[[Told], Told]] = {
    "ClearTariffs": lambda asked: {"clear_tariffs_result": [{"status": "Accepted"}]},
    "ClearVariableMonitoring": lambda asked: {
        "clear_monitoring_result": [{"status": "Accepted", "id": number} for number in asked["id"]]
    },
    "DataTransfer": lambda asked: {"data": "off"},
    "GetConfiguration": lambda asked: {"configuration_key": [{"key": "A", "readonly": False, "value": "1"}]},
    "GetDiagnostics": lambda asked: {"file_name": "diag.zip"},
    "GetLocalListVersion": lambda asked: {},
    "GetLog": lambda asked: {"filename": "security.log"},
    "GetTransactionStatus": lambda asked: {"ongoing_indicator": True, "messages_in_queue": False},
    "GetVariables": lambda asked: {
        "get_variable_result": [
            {**each, "attribute_status": "Accepted", "attribute_value": "300"} for each in _results(asked)
        ]
    },
    "SetVariableMonitoring": lambda asked: {
        "set_monitoring_result": [
            {**each, "id": 3, "status": "Accepted", "type": "UpperThreshold", "severity": 5} for each in _results(asked)
        ]
    },
    "SetVariables": lambda asked: {
        "set_variable_result": [{**each, "attribute_status": "Accepted"} for each in _results(asked)]
    },
    "UnlockConnector": lambda asked: {"status": "Unlocked"},
    "UnpublishFirmware": lambda asked: {"status": "Unpublished"},
}
OF_16: dict[str, Told] = {
    "GetCompositeSchedule": {
        "connector_id": 1,
        "schedule_start": "2026-01-01T00:00:00Z",
        "charging_schedule": {"charging_rate_unit": "A", "charging_schedule_period": PERIODS},
    },
    "GetInstalledCertificateIds": {"certificate_hash_data": [HASHES]},
    "GetLocalListVersion": {"list_version": 3},
}
OF_2: dict[str, Told] = {
    "GetCompositeSchedule": {
        "schedule": {
            "evse_id": 1,
            "duration": 3600,
            "schedule_start": "2026-01-01T00:00:00Z",
            "charging_rate_unit": "A",
            "charging_schedule_period": PERIODS,
        }
    },
    "GetInstalledCertificateIds": {
        "certificate_hash_data_chain": [{"certificate_type": "CSMSRootCertificate", "certificate_hash_data": HASHES}]
    },
    "GetLocalListVersion": {"version_number": 3},
}
NUMBERED: Told = {"seq_no": 0, "generated_at": T0, "tbc": False}
REPORTS: dict[str, tuple[str, Told]] = {
    "CustomerInformation": ("NotifyCustomerInformation", {"data": "charged twice", **NUMBERED}),
    "GetBaseReport": ("NotifyReport", NUMBERED),
    "GetChargingProfiles": (
        "ReportChargingProfiles",
        {
            "charging_limit_source": "CSO",
            "evse_id": 1,
            "tbc": False,
            "charging_profile": [
                {
                    "id": 9,
                    "stack_level": 0,
                    "charging_profile_purpose": "TxDefaultProfile",
                    "charging_profile_kind": "Relative",
                    "charging_schedule": [{"id": 1, "charging_rate_unit": "A", "charging_schedule_period": PERIODS}],
                }
            ],
        },
    ),
    "GetDERControl": ("ReportDERControl", {"tbc": False}),
    "GetDisplayMessages": ("NotifyDisplayMessages", {"tbc": False}),
    "GetMonitoringReport": ("NotifyMonitoringReport", NUMBERED),
    "GetReport": ("NotifyReport", NUMBERED),
}
"""What is told after an answer."""


def _part(version: Version, name: str) -> ModuleType:
    return import_module(f"{PACKAGES[version]}.{name}")


def _served(version: Version, name: str) -> Any:
    """A method that takes a note of what was asked, says yes, and tells what was wanted."""
    results, calls = _part(version, "call_result"), _part(version, "call")
    own = (OF_16 if version is Version.V16 else OF_2).get(name, {})

    def answer(self: Any, **asked: Any) -> Any:
        self.asked.append(name)
        if name in REPORTS:
            action, told = REPORTS[name]
            report = getattr(calls, action)(request_id=asked["request_id"], **told)
            self.telling.append(asyncio.create_task(self.call(report)))
        silent = name in WITHOUT_STATUS or (version is Version.V16 and name == "UpdateFirmware")
        status = {} if silent else {"status": "Accepted"}
        more = MORE[name](asked) if name in MORE else {}
        return getattr(results, name)(**{**status, **more, **own})

    answer.__name__ = f"answers_{name}"
    action = next(action for action in _part(version, "enums").Action if action.value == name)
    return cast("Callable[[Any], Any]", on(action))(answer)


def complete(version: Version, *lacking: str) -> Any:
    """A kind of charger that has everything but some actions."""
    answers = {f"answers_{name}": _served(version, name) for name in ours(version) if name not in lacking}
    return type("Complete", (import_module(PACKAGES[version]).ChargePoint,), answers)


@contextlib.asynccontextmanager
async def connected(csms: Csms, version: Version, *lacking: str) -> AsyncIterator[Any]:
    """Such a charger, connected, booted, and with an open session on its EVSE 1."""
    await csms.do(AddCharger(charger=NAME))
    url = f"ws://127.0.0.1:{csms.port}/{NAME}"
    async with connect(url, subprotocols=[Subprotocol(version.subprotocol)], proxy=None) as socket:
        made = complete(version, *lacking)(NAME, socket)
        made.asked, made.telling = [], []
        listening = asyncio.create_task(made.start())
        for call in _beginning(version):
            await made.call(call)
        yield made
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
            await listening


def _beginning(version: Version) -> list[Any]:
    calls = _part(version, "call")
    if version is Version.V16:
        return [
            calls.BootNotification(charge_point_vendor="Mobility", charge_point_model="House"),
            calls.StartTransaction(connector_id=1, id_tag="ANNA", meter_start=1000, timestamp=T0),
        ]
    started = {
        "event_type": "Started", "timestamp": T0, "trigger_reason": "Authorized", "seq_no": 0,
        "transaction_info": {"transaction_id": "tx-1"}, "evse": {"id": 1, "connector_id": 1},
        "id_token": {"id_token": "ANNA", "type": "Central"},
    }  # fmt: skip
    return [
        calls.BootNotification(charging_station={"vendor_name": "Mobility", "model": "House"}, reason="PowerUp"),
        calls.TransactionEvent(**started),
    ]
