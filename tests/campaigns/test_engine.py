"""The engine: canaries, halts, pauses, windows, chargers that return, ends, and two campaigns for one charger."""

import pytest

from cpoctl import events
from cpoctl.errors import Conflict, Denied, NotFound, UsageProblem
from cpoctl.operations import Danger, Role
from cpoctl.operations.campaign.abort import AbortCampaign
from cpoctl.operations.campaign.list import ListCampaigns
from cpoctl.operations.campaign.pause import PauseCampaign
from cpoctl.operations.campaign.resume import ResumeCampaign
from cpoctl.operations.campaign.retry import RetryCampaign
from cpoctl.operations.campaign.rm import RemoveCampaign
from cpoctl.operations.campaign.settings import DraftSettings
from cpoctl.operations.campaign.show import ShowCampaign
from cpoctl.operations.campaign.start import StartCampaign
from cpoctl.operations.campaign.watch import WatchCampaign
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.task import Order, Plan
from cpoctl.operations.var.apply import ApplyVariables
from cpoctl.table import record
from tests.campaigns.conftest import WANTED, Rollout, gives_in
from tests.support.csms import start, stop


async def test_the_rest_gets_it_once_the_canary_has_ended_well(rollout: Rollout) -> None:
    one, two = await rollout.csms.booted("CP-1"), await rollout.csms.booted("CP-2")
    assert (await rollout.start("CP-1", "CP-2", canary=1)).status == "Started, 2 chargers"
    await gives_in(one)
    await gives_in(two)
    await rollout.until(CP_1="ok", CP_2="ok", state="finished")
    tasks = await rollout.csms.rows("SELECT operation, actor, state FROM task WHERE actor LIKE 'campaign%'")
    assert [tuple(task.values()) for task in tasks] == [("var apply", "campaign c", "finished")] * 2


async def test_a_canary_that_fails_halts_it_and_resuming_forgives_it(rollout: Rollout) -> None:
    one, two = await rollout.csms.booted("CP-1"), await rollout.csms.booted("CP-2")
    await rollout.start("CP-1", "CP-2", canary=1)
    await gives_in(one, "Rejected")
    await rollout.until(CP_1="failed", CP_2="pending", state="halted")
    shown = await rollout.show()
    assert shown.why == "the canary CP-1 failed: CP-1 refused HeartbeatInterval (Rejected)"
    assert two.unasked == 0
    await rollout.do(ResumeCampaign(campaign="c"))
    await gives_in(two)
    await rollout.until(CP_2="ok", state="finished")


