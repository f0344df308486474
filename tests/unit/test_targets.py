"""The targets grammar: words, globs, lists, selectors. UX §4.2"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpoctl.errors import NotFound, UsageProblem
from cpoctl.operations import Target
from cpoctl.targets import Selection, compares, is_plain, must_select, resolved, spoken

IDS = ["HQ-07", "HQ-08", "LAB-1", "HQ:2", "A*B", "@here", "-x"]
CHARGER_IDS = st.text("ABCabc0123456789*-_=:+|@. ", min_size=1, max_size=12)


@dataclass(frozen=True)
class Facts:
    """What selectors ask of a charger."""

    status: str = "Available"
    vendor: str | None = "Acme"
    model: str | None = "AC-22"
    firmware: str | None = "1.8.3"
    site_id: str | None = "hq"
    labels: dict[str, str] = field(default_factory=lambda: {"env": "prod", "spare": ""})


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["HQ-07"], ["HQ-07"]),
        (["hq-07"], ["HQ-07"]),
        (["HQ-07:2"], ["HQ-07:2"]),
        (["HQ-07:2.1"], ["HQ-07:2.1"]),
        (["HQ-*"], ["HQ-07", "HQ-08"]),
        (["hq-*:1"], ["HQ-07:1", "HQ-08:1"]),
        (["HQ-0?,LAB-1"], ["HQ-07", "HQ-08", "LAB-1"]),
        (["LAB-1", "HQ-07", "LAB-1"], ["LAB-1", "HQ-07"]),
        (["HQ-07:99"], ["HQ-07:99"]),
        (["HQ:2"], ["HQ:2"]),
        (["A*B"], ["A*B"]),
        (["HQ:2:1"], ["HQ:2:1"]),
        (["[HL]*-?7"], ["HQ-07"]),
    ],
)
def test_words_mean_targets_each_once_in_their_order(words: list[str], meant: list[str]) -> None:
    assert [spoken(at) for at in resolved(words, IDS)] == meant


@pytest.mark.parametrize("word", ["HQ-09", "HQ-09:1", "HQ-07,HQ-09", "Z*", "Z*:1", ","])
def test_what_names_no_charger_is_not_found(word: str) -> None:
    with pytest.raises(NotFound):
        resolved([word], IDS)


def test_a_charger_that_waits_for_approval_is_no_target_and_it_is_said_why() -> None:
    with pytest.raises(NotFound, match="new-1 waits for approval") as caught:
        resolved(["NEW-1:2"], IDS, ["new-1"])
    assert caught.value.hints == ("cpoctl charger approve new-1",)


def test_a_mistyped_id_is_told_the_nearest() -> None:
    with pytest.raises(NotFound, match="did you mean HQ-07"):
        resolved(["HQ-70"], ["HQ-07"])


@given(st.lists(CHARGER_IDS, min_size=1, max_size=5, unique_by=str.casefold))
def test_a_known_id_is_that_charger_whatever_signs_it_has(ids: list[str]) -> None:
    for charger_id in ids:
        assert resolved([charger_id], ids) == [Target(charger_id)]


@given(CHARGER_IDS, st.integers(0, 999), st.none() | st.integers(0, 99))
def test_a_target_reads_back_as_it_is_written(charger_id: str, evse: int, connector: int | None) -> None:
    at = Target(charger_id, evse, connector)
    assert resolved([spoken(at)], [charger_id]) == [at]


@given(st.text(max_size=20))
def test_any_word_is_resolved_or_not_found(word: str) -> None:
    try:
        assert resolved([word], IDS)
    except NotFound as problem:
        assert problem.hints


@pytest.mark.parametrize("word", ["HQ-*", "HQ-0?", "A,B", "@file", "-", "[ab]"])
def test_a_word_that_may_mean_several_is_not_plain(word: str) -> None:
    assert not is_plain(word)
    assert is_plain("HQ-07:2.1")


@pytest.mark.parametrize(
    ("selectors", "fits"),
    [
        ({}, True),
        ({"status": "faulted, AVAILABLE"}, True),
        ({"status": "faulted"}, False),
        ({"vendor": "acme"}, True),
        ({"model": "ac-*"}, True),
        ({"model": "DC-*"}, False),
        ({"firmware": "<1.8.4"}, True),
        ({"firmware": ">=2"}, False),
        ({"firmware": "1.8.*"}, True),
        ({"site": "HQ"}, True),
        ({"label": ("env=prod",)}, True),
        ({"label": ("env",)}, True),
        ({"label": ("env=prod", "env=test")}, False),
        ({"label": ("floor",)}, False),
        ({"vendor": "acme", "status": "Faulted"}, False),
    ],
)
def test_a_charger_fits_when_it_fits_every_selector(selectors: dict[str, Any], fits: bool) -> None:
    assert Selection(**selectors).fits(Facts()) is fits


def test_what_is_unknown_of_a_charger_fits_no_selector_of_it() -> None:
    bare = Facts(vendor=None, model=None, firmware=None, site_id=None, labels={})
    for selectors in ({"vendor": "*"}, {"model": "*"}, {"firmware": "!=1"}, {"site": "*"}, {"label": ("env",)}):
        assert not Selection(**selectors).fits(bare)


@pytest.mark.parametrize(
    ("version", "wanted", "so"),
    [
        ("1.10", "<1.9", False), ("1.10.0", "=1.10", True), ("v1.2-rc1", "<1.2.1", True), ("2", ">=2.0", True),
        ("3.1", "!=3.1", False), ("1.8.3", "<=1.8.3", True), ("FW-12b", "FW-*", True),
    ],
)  # fmt: skip
def test_versions_are_compared_number_by_number(version: str, wanted: str, so: bool) -> None:
    assert compares(version, wanted) is so


def test_nothing_given_means_nothing_and_never_every_charger() -> None:
    with pytest.raises(UsageProblem, match="say which"):
        must_select([], Selection(), every=False)
    must_select([], Selection(status="faulted"), every=False)
    must_select([], Selection(), every=True)
