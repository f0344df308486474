"""Chargers of OCPP 2.0.1 and 2.1 at the raw end of the wire: what they tell, and how they answer while somebody waits."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from cpoctl.csms.watching import Watching
from cpoctl.operations import Act
from tests.support.csms import T0, Csms
from tests.support.raw_charger import RawCharger

ANNA = {"idToken": "ANNA", "type": "Central"}


def step(kind: str, number: int, at: str = T0, **more: Any) -> dict[str, Any]:
    """A TransactionEvent of the transaction tx-1 on EVSE 1."""
    info = {"transactionId": "tx-1", **more.pop("info", {})}
    return {
        "eventType": kind, "timestamp": at, "triggerReason": "RemoteStart", "seqNo": number, "transactionInfo": info,
        "evse": {"id": 1, "connectorId": 1}, **more,
    }  # fmt: skip


async def does(csms: Csms, charger: RawCharger, act: Act, answer: dict[str, Any]) -> tuple[list[Any], Any]:
    """Let the operator act and the charger answer: what it was sent, and the outcome."""
    doing = asyncio.create_task(csms.do(act))
    sent = (await charger.reply(answer))[2:]
    return sent, await doing


async def settled(csms: Csms, charger: RawCharger, act: Act, answer: dict[str, Any], *said: Awaitable[Any]) -> Any:
    """The same with --wait; meanwhile the charger says something."""
    with Watching(csms.central.ledger.bus, csms.central.ledger.live, "HQ-07") as watch:
        sent, outcome = await does(csms, charger, act, answer)
        waiting = asyncio.create_task(act.settled(outcome, watch))
        for each in said:
            await each
        async with asyncio.timeout(5):
            return sent, await waiting
