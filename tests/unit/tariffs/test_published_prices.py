"""Prices in the forms in which exchanges, platforms and suppliers publish them, and what is wrong with some of them."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cpoctl.domain.tariffs import Series, holes, read_series
from cpoctl.errors import UsageProblem

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC)
SEVERAL = (
    "Datum von;Datum bis;Deutschland/Luxemburg [€/MWh] Originalauflösungen;Österreich [€/MWh] Originalauflösungen\n"
)
LOCAL = "Datum von;Datum bis;Preis [€/MWh]\n"
NAMESPACE = "urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3"


def read(text: str, **more: Any) -> Series:
    """A text in the clock of Berlin."""
    return read_series(text, zone=BERLIN, **more)


def refused(text: str, **more: Any) -> str:
    """Why a text is refused, and what would help."""
    with pytest.raises(UsageProblem) as problem:
        read(text, **more)
    return " | ".join([problem.value.message, *problem.value.hints])


def prices(found: Series) -> list[str]:
    """The prices of a kWh."""
    return [str(point.price) for point in found.points]


def period(*points: tuple[int, str], resolution: str = "PT60M", hours: int = 4, since: datetime = MIDNIGHT) -> str:
    """A Period of the platform's document."""
    told = "".join(
        f"<Point><position>{at}</position><price.amount>{price}</price.amount></Point>" for at, price in points
    )
    begin, end = (at.strftime("%Y-%m-%dT%H:%MZ") for at in (since, since + timedelta(hours=hours)))
    interval = f"<timeInterval><start>{begin}</start><end>{end}</end></timeInterval>"
    return f"<Period>{interval}<resolution>{resolution}</resolution>{told}</Period>"


def document(*periods: str, curve: str = "A03", unit: str = "MWH", currency: str = "EUR") -> str:
    """What the platform answers."""
    said = (
        f"<currency_Unit.name>{currency}</currency_Unit.name><price_Measure_Unit.name>{unit}</price_Measure_Unit.name>"
    )
    series = "".join(f"<TimeSeries>{said}<curveType>{curve}</curveType>{each}</TimeSeries>" for each in periods)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Publication_MarketDocument xmlns="{NAMESPACE}">{series}</Publication_MarketDocument>'


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (LOCAL + "23.11.2026 00:00;23.11.2026 01:00;1.100,50\n23.11.2026 01:00;23.11.2026 02:00;-0,10\n", {}),
        (SEVERAL + "23.11.2026 00:00;23.11.2026 01:00;1.100,50;1\n23.11.2026 01:00;23.11.2026 02:00;-0,10;2\n",
         {"column": "deutschland"}),
        ("Datum;von;Zeitzone von;bis;Zeitzone bis;Spotmarktpreis in ct/kWh\n23.11.2026;00:00;CET;01:00;CET;110,05\n23.11.2026;01:00;CET;02:00;CET;-0,01\n", {}),
        ("time;price\n2026-11-23T00:00:00+01:00;110,05\n2026-11-23T01:00:00+01:00;-0,01\n", {"unit": "ct/kWh"}),
        (document(period((1, "1100.50"), (2, "-0.10"), hours=2)), {}),
        (document(period((1, "1100.50"), (2, "-0.10"), hours=2), curve="A01"), {}),
        (document(period((1, "1.1005"), (2, "-0.0001"), hours=2), unit="KWH"), {}),
        (json.dumps({"unix_seconds": [1795388400, 1795392000], "price": [1100.5, -0.1], "unit": "EUR / MWh", "deprecated": False}), {}),
        (json.dumps({"object": "list", "data": [
            {"start_timestamp": 1795388400000, "end_timestamp": 1795392000000, "marketprice": 1100.5, "unit": "Eur/MWh"},
            {"start_timestamp": 1795392000000, "end_timestamp": 1795395600000, "marketprice": -0.1, "unit": "Eur/MWh"}]}), {}),
        (json.dumps({"currency": "EUR", "multiAreaEntries": [
            {"deliveryStart": "2026-11-22T23:00:00Z", "deliveryEnd": "2026-11-23T00:00:00Z", "entryPerArea": {"GER": 1100.5, "FR": 1}},
            {"deliveryStart": "2026-11-23T00:00:00Z", "deliveryEnd": "2026-11-23T01:00:00Z", "entryPerArea": {"GER": -0.1, "FR": 1}}]}),
         {"unit": "MWh", "column": "GER"}),
        (json.dumps([{"SEK_per_kWh": 9, "EUR_per_kWh": 1.1005, "time_start": "2026-11-23T00:00:00+01:00", "time_end": "2026-11-23T01:00:00+01:00"},
                     {"SEK_per_kWh": 9, "EUR_per_kWh": -0.0001, "time_start": "2026-11-23T01:00:00+01:00", "time_end": "2026-11-23T02:00:00+01:00"}]),
         {"currency": "EUR"}),
    ],
    ids=["commas", "columns", "day apart", "cents", "A03", "A01", "KWH", "lists beside", "milliseconds", "areas", "currencies"],
)  # fmt: skip
def test_each_form_tells_the_same_prices(text: str, more: dict[str, Any]) -> None:
    found = read(text, **more)
    assert prices(found) == ["1.1005", "-0.0001"]
    assert [point.begin for point in found.points] == [MIDNIGHT, MIDNIGHT + timedelta(hours=1)]
    assert found.points[-1].end == MIDNIGHT + timedelta(hours=2)


