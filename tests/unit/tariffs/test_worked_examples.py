"""Worked examples, priced exactly. OCPI 2.2.1 §11.4"""

import json
from collections import defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cpoctl.domain.tariffs import Bill, Charge, Kind, Line, Period, price, read

EXAMPLES = json.loads(Path(__file__).with_name("worked_examples.json").read_text(encoding="utf-8"))


def charge(example: dict[str, Any]) -> Charge:
    at, periods = datetime.fromisoformat(example["begins"]), []
    for told in example["periods"]:
        end = at + timedelta(microseconds=int(Fraction(told["minutes"]) * 60_000_000))
        current = Fraction(told["amp"]) if "amp" in told else None
        power = Fraction(told["kw"]) * 1000 if "kw" in told else None
        periods.append(Period(at, end, Kind(told["kind"]), Fraction(told.get("wh", 0)), current, power))
        at = end
    return Charge(tuple(periods), ZoneInfo(example["zone"]), example.get("expired", False))


def name(line: Line) -> str:
    if line.kind is Kind.RESERVATION:
        return "RES_FLAT" if line.dimension == "FLAT" else "RES"
    return line.dimension


def priced(example: dict[str, Any]) -> Bill:
    return price(charge(example), read({"id": "T", "currency": "EUR", **example["tariff"]}))


def exactly(told: dict[str, str]) -> dict[str, Fraction]:
    return {kind: Fraction(value) for kind, value in told.items()}


@pytest.mark.parametrize("example", EXAMPLES, ids=[each["name"] for each in EXAMPLES])
def test_a_worked_example_comes_out_exactly(example: dict[str, Any]) -> None:
    bill = priced(example)
    assert (bill.net, bill.gross) == (Fraction(example["net"]), Fraction(example["gross"]))
    billed: defaultdict[str, Fraction] = defaultdict(Fraction)
    cost: defaultdict[str, Fraction] = defaultdict(Fraction)
    for line in bill.lines:
        billed[name(line)] += line.billed
        cost[name(line)] += line.net
    assert billed == exactly(example["billed"])
    assert cost == exactly(example["cost"])
