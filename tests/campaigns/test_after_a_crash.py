"""After a crash: nobody is flashed twice, and whatever can be known of those that were under way is found out."""

import json
from collections.abc import Sequence

import pytest

from cpoctl.clock import stored
from cpoctl.domain.campaign_rules import Rules
from cpoctl.errors import Conflict
from cpoctl.operations.campaign.abort import AbortCampaign
from cpoctl.operations.campaign.retry import RetryCampaign
from cpoctl.operations.firmware.update import UpdateFirmware
from cpoctl.store import rows
from tests.campaigns.conftest import Rollout, gives_in
from tests.support.csms import BOOT
from tests.support.raw_charger import RawCharger

OLD, NEW = "1.0.0", "9.9.0"


async def test_settings_that_were_under_way_are_sent_again(rollout: Rollout) -> None:
    charger = await rollout.csms.booted("CP-1")
    await rollout.start("CP-1")
    await charger.asked()
    await rollout.killed()
    assert [each.state for each in (await rollout.show()).chargers] == ["pending"]
    charger = await rollout.csms.booted("CP-1")
    await rollout.look(30)
    await gives_in(charger)
    await rollout.until(CP_1="ok", state="finished")
    (member,) = (await rollout.show()).chargers
    assert member.attempts == 1, "what the crash took does not count"


