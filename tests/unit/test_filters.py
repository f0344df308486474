"""Filters: what the words of `--where` pick, and that what cannot be read is marked. UX §4.2"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpoctl.errors import UsageProblem
from cpoctl.filters import LONGEST, matching
from cpoctl.table import Column, ago, kw, record

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Plug:
    """A nested row."""

    plug: Annotated[str, Column("PLUG")]
    status: Annotated[str, Column("STATUS")]


@dataclass(frozen=True)
class Thing:
    """A row with a field of each kind."""

    charger_id: Annotated[str, Column("CHARGER")]
    status: Annotated[str, Column("STATUS")]
    power_w: Annotated[float | None, Column("kW", show=kw)]
    soc_percent: Annotated[float | None, Column("SoC %")]
    online: bool
    seen_at: Annotated[str | None, Column("SEEN", show=ago)]
    firmware: str | None
    labels: dict[str, Any]
    flags: list[str]
    plugs: list[Plug]


def thing(name: str = "HQ-07", **more: Any) -> Any:
    """A charger at 22 kW, last seen an hour ago."""
    values: dict[str, Any] = {
        "status": "Charging", "power_w": 22000.0, "soc_percent": 55.0, "online": True,
        "seen_at": "2026-11-22T13:00:00.000Z", "firmware": "1.10.2", "labels": {"env": "prod"},
        "flags": ["late", "odd"], "plugs": [Plug("1", "Charging"), Plug("2", "Faulted")],
    }  # fmt: skip
    return record(Thing(charger_id=name, **values | more))


def picks(text: str, row: Any) -> bool:
    """Whether the filter means the row."""
    return matching(Thing, text, lambda: NOW)(row)


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "kw>20", "kW>=22", "power_w>20", "kw>20 soc<80", "kw>20 and soc<80", "kw > 20  and  soc < 80",
        "status:charging", "status:faulted,charging", "status=CHARGING", "status!=faulted", "-status:faulted",
        "charger:HQ-*", "charger:hq-0?", "charger_id:hq-07", "hq", "-depot", "hq,depot", '"HQ-07"', "prod",
        "status~^ch", "status~'^(ch|fa)'", "firmware~^1\\.\\d{1,3}", "firmware>1.9", "firmware<2", "online:yes",
        "online=true", "seen>30m", "seen<2h", "seen_at>2026-11-22T12:00:00Z", "seen_at<2026-11-23", "seen:2026-11-22",
        "labels.env:prod", "flags:odd", "plugs.status:faulted", "plugs.plug:2", "kw:22", "-kw:21", "soc!=54",
        "~^hq-", "~'^(ch|fa)' prod", "-~depot", "hq ~^charging", "status ~ ^ch", "~^hq-0[1-9],?",
    ],
)  # fmt: skip
def test_a_row_that_fits_is_picked(text: str) -> None:
    assert picks(text, thing())


@pytest.mark.parametrize(
    "text",
    [
        "kw>22", "power_w<20", "kw>20 soc<50", "status:fault", "status!=charging", "-status:charging", "charger:hq",
        "depot", "-hq", "status~^ng", "firmware<1.9", "online:no", "seen>2h", "seen_at<2026-11-22T12:00:00Z",
        "labels.env:test", "labels.zone:a", "flags:od", "plugs.status:available", "kw:-",
        "~^q-", "-~^hq-", "~HQ,07",
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_is_left_out(text: str) -> None:
    assert not picks(text, thing())


def test_what_is_unknown_is_neither_more_nor_less_and_can_be_asked_for() -> None:
    unknown = thing(power_w=None, firmware=None, seen_at=None)
    assert not any(picks(text, unknown) for text in ("kw>0", "kw<0", "kw:0", "firmware<9", "firmware:*", "seen>1s"))
    assert all(picks(text, unknown) for text in ("kw:-", "firmware=-", "seen:-", "-kw>0", "firmware!=1"))


@pytest.mark.parametrize(
    ("text", "marked", "says"),
    [
        ("soc<80 kx>3", "kx>3", "no field kx; there are charger_id, status, "),
        ("hq statu:x", "statu:x", "did you mean status?"),
        ("hq kw>abc", "kw>abc", "power_w is a number, and abc is none"),
        ("hq online>3", "online>3", "online is yes or no"),
        ("hq seen>yesterday", "seen>yesterday", "neither an age such as 2h nor a time"),
        ("hq status~(", "status~(", "no regular expression"),
        ("hq status~(?=a)b", "status~(?=a)b", "no regular expression"),
        ("hq ~(", "~(", "no regular expression"),
        ("hq plugs.plog:2", "plugs.plog:2", "no field plog"),
        ("hq status:", "status:", "a value is missing"),
        ("hq status:a, b", "status:a,", "a value is missing"),
        ("hq 'abc", "'", "a quote is not closed"),
        ('hq status:"a"b', 'status:"a"', "a blank is missing"),
    ],
)
def test_what_cannot_be_read_is_marked_and_told(text: str, marked: str, says: str) -> None:
    with pytest.raises(UsageProblem, match=r".") as wrong:
        picks(text, thing())
    detail = wrong.value.detail
    assert says in wrong.value.message
    assert detail["text"][detail["from"] : detail["to"]].strip() == marked
    assert wrong.value.hints[0].startswith("cpoctl help filters")


def test_a_filter_has_an_end() -> None:
    with pytest.raises(UsageProblem, match="at most"):
        picks("x" * (LONGEST + 1), thing())


@pytest.mark.parametrize("text", ["status~^(a+)+$", "status~(a|a)*b", "status:" + "*a" * 30, "*a*a*a*a*a*a*a*b"])
def test_no_pattern_takes_more_time_than_the_text_is_long(text: str) -> None:
    row = thing(status="a" * 5000 + "!")
    began = time.process_time()
    picks(text, row)
    assert time.process_time() - began < 1


@given(st.text(max_size=60))
def test_any_text_is_either_a_filter_or_told(text: str) -> None:
    try:
        assert picks(text, thing()) in (True, False)
    except UsageProblem as wrong:
        assert not wrong.detail or 0 <= wrong.detail["from"] < wrong.detail["to"] <= len(text)


@given(st.sampled_from(["charger", "status", "firmware"]), st.text(alphabet="abc-1.*? ", min_size=1, max_size=8))
def test_a_minus_is_the_opposite(field: str, word: str) -> None:
    text = f'{field}:"{word}"'
    assert picks(text, thing()) != picks(f"-{text}", thing())
