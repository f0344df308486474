"""The plan of a campaign: who gets it, in which order, and why the others do not."""

from typing import Any

import pytest

from cpoctl.domain.campaign_plans import Candidate, Meant, held_by, only_held, planned, why_not

IMAGE = Meant("Acme", "AC-*", "2.1.0")


def candidate(name: str = "HQ-01", **more: Any) -> Candidate:
    """A charger that the image is for."""
    facts = {"vendor": "Acme", "model": "AC-22", "firmware": "2.0.0", "ocpp": "1.6"} | more
    return Candidate(charger_id=name, **facts)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, None),
        ({"vendor": "ACME"}, None),
        ({"vendor": "Other"}, "it is for the vendor Acme, this is Other"),
        ({"model": "DC-50"}, "it is for the model AC-*, this is DC-50"),
        ({"model": None}, "it is for the model AC-*, this is one that has told none"),
        ({"firmware": "2.1.0"}, "it runs 2.1.0 already"),
        ({"firmware": None}, None),
        ({"ocpp": None}, "it was never connected: which OCPP it speaks is not known"),
        ({"busy": "spring"}, "the campaign spring has it"),
        ({"busy": "spring", "firmware": "2.1.0"}, "it runs 2.1.0 already"),
    ],
)
def test_whoever_does_not_get_it_is_told_why(facts: dict[str, Any], why: str | None) -> None:
    assert why_not(candidate(**facts), IMAGE) == why


@pytest.mark.parametrize(
    ("state", "why", "held"),
    [
        ("excluded", held_by("fw-2.1"), True),
        ("pending", held_by("fw-2.1"), False),
        ("excluded", "it runs 2.1.0 already", False),
        ("excluded", None, False),
    ],
)
def test_who_is_left_out_only_for_another_campaign_is_known(state: str, why: str | None, held: bool) -> None:
    assert only_held(state, why) is held


def test_settings_are_for_every_make() -> None:
    assert why_not(candidate(vendor="Other", model=None), Meant()) is None


def test_the_excluded_are_members_too_and_come_last() -> None:
    members = planned([candidate("A", model="DC"), candidate("B"), candidate("C")], IMAGE, canary=1)
    assert [(m.charger_id, m.wave, m.state) for m in members] == [
        ("B", "canary", "pending"), ("C", "rest", "pending"), ("A", "", "excluded"),
    ]  # fmt: skip
    assert [m.had for m in members] == ["2.0.0"] * 3


def test_the_first_are_of_different_makes_so_that_one_that_cannot_do_it_shows_early() -> None:
    chosen = [candidate(f"A{n}") for n in range(3)] + [candidate("B0", model="AC-7"), candidate("C0", firmware="1.9")]
    assert [m.charger_id for m in planned(chosen, IMAGE, 3)] == ["A0", "B0", "C0", "A1", "A2"]
    assert [m.wave for m in planned(chosen, IMAGE, 3)] == ["canary"] * 3 + ["rest"] * 2


def test_chargers_of_one_make_keep_the_order_in_which_they_were_named() -> None:
    assert [m.charger_id for m in planned(map(candidate, ("Z", "A", "M")), IMAGE, 0)] == ["Z", "A", "M"]


def test_more_canaries_than_chargers_are_all_of_them() -> None:
    assert {m.wave for m in planned([candidate("A"), candidate("B")], IMAGE, 9)} == {"canary"}
