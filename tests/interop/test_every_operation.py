"""The `ocpp` package's charger answers every operation of 1.6, and we judge its answers.

It holds our requests and its own answers against the official schemas, and answers with an error what breaks them.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from ocpp.v16 import call, call_result
from ocpp.v16.enums import Action

from cpoctl.errors import Refused
from cpoctl.ocpp import Version, schemas, v16
from cpoctl.operations import Act
from cpoctl.operations.authlist.push import PushList
from cpoctl.operations.authlist.version import AskVersion
from cpoctl.operations.cert.delete import DeleteCertificate
from cpoctl.operations.cert.install import InstallCertificate
from cpoctl.operations.cert.installed import AskInstalled
from cpoctl.operations.cert.signed import SendSigned
from cpoctl.operations.charger.availability import SetAvailability
from cpoctl.operations.charger.clear_cache import ClearCache
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.charger.trigger import Trigger
from cpoctl.operations.charger.unlock import Unlock
from cpoctl.operations.diag.fetch import FetchDiagnostics
from cpoctl.operations.firmware.update import UpdateFirmware
from cpoctl.operations.ocpp.call import CallAction
from cpoctl.operations.ocpp.transfer import Transfer
from cpoctl.operations.profile.clear import ClearProfile
from cpoctl.operations.profile.composite import AskComposite
from cpoctl.operations.profile.set import SetProfile
from cpoctl.operations.reservation.add import AddReservation
from cpoctl.operations.reservation.cancel import CancelReservation
from cpoctl.operations.session.start import StartSession
from cpoctl.operations.session.stop import StopSession
from cpoctl.operations.var.get import GetVariables
from cpoctl.operations.var.set import SetVariable
from tests.interop.test_independent_charger import Independent, connected, serves
from tests.support.csms import T0, Csms

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
HASHES = {"hash_algorithm": "SHA256", "issuer_name_hash": "9c", "issuer_key_hash": "07", "serial_number": "4e"}
SCHEDULE = {"charging_rate_unit": "A", "charging_schedule_period": [{"start_period": 0, "limit": 16.0}]}
MORE: dict[str, dict[str, Any]] = {
    "GetCompositeSchedule": {
        "connector_id": 1, "schedule_start": "2026-01-01T00:00:00Z", "charging_schedule": SCHEDULE,
    },
    "GetDiagnostics": {"file_name": "diag.zip"},
    "GetInstalledCertificateIds": {"certificate_hash_data": [HASHES]},
    "GetLog": {"filename": "security.log"},
    "DataTransfer": {"data": "off"},
    "UnlockConnector": {"status": "Unlocked"},
    "GetLocalListVersion": {"list_version": 3},
}  # fmt: skip
WITHOUT_STATUS = ("GetDiagnostics", "UpdateFirmware", "GetLocalListVersion")
OURS = [name for name in schemas.actions(Version.V16) if name == "DataTransfer" or name not in v16.REQUESTS]


def _served(name: str) -> Any:
    """A method that takes a note of what was asked and says Accepted."""

    def answer(self: Independent, **asked: Any) -> Any:
        self.asked.put_nowait((name, asked))
        status = {} if name in WITHOUT_STATUS else {"status": "Accepted"}
        return getattr(call_result, name)(**{**status, **MORE.get(name, {})})

    answer.__name__ = f"answers_{name}"
    return serves(next(action for action in Action if action.value == name))(answer)


class Complete(Independent):
    """A charger that has everything; what Independent answers it answers so."""


for _name in OURS:
    if _name not in ("GetConfiguration", "ChangeConfiguration", "Reset"):
        setattr(Complete, f"answers_{_name}", _served(_name))

AT = "CP-1"
EVERY: list[tuple[str, Act]] = [
    ("CancelReservation", CancelReservation(charger=AT, id=7)),
    ("CertificateSigned", SendSigned(charger=AT, certificate=PEM)),
    ("ChangeAvailability", SetAvailability(charger="CP-1:1", inoperative=True)),
    ("ChangeConfiguration", SetVariable(charger=AT, name="HeartbeatInterval", value="77")),
    ("ClearCache", ClearCache(charger=AT)),
    ("ClearChargingProfile", ClearProfile(charger="CP-1:1", purpose="tx-default", stack_level=0)),
    ("DataTransfer", Transfer(charger=AT, vendor="com.acme", message_id="light", data="on")),
    ("DeleteCertificate", DeleteCertificate(
        charger=AT, algorithm="SHA256", issuer_name_hash="9c", issuer_key_hash="07", serial="4e")),
    ("ExtendedTriggerMessage", Trigger(charger="CP-1:1", message="MeterValues", extended=True)),
    ("GetCompositeSchedule", AskComposite(charger="CP-1:1", duration=3600, unit="A")),
    ("GetConfiguration", GetVariables(charger=AT, names=("HeartbeatInterval",))),
    ("GetDiagnostics", FetchDiagnostics(charger=AT, url="ftp://files.example.com/", retries=2, since="2h")),
    ("GetInstalledCertificateIds", AskInstalled(charger=AT, type="manufacturer-root")),
    ("GetLocalListVersion", AskVersion(charger=AT)),
    ("GetLog", FetchDiagnostics(charger=AT, url="ftp://files.example.com/", log="security", retries=2, since="2h")),
    ("InstallCertificate", InstallCertificate(charger=AT, certificate=PEM, type="central-system-root")),
    ("RemoteStartTransaction", StartSession(charger="CP-1:1", tag="ANNA")),
    ("RemoteStopTransaction", StopSession(session="CP-1:1")),
    ("ReserveNow", AddReservation(charger="CP-1:1", tag="ANNA", until="30m", id=7, parent="CLUB")),
    ("Reset", Reset(charger=AT)),
    ("SendLocalList", PushList(charger=AT)),
    ("SetChargingProfile", SetProfile(charger="CP-1:1", limit="8.1A", phases=1, until="2h")),
    ("SignedUpdateFirmware", UpdateFirmware(
        charger=AT, url="ftp://a.example/f", signature="c2ln", signing_certificate=PEM, retries=1)),
    ("TriggerMessage", Trigger(charger="CP-1:1", message="StatusNotification")),
    ("UnlockConnector", Unlock(charger="CP-1:1")),
    ("UpdateFirmware", UpdateFirmware(charger=AT, url="ftp://a.example/f", at="2h", retries=1, retry_interval=60)),
]  # fmt: skip


@pytest.fixture
async def complete(csms: Csms) -> AsyncIterator[Complete]:
    """The charger that has everything, connected and booted."""
    async with connected(csms, Complete) as made:
        yield made


def test_every_action_that_a_central_system_may_send_is_here() -> None:
    assert sorted(action for action, _ in EVERY) == sorted(OURS)


@pytest.mark.parametrize(("action", "act"), EVERY, ids=[action for action, _ in EVERY])
async def test_it_does_what_is_asked(csms: Csms, complete: Complete, action: str, act: Act) -> None:
    if action == "RemoteStopTransaction":
        await complete.call(call.StartTransaction(connector_id=1, id_tag="ANNA", meter_start=1000, timestamp=T0))
    await csms.do(act)
    told = await csms.rows("SELECT action, outcome FROM journal WHERE sender = 'csms' AND action = ?", action)
    assert told == [{"action": action, "outcome": "result"}]
    assert await csms.count("violation") == 0


async def test_what_it_tells_is_understood(csms: Csms, complete: Complete) -> None:
    by_action = dict(EVERY)
    (limit,) = await csms.do(by_action["GetCompositeSchedule"])
    assert (limit.limit, limit.unit) == (16, "A")
    (certificate,) = await csms.do(by_action["GetInstalledCertificateIds"])
    assert certificate.serial == "4e"
    assert (await csms.do(by_action["GetLocalListVersion"])).version == 3
    assert (await csms.do(by_action["SendLocalList"])).version == 4
    assert (await csms.do(by_action["SetChargingProfile"])).status == "Accepted"


LACKING = [pair for pair in EVERY if pair[0] not in ("GetConfiguration", "ChangeConfiguration", "Reset")]
LACKING = [pair for pair in LACKING if not pair[0].startswith("Remote")]


@pytest.mark.parametrize(("action", "act"), LACKING, ids=[action for action, _ in LACKING])
async def test_a_charger_that_lacks_it_has_refused(csms: Csms, action: str, act: Act) -> None:
    async with connected(csms, Independent):
        with pytest.raises(Refused, match=r"NotImplemented|NotSupported"):
            await csms.do(act)


@pytest.mark.parametrize("action", OURS)
async def test_what_breaks_its_schema_is_answered_with_an_error_and_told_as_refused(
    csms: Csms, complete: Complete, action: str
) -> None:
    act = CallAction(charger=AT, action=action, payload='{"nonsense": 1}', force=True)
    with pytest.raises(Refused) as refused:
        await csms.do(act)
    assert refused.value.detail["received"].startswith("[4,")