async def test_a_campaign_that_was_paused_or_waits_goes_on_as_it_was(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    await rollout.start("CP-1", canary=1, until="2h")
    before = await rollout.show()
    await rollout.killed()
    assert await rollout.show() == before
    await gives_in(await rollout.csms.booted("CP-1"))
    await rollout.until(CP_1="ok", state="finished")


async def test_an_end_that_the_member_did_not_hear_of_any_more_is_taken_from_its_task(rollout: Rollout) -> None:
    await crashed(rollout, target=("done", 1, "Installed"))
    await rollout.until(CP_1="ok", state="finished")
    assert (await rollout.show()).chargers[0].status == "Installed"


# Firmware that was under way


async def booted(rollout: Rollout, firmware: str) -> RawCharger:
    """CP-1 comes with a firmware."""
    charger = await rollout.csms.dial("CP-1")
    await charger.call("BootNotification", BOOT | {"firmwareVersion": firmware})
    return charger


async def crashed(
    rollout: Rollout,
    *,
    command: str | None = "sent",
    target: tuple[str, int | None, str | None] = ("sent", None, None),
    told: Sequence[str] = (),
    goal: str | None = NEW,
    attempts: int = 1,
    more: Sequence[str] = (),
) -> None:
    """What a server leaves that died while CP-1 was under way in a campaign of firmware; and the next one."""
    await rollout.add("CP-1", *more)
    rollout.csms.clock.move(1)
    charger = await booted(rollout, OLD)
    for status in told:
        rollout.csms.clock.move(1)
        await charger.call("FirmwareStatusNotification", {"status": status})
    await rollout.csms.close()
    await rollout.csms.open()
    unit = left(stored(rollout.csms.clock.now())[:17] + "00.000Z", command, target, goal, attempts)
    others = [
        rows.CampaignMember("c", place, name, "rest", "pending", None, None) for place, name in enumerate(more, 1)
    ]
    await rollout.csms.store.write([*unit, *others])
    await rollout.killed()


def left(
    at: str, command: str | None, target: tuple[str, int | None, str | None], goal: str | None, attempts: int
) -> list[rows.Row]:
    """The rows of a campaign, its task, and the command that it had sent."""
    rules = json.dumps(Rules(attempts=attempts).told())
    given, actor = json.dumps({"file": "fw-9.9.0.bin"}), "campaign c"
    state, ok, status = target
    unit: list[rows.Row] = [
        rows.Image("fw-9.9.0.bin", "00", "00", 1, None, None, goal, None, None, at, "test"),
        rows.Campaign("c", "firmware update", given, "firmware", goal, rules, "operator", "running", at, "test"),
        rows.CampaignMember("c", 0, "CP-1", "rest", "sent", None, OLD),
        rows.CampaignMemberMoved("rest", "sent", None, None, 1, None, 0, 7, at, None, "c", "CP-1", '["sent"]'),
        rows.Task(
            7, "firmware update", given, 1, '{"wait": true}', actor, None, "running" if ok is None else "finished", at
        ),
        rows.TaskTarget(7, 0, "CP-1", "CP-1", "sent" if state == "done" else state),
    ]
    if ok is not None:
        unit.append(rows.TaskTargetEnded(ok, status or "", None, None, None, None, at, 7, 0))
    if command is not None:
        unit.append(rows.Command(99, "CP-1", "UpdateFirmware", "{}", actor, command, at))
    return unit


async def test_one_that_boots_with_the_new_version_has_done_it(rollout: Rollout) -> None:
    await crashed(rollout)
    await rollout.look()
    assert await rollout.states() == {"CP-1": "sent"}
    charger = await booted(rollout, NEW)
    await rollout.until(CP_1="ok", state="finished")
    assert charger.unasked == 0


async def test_one_that_boots_with_the_old_version_is_watched_on_and_not_asked_again(rollout: Rollout) -> None:
    await crashed(rollout, attempts=3)
    charger = await booted(rollout, OLD)
    await rollout.look(600)
    await charger.synced()
    assert (await rollout.states(), charger.unasked) == ({"CP-1": "sent"}, 0)


async def test_one_that_tells_a_failure_has_failed(rollout: Rollout) -> None:
    await crashed(rollout)
    charger = await booted(rollout, OLD)
    await charger.call("FirmwareStatusNotification", {"status": "Downloading"})
    (member,) = (await rollout.show()).chargers
    assert (member.state, member.status) == ("sent", "Downloading")
    await charger.call("FirmwareStatusNotification", {"status": "InstallationFailed"})
    await rollout.until(CP_1="failed")
    (member,) = (await rollout.show()).chargers
    assert (member.status, member.why) == ("InstallationFailed", "it told InstallationFailed, and runs 1.0.0")


async def test_a_failure_that_was_told_before_the_crash_is_not_overlooked(rollout: Rollout) -> None:
    await crashed(rollout, told=("Downloading", "DownloadFailed"))
    await rollout.until(CP_1="failed")


async def test_one_that_told_its_end_after_a_start_with_the_old_version_has_failed_until_it_shows_the_new_one(
    rollout: Rollout,
) -> None:
    await crashed(rollout, told=("Downloading", "Installed"), more=("CP-2",))
    await rollout.until(CP_1="failed", state="running")
    assert (await rollout.show()).chargers[0].why == "it told Installed, and runs 1.0.0"
    await booted(rollout, NEW)
    await rollout.until(CP_1="ok")


async def test_without_a_version_to_expect_its_own_word_counts(rollout: Rollout) -> None:
    await crashed(rollout, goal=None)
    charger = await booted(rollout, OLD)
    await charger.call("FirmwareStatusNotification", {"status": "Installed"})
    await rollout.until(CP_1="ok")


async def test_one_that_tells_nothing_is_unknown_in_the_end_and_not_tried_again_unasked(rollout: Rollout) -> None:
    await crashed(rollout, attempts=3)
    await rollout.look(UpdateFirmware.wait_most - 61)
    assert await rollout.states() == {"CP-1": "sent"}
    await rollout.look(120)
    await rollout.until(CP_1="unknown", state="finished")
    with pytest.raises(Conflict, match="no charger of c has failed"):
        await rollout.do(RetryCampaign(campaign="c"))
    assert (await rollout.do(RetryCampaign(campaign="c", unknown=True))).status == "1 to try again"
    await rollout.until(CP_1="pending", state="running")
    await booted(rollout, NEW)
    await rollout.until(CP_1="ok", state="finished")
    assert (await rollout.show()).chargers[0].status == "Already"


@pytest.mark.parametrize("command", [None, "queued", "dropped"])
async def test_one_to_which_nothing_had_gone_out_is_pending_again(rollout: Rollout, command: str | None) -> None:
    await crashed(rollout, command=command)
    await rollout.until(CP_1="pending", state="running")
    (member,) = (await rollout.show()).chargers
    assert (member.attempts, member.task_id) == (0, None)


async def test_aborted_it_still_finds_out_what_became_of_those_under_way(rollout: Rollout) -> None:
    await crashed(rollout)
    await rollout.do(AbortCampaign(campaign="c"))
    await rollout.killed()
    await booted(rollout, NEW)
    await rollout.until(CP_1="ok", state="aborted")


async def test_one_that_was_killed_twice_is_still_watched(rollout: Rollout) -> None:
    await crashed(rollout)
    await rollout.killed()
    await rollout.killed()
    charger = await booted(rollout, NEW)
    await rollout.until(CP_1="ok")
    assert charger.unasked == 0
