"""A server and a charger to tell stories with; whatever was said must satisfy the official schemas."""

from collections.abc import AsyncIterator

import pytest

from cpoctl.ocpp import Version
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.simulator.backend import Backend


@pytest.fixture
async def backend() -> AsyncIterator[Backend]:
    async with Backend() as backend:
        yield backend
        assert backend.faults == []


@pytest.fixture
async def charger(backend: Backend) -> AsyncIterator[VirtualCharger]:
    async with VirtualCharger(backend.url, "CP-1", connectors=2, time=ManualTime()) as charger:
        yield charger


@pytest.fixture
async def booted(charger: VirtualCharger) -> VirtualCharger:
    await charger.connect()
    await charger.boot()
    return charger


@pytest.fixture(params=[Version.V201, Version.V21], ids=str)
def spoken(request: pytest.FixtureRequest) -> Version:
    """Each of the versions that have EVSEs."""
    version: Version = request.param
    return version


@pytest.fixture
async def station(backend: Backend, spoken: Version) -> AsyncIterator[VirtualCharger]:
    """A booted charger with two EVSEs, once in each version of 2.x."""
    async with VirtualCharger(backend.url, "CP-1", connectors=2, version=spoken, time=ManualTime()) as charger:
        await charger.connect()
        await charger.boot()
        yield charger


@pytest.fixture
async def newest(backend: Backend) -> AsyncIterator[VirtualCharger]:
    """A booted charger of 2.1, whose first EVSE can take energy back."""
    async with VirtualCharger(backend.url, "CP-1", connectors=2, version=Version.V21, time=ManualTime()) as charger:
        await charger.connect()
        await charger.boot()
        yield charger
