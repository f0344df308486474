"""Alerts as they are listed and shown, with the server up and down. UX §4.3"""

import json
from typing import Any

import pytest

from cpoctl.csms.operator import Face
from cpoctl.errors import CheckFailed, NotFound, UsageProblem
from cpoctl.operations.alert.ack import AckAlerts
from cpoctl.operations.alert.list import ListAlerts
from cpoctl.operations.alert.show import ShowAlert
from cpoctl.operations.charger.history import ShowHistory
from cpoctl.table import record
from tests.csms.test_alerting import fine, lost, opened, status, tell
from tests.support.csms import Csms, start


async def listed(csms: Csms, **given: Any) -> list[Any]:
    """What is listed."""
    return await Face(csms.central).query(ListAlerts(**given))


async def shown(csms: Csms, alert: str) -> Any:
    """An alert in full."""
    return (await Face(csms.central).query(ShowAlert(alert=alert)))[0]


async def broken(csms: Csms) -> None:
    """A charger with a fault at EVSE 2 in the midst of a session, an older one that is over, and then silence."""
    charger = await csms.booted()
    await tell(charger, status(1), status(2, "Charging", "NoError"))
    await opened(csms)
    csms.clock.move(60)
    await fine(charger, 1)
    await charger.call("StartTransaction", start(2))
    csms.clock.move(60)
    await tell(charger, status(2, vendorErrorCode="E-112", info="RCD"))
    await opened(csms)
    csms.clock.move(60)
    await lost(csms, charger)
    await opened(csms, 2)


async def test_what_is_open_is_listed_the_oldest_first_and_what_is_over_if_asked_for(csms: Csms) -> None:
    await broken(csms)
    assert [(row.where, row.rule) for row in await listed(csms)] == [
        ("CP-1:2", "evse-faulted"),
        ("CP-1", "charger-silent"),
    ]
    assert [row.alert_id for row in await listed(csms, all=True)] == ["2", "3", "1"]
    assert await listed(csms, severity="info") == []
    assert len(await listed(csms, charger="cp-1")) == 2
    with pytest.raises(NotFound):
        await listed(csms, charger="CP-9")
    with pytest.raises(UsageProblem, match="contradict"):
        await listed(csms, open=True, all=True)


async def test_a_check_fails_as_long_as_nobody_has_acknowledged_an_open_alert(csms: Csms) -> None:
    await broken(csms)
    check = ListAlerts(exit_code=True, all=True)
    rows = record(await listed(csms, all=True))
    objection = check.objection(rows)
    assert isinstance(objection, CheckFailed)
    assert objection.message == "2 open alerts that nobody has acknowledged"
    assert ListAlerts().objection(rows) is None
    await csms.do(AckAlerts(alerts=("2", "3"), comment="on my way"))
    assert check.objection(record(await listed(csms, all=True))) is None


async def test_an_alert_shows_what_came_before_it_at_its_evse_and_the_session_there(csms: Csms) -> None:
    await broken(csms)
    fault = await shown(csms, "2")
    assert fault.session_id == "1"
    assert [fact.told for fact in fault.before][-2:] == ["Charging", "Faulted (GroundFailure, RCD, E-112)"]
    assert "session 1 began, tag ANNA" in [fact.told for fact in fault.before]
    assert all(fact.evse_id in (None, 2) for fact in fault.before)
    silence = await shown(csms, "3")
    assert {fact.evse_id for fact in silence.before} >= {1, 2}


async def test_an_alert_tells_what_its_code_means_and_what_to_try(csms: Csms) -> None:
    await broken(csms)
    fault = await shown(csms, "2")
    assert fault.why[0].startswith("GroundFailure: a current leaks to earth")
    assert "cpoctl charger reset CP-1 --yes" in [each.command for each in fault.tries]
    assert "cpoctl doctor CP-1" in [each.command for each in (await shown(csms, "3")).tries]


@pytest.mark.parametrize("alert", ["9", "x", "-1", "9" * 30, "²"])
async def test_an_alert_that_there_is_not_is_told_so(csms: Csms, alert: str) -> None:
    with pytest.raises(NotFound, match="no alert"):
        await shown(csms, alert)


async def test_an_alert_is_told_in_json_with_every_key(csms: Csms) -> None:
    await broken(csms)
    told = json.loads(json.dumps(record(await shown(csms, "2"))))
    assert (told["alert_id"], told["evse_id"], told["acked_by"], told["resolved_at"]) == ("2", 2, None, None)
    assert {"before", "tries", "why", "session_id", "count", "since", "opened_at", "comment"} <= set(told)


async def test_a_history_goes_up_to_a_time(csms: Csms) -> None:
    await broken(csms)
    until = ShowHistory(charger="CP-1", until="2026-11-22T14:01:00Z")
    told = await Face(csms.central).query(until)
    assert [fact.told for fact in told if fact.kind == "status"] == [
        "Faulted (GroundFailure)",
        "Charging",
        "Available",
    ]
