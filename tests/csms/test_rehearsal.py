"""A dry run of every act prints frames that the official schemas take, and reaches every action. CLI-04"""

import json

import pytest

from cpoctl.csms.rehearsal import MESSAGE_ID, rehearsed
from cpoctl.errors import CpoctlError
from cpoctl.ocpp import Version, schemas, v16
from cpoctl.operations import Act
from cpoctl.operations.charger.password import SetPassword
from cpoctl.operations.firmware.update import UpdateFirmware
from tests.house.commands import every_operation
from tests.house.recording import CHARGER, PEM, invocations, operator

SIGNED = UpdateFirmware(
    charger=CHARGER, url="https://files.example.com/fw.bin", signature="MEUCIQ", signing_certificate=PEM
)  # its two parameters only go together
ACTS = [kind for kind in every_operation() if issubclass(kind, Act)]


async def frames(kind: type[Act]) -> list[list[object]]:
    """Every frame that an act's dry run prints, however it is invoked."""
    printed = []
    for act in [*invocations(kind), *([SIGNED] if kind is UpdateFirmware else [])]:
        behind, sent = operator()
        try:
            printed += [json.loads(row.frame) for row in await rehearsed(act, behind) if row.frame]
        except CpoctlError:  # a combination that cannot be meant
            continue
        finally:
            assert sent == []
    return printed


@pytest.mark.parametrize("kind", ACTS, ids=lambda kind: kind.path)
async def test_its_frames_are_what_the_official_schema_wants(kind: type[Act]) -> None:
    for two, message_id, action, payload in await frames(kind):
        judge = schemas.judge(Version.V16, str(action))
        assert (two, message_id) == (2, MESSAGE_ID)
        assert judge is not None
        assert judge.valid(payload), f"{action} {payload}"


async def test_every_action_that_a_central_system_may_send_is_reached() -> None:
    ours = {name for name in schemas.actions(Version.V16) if name not in v16.REQUESTS} | {"DataTransfer"}
    reached = {str(frame[2]) for kind in ACTS for frame in await frames(kind)}
    assert ours - reached == set()


async def test_a_password_that_would_be_generated_is_long_enough_without_being_told() -> None:
    behind, _ = operator()
    noted = await rehearsed(SetPassword(charger=CHARGER, generate=True), behind)
    assert ["ChargerPassword" in str(row) for row in noted] == [True]
