"""Remainders: what of a message has no field of ours, kept as it was sent."""

from typing import Any

import msgspec

from cpoctl.csms.actions import Context
from cpoctl.csms.metering import text
from cpoctl.domain.secrets import masked


def beside(ctx: Context, **known: Any) -> dict[str, Any]:
    """The members of the message, by their names on the wire, but those that are kept with just this value."""
    sent = msgspec.json.decode(masked(text(ctx.payload)))
    if not isinstance(sent, dict):
        return {}
    return {name: value for name, value in sent.items() if name not in known or known[name] != value}