async def test_a_canary_that_is_away_is_replaced_and_that_is_said(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    two = await rollout.csms.booted("CP-2")
    await rollout.start("CP-1", "CP-2", canary=1)
    await gives_in(two)
    await rollout.until(CP_2="ok")
    away, canary = (await rollout.show()).chargers
    assert (canary.charger_id, canary.wave) == ("CP-2", "canary")
    assert (away.wave, away.why) == ("rest", "it is away; not there as a canary: CP-2 took its place")


async def test_at_its_threshold_it_halts_and_sends_nothing_more(rollout: Rollout) -> None:
    chargers = [await rollout.csms.booted(f"CP-{number}") for number in range(3)]
    told: list[events.Event] = []
    rollout.csms.central.ledger.bus.listen(lambda seq, event: told.append(event), events.CampaignChanged)
    await rollout.start("CP-0", "CP-1", "CP-2", threshold="1", batch=1)
    await gives_in(chargers[0], "Rejected")
    await rollout.until(state="halted", CP_0="failed", CP_1="pending", CP_2="pending")
    assert [charger.unasked for charger in chargers] == [0, 0, 0]
    halted = [event for event in told if isinstance(event, events.CampaignChanged) and event.state == "halted"]
    assert [event.why for event in halted] == ["1 of 1 that had ended had failed when it halted, the threshold is 1"]
    await rollout.do(ResumeCampaign(campaign="c", threshold="2"))
    await gives_in(chargers[1], "Rejected")
    await gives_in(chargers[2])
    await rollout.until(state="finished", CP_1="failed", CP_2="ok")


async def test_a_charger_that_is_away_gets_it_when_it_returns(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    await rollout.start("CP-1")
    await rollout.look()
    assert [each.why for each in (await rollout.show()).chargers] == ["it is away"]
    await gives_in(await rollout.csms.booted("CP-1"))
    await rollout.until(CP_1="ok", state="finished")


async def test_outside_its_window_nothing_goes_out(rollout: Rollout, monkeypatch: pytest.MonkeyPatch) -> None:
    charger = await rollout.csms.booted("CP-1")  # it is 14:00 UTC
    await rollout.do(AddSite(site="HQ", time_zone="Europe/Berlin"))
    await rollout.do(EditCharger(charger="CP-1", site="HQ"))
    await rollout.start("CP-1", window="16:00-17:00")
    await rollout.look()
    assert ((await rollout.show()).chargers[0].why, charger.unasked) == ("it is not 16:00-17:00 Europe/Berlin", 0)
    await rollout.look(3600)
    await gives_in(charger)
    await rollout.until(CP_1="ok")


async def test_who_was_not_reached_until_the_end_has_missed_it(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    await rollout.start("CP-1", until="1h")
    await rollout.look(3601)
    await rollout.until(CP_1="missed", state="finished")


async def test_a_running_session_is_let_end_first(rollout: Rollout) -> None:
    charger = await rollout.csms.booted("CP-1")
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await rollout.start("CP-1", idle=True)
    await rollout.look()
    assert ((await rollout.show()).chargers[0].why, charger.unasked) == ("a session is running", 0)
    await charger.call("StopTransaction", stop(number))
    await gives_in(charger)
    await rollout.until(CP_1="ok")


async def test_a_rate_holds_the_next_one_back(rollout: Rollout) -> None:
    one, two = await rollout.csms.booted("CP-1"), await rollout.csms.booted("CP-2")
    await rollout.start("CP-1", "CP-2", rate="60/h")
    await gives_in(one)
    await rollout.until(CP_1="ok", CP_2="pending")
    await rollout.look(59)
    assert two.unasked == 0
    await rollout.look(1)
    await gives_in(two)
    await rollout.until(CP_2="ok")


async def test_a_charger_that_fails_is_tried_as_often_as_it_was_said(rollout: Rollout) -> None:
    charger = await rollout.csms.booted("CP-1")
    await rollout.start("CP-1", attempts=2)
    await gives_in(charger, "Rejected")
    await rollout.until(CP_1="pending")
    assert "attempt 1 of 2: CP-1 refused" in ((await rollout.show()).chargers[0].why or "")
    await rollout.look(599)
    assert charger.unasked == 0
    await rollout.look(1)
    await gives_in(charger, "Rejected")
    await rollout.until(CP_1="failed", state="finished")


async def test_after_a_retry_it_is_tried_as_often_again_and_all_attempts_are_counted(rollout: Rollout) -> None:
    charger = await rollout.csms.booted("CP-1")
    await rollout.start("CP-1", attempts=2)
    for seconds in (0, 600):
        await rollout.look(seconds)
        await gives_in(charger, "Rejected")
        await rollout.until(CP_1="failed" if seconds else "pending")
    await rollout.do(RetryCampaign(campaign="c"))
    await gives_in(charger, "Rejected")
    await rollout.until(CP_1="pending")
    told = (await rollout.show()).chargers[0]
    assert told.attempts == 3
    assert "attempt 1 of 2: CP-1 refused" in (told.why or "")


async def test_paused_it_sends_nothing_until_it_is_resumed(rollout: Rollout) -> None:
    one, two = await rollout.csms.booted("CP-1"), await rollout.csms.booted("CP-2")
    await rollout.start("CP-1", "CP-2", batch=1)
    await rollout.until(CP_1="sent")
    await rollout.do(PauseCampaign(campaign="c"))
    await gives_in(one)
    await rollout.until(CP_1="ok", CP_2="pending", state="paused")
    assert two.unasked == 0
    await rollout.do(ResumeCampaign(campaign="c"))
    await gives_in(two)
    await rollout.until(CP_2="ok", state="finished")


async def test_aborted_it_tells_who_had_it_and_lets_end_what_is_under_way(rollout: Rollout) -> None:
    one, two = await rollout.csms.booted("CP-1"), await rollout.csms.booted("CP-2")
    await rollout.add("CP-3")
    await rollout.start("CP-1", "CP-2", "CP-3", canary=1)
    await gives_in(one)
    await rollout.until(CP_1="ok", CP_2="sent")
    outcome = await rollout.do(AbortCampaign(campaign="c"))
    assert outcome.status == "Aborted: 1 had it, 1 under way, 1 will not get it"
    with pytest.raises(Conflict, match="under way"):
        await rollout.do(RemoveCampaign(campaign="c"))
    await gives_in(two)
    await rollout.until(CP_2="ok", CP_3="aborted", state="aborted")
    with pytest.raises(Conflict, match="c is aborted"):
        await rollout.do(ResumeCampaign(campaign="c"))


async def test_those_that_failed_are_tried_again_and_no_others(rollout: Rollout) -> None:
    one, two = await rollout.csms.booted("CP-1"), await rollout.csms.booted("CP-2")
    await rollout.start("CP-1", "CP-2", threshold="5")
    await gives_in(one, "Rejected")
    await gives_in(two)
    await rollout.until(CP_1="failed", CP_2="ok", state="finished")
    dry = RetryCampaign(campaign="c", dry_run=True)
    told = await rollout.do(dry)
    assert record(told)["chargers"] == ["CP-1"]
    assert told.status == "1 to try again (a dry run: nothing is changed)"
    assert (dry.danger_now(), (await rollout.show()).state) == (Danger.READ, "finished")
    assert (await rollout.do(RetryCampaign(campaign="c"))).status == "1 to try again"
    await gives_in(one)
    await rollout.until(CP_1="ok", state="finished")
    assert [each.attempts for each in (await rollout.show()).chargers] == [2, 1]
    assert two.unasked == 0
    with pytest.raises(Conflict, match="no charger of c has failed"):
        await rollout.do(RetryCampaign(campaign="c"))


async def test_a_charger_is_in_one_campaign_at_a_time(rollout: Rollout) -> None:
    await rollout.add("CP-1", "CP-2")
    await rollout.start("CP-1")
    mine, other = sorted((await rollout.draft("CP-1", "CP-2", campaign="d")).chargers, key=lambda each: each.charger_id)
    assert (mine.state, mine.why, other.state) == ("excluded", "the campaign c has it", "pending")


async def test_who_another_campaign_has_taken_since_is_left_out_at_the_start(rollout: Rollout) -> None:
    await rollout.add("CP-1", "CP-2")
    await rollout.draft("CP-1", campaign="other")
    await rollout.draft("CP-1", "CP-2")
    await rollout.do(StartCampaign(campaign="other"))
    assert (await rollout.do(StartCampaign(campaign="c"))).status == "Started, 1 charger"
    assert await rollout.states() == {"CP-1": "excluded", "CP-2": "pending"}


async def test_who_was_left_out_for_another_campaign_that_is_over_by_the_start_gets_it(rollout: Rollout) -> None:
    await rollout.add("CP-1", "CP-2")
    await rollout.start("CP-1", campaign="c")
    await rollout.draft("CP-1", "CP-2", campaign="d")
    start = StartCampaign(campaign="d")
    (found,) = await rollout.csms.store.reading(ShowCampaign(campaign="d").select)
    asked = "start d: 1 setting for 1 charger; 1 more if no other campaign has them any longer"
    assert start.consequence_for(record(found)) == asked
    await rollout.do(AbortCampaign(campaign="c"))
    assert (await rollout.do(start)).status == "Started, 2 chargers, 1 of them free since the draft"
    (found,) = await rollout.csms.store.reading(ShowCampaign(campaign="d").select)
    assert [(each.state, each.wave, each.why) for each in found.chargers] == [("pending", "rest", None)] * 2
    await gives_in(await rollout.csms.booted("CP-1"))


async def test_who_is_still_in_another_campaign_at_the_start_stays_left_out(rollout: Rollout) -> None:
    await rollout.add("CP-1", "CP-2")
    await rollout.draft("CP-1", campaign="other")
    await rollout.do(StartCampaign(campaign="other"))
    assert (await rollout.start("CP-1", "CP-2")).status == "Started, 1 charger"
    assert await rollout.states() == {"CP-1": "excluded", "CP-2": "pending"}


async def test_a_charger_that_is_removed_is_waited_for_no_longer(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    await rollout.start("CP-1")
    await rollout.do(RemoveCharger(charger="CP-1"))
    await rollout.until(CP_1="excluded", state="finished")


async def test_a_dry_run_tells_who_and_why_not_and_keeps_nothing(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    await rollout.known("CP-2")
    detail = await rollout.draft("CP-1", "CP-2", dry_run=True, canary=1)
    assert [(each.charger_id, each.wave, each.state, each.why) for each in detail.chargers] == [
        ("CP-1", "canary", "pending", None),
        ("CP-2", "", "excluded", "it was never connected: which OCPP it speaks is not known"),
    ]
    assert await rollout.csms.store.reading(ListCampaigns().select) == []


async def test_secrets_of_a_settings_file_are_not_kept(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    secret = "CANARY-0123456789abcdef"
    detail = await rollout.draft("CP-1", file=f'{WANTED}\nAuthorizationKey = "{secret}"')
    assert detail.what == "1 setting (1 secret left out)"
    assert secret not in str(await rollout.csms.rows("SELECT * FROM campaign"))


async def test_what_repoints_chargers_is_started_by_an_admin_alone(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    draft = DraftSettings(campaign="c", targets=("CP-1",), file='CentralSystemURL = "ws://198.51.100.9/"')
    assert draft.role_now() is Role.ADMIN
    await rollout.csms.do(draft)
    operator = rollout.csms.operator()
    operator.role = Role.OPERATOR
    with pytest.raises(Denied, match="only an admin may change"):
        await StartCampaign(campaign="c").run(operator)


async def test_a_draft_is_refused_that_cannot_be_meant(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    with pytest.raises(UsageProblem, match="say which chargers"):
        await rollout.draft()
    with pytest.raises(NotFound, match="the selection is empty"):
        await rollout.draft("CP-1", model="none")
    with pytest.raises(UsageProblem, match="is over"):
        await rollout.draft("CP-1", until="2020-01-01T00:00:00Z")
    with pytest.raises(UsageProblem, match="whole chargers"):
        await rollout.draft("CP-1:1")
    with pytest.raises(UsageProblem, match="no name for a campaign"):
        await rollout.draft("CP-1", campaign="a/b")
    await rollout.draft("CP-1")
    with pytest.raises(Conflict, match="there is a campaign c already"):
        await rollout.draft("CP-1", campaign="C")


async def test_a_campaign_whose_chargers_are_all_taken_is_not_started(rollout: Rollout) -> None:
    await rollout.known("CP-1")
    with pytest.raises(Conflict, match="no charger is left"):
        await rollout.start("CP-1")


async def test_a_draft_is_removed_with_its_members(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    await rollout.draft("CP-1")
    await rollout.do(RemoveCampaign(campaign="c"))
    assert (await rollout.csms.count("campaign"), await rollout.csms.count("campaign_member")) == (0, 0)


async def test_what_a_task_is_begun_with_is_committed_with_it(rollout: Rollout) -> None:
    """Nothing of a member is on disk without its task, nor the other way round."""
    charger = await rollout.csms.booted("CP-1")
    seen: list[int] = []

    def also(task_id: int) -> tuple[list[object], list[object]]:
        seen.append(task_id)
        raise Conflict("not now")

    order = Order(ApplyVariables, {"charger": "CP-1", "snapshot": WANTED}, ["CP-1"], Plan(), "test")
    with pytest.raises(Conflict):
        await rollout.csms.central.tasks.start(order, also)  # type: ignore[arg-type] # it never returns
    assert (seen, await rollout.csms.count("task"), charger.unasked) == ([1], 0, 0)


async def test_the_confirmation_says_how_many_chargers_get_what(rollout: Rollout) -> None:
    await rollout.add("CP-1", "CP-2")
    await rollout.known("CP-3")
    await rollout.draft("CP-1", "CP-2", "CP-3", canary=1)
    found = record(await rollout.show())
    start, abort = StartCampaign(campaign="c"), AbortCampaign(campaign="c")
    assert start.consequence_for(found) == "start c: 1 setting for 2 chargers, 1 of them first"
    assert abort.consequence_for(found) == "abort c for good: 0 have it, 0 under way, 2 will not get it"
    assert (start.danger, start.confirm_with()) == (Danger.SEVERE, "c")


async def test_whoever_watches_hears_each_step_and_the_end(rollout: Rollout) -> None:
    charger = await rollout.csms.booted("CP-1")
    watch, told = WatchCampaign(campaign="C"), []
    rollout.csms.central.ledger.bus.listen(lambda seq, event: told.append(watch.take(event)))
    await rollout.start("CP-1")
    await gives_in(charger)
    await rollout.until(CP_1="ok", state="finished")
    steps = [step for step in told if step is not None]
    assert [(step.charger_id, step.state) for step in steps] == [
        (None, "draft"), (None, "running"), ("CP-1", "sent"), ("CP-1", "ok"), (None, "finished"),
    ]  # fmt: skip
    assert [watch.final(record(step)) for step in steps] == [False] * 4 + [True]


async def test_whoever_watches_sees_how_far_it_is(rollout: Rollout) -> None:
    await rollout.add("CP-1", "CP-2")
    await rollout.known("CP-3")
    charger = await rollout.csms.booted("CP-1")
    await rollout.start("CP-1", "CP-2", "CP-3", threshold="100%")
    watch, told = WatchCampaign(campaign="c"), []
    rollout.csms.central.ledger.bus.listen(lambda seq, event: told.append(watch.take(event)))
    backlog = await rollout.csms.store.reading(watch.select)
    await gives_in(charger, "Rejected")
    await rollout.until(CP_1="failed")
    lines = [watch.line(record(step)) for step in (backlog[-1], *filter(None, told))]
    assert lines[0] == "0 of 2  the campaign  running"
    assert lines[-1].startswith("1 of 2  CP-1  failed  ")
    await rollout.do(AbortCampaign(campaign="c"))
    assert watch.line(record(told[-1])) == "1 of 2  the campaign  aborted  aborted by test  1 failed or unknown"


async def test_a_url_with_credentials_is_not_shown(rollout: Rollout) -> None:
    await rollout.add("CP-1")
    detail = await rollout.draft("CP-1", file='LogUrl = "ftp://user:CANARY-99@files.example.com/"')
    assert "CANARY-99" not in str(record(detail))
    assert "CANARY-99" not in str(record(await rollout.show()))