def quarters(day: str, *times: str) -> str:
    """Rows of a quarter each, as a clock on the wall shows their begin and end."""
    minutes = {"00": "15", "15": "30", "30": "45"}
    rows = []
    for hour in times:
        for minute in ("00", "15", "30", "45"):
            end = f"{hour}:{minutes[minute]}" if minute in minutes else f"{(int(hour) + 1) % 24:02d}:00"
            rows.append(f"{day} {hour}:{minute};{day} {end};10,00")
    return LOCAL + "\n".join(rows)


def test_the_hour_that_the_clock_repeats_is_read_twice_with_its_quarters() -> None:
    found = read(quarters("25.10.2026", "01", "02", "02", "03"))
    assert (len(found.points), holes(found, BERLIN)) == (16, [])
    assert found.points[0].begin == datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert found.points[-1].end == datetime(2026, 10, 25, 3, tzinfo=UTC)
    assert {point.end - point.begin for point in found.points} == {timedelta(minutes=15)}


@pytest.mark.parametrize("end", ["02:00", "03:00"])
def test_an_hour_may_end_at_the_time_that_is_skipped_or_at_the_one_that_follows(end: str) -> None:
    found = read(f"{LOCAL}29.03.2026 01:00;29.03.2026 {end};10,00\n29.03.2026 03:00;29.03.2026 04:00;20,00")
    assert [point.end - point.begin for point in found.points] == [timedelta(hours=1)] * 2
    assert holes(found, BERLIN) == []


def test_the_hour_that_is_skipped_may_stand_there_without_a_price() -> None:
    rows = "\n".join(
        f"29.03.2026 0{hour}:00;29.03.2026 0{hour + 1}:00;{'-' if hour == 2 else '10'}" for hour in range(4)
    )
    assert len(read(LOCAL + rows).points) == 3


def test_points_that_are_left_out_hold_on_by_curve_type_a03_and_are_holes_by_any_other() -> None:
    points = period((1, "10"), (3, "30"), hours=1, resolution="PT15M")
    assert prices(read(document(points))) == ["0.01", "0.01", "0.03", "0.03"]
    found = read(document(points, curve="A01"))
    assert prices(found) == ["0.01", "0.03"]
    assert holes(found, BERLIN) == ["no price from 2026-11-22T23:15:00.000Z to 2026-11-22T23:30:00.000Z (15 minutes)"]


