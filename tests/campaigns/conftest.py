"""A central system with the engine of campaigns, on a clock that stands still, and chargers that are told their settings."""

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest

from cpoctl.campaigns.engine import Engine
from cpoctl.operations import Act, Outcome
from cpoctl.operations.campaign._draft import CampaignDetail
from cpoctl.operations.campaign.settings import DraftSettings
from cpoctl.operations.campaign.show import ShowCampaign
from cpoctl.operations.campaign.start import StartCampaign
from cpoctl.operations.charger.add import AddCharger
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger

WANTED = "HeartbeatInterval = 77"


class Rollout:
    """Chargers, and a campaign called `c` for them."""

    def __init__(self, csms: Csms) -> None:
        self.csms = csms
        self.engine: Engine

    async def open(self) -> Self:
        """Let the engine take up what is on the disk."""
        central = self.csms.central
        self.engine = Engine(central.ledger, central.tasks, self.csms.clock)
        await self.engine.open()
        return self

    async def killed(self) -> None:
        """End the server without a word, and start it again."""
        await self.engine.close()
        await self.csms.central.tasks.close()
        await self.csms.restart()
        await self.open()

    async def add(self, *names: str) -> None:
        """Chargers that are known, have once spoken OCPP, and are away."""
        for name in names:
            charger = await self.csms.booted(name)
            await charger.hang_up()
            await self.csms.until(partial(self._is_away, name))

    def _is_away(self, name: str) -> bool:
        return not self.csms.known(name).connected

    async def known(self, *names: str) -> None:
        """Chargers that never came."""
        for name in names:
            await self.csms.do(AddCharger(charger=name))

    async def draft(self, *names: str, **given: Any) -> CampaignDetail:
        """Draft it for these chargers."""
        given = {"campaign": "c", "file": WANTED} | given
        found: CampaignDetail = await self.csms.do(DraftSettings(targets=names, **given))
        return found

    async def start(self, *names: str, **given: Any) -> Outcome:
        """Draft and start it."""
        await self.draft(*names, **given)
        return await self.do(StartCampaign(campaign="c"))

    async def do(self, act: Act) -> Outcome:
        """Let the operator act."""
        outcome: Outcome = await self.csms.do(act)
        return outcome

    async def show(self) -> CampaignDetail:
        """How it stands."""
        await self.csms.store.write([])
        query = ShowCampaign(campaign="c")
        (row,) = await self.csms.store.reading(query.select)
        shown: CampaignDetail = query.overlay(row, self.csms.central.ledger.live, self.csms.clock.now())
        return shown

    async def states(self) -> dict[str, str]:
        """The state of each charger."""
        return {each.charger_id: each.state for each in (await self.show()).chargers}

    async def until(self, **states: str) -> None:
        """Wait until chargers are in these states; `CP_1` is CP-1, and `state` the campaign's own."""
        wanted = {name.replace("_", "-"): state for name, state in states.items() if name != "state"}
        for _ in range(2000):
            shown = await self.show()
            found = {each.charger_id: each.state for each in shown.chargers}
            if wanted.items() <= found.items() and states.get("state", shown.state) == shown.state:
                return
        raise AssertionError(f"it is {shown.state}: {found}")

    async def look(self, seconds: float = 0.0) -> None:
        """Let time go by, and the engine look."""
        self.csms.clock.move(seconds)
        self.engine.look_at_all()
        await self.csms.store.write([])


async def gives_in(charger: RawCharger, status: str = "Accepted") -> None:
    """A charger that has another setting tells it, and answers the change."""
    asked = await charger.asked()
    assert asked[2] == "GetConfiguration", asked
    await charger.reply({"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]}, asked)
    changed = await charger.reply({"status": status})
    assert json.dumps(changed[3]) == '{"key": "HeartbeatInterval", "value": "77"}'


@pytest.fixture
async def rollout(tmp_path: Path) -> AsyncIterator[Rollout]:
    """A server without chargers."""
    async with Csms(tmp_path / "csms.db") as csms:
        await csms.tag("ANNA")
        made = await Rollout(csms).open()
        yield made
        await made.engine.close()
