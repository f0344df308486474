"""OCPP itself: any action with any payload, as the standard has it."""

from typing import TYPE_CHECKING, Annotated

from cpoctl.errors import NotFound, nearest
from cpoctl.operations import Argument

if TYPE_CHECKING:
    from cpoctl.ocpp import Version

Action = Annotated[str, Argument("the action as the standard spells it", kind="action")]


def no_action(action: str, version: "Version") -> NotFound:
    """The error that says that a version has no such action, and which one is near."""
    from cpoctl.ocpp import schemas

    near = schemas.nearest_action(version, action)
    return NotFound(
        f"OCPP {version} has no action {action}{nearest(action, [near]) if near else ''}",
        target=action,
        hints=["cpoctl ocpp actions    all that it has"],
    )
