"""Alerts open, last and end with what is broken, and outlast a restart of the server. UX §6 (e)"""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from cpoctl import events
from cpoctl.domain.alerts import Alert
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations.alert.ack import AckAlerts
from cpoctl.operations.charger.reject import RejectCharger
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.table import record
from tests.support.csms import Csms
from tests.support.faults import FaultPlan
from tests.support.raw_charger import RawCharger

LOST = 61.0


def status(evse: int = 1, status: str = "Faulted", code: str = "GroundFailure", **more: Any) -> dict[str, Any]:
    """A StatusNotification."""
    return {"connectorId": evse, "status": status, "errorCode": code, **more}


async def tell(charger: RawCharger, *statuses: dict[str, Any]) -> None:
    """Let a charger tell statuses."""
    for each in statuses:
        await charger.call("StatusNotification", each)


async def fine(charger: RawCharger, evse: int = 1) -> None:
    """Let an EVSE be well."""
    await tell(charger, status(evse, "Available", "NoError"))


def open_now(csms: Csms) -> list[Alert]:
    """The open alerts."""
    return list(csms.central.ledger.live.alerts.open.values())


async def opened(csms: Csms, number: int = 1) -> list[Alert]:
    """The open alerts, once there are so many."""
    await csms.until(lambda: len(open_now(csms)) == number)
    return open_now(csms)


async def lost(csms: Csms, charger: RawCharger, name: str = "CP-1") -> None:
    """A charger's connection is gone, for longer than it takes to connect again."""
    await charger.hang_up()
    await csms.until(lambda: not csms.known(name).connected)
    await csms.rows("SELECT 1")
    csms.clock.move(LOST)
    csms.central.alerts.look_at_due()


async def test_a_faulted_evse_is_an_alert_until_it_is_well_again(csms: Csms) -> None:
    charger = await csms.booted()
    await tell(charger, status(vendorErrorCode="E-112"))
    (alert,) = await opened(csms)
    assert (alert.rule, alert.severity, alert.charger_id, alert.evse_id) == ("evse-faulted", "critical", "CP-1", 1)
    assert (alert.what, alert.count) == ("GroundFailure, vendor code E-112", 1)
    csms.clock.move(90)
    await fine(charger)
    await opened(csms, 0)
    (row,) = await csms.rows("SELECT opened_at, resolved_at FROM alert")
    assert row == {"opened_at": "2026-11-22T14:00:00.000Z", "resolved_at": "2026-11-22T14:01:30.000Z"}


async def test_the_charger_itself_and_each_evse_have_alerts_of_their_own(csms: Csms) -> None:
    charger = await csms.booted()
    await tell(charger, status(0), status(1), status(2))
    assert {alert.evse_id for alert in await opened(csms, 3)} == {0, 1, 2}
    await fine(charger, 2)
    assert {alert.evse_id for alert in await opened(csms, 2)} == {0, 1}


async def test_a_fault_of_2_is_one_alert_that_learns_its_reason_later(csms: Csms) -> None:
    charger = await csms.booted(version=Version.V201)
    at = {"timestamp": "2026-11-22T14:00:00Z", "evseId": 1, "connectorId": 1}
    await charger.call("StatusNotification", {**at, "connectorStatus": "Faulted"})
    (alert,) = await opened(csms)
    assert alert.what == "no error code"
    told = {
        "eventId": 1, "timestamp": at["timestamp"], "trigger": "Alerting", "actualValue": "true", "techCode": "E7",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "EVSE", "evse": {"id": 1}}, "variable": {"name": "Problem"},
    }  # fmt: skip
    await charger.call("NotifyEvent", {"generatedAt": at["timestamp"], "seqNo": 0, "eventData": [told]})
    await csms.until(lambda: "E7" in alert.what)
    assert await csms.rows("SELECT what, openings FROM alert") == [{"what": alert.what, "openings": 1}]


