"""Vendors' own messages: one file a vendorId, named after it in lower case with `_` for every other character.

A file holds `VENDOR_ID` and `answer(message_id, data) -> dict`, which returns the DataTransfer answer:
`{"status": "Accepted" | "Rejected" | "UnknownMessageId", "data": …}`. OCPP 1.6 §4.3
"""

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from cpoctl import plugins

Answer = Callable[[str | None, Any], dict[str, Any]]


@cache
def _known() -> dict[str, Answer]:
    return {module.VENDOR_ID: module.answer for module in plugins.load_all(sys.modules[__name__])}


def answer(vendor_id: str, message_id: str | None, data: Any) -> dict[str, Any]:
    """The vendor's answer, or UnknownVendorId."""
    known = _known().get(vendor_id)
    return known(message_id, data) if known else {"status": "UnknownVendorId"}
