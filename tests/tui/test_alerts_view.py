"""Alerts: what is broken, what came before it, who looks after it, and that somebody is called."""

from cpoctl.operations.alert.ack import AckAlerts
from cpoctl.operations.alert.list import ListAlerts
from cpoctl.operations.alert.show import ShowAlert
from cpoctl.operations.audit.list import ListAudit
from cpoctl.operations.task.list import ListTasks
from cpoctl.tui.views.alerts import Alerts
from tests.tui.harness import Server, Watched, told_status, watched

# Each test has chargers of its own: a fault that comes back within minutes is the alert of the test before.
FAULT = {"errorCode": "GroundFailure", "vendorErrorCode": "E-112"}


async def faulted(server: Server, desk: Watched, *names: str) -> None:
    """These chargers tell a fault, and the screen of alerts has heard of it."""
    for name in names:
        await told_status(await server.charger(name, "Available"), "Faulted", 1, **FAULT)
    await desk.until(lambda: len(desk.app.picture.live.alerts.open) >= len(names))


async def test_an_alert_stands_in_the_list_while_it_is_open(server: Server) -> None:
    charger = await server.charger("AA-1", "Available")
    async with watched(server) as desk:
        await desk.press("4")
        await desk.sees("nothing is broken")
        await told_status(charger, "Faulted", 1, **FAULT)
        await desk.sees("!! CRITICAL", "AA-1:1", "evse-faulted", "GroundFailure, vendor code E-112", "4 Alerts(1)")
        await told_status(charger, "Available")
        await desk.sees("nothing is broken")


async def test_what_came_before_it_and_what_to_try_is_told_where_the_cursor_rests(server: Server) -> None:
    async with watched(server) as desk:
        await faulted(server, desk, "BB-1")
        await desk.press("4")
        await desk.sees("before", "EVSE 1: Faulted", "try", "cpoctl ")
        view = desk.app.query_one(Alerts)
        detail = await server.do(ShowAlert(alert=view.table.cursor or ""))
        await desk.sees(*(each["command"] for each in detail["tries"]))  # the list leaves room for all of them
        await desk.pilot.resize_terminal(200, 32)
        await desk.until(lambda: view.query_one(".preview").size.height == view.table.size.height)


async def test_what_came_before_says_of_which_evse_it_is_told(server: Server) -> None:
    charger = await server.charger("BC-1", "Available")
    async with watched(server) as desk:
        await told_status(charger, "Available", 0)
        await told_status(charger, "Faulted", 1, **FAULT)
        await desk.press("4")
        await desk.sees("charger: Available", "EVSE 1: Available", "EVSE 1: Faulted")


async def test_several_are_acknowledged_at_once_with_one_comment(server: Server) -> None:
    """TUI-19"""
    async with watched(server) as desk:
        await faulted(server, desk, "CC-1", "CC-2")
        await desk.press("4", "asterisk", "A")
        await desk.write("ola comes")
        await desk.press("enter")
        await desk.sees("CC-1:1: Acknowledged", "CC-2:1: Acknowledged", "2 acknowledged", "Alerts(2, all ack)")
        entry, task = (await server.do(ListAudit(last=1)))[0], (await server.do(ListTasks(limit=1)))[0]
        assert (entry["operation"], entry["task_id"], bool(entry["actor"])) == ("alert ack", task["task_id"], True)
        assert (len(task["given"]["alerts"]), task["given"]["comment"]) == (2, "ola comes")


async def test_what_another_operator_acknowledges_is_seen_here(server: Server) -> None:
    async with watched(server) as desk:
        await faulted(server, desk, "DD-1")
        await desk.press("4")
        await desk.sees("0 acknowledged")
        number = (await server.do(ListAlerts()))[0]["alert_id"]
        await server.do(AckAlerts(alerts=(number,), comment="[b]seen[/b]"))
        await desk.sees("1 acknowledged", "looks after it: [b]seen[/b]")
        await desk.press("1")
        await desk.until(lambda: " ack GroundFai" in desk.line(" DD-1"))


async def test_past_alerts_are_shown_and_look_past(own_server: Server) -> None:
    async with watched(own_server) as desk:
        charger = await own_server.charger("EE-1", "Available")
        await told_status(charger, "Faulted", 1, **FAULT)
        await told_status(charger, "Available")
        await desk.press("4")
        await desk.sees("nothing is broken")
        await desk.press("h")
        await desk.sees("EE-1:1", "✓  over", "over since")
        await told_status(charger, "Faulted", 1, **FAULT)
        await desk.sees("!! CRITICAL")
        await told_status(charger, "Available")
        await desk.sees("✓  over")


async def test_the_filter_means_the_same_as_on_the_command_line(server: Server) -> None:
    async with watched(server) as desk:
        await faulted(server, desk, "FF-1", "FF-2")
        await desk.press("4", "slash")
        await desk.write("where:FF-2*")
        await desk.press("enter")
        await desk.sees("1 of 2")
        assert len(desk.app.query_one(Alerts).table.keys) == 1
        assert desk.app.front.command() == "cpoctl alert list --where 'where:FF-2*'"


async def test_enter_opens_the_charger_and_l_the_log_at_that_moment(server: Server) -> None:
    """TUI-18"""
    async with watched(server) as desk:
        await faulted(server, desk, "GG-1")
        await desk.press("4", "l")
        await desk.sees("only GG-1", "around", "StatusNotification")
        await desk.press("4", "enter")
        await desk.sees("› GG-1", "FAULTED")


async def test_a_new_critical_alert_is_told_on_any_screen(server: Server) -> None:
    """TUI-19"""
    async with watched(server) as desk:
        charger = await server.charger("HH-1", "Available")
        await desk.press("2", "p")
        await told_status(charger, "Faulted", 1, **FAULT, info="[@click=app.quit]x")
        await desk.sees("!! CRITICAL HH-1:1", "GroundFailure")
