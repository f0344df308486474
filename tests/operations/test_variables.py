"""A charger's settings: asked for in parts, remembered, written down, compared and applied."""

import asyncio
import json
from typing import Any

import pytest

from cpoctl.errors import CheckFailed, NotFound, Partial, Refused, TimedOut, UsageProblem
from cpoctl.operations import Act, Danger
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.var.apply import ApplyVariables
from cpoctl.operations.var.diff import CompareVariables
from cpoctl.operations.var.get import GetVariables
from cpoctl.operations.var.list import CachedRow, ListVariables
from cpoctl.operations.var.set import SetVariable
from cpoctl.operations.var.snapshot import TakeSnapshot
from cpoctl.simulator import ManualTime, VirtualCharger
from cpoctl.table import record
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is connected."""
    return await csms.booted("HQ-07")


def told(*unknown: str, **values: Any) -> dict[str, Any]:
    """An answer to GetConfiguration."""
    listed = [{"key": key, "readonly": key.startswith("R"), "value": value} for key, value in values.items()]
    return {"configurationKey": listed, **({"unknownKey": list(unknown)} if unknown else {})}


async def known(csms: Csms, charger: RawCharger, **values: Any) -> None:
    """Let the charger tell its settings."""
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07")))
    await charger.reply(told(**values))
    await act


async def remembered(csms: Csms) -> list[CachedRow]:
    """What is remembered of the charger."""
    return await csms.store.reading(ListVariables(charger="hq-07").select)


async def test_what_a_charger_told_is_remembered_with_what_it_means(csms: Csms, charger: RawCharger) -> None:
    await known(csms, charger, HeartbeatInterval="300", LedColour="blue")
    heartbeat, colour = await remembered(csms)
    assert (heartbeat.value, heartbeat.readonly, heartbeat.kind, heartbeat.unit) == ("300", False, "integer", "s")
    assert "heartbeat" in (heartbeat.meaning or "")
    assert (colour.value, colour.meaning) == ("blue", None)
    assert heartbeat.read_at.startswith(f"{csms.clock.now():%Y-%m-%dT%H:%M}")


async def test_nothing_is_listed_of_a_charger_that_never_was(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(NotFound, match="did you mean HQ-07"):
        await csms.store.reading(ListVariables(charger="HQ-77").select)


async def test_a_secret_is_masked_wherever_it_is_kept(csms: Csms, charger: RawCharger) -> None:
    await known(csms, charger, AuthorizationKey="hunter2hunter2hunter2", HeartbeatInterval="300")
    assert "hunter2" not in json.dumps(await csms.rows("SELECT * FROM variable"))
    snapshot = await csms.do(TakeSnapshot(charger="HQ-07"))
    assert [each.name for each in snapshot.variables] == ["HeartbeatInterval"]


async def test_more_names_than_the_charger_takes_are_asked_for_in_parts(csms: Csms, charger: RawCharger) -> None:
    await known(csms, charger, GetConfigurationMaxKeys="2")
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07", names=("A", "B", "C"))))
    assert (await charger.reply(told(A="1", B="2")))[3] == {"key": ["A", "B"]}
    assert (await charger.reply(told("C")))[3] == {"key": ["C"]}
    assert [(row.name, row.value, row.known) for row in await act] == [
        ("A", "1", True), ("B", "2", True), ("C", None, False),
    ]  # fmt: skip


async def test_a_charger_that_refuses_many_names_is_asked_how_many_it_takes(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07", names=("A", "B"))))
    await charger.refuse("OccurenceConstraintViolation", "too many")
    assert (await charger.reply(told(GetConfigurationMaxKeys="1")))[3] == {"key": ["GetConfigurationMaxKeys"]}
    await charger.reply(told(A="1"))
    await charger.reply(told(B="2"))
    assert [(row.name, row.value) for row in await act] == [("A", "1"), ("B", "2")]


async def test_a_charger_that_refuses_one_name_has_refused(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07", names=("A",))))
    await charger.refuse("InternalError", "no")
    with pytest.raises(Refused, match="InternalError"):
        await act


async def test_names_that_an_answer_leaves_out_are_asked_for_again(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07", names=("A", "B", "C"))))
    await charger.reply(told(A="1"))
    assert (await charger.reply(told(B="2")))[3] == {"key": ["B", "C"]}
    assert (await charger.reply({"configurationKey": None}))[3] == {"key": ["C"]}  # ha#432
    assert [(row.name, row.known) for row in await act] == [("A", True), ("B", True), ("C", False)]


async def test_a_charger_that_tells_nothing_unasked_is_asked_by_name(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07")))
    await charger.reply({"configurationKey": []})
    names = (await charger.reply(told("BlinkRepeat", HeartbeatInterval="300")))[3]["key"]
    assert {"HeartbeatInterval", "BlinkRepeat", "LocalAuthListEnabled"} <= set(names)
    await charger.reply({})
    assert [(row.name, row.value) for row in await act] == [("HeartbeatInterval", "300")]


async def test_what_was_told_stays_told_although_more_is_refused(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07")))
    await charger.reply(told(GetConfigurationMaxKeys="1"))  # as many as it tells at once: there may be more
    await charger.refuse("InternalError", "no")
    assert [(row.name, row.value) for row in await act] == [("GetConfigurationMaxKeys", "1")]


async def test_a_charger_that_tells_more_than_it_may_be_asked_for_is_asked_once(
    csms: Csms, charger: RawCharger
) -> None:
    await known(csms, charger, GetConfigurationMaxKeys="2", HeartbeatInterval="300", LedColour="blue")
    assert charger.unasked == 0


async def test_a_charger_without_any_setting_is_asked_once(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07")))
    await charger.reply({})
    assert await act == []
    assert charger.unasked == 0


async def test_a_name_that_nobody_knows_gets_the_nearest_one_and_is_asked_for_as_it_is(
    csms: Csms, charger: RawCharger
) -> None:
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-07", names=("HeartbeatIntervall",))))
    assert (await charger.reply(told("HeartbeatIntervall")))[3] == {"key": ["HeartbeatIntervall"]}
    with pytest.raises(NotFound) as unknown:
        await act
    assert "did you mean HeartbeatInterval?" in unknown.value.hints[0]


async def test_a_setting_that_was_changed_is_remembered_and_one_that_waits_for_a_reboot_is_not(
    csms: Csms, charger: RawCharger
) -> None:
    await known(csms, charger, HeartbeatInterval="300")
    for value, status in (("600", "Accepted"), ("900", "RebootRequired")):
        act = asyncio.create_task(csms.do(SetVariable(charger="HQ-07", name="heartbeatInterval", value=value)))
        await charger.reply({"status": status})
        assert (await act).ok
    assert [(row.name, row.value) for row in await remembered(csms)] == [("HeartbeatInterval", "600")]


async def test_a_misspelt_setting_is_sent_and_its_refusal_names_the_nearest(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(SetVariable(charger="HQ-07", name="HeartbeatIntervall", value="9")))
    assert (await charger.reply({"status": "NotSupported"}))[3] == {"key": "HeartbeatIntervall", "value": "9"}
    with pytest.raises(Refused) as refused:
        await act
    assert "did you mean HeartbeatInterval?" in refused.value.hints[0]


async def test_a_snapshot_is_what_is_remembered_or_asked_anew(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(NotFound, match="not known yet"):
        await csms.do(TakeSnapshot(charger="HQ-07"))
    await known(csms, charger, HeartbeatInterval="300")
    assert [each.value for each in (await csms.do(TakeSnapshot(charger="HQ-07"))).variables] == ["300"]
    act = asyncio.create_task(csms.do(TakeSnapshot(charger="HQ-07", refresh=True)))
    await charger.reply(told(HeartbeatInterval="600", RadioModule="x"))
    snapshot = await act
    assert [(each.name, each.value, each.readonly) for each in snapshot.variables] == [
        ("HeartbeatInterval", "600", False), ("RadioModule", "x", True),
    ]  # fmt: skip
    assert (snapshot.charger_id, snapshot.vendor) == ("HQ-07", "Acme")


async def test_a_charger_is_compared_with_a_snapshot(csms: Csms, charger: RawCharger) -> None:
    await known(
        csms, charger, HeartbeatInterval="300", LocalPreAuthorize="TRUE", Gone="1", MeterValuesSampledData="A,B"
    )
    text = "heartbeatinterval = 600\nLocalPreAuthorize = true\nNew = 1\nMeterValuesSampledData = 'B,A'\nAuthorizationKey='x'"
    found = await csms.do(CompareVariables(charger="HQ-07", other=text))
    assert [(row.name, row.change, row.value, row.other) for row in found] == [
        ("Gone", "removed", "1", None), ("HeartbeatInterval", "changed", "300", "600"), ("New", "added", None, "1"),
    ]  # fmt: skip


async def test_a_snapshot_of_the_charger_itself_differs_in_nothing(csms: Csms, charger: RawCharger) -> None:
    await known(csms, charger, HeartbeatInterval="300", AuthorizationKey="secret", RadioModule=None)
    text = json.dumps(record(await csms.do(TakeSnapshot(charger="HQ-07"))))
    assert await csms.do(CompareVariables(charger="HQ-07", other=text, exit_code=True)) == []


async def test_two_chargers_are_compared_and_a_difference_is_an_exit_code(csms: Csms, charger: RawCharger) -> None:
    await known(csms, charger, HeartbeatInterval="300")
    other = await csms.booted("HQ-08")
    act = asyncio.create_task(csms.do(GetVariables(charger="HQ-08")))
    await other.reply(told(HeartbeatInterval="600"))
    await act
    with pytest.raises(CheckFailed, match="differs in 1 variable") as differs:
        await csms.do(CompareVariables(charger="HQ-07", other="hq-08", exit_code=True))
    assert differs.value.exit_code == 11
    assert [(row.value, row.other) for row in differs.value.detail["rows"]] == [("300", "600")]


async def test_a_file_that_is_named_without_its_sign_is_told_how_to_be_named(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(UsageProblem) as refused:
        await csms.do(CompareVariables(charger="HQ-07", other="HQ-07.json"))
    assert refused.value.hints[0] == "cpoctl var diff HQ-07 @HQ-07.json"


SNAPSHOT = """
HeartbeatInterval = 600
MeterValuesSampledData = "B,A"
RadioModule = "y"
Unheard = 1
SecurityProfile = 1
AuthorizationKey = "correct horse"
"""
NOW = told("Unheard", HeartbeatInterval="300", MeterValuesSampledData="A,B", RadioModule="x", SecurityProfile="0")


async def test_only_what_differs_and_can_be_changed_is_sent_one_after_another(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(ApplyVariables(charger="HQ-07", snapshot=SNAPSHOT)))
    await charger.reply(NOW)
    sent = []
    for status in ("Accepted", "Accepted", "RebootRequired"):
        sent.append((await charger.reply({"status": status}))[3])
        assert charger.unasked == 0
    assert sent == [
        {"key": "HeartbeatInterval", "value": "600"}, {"key": "Unheard", "value": "1"},
        {"key": "SecurityProfile", "value": "1"},
    ]  # fmt: skip
    assert [(row.name, row.status, row.reboot) for row in await act] == [
        ("HeartbeatInterval", "Accepted", False), ("RadioModule", "ReadOnly", False), ("Unheard", "Accepted", False),
        ("SecurityProfile", "RebootRequired", True), ("AuthorizationKey", "Secret", False),
    ]  # fmt: skip


async def test_a_dry_run_changes_nothing_and_tells_what_it_would(csms: Csms, charger: RawCharger) -> None:
    act = ApplyVariables(charger="HQ-07", snapshot="HeartbeatInterval = 600", dry_run=True)
    assert act.danger_now() is Danger.READ
    doing = asyncio.create_task(csms.do(act))
    await charger.reply(NOW)
    assert [(row.name, row.status, row.value, row.wanted) for row in await doing] == [
        ("HeartbeatInterval", "ToChange", "300", "600")
    ]
    assert charger.unasked == 0


async def test_what_was_refused_is_told_beside_what_was_done(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(ApplyVariables(charger="HQ-07", snapshot="A = 1\nB = 2\nC = 3")))
    await charger.reply(told(A="0", B="0", C="0"))
    for status in ("Accepted", "Rejected", "NotSupported"):
        await charger.reply({"status": status})
    with pytest.raises(Partial, match=r"B \(Rejected\), C \(NotSupported\)") as refused:
        await act
    assert [row.status for row in refused.value.detail["rows"]] == ["Accepted", "Rejected", "NotSupported"]


async def test_a_charger_that_refuses_all_has_refused(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(ApplyVariables(charger="HQ-07", snapshot="A = 1")))
    await charger.reply(told(A="0"))
    await charger.refuse("NotImplemented", "no")
    with pytest.raises(Refused, match=r"A \(NotImplemented\)"):
        await act


async def test_silence_ends_it_and_what_was_done_before_is_told(csms: Csms, charger: RawCharger) -> None:
    act = asyncio.create_task(csms.do(ApplyVariables(charger="HQ-07", snapshot="A = 1\nB = 2\nC = 3", timeout=0.2)))
    await charger.reply(told(A="0", B="0", C="0"))
    await charger.reply({"status": "Accepted"})
    with pytest.raises(TimedOut) as silent:
        await act
    assert [row.status for row in silent.value.detail["rows"]] == ["Accepted", "ToChange", "ToChange"]


@pytest.mark.parametrize(
    "act", [ApplyVariables(charger="HQ-07", snapshot="{"), CompareVariables(charger="HQ-07", other="")]
)
async def test_what_is_no_snapshot_is_refused_before_anything_is_sent(
    csms: Csms, charger: RawCharger, act: Act
) -> None:
    with pytest.raises(UsageProblem, match="no snapshot"):
        await csms.do(act)
    assert charger.unasked == 0


async def test_a_simulated_charger_goes_back_to_its_snapshot_and_a_second_time_sends_nothing(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    async with VirtualCharger(f"ws://127.0.0.1:{csms.port}/", "CP-1", time=ManualTime(csms.clock.now())) as charger:
        await charger.connect()
        await charger.boot()
        text = json.dumps(record(await csms.do(TakeSnapshot(charger="CP-1", refresh=True))))
        await csms.do(SetVariable(charger="CP-1", name="HeartbeatInterval", value="77"))
        found = await csms.do(CompareVariables(charger="CP-1", other=text))
        assert [(row.name, row.value, row.other) for row in found] == [("HeartbeatInterval", "77", "300")]
        rows = await csms.do(ApplyVariables(charger="CP-1", snapshot=text))
        assert [(row.name, row.status) for row in rows] == [("HeartbeatInterval", "Accepted")]
        assert await csms.do(ApplyVariables(charger="CP-1", snapshot=text)) == []