async def test_a_fault_that_returns_soon_is_the_same_alert_with_its_acknowledgement(csms: Csms) -> None:
    charger = await csms.booted()
    await tell(charger, status())
    (alert,) = await opened(csms)
    await csms.do(AckAlerts(alerts=("1",), comment="electrician comes"))
    await fine(charger)
    csms.clock.move(540)
    await tell(charger, status(code="HighTemperature"))
    (again,) = await opened(csms)
    assert (again.alert_id, again.count, again.comment) == (alert.alert_id, 2, "electrician comes")
    assert (again.opened_at, again.what) == (alert.opened_at, "HighTemperature")
    (row,) = await csms.rows("SELECT openings, acked_by, resolved_at FROM alert")
    assert row == {"openings": 2, "acked_by": "test", "resolved_at": None}


async def test_a_fault_that_returns_later_is_another_alert_that_nobody_has_acknowledged(csms: Csms) -> None:
    charger = await csms.booted()
    await tell(charger, status())
    await opened(csms)
    await csms.do(AckAlerts(alerts=("1",), comment="seen"))
    await fine(charger)
    csms.clock.move(660)
    await tell(charger, status())
    (alert,) = await opened(csms)
    assert (alert.alert_id, alert.count, alert.acked_at) == (2, 1, None)


async def test_an_alert_and_its_acknowledgement_outlast_a_restart(csms: Csms) -> None:
    charger = await csms.booted()
    await tell(charger, status())
    await opened(csms)
    await csms.do(AckAlerts(alerts=("1",), comment="part ordered"))
    before = open_now(csms)
    await csms.restart()
    assert open_now(csms) == before
    assert open_now(csms)[0].comment == "part ordered"
    await fine(await csms.booted())
    await opened(csms, 0)


async def test_what_a_crash_left_untold_is_told_at_the_next_start(csms: Csms) -> None:
    charger = await csms.booted()
    await tell(charger, status(1), status(2))
    await opened(csms, 2)
    await csms.close()
    with closing(sqlite3.connect(csms.path)) as file:  # as a crash between a status and its alert leaves it
        file.execute("DELETE FROM alert WHERE evse_id = 1")
        file.execute("UPDATE evse SET status = 'Available' WHERE evse_id = 2")
        file.commit()
    await csms.open()
    await csms.until(lambda: [alert.evse_id for alert in open_now(csms)] == [1])


async def test_a_charger_that_is_gone_for_a_minute_is_an_alert_until_it_is_back(csms: Csms) -> None:
    charger = await csms.booted()
    await lost(csms, charger)
    (alert,) = await opened(csms)
    assert (alert.rule, alert.evse_id, alert.charger_id) == ("charger-silent", None, "CP-1")
    assert alert.since == "2026-11-22T14:00:00.000Z"
    await csms.dial()
    await opened(csms, 0)


async def test_a_charger_that_only_connects_again_is_none(csms: Csms) -> None:
    await (await csms.booted()).hang_up()
    await csms.until(lambda: not csms.known().connected)
    csms.clock.move(30)
    await csms.dial()
    csms.clock.move(600)
    csms.central.alerts.look_at_due()
    await csms.rows("SELECT 1")
    assert open_now(csms) == []


async def test_chargers_get_ten_minutes_after_a_start_of_the_server(csms: Csms) -> None:
    await csms.booted()
    await csms.restart()
    csms.clock.move(599)
    csms.central.alerts.look_at_due()
    await csms.rows("SELECT 1")
    assert open_now(csms) == []
    csms.clock.move(2)
    csms.central.alerts.look_at_due()
    (alert,) = await opened(csms)
    assert alert.what == "not connected since the server started"


async def test_a_silence_outlasts_a_restart(csms: Csms) -> None:
    await lost(csms, await csms.booted())
    (alert,) = await opened(csms)
    await csms.restart()
    assert [(same.alert_id, same.what) for same in open_now(csms)] == [(alert.alert_id, alert.what)]


async def test_the_end_of_the_server_is_no_silence_of_its_chargers(csms: Csms) -> None:
    await csms.booted()
    await csms.restart()
    assert await csms.count("alert") == 0


