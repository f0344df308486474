"""Central systems for the tests, each on a database of its own and on a clock that stands still."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from cpoctl.store.sqlite.writer import Patience
from tests.support.csms import Csms
from tests.support.faults import FaultPlan

Make = Callable[..., Any]


@pytest.fixture
async def make_csms(tmp_path: Path) -> AsyncIterator[Make]:
    """A central system with settings of the test's own."""
    async with AsyncExitStack() as stack:

        async def make(**settings: Any) -> Csms:
            return await stack.enter_async_context(Csms(tmp_path / "csms.db", **settings))

        yield make


@pytest.fixture
async def csms(make_csms: Make) -> Csms:
    """A central system as it is by default: unknown chargers wait for approval."""
    made: Csms = await make_csms()
    await made.tag("ANNA")
    return made


@pytest.fixture
def plan() -> FaultPlan:
    """What goes wrong on the disk."""
    return FaultPlan()


@pytest.fixture
async def failing(tmp_path: Path, plan: FaultPlan) -> AsyncIterator[Csms]:
    """A central system whose disk is full when the plan says so."""
    csms = Csms(tmp_path / "csms.db")
    csms.connect, csms.patience = plan.connect, Patience(probe=0.05)
    async with csms:
        yield csms
        plan.heal()
