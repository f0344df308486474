"""Hostile texts through every text field of every message: answered, stored exactly, nothing breaks.

RELIABILITY V-09, O-01 to O-05
"""

import json
from typing import Any

import pytest

from cpoctl.ocpp import Version, v16
from cpoctl.ocpp.schemas import schema
from cpoctl.operations import Query
from cpoctl.operations.charger.list import ListChargers
from cpoctl.operations.charger.show import ShowCharger
from cpoctl.operations.log.list import ListFrames
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.session.orphans import ListOrphans
from tests.support.csms import Csms

TEXTS = [
    "'); DROP TABLE session;--", "%", "_", '" OR 1=1', "\x1b[31mred\x1b]0;title\x07", "\x9b2J", "a\u202egnp.exe",
    "\u200b\u2066zero\u2069", "\ud800", "\udfff\ud800", "a\x00b", "\r\n\t", "[/foo]", "[link=http://evil]x[/link]",
    "[@click=app.pwn]x", ":smile:", "=HYPERLINK(\"http://evil\")", "\t=1+1", "@SUM(1)", "-5", "{{7*7}}", "${jndi:ldap://x}",
    "../../etc/passwd", "😀" * 300, "e\u0301\u0301\u0301", "\ufeff", "\ufffe\uffff", "𝕏", "İ", "ß", "nul", "null", "NaN",
]  # fmt: skip


def filled(action: str, text: str) -> Any:
    """A payload of the action with the text in every field that takes one."""
    return _filled(schema(Version.V16, action), text)


def _filled(part: dict[str, Any], text: str) -> Any:
    kind = part.get("type")
    if kind == "object":
        return {name: _filled(each, text) for name, each in part.get("properties", {}).items()}
    if kind == "array":
        return [_filled(part["items"], text)]
    return 1 if kind in ("integer", "number") else text


@pytest.mark.parametrize("action", sorted(v16.REQUESTS))
async def test_hostile_texts_in_every_field_are_answered_and_kept(csms: Csms, action: str) -> None:
    charger = await csms.booted()
    for text in TEXTS:
        await charger.call(action, filled(action, text))
    journal = await csms.rows("SELECT request, outcome FROM journal WHERE action = ? AND connection_id = 1", action)
    assert {row["outcome"] for row in journal} == {"result"}
    sent = [filled(action, text) for text in TEXTS]
    assert [json.loads(row["request"])[3] for row in journal][-len(TEXTS) :] == sent
    queries: list[Query] = [
        ListChargers(), ShowCharger(charger="CP-1"), ListSessions(), ListOrphans(), ListFrames()
    ]  # fmt: skip
    for query in queries:
        for row in await csms.store.reading(query.select):
            query.overlay(row, csms.central.fleet.live, csms.clock.now())
    await csms.restart()
    await (await csms.dial()).synced()


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
async def test_a_hostile_tag_starts_and_stops_its_session(csms: Csms, text: str) -> None:
    charger = await csms.booted()
    payload = {"connectorId": 1, "idTag": text, "meterStart": 0, "timestamp": "2026-11-22T13:00:00Z"}
    begun = await charger.call("StartTransaction", payload)
    assert await charger.call("StartTransaction", payload) == begun
    await charger.call("StopTransaction", {"transactionId": begun["transactionId"], "meterStop": 5, "idTag": text,
                                           "timestamp": "2026-11-22T13:30:00Z", "reason": text})  # fmt: skip
    kept = await csms.session()
    assert (kept["energy_wh"], await csms.count("session")) == (5, 1)


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
async def test_a_hostile_message_id_is_echoed_and_a_hostile_action_refused(csms: Csms, text: str) -> None:
    charger = await csms.booted()
    await charger.say([2, text, "Heartbeat", {}])
    answer = await charger.answer()
    assert answer[0] in (3, 4)
    if len(text) <= 255 and text.isascii():
        assert answer[:2] == [3, text]
    assert (await charger.exchange(text, {}))[2] == "NotImplemented"
    await charger.synced()
