"""A dry run of every act prints frames that the official schemas take, and `ocpp call` reaches every action. CLI-04"""

import json

import pytest

from cpoctl.csms.rehearsal import MESSAGE_ID, rehearsed
from cpoctl.domain.fleet import LiveCharger
from cpoctl.errors import CpoctlError
from cpoctl.ocpp import Version, schemas
from cpoctl.operations import Act
from cpoctl.operations.charger.password import SetPassword
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.firmware.update import UpdateFirmware
from cpoctl.operations.ocpp.call import CallAction
from tests.house.commands import every_operation
from tests.house.reach import ours
from tests.house.recording import CHARGER, PEM, invocations, operator

SIGNED = UpdateFirmware(
    charger=CHARGER, url="https://files.example.com/fw.bin", signature="MEUCIQ", signing_certificate=PEM
)  # its two parameters only go together
ACTS = [kind for kind in every_operation() if issubclass(kind, Act)]


async def frames(kind: type[Act], version: Version) -> list[list[object]]:
    """Every frame that an act's dry run prints for a charger of this version, however it is invoked."""
    printed = []
    for act in [*invocations(kind), *([SIGNED] if kind is UpdateFirmware else [])]:
        behind, sent = operator(version)
        try:
            printed += [json.loads(row.frame) for row in await rehearsed(act, behind) if row.frame]
        except CpoctlError:  # a combination that cannot be meant, or that the version lacks
            continue
        finally:
            assert sent == []
    return printed


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("kind", ACTS, ids=lambda kind: kind.path)
async def test_its_frames_are_what_the_official_schema_wants(kind: type[Act], version: Version) -> None:
    for two, message_id, action, payload in await frames(kind, version):
        judge = schemas.judge(version, str(action))
        assert (two, message_id) == (2, MESSAGE_ID)
        assert judge is not None
        assert judge.valid(payload), f"{action} {payload}"


@pytest.mark.parametrize("version", Version)
async def test_every_action_that_a_central_system_may_send_is_reached_by_call(version: Version) -> None:
    for action in ours(version):
        behind, _ = operator(version)
        act = CallAction(charger=CHARGER, action=action, payload='{"any": 1}', force=True)
        ((_, _, sent, payload),) = [json.loads(row.frame or "") for row in await rehearsed(act, behind)]
        assert (sent, payload) == (action, {"any": 1})


async def test_a_charger_that_was_never_seen_is_rehearsed_in_1_6() -> None:
    behind, _ = operator()
    behind.live.add(LiveCharger("NEW-1"))
    (row,) = await rehearsed(Reset(charger="NEW-1"), behind)
    note = "NEW-1 was never connected: which OCPP it speaks is not known, this is 1.6"
    assert (row.frame, row.note) == (f'[2,"{MESSAGE_ID}","Reset",{{"type":"Soft"}}]', note)


async def test_a_password_that_would_be_generated_is_long_enough_without_being_told() -> None:
    behind, _ = operator()
    noted = await rehearsed(SetPassword(charger=CHARGER, generate=True), behind)
    assert ["ChargerPassword" in str(row) for row in noted] == [True]
