"""What may go out next: canaries first, batches, rates, second attempts, and nothing after an objection."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import pytest

from cpoctl.domain.campaign_rules import Rate, Rules, Threshold, Window
from cpoctl.domain.campaigns import CANARY, REST, Campaign, Member, dues, hindrance, kept, take_in
from cpoctl.domain.fleet import Link, LiveCharger, LiveFleet, OpenSession
from cpoctl.domain.sites import Site
from tests.support.fake_clock import START


def campaign(*members: Member, state: str = "running", **rules: Any) -> Campaign:
    """A campaign that runs."""
    return Campaign("c", Rules(**rules), list(members), state)


def pending(*names: str, canaries: int = 0) -> list[Member]:
    """Members that were not sent to."""
    return [Member(name, CANARY if place < canaries else REST) for place, name in enumerate(names)]


def ended(name: str, state: str, wave: str = REST, **more: Any) -> Member:
    """A member that has ended."""
    return Member(name, wave, state, **more)


def there(*names: str) -> Callable[[Member], bool]:
    """These chargers are there."""
    return lambda member: member.charger_id in names


def out(doing: Campaign, here: Collection[str] | None = None, now: datetime = START) -> list[str]:
    """Who goes out now; everybody is there unless some are named."""
    return [step.member.charger_id for step in doing.next_out(now, lambda m: here is None or m.charger_id in here)]


def test_no_more_than_a_batch_is_under_way() -> None:
    doing = campaign(*pending("A", "B", "C", "D"), batch=3)
    assert out(doing) == ["A", "B", "C"]
    doing.members[0].going = True
    doing.members[1].state = "sent"
    assert out(doing) == ["C"]


def test_whoever_is_not_there_is_passed_over_and_comes_when_it_is() -> None:
    doing = campaign(*pending("A", "B", "C"), batch=1)
    assert out(doing, {"B", "C"}) == ["B"]
    assert out(doing, {"A", "B", "C"}) == ["A"]


@pytest.mark.parametrize("state", ["draft", "paused", "halted", "aborted", "finished"])
def test_nothing_goes_out_unless_it_runs(state: str) -> None:
    assert out(campaign(*pending("A"), state=state)) == []


def test_nothing_goes_out_after_its_end() -> None:
    doing = campaign(*pending("A"), until=START)
    assert (out(doing, now=START - timedelta(seconds=1)), out(doing)) == (["A"], [])
    assert doing.has_ended(START)


# Canaries


def test_the_rest_waits_for_every_canary_to_end_well() -> None:
    doing = campaign(*pending("A", "B", "C", canaries=2), canary=2)
    assert out(doing) == ["A", "B"]
    doing.members[0].state = "ok"
    doing.members[1].state = "sent"
    assert out(doing) == []
    doing.members[1].state = "ok"
    assert out(doing) == ["C"]


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_a_canary_that_does_not_end_well_holds_everything_whatever_the_threshold(state: str) -> None:
    bad = ended("A", state, CANARY, why="it broke")
    doing = campaign(bad, *pending("B"), canary=1, threshold=Threshold.read("50"))
    assert out(doing) == []
    assert (doing.objection() or "").startswith("the canary A ")
    assert (doing.objection() or "").endswith("it broke")


def test_for_a_canary_that_is_away_the_next_charger_goes_first() -> None:
    doing = campaign(*pending("A", "B", "C", "D", canaries=2), canary=2)
    steps = doing.next_out(START, there("B", "D"))
    assert [(s.member.charger_id, s.wave, s.instead_of and s.instead_of.charger_id) for s in steps] == [
        ("B", "canary", None), ("D", "canary", "A"),
    ]  # fmt: skip


def test_a_canary_that_comes_back_after_it_was_replaced_is_one_of_the_rest() -> None:
    doing = campaign(*pending("A", "B", "C", canaries=1), canary=1)
    (step,) = doing.next_out(START, there("B"))
    step.member.wave, step.member.state = CANARY, "sent"
    assert step.instead_of is doing.members[0]
    doing.members[0].wave = REST
    assert out(doing) == [], "the canary is under way"
    step.member.state = "ok"
    assert out(doing) == ["A", "C"]


def test_no_canary_is_replaced_that_is_under_way() -> None:
    doing = campaign(*pending("A", "B", "C", canaries=2), canary=2)
    doing.members[0].state = "sent"
    doing.members[1].going = True
    assert out(doing) == []


def test_while_a_stand_in_is_on_its_way_to_the_disk_nobody_else_takes_the_same_place() -> None:
    doing = campaign(*pending("A", "B", "C", canaries=1), canary=1)
    (step,) = doing.next_out(START, there("B", "C"))
    step.member.going = True
    assert out(doing, {"B", "C"}) == []


def test_with_fewer_chargers_than_canaries_all_of_them_are() -> None:
    doing = campaign(*pending("A", "B", canaries=5), canary=5)
    assert out(doing) == ["A", "B"]


def test_the_batch_holds_for_canaries_too() -> None:
    assert out(campaign(*pending("A", "B", "C", canaries=3), canary=3, batch=2)) == ["A", "B"]


def test_a_canary_that_had_it_already_proves_nothing() -> None:
    had_it = ended("A", "ok", REST)
    doing = campaign(had_it, *pending("B", "C"), canary=1)
    assert [(s.member.charger_id, s.wave) for s in doing.next_out(START, there("B", "C"))] == [("B", "canary")]


# Thresholds


def test_failures_up_to_the_threshold_hold_everything() -> None:
    bad = [ended(f"B{n}", "failed") for n in range(2)]
    good = [ended(f"G{n}", "ok") for n in range(13)]
    doing = campaign(*bad, *good, *pending("A"), threshold=Threshold.read("10%"))
    assert doing.objection() == "2 of 15 that had ended had failed when it halted, the threshold is 10%"
    assert out(doing) == []
    doing.members += [ended(f"H{n}", "ok") for n in range(6)]
    assert (doing.objection(), out(doing)) == (None, ["A"])


def test_the_reason_of_a_halt_tells_the_rule_that_was_used() -> None:
    doing = campaign(ended("B", "failed"), *pending("A"), threshold=Threshold.read("10%"))
    why = "1 of 1 that had ended had failed when it halted, the threshold is 10% of 10 at the least"
    assert doing.objection() == why


def test_unknown_ones_count_as_failures_and_missed_or_excluded_ones_do_not() -> None:
    others = [ended("X", "missed"), ended("Y", "excluded"), ended("Z", "aborted")]
    doing = campaign(ended("U", "unknown"), *others, *pending("A"), threshold=Threshold.read("1"))
    assert doing.objection() == "1 of 1 that had ended had failed when it halted, the threshold is 1"


def test_what_failed_before_it_was_resumed_is_forgiven() -> None:
    old = [ended("A", "failed", CANARY, forgiven=True), ended("B", "failed", forgiven=True)]
    doing = campaign(*old, *pending("C"), canary=1, threshold=Threshold.read("1"))
    assert (doing.objection(), out(doing)) == (None, ["C"])
    doing.members.append(ended("D", "failed"))
    assert (
        doing.objection() == "1 of 1 that had ended since it was resumed had failed when it halted, the threshold is 1"
    )


def test_without_a_threshold_failures_hold_nothing() -> None:
    assert campaign(*(ended(f"B{n}", "failed") for n in range(50)), threshold=None).objection() is None


# Times


def test_a_rate_lets_one_out_after_the_other() -> None:
    doing = campaign(*pending("A", "B"), rate=Rate.read("20/h"))
    assert out(doing) == ["A"]
    doing.members[0].state, doing.members[0].sent_at = "ok", START
    assert out(doing, now=START + timedelta(seconds=179)) == []
    assert doing.due() == START + timedelta(seconds=180)
    assert out(doing, now=START + timedelta(seconds=180)) == ["B"]


def test_a_rate_holds_also_while_one_is_on_its_way_to_the_disk() -> None:
    doing = campaign(*pending("A", "B"), rate=Rate.read("20/h"))
    doing.members[0].going = True
    assert out(doing) == []


def test_a_second_attempt_waits_for_its_time() -> None:
    again = Member("A", attempts=1, not_before=START + timedelta(minutes=10))
    doing = campaign(again)
    assert (out(doing), doing.due()) == ([], again.not_before)
    assert out(doing, now=START + timedelta(minutes=10)) == ["A"]


@pytest.mark.parametrize(
    ("state", "over"), [("pending", False), ("sent", False), ("missed", True), ("failed", True), ("excluded", True)]
)
def test_it_is_over_when_nobody_is_pending_or_under_way(state: str, over: bool) -> None:
    doing = campaign(ended("A", "ok"), ended("B", state))
    assert doing.over is over
    assert doing.due() is None


# Whether a charger may be disturbed


def world() -> tuple[LiveFleet, LiveCharger]:
    """A charger in Berlin that is there."""
    live = LiveFleet()
    live.sites["hq"] = Site("HQ", "Head office", "Asia/Tokyo")
    charger = live.add(LiveCharger("CP-1", "Accepted", known=True))
    charger.link = Link(1, "192.0.2.7", "1.6", "none", "2026-11-22T13:00:00.000Z")
    charger.booted_at, charger.site_id = "2026-11-22T13:00:00.000Z", "HQ"
    return live, charger


def test_a_charger_that_is_there_and_idle_may_be_disturbed() -> None:
    live, charger = world()
    assert hindrance(charger, Rules(idle=True), live, START) is None


def test_one_that_is_away_or_not_accepted_may_not() -> None:
    live, charger = world()
    assert hindrance(None, Rules(), live, START) == "it is away"
    charger.registration = "Pending"
    assert hindrance(charger, Rules(), live, START) == "it is Pending"
    charger.link = None
    assert hindrance(charger, Rules(), live, START) == "it is away"


def test_one_that_has_just_come_is_let_say_first_what_it_runs() -> None:
    live, charger = world()
    assert charger.link is not None
    charger.link.since = "2026-11-22T13:59:50.000Z"
    assert hindrance(charger, Rules(), live, START) == "it has just come"
    assert hindrance(charger, Rules(), live, START + timedelta(seconds=5)) is None, "it lost its line only"
    charger.booted_at = charger.link.since
    assert hindrance(charger, Rules(), live, START) is None


def test_it_is_looked_at_again_as_soon_as_one_that_has_come_has_said_nothing() -> None:
    live, charger = world()
    assert charger.link is not None
    charger.link.since = "2026-11-22T13:59:50.000Z"
    doing = campaign(*pending(charger.charger_id, "AWAY"))
    assert dues(doing, live) == [START + timedelta(seconds=5)]
    charger.booted_at = charger.link.since
    assert dues(doing, live) == []


def test_one_with_a_session_is_left_alone_only_where_that_is_asked_for() -> None:
    live, charger = world()
    charger.sessions["1"] = OpenSession(1, 1, "1", "ANNA", "Accepted", "2026-11-22T13:00:00.000Z", 0.0)
    assert hindrance(charger, Rules(idle=True), live, START) == "a session is running"
    assert hindrance(charger, Rules(), live, START) is None


def test_a_window_is_that_of_the_chargers_own_site() -> None:
    live, charger = world()  # it is 14:00 UTC, 23:00 in Tokyo
    night = Rules(window=Window.read("22:00-05:00"))
    assert hindrance(charger, night, live, START) is None
    assert hindrance(charger, night, live, START - timedelta(hours=2)) == "it is not 22:00-05:00 Asia/Tokyo"


def test_what_is_kept_of_a_member_makes_it_the_same_again() -> None:
    member = Member("A", CANARY, "sent", "Accepted", "why", "1.0", 2, START, True, 7, START, None)
    again = Member("A", had="1.0")
    take_in(again, kept(member))
    assert again == member
