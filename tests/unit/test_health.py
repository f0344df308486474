"""Health: what one screen tells of a server. UX §4.3"""

import pytest

from cpoctl import addresses
from cpoctl.clock import SystemClock
from cpoctl.domain.fleet import LiveFleet
from cpoctl.health import standing


@pytest.mark.parametrize(
    ("bound", "told"),
    [
        ("ws://0.0.0.0:9100/", f"ws://{addresses.outgoing() or '127.0.0.1'}:9100/"),
        ("wss://[::]:9100/", f"wss://{addresses.outgoing() or '127.0.0.1'}:9100/"),
        ("ws://[::1]:9100/", "ws://[::1]:9100/"),
        ("ws://127.0.0.1:9100/", "ws://127.0.0.1:9100/"),
        (None, None),
    ],
)
def test_the_address_is_one_that_chargers_can_use(bound: str | None, told: str | None) -> None:
    assert standing({"address": bound}, LiveFleet(), SystemClock().now()).address == told
