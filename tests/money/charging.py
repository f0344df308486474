"""What these tests charge, and at what price."""

from typing import Any

from cpoctl.operations.tariff.add import AddTariff
from cpoctl.operations.tariff.assign import AssignTariff
from tests.support.csms import T1, T2, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger

EARLY = "2026-01-01T00:00:00Z"


async def tariff(csms: Csms, energy: str = "0.50", name: str = "day", **more: Any) -> None:
    """A tariff that holds wherever none is nearer."""
    await csms.do(AddTariff(id=name, energy=energy, currency="EUR", vat="19", **more))
    await csms.do(AssignTariff(tariff=name, default=True, since=EARLY, replace=True))


async def charged(
    charger: RawCharger, *, connector: int = 1, tag: str = "ANNA", second: int = 0, at_the_end: str | None = None
) -> int:
    """A session of 7 kWh and 45 minutes; its transaction. `at_the_end` is the status in the last quarter of an hour."""
    begun = start(connector, tag, at=f"2026-11-22T13:00:{second:02d}Z")
    number = int((await charger.call("StartTransaction", begun))["transactionId"])
    await charger.call("MeterValues", metered(number, 4000, T1, connector))
    if at_the_end is not None:
        status = {"connectorId": connector, "errorCode": "NoError", "status": at_the_end, "timestamp": T1}
        await charger.call("StatusNotification", status)
    await charger.call("StopTransaction", stop(number, at=T2))
    return number


async def priced(csms: Csms, count: int = 1) -> list[dict[str, Any]]:
    """The prices once there are so many."""
    for _ in range(5000):
        if len(found := await csms.rows("SELECT * FROM session_price ORDER BY price_id")) >= count:
            return found
    raise AssertionError(f"only {len(found)} prices")