async def test_who_waits_for_approval_raises_no_alert_and_who_is_removed_or_rejected_leaves_none(csms: Csms) -> None:
    first, second = await csms.booted("CP-1"), await csms.booted("CP-2")
    await tell(first, status())
    await tell(second, status())
    await opened(csms, 2)
    await csms.do(RejectCharger(charger="CP-1"))
    await opened(csms, 1)
    await csms.do(RemoveCharger(charger="CP-2"))
    await opened(csms, 0)


async def test_a_status_that_is_repeated_writes_nothing_more(csms: Csms) -> None:
    charger = await csms.booted()
    await tell(charger, status(), status(), status())
    await opened(csms)
    kinds = [row["type"] for row in await csms.rows("SELECT type FROM event WHERE type LIKE 'Alert%'")]
    assert kinds == ["AlertOpened"]


async def test_faults_that_come_and_go_at_once_leave_no_alert_behind(csms: Csms) -> None:
    charger = await csms.booted()
    for number in range(5):
        await charger.say([2, f"f{number}", "StatusNotification", status()])
        await charger.say([2, f"a{number}", "StatusNotification", status(status="Available", code="NoError")])
    for _ in range(10):
        await charger.answer()
    await opened(csms, 0)
    assert await csms.rows("SELECT 1 FROM alert WHERE resolved_at IS NULL") == []


async def test_what_the_disk_did_not_take_is_told_when_it_does_again(failing: Csms, plan: FaultPlan) -> None:
    charger = await failing.booted()
    plan.word = "INSERT INTO alert"
    await tell(charger, status())
    await failing.until(lambda: str(failing.store.state) == "failing")
    plan.heal()
    await opened(failing)


async def test_an_open_alert_has_the_names_and_the_exact_words_of_its_event(csms: Csms) -> None:
    charger = await csms.booted()
    await tell(charger, status(info="[@click=app.bell]\u202e\x1b[2J"))
    await opened(csms)
    told = record(open_now(csms)[0])
    (event,) = await csms.rows("SELECT json_extract(data, '$.what') AS what FROM event WHERE type = 'AlertOpened'")
    assert set(events.AlertOpened.__struct_fields__) | {"resolved_at"} == set(told)
    assert told["what"] == event["what"]


async def test_acknowledging_again_replaces_the_comment_and_says_so(csms: Csms) -> None:
    await tell(await csms.booted(), status())
    await opened(csms)
    (first,) = await csms.do(AckAlerts(alerts=("1",), comment="on my way"))
    (second,) = await csms.do(AckAlerts(alerts=("1",), comment="fuse"))
    assert (first.status, first.before) == ("Acknowledged", None)
    assert (second.status, second.before) == ("CommentReplaced", "test: on my way")
    (told, _) = await csms.rows("SELECT data FROM event WHERE type = 'AlertAcknowledged' ORDER BY seq")
    assert '"acked_by":"test"' in told["data"]
    assert csms.central.ledger.live.alerts.unacknowledged() == 0


async def test_all_alerts_are_acknowledged_or_none(csms: Csms) -> None:
    charger = await csms.booted()
    await tell(charger, status(1), status(2))
    await opened(csms, 2)
    await fine(charger, 2)
    await opened(csms, 1)
    with pytest.raises(Conflict, match="alert 2 was resolved at"):
        await csms.do(AckAlerts(alerts=("1", "2"), comment="both"))
    with pytest.raises(NotFound, match="no alert 9"):
        await csms.do(AckAlerts(alerts=("9",), comment="which"))
    with pytest.raises(UsageProblem, match="comment is empty"):
        await csms.do(AckAlerts(alerts=("1",), comment=" "))
    assert csms.central.ledger.live.alerts.unacknowledged() == 1


async def test_a_network_that_fails_takes_its_chargers_along_a_part_at_a_time(
    csms: Csms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cpoctl.csms.alerting.AT_ONCE", 1)
    for name in ("CP-1", "CP-2", "CP-3"):
        await (await csms.booted(name)).hang_up()
    await csms.until(lambda: not any(charger.connected for charger in csms.central.ledger.live.chargers.values()))
    await csms.rows("SELECT 1")
    csms.clock.move(LOST)
    csms.central.alerts.look_at_due()
    await opened(csms, 3)
