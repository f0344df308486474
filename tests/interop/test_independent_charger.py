"""The `ocpp` package's own 1.6 ChargePoint as a charger that we did not write, over a real socket."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar, cast

import pytest
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import Action, ChargePointErrorCode, ChargePointStatus, RegistrationStatus
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.session.start import StartSession
from cpoctl.operations.session.stop import StopSession
from cpoctl.operations.var.get import GetVariables
from cpoctl.operations.var.set import SetVariable
from tests.support.csms import T0, T1, T2, Csms

F = TypeVar("F", bound=Callable[..., Any])
serves = cast("Callable[[str], Callable[[F], F]]", on)


class Independent(ChargePoint):  # type: ignore[misc] # the package has no types
    """A charger on the package's own terms."""

    def __init__(self, name: str, connection: Any) -> None:
        super().__init__(name, connection)
        self.asked: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self.settings = {"HeartbeatInterval": "300", "MeterValueSampleInterval": "60"}

    @serves(Action.remote_start_transaction)
    def remote_start(self, **asked: Any) -> Any:
        self.asked.put_nowait(("RemoteStartTransaction", asked))
        return call_result.RemoteStartTransaction(status="Accepted")

    @serves(Action.remote_stop_transaction)
    def remote_stop(self, **asked: Any) -> Any:
        self.asked.put_nowait(("RemoteStopTransaction", asked))
        return call_result.RemoteStopTransaction(status="Accepted")

    @serves(Action.reset)
    def reset(self, **asked: Any) -> Any:
        self.asked.put_nowait(("Reset", asked))
        return call_result.Reset(status="Accepted")

    @serves(Action.get_configuration)
    def get_configuration(self, key: list[str] | None = None) -> Any:
        wanted = key or list(self.settings)
        return call_result.GetConfiguration(
            configuration_key=[
                {"key": name, "readonly": False, "value": self.settings[name]}
                for name in wanted
                if name in self.settings
            ],
            unknown_key=[name for name in wanted if name not in self.settings],
        )

    @serves(Action.change_configuration)
    def change_configuration(self, key: str, value: str) -> Any:
        if key not in self.settings:
            return call_result.ChangeConfiguration(status="NotSupported")
        self.settings[key] = value
        return call_result.ChangeConfiguration(status="Accepted")


Kind = TypeVar("Kind", bound=Independent)


@contextlib.asynccontextmanager
async def connected(csms: Csms, kind: type[Kind]) -> AsyncIterator[Kind]:
    """A charger of this kind, connected and booted."""
    await csms.do(AddCharger(charger="CP-1"))
    url = f"ws://127.0.0.1:{csms.port}/CP-1"
    async with connect(url, subprotocols=[Subprotocol("ocpp1.6")], proxy=None) as socket:
        made = kind("CP-1", socket)
        listening = asyncio.create_task(made.start())
        booted = await made.call(call.BootNotification(charge_point_vendor="Mobility", charge_point_model="House"))
        assert booted.status == RegistrationStatus.accepted
        yield made
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
            await listening


@pytest.fixture
async def charger(csms: Csms) -> AsyncIterator[Independent]:
    """The charger, connected and booted."""
    async with connected(csms, Independent) as made:
        yield made


async def charging(charger: Independent) -> int:
    """Begin a session and meter it; returns its transaction id."""
    status = call.StatusNotification(1, ChargePointErrorCode.no_error, ChargePointStatus.preparing)
    await charger.call(status)
    assert (await charger.call(call.Authorize("ANNA"))).id_tag_info["status"] == "Accepted"
    begun = await charger.call(call.StartTransaction(connector_id=1, id_tag="ANNA", meter_start=1000, timestamp=T0))
    number: int = begun.transaction_id
    sampled = [{"value": "4000", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
               {"value": "11", "measurand": "Power.Active.Import", "unit": "kW"}]  # fmt: skip
    values = [{"timestamp": T1, "sampled_value": sampled}]
    await charger.call(call.MeterValues(connector_id=1, transaction_id=number, meter_value=values))
    return number


async def test_it_charges_a_car(csms: Csms, charger: Independent) -> None:
    number = await charging(charger)
    assert csms.known().evses[1].power_w == 11_000
    await charger.call(call.StopTransaction(meter_stop=8000, timestamp=T2, transaction_id=number, id_tag="ANNA"))
    rows = await csms.store.reading(ListSessions().select)
    assert [(row.charger_id, row.tag_id, row.energy_wh, row.flags) for row in rows] == [("CP-1", "ANNA", 7000, [])]
    assert await csms.count("violation") == 0


async def test_it_is_started_and_stopped_remotely(csms: Csms, charger: Independent) -> None:
    assert (await csms.do(StartSession(charger="CP-1:1", tag="ANNA"))).status == "Accepted"
    assert await charger.asked.get() == ("RemoteStartTransaction", {"connector_id": 1, "id_tag": "ANNA"})
    number = await charging(charger)
    assert (await csms.do(StopSession(session="CP-1:1"))).status == "Accepted"
    assert await charger.asked.get() == ("RemoteStopTransaction", {"transaction_id": number})
    await charger.call(call.StopTransaction(meter_stop=8000, timestamp=T2, transaction_id=number, reason="Remote"))
    assert (await csms.session())["stop_reason"] == "Remote"


async def test_it_is_reset(csms: Csms, charger: Independent) -> None:
    assert (await csms.do(Reset(charger="CP-1", hard=True))).status == "Accepted"
    assert await charger.asked.get() == ("Reset", {"type": "Hard"})


async def test_it_tells_and_changes_its_settings(csms: Csms, charger: Independent) -> None:
    found = await csms.do(GetVariables(charger="CP-1", names=("HeartbeatInterval", "Bogus")))
    assert [(row.name, row.value, row.known) for row in found] == [("HeartbeatInterval", "300", True), ("Bogus", None, False)]  # fmt: skip
    await csms.do(SetVariable(charger="CP-1", name="HeartbeatInterval", value="600"))
    assert [row.value for row in await csms.do(GetVariables(charger="CP-1"))] == ["600", "60"]


async def test_it_heartbeats_and_sends_vendor_data(csms: Csms, charger: Independent) -> None:
    assert (await charger.call(call.Heartbeat())).current_time == "2026-11-22T14:00:00Z"
    assert (await charger.call(call.DataTransfer(vendor_id="v", data="d"))).status == "UnknownVendorId"
