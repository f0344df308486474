"""The `ocpp` package's chargers answer every operation of 1.6, 2.0.1 and 2.1, and we judge their answers.

One connection serves all operations of a version, one after the other.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cpoctl.errors import Refused
from cpoctl.ocpp import Version
from cpoctl.operations import Act
from cpoctl.operations.authlist.push import PushList
from cpoctl.operations.authlist.version import AskVersion
from cpoctl.operations.cert.installed import AskInstalled
from cpoctl.operations.charger.customer_info import AskCustomer
from cpoctl.operations.ocpp.call import CallAction
from cpoctl.operations.profile.composite import AskComposite
from tests.house.reach import REACHED, act_of, ours, write_files
from tests.interop.chargers import NAME, connected
from tests.support.csms import Csms

every_version = pytest.mark.parametrize("version", Version)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command lines read."""
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)


def acts(version: Version) -> Iterator[tuple[str, Act]]:
    """Every action, and what sends it."""
    for action, line in REACHED[version].items():
        yield action, act_of(line.format(at=NAME, session=1))


@every_version
async def test_it_does_what_is_asked(csms: Csms, version: Version) -> None:
    async with connected(csms, version) as charger:
        for action, act in acts(version):
            charger.asked.clear()
            await csms.do(act)
            assert action in charger.asked
    told = await csms.rows("SELECT DISTINCT action, outcome FROM journal WHERE sender = 'csms'")
    assert {row["action"] for row in told} == set(ours(version))
    assert {row["outcome"] for row in told} == {"result"}
    assert await csms.count("violation") == 0


@every_version
async def test_what_it_tells_is_understood(csms: Csms, version: Version) -> None:
    async with connected(csms, version):
        (limit,) = await csms.do(AskComposite(charger=f"{NAME}:1", duration=3600, unit="A"))
        assert (limit.limit, limit.unit) == (16, "A")
        (certificate,) = await csms.do(AskInstalled(charger=NAME, type="central-system-root"))
        assert certificate.serial == "4e"
        assert (await csms.do(AskVersion(charger=NAME))).version == 3
        assert (await csms.do(PushList(charger=NAME))).version == 4
        if version is not Version.V16:
            assert (await csms.do(AskCustomer(charger=NAME, tag="ANNA"))).told == "charged twice"


@pytest.mark.parametrize("version", [Version.V16, Version.V201])  # in 2.1 the package leaves what it lacks unanswered
async def test_a_charger_that_lacks_it_has_refused(csms: Csms, version: Version) -> None:
    async with connected(csms, version, *ours(version)):
        for _, act in acts(version):
            with pytest.raises(Refused, match=r"NotImplemented|NotSupported"):
                await csms.do(act)


@every_version
async def test_what_breaks_its_schema_is_answered_with_an_error_and_told_as_refused(
    csms: Csms, version: Version
) -> None:
    async with connected(csms, version):
        for action in ours(version):
            act = CallAction(charger=NAME, action=action, payload='{"nonsense": 1}', force=True)
            with pytest.raises(Refused) as refused:
                await csms.do(act)
            assert refused.value.detail["received"].startswith("[4,")
