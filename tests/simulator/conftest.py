"""A server and a charger to tell stories with; whatever was said must satisfy the official schemas."""

from collections.abc import AsyncIterator

import pytest

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
