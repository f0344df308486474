"""What chargers did: their history, the rules that they break, and their connectors."""

import asyncio
from typing import Any

import pytest

from cpoctl.csms.operator import Face
from cpoctl.errors import NotFound, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import Query
from cpoctl.operations.charger.availability import SetAvailability
from cpoctl.operations.charger.clear_cache import ClearCache
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.charger.history import ShowHistory
from cpoctl.operations.charger.quirks import ListQuirks
from cpoctl.operations.connector import ListConnectors, ShowConnector
from tests.support.csms import Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


async def ask(csms: Csms, query: Query) -> list[Any]:
    """The rows of a query, once everything that was submitted is committed."""
    await csms.store.write([])
    return await Face(csms.central).query(query)


def status(word: str, connector: int = 1, error: str = "NoError", at: str = "2026-11-22T12:30:00Z") -> dict[str, Any]:
    """A StatusNotification."""
    return {"connectorId": connector, "errorCode": error, "status": word, "timestamp": at}


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that has told of two connectors and charges at the first."""
    charger = await csms.booted("CP-1")
    await charger.call("StatusNotification", status("Charging"))
    await charger.call("StatusNotification", status("Faulted", 2, "GroundFailure"))
    number = (await charger.call("StartTransaction", start()))["transactionId"]
    await charger.call("MeterValues", metered(number, 3500))
    return charger


async def test_the_history_is_one_timeline_with_the_newest_last(csms: Csms, charger: RawCharger) -> None:
    number = (await csms.session())["transaction_id"]
    await charger.call("StopTransaction", stop(int(number)))
    await charger.call("Authorize", {"idTag": "STRANGER"})
    doing = asyncio.create_task(csms.do(ClearCache(charger="CP-1")))
    await charger.reply({"status": "Accepted"})
    await doing
    await csms.do(EditCharger(charger="CP-1", label=("floor=2",)))
    rows = await ask(csms, ShowHistory(charger="cp-1"))
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    told = {(row.kind, row.evse_id, row.told.partition(" (command")[0]) for row in rows}
    assert told >= {
        ("record", None, "came into the records, Accepted"),
        ("connection", None, "connected from 127.0.0.1, OCPP 1.6, auth none"),
        ("boot", None, "booted: Acme AC-22, firmware unknown, answered Accepted"),
        ("status", 1, "Charging"),
        ("status", 2, "Faulted (GroundFailure)"),
        ("session", 1, "session 1 began, tag ANNA"),
        ("session", 1, "session 1 ended, 7.00 kWh, Local"),
        ("tag", None, "tag STRANGER refused: Invalid"),
        ("command", None, "ClearCache by test: accepted"),
        ("record", None, "edited: name -, site -, labels floor=2"),
    }


@pytest.mark.parametrize(
    ("answer", "said"), [("Scheduled", "Scheduled"), ("Accepted", "accepted"), ("Rejected", "rejected")]
)
async def test_the_history_tells_what_the_charger_answered(
    csms: Csms, charger: RawCharger, answer: str, said: str
) -> None:
    doing = asyncio.create_task(csms.do(SetAvailability(charger="CP-1", inoperative=True)))
    await charger.reply({"status": answer})
    await asyncio.wait([doing])
    (row,) = await ask(csms, ShowHistory(charger="CP-1", kind="command"))
    assert row.told.startswith(f"ChangeAvailability by test: {said} (")


async def test_the_history_tells_why_a_charger_booted(csms: Csms) -> None:  # 2.0.1 B01.FR.01
    await csms.booted("DC-01", version=Version.V201)
    (row,) = await ask(csms, ShowHistory(charger="DC-01", kind="boot"))
    assert row.told.startswith("booted (PowerUp): ")


async def test_the_history_can_be_cut_to_a_kind_a_time_and_a_number(csms: Csms, charger: RawCharger) -> None:
    assert {row.kind for row in await ask(csms, ShowHistory(charger="CP-1", kind="status"))} == {"status"}
    (newest,) = await ask(csms, ShowHistory(charger="CP-1", kind="status", last=1))
    assert newest.told.startswith("Faulted")
    late = await ask(csms, ShowHistory(charger="CP-1", since="2026-11-22T12:45:00Z", kind="session"))
    assert [row.told for row in late] == ["session 1 began, tag ANNA"]
    assert await ask(csms, ShowHistory(charger="CP-1", since="2026-11-22T13:30:00Z", kind="session")) == []
    assert await ask(csms, ShowHistory(charger="CP-1", last=0)) == []


async def test_a_history_of_nobody_is_told(csms: Csms) -> None:
    with pytest.raises(NotFound):
        await ask(csms, ShowHistory(charger="CP-9"))
    with pytest.raises(NotFound):
        await ask(csms, ListQuirks(charger="CP-9"))


async def test_a_rule_that_is_broken_twice_is_one_quirk_with_a_count(csms: Csms, charger: RawCharger) -> None:
    for _ in range(2):
        await charger.call("StatusNotification", {"connectorId": 1, "status": "Charging"})
    await (await csms.booted("CP-2")).call("Authorize", {})
    rows = await ask(csms, ListQuirks())
    assert [(row.charger_id, row.action, row.count) for row in rows] == [
        ("CP-1", "StatusNotification", 2),
        ("CP-2", "Authorize", 1),
    ]
    assert '"Charging"' in rows[0].sample
    assert [row.charger_id for row in await ask(csms, ListQuirks(charger="cp-2", only="violations"))] == ["CP-2"]


async def test_connectors_are_listed_with_what_they_do(csms: Csms, charger: RawCharger) -> None:
    await charger.call("StatusNotification", status("Available", 0))
    first, second = await ask(csms, ListConnectors())
    assert (first.connector, first.status, first.session_id, first.tag_id, first.energy_wh) == (
        "CP-1:1", "Charging", "1", "ANNA", 2500,
    )  # fmt: skip
    assert (second.connector, second.status, second.error_code, second.session_id) == (
        "CP-1:2", "Faulted", "GroundFailure", None,
    )  # fmt: skip


async def test_a_connector_of_a_charger_that_is_away_is_offline(csms: Csms, charger: RawCharger) -> None:
    await charger.hang_up()
    await csms.until(lambda: not csms.known().connected)
    (row, _) = await ask(csms, ListConnectors())
    assert (row.status, row.told_status, row.power_w, row.stale) == ("Offline", "Charging", None, True)


async def test_a_connector_is_shown_with_its_last_changes(csms: Csms, charger: RawCharger) -> None:
    csms.clock.move(1)
    await charger.call("StatusNotification", status("Available", 2, at="2026-11-22T14:00:01Z"))
    (shown,) = await ask(csms, ShowConnector(connector="cp-1:2"))
    assert (shown.connector, shown.status) == ("CP-1:2", "Available")
    assert [change.status for change in shown.changes] == ["Available", "Faulted"]


@pytest.mark.parametrize(
    ("name", "error"), [("CP-1", UsageProblem), ("CP-1:9", NotFound), ("CP-9:1", NotFound), ("CP-1:0", NotFound)]
)
async def test_a_connector_that_is_not_there_is_told(
    csms: Csms, charger: RawCharger, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await ask(csms, ShowConnector(connector=name))


async def test_a_connector_of_an_evse_is_told_by_its_evse(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(UsageProblem) as wrong:
        await ask(csms, ShowConnector(connector="CP-1:1.2"))
    assert wrong.value.hints == ("cpoctl connector show CP-1:1    the EVSE, of which it is one connector",)