def test_of_the_hours_and_quarters_of_one_day_those_are_taken_that_are_wanted() -> None:
    both = document(period((1, "10"), hours=1), period((1, "20"), hours=1, resolution="PT15M"))
    assert "2026-11-22T23:00:00.000Z has a price already" in refused(both)
    assert prices(read(both, minutes=60)) == ["0.01"]
    assert prices(read(both, minutes=15)) == ["0.02"] * 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (document(period((1, "1"), (1, "2"))), "two prices for 2026-11-22T23:00:00.000Z, position 1"),
        (document(period((5, "1"))), "position '5', of 4 from 2026-11-22T23:00:00.000Z"),
        (document(period((1, "1"), resolution="P1M")), "resolution 'P1M' is none as PT15M"),
        (document(period((1, "1"), resolution="PT7M")), "no whole number of PT7M"),
        (document(period((1, "1"), resolution="PT1M", hours=70_000)), "no whole number of PT1M"),
        (document(period((1, "1")), period((1, "2"))), "2026-11-22T23:00:00.000Z has a price already"),
        (document(period((1, "1")), unit="C62"), "in EUR/C62, which is no unit that is known here | add --unit kWh"),
        (document(period((1, "1"))).replace("<price_Measure_Unit.name>MWH</price_Measure_Unit.name>", ""), "give the unit"),
        ("<Acknowledgement_MarketDocument><Reason><code>999</code><text>No matching data</text></Reason>"
         "</Acknowledgement_MarketDocument>", "an answer without prices: No matching data"),
        ("<html><body/></html>", "is a html, and no Publication_MarketDocument"),
        ("<Publication_MarketDocument>", "is no XML"),
        (f"<Publication_MarketDocument>{'<a>' * 40}", "lie too deep"),
        ('<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><Publication_MarketDocument>&d;</Publication_MarketDocument>',
         "has a document type (DOCTYPE)"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><Publication_MarketDocument/>', "has a document type (DOCTYPE)"),
        (SEVERAL + "23.11.2026 00:00;23.11.2026 01:00;1;1", "several prices for a time: 'Deutschland/Luxemburg"),
        ("time;price foo/MWh\n2026-11-23T00:00:00Z;1", "in foo/MWh, which is no unit that is known here | add --unit kWh"),
        ("time;price in GWh\n2026-11-23T00:00:00Z;1", "which is no unit that is known here | add --unit kWh"),
        (LOCAL + "25.10.2026 02:00;25.10.2026 02:15;1\n25.10.2026 02:00;25.10.2026 02:15;1\n25.10.2026 02:00;25.10.2026 02:15;2",
         "line 4 of the price series: 2026-10-25T01:00:00.000Z has a price already"),
        ('{"unix_seconds": [1, 2], "price": [1]}', "are not equally long: 2 unix_seconds, 1 price"),
        ('[{"time": 1, "price": 1, "unit": "EUR/MWh"}, {"time": 2, "price": 1, "unit": "ct/kWh"}]', "several units: EUR/MWh, ct/kWh"),
        ('[{"time": 1, "EUR/MWh": 1, "currency": "CHF"}]', "prices in CHF, EUR"),
        (f'time;price kWh\n2026-11-23T00:00:00Z;"{"x" * 140_000}"', "is no CSV"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_instant_or_what_would_help(text: str, said: str) -> None:
    assert said in refused(text)


def test_a_unit_that_is_given_may_not_contradict_the_text() -> None:
    text = "time;price EUR/MWh\n2026-11-23T00:00:00Z;1\n2026-11-23T01:00:00Z;1"
    assert "says EUR/MWh, and --unit something else" in refused(text, unit="kWh")
    assert prices(read(text.replace("EUR/MWh", "foo/MWh"), unit="ct/kWh")) == [str(Decimal("0.01"))] * 2


def test_a_form_that_is_named_is_the_only_one_that_is_tried() -> None:
    assert "is no JSON" in refused(LOCAL, form="json")


def test_a_text_of_any_size_is_refused_before_it_is_read() -> None:
    assert "longer than 16 MiB" in refused("<" * ((16 << 20) + 1))
