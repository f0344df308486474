"""First steps: what stands in the fleet's list while no charger is known."""

import asyncio

from cpoctl.client import Client
from cpoctl.errors import CpoctlError


def told(address: str) -> str:
    """How a charger comes here; '' for an address that is not known."""
    where = f"{address.rstrip('/')}/<charger id>" if address else "the address that `cpoctl status` shows"
    return "\n".join(
        (
            "no chargers yet",
            "",
            f"point one here:  {where}",
            "or play some:    cpoctl sim fleet --count 5",
        )
    )


async def address(client: Client) -> str:
    """Where the server listens for chargers; '' where it does not say."""
    try:
        status = await asyncio.to_thread(client.request, "GET", "/v1/status")
    except CpoctlError:  # the banner tells that it is away
        return ""
    return str(status.get("address") or "")
