"""OCPP itself: any action with any payload, as the standard has it."""

from typing import TYPE_CHECKING, Annotated, Literal

from cpoctl.errors import NotFound, nearest
from cpoctl.operations import Argument, Option

if TYPE_CHECKING:
    from cpoctl.ocpp import Version

Action = Annotated[str, Argument("the action as the standard spells it", kind="action")]
Spoken = Annotated[
    Literal["1.6", "2.0.1", "2.1"] | None, Option("of this version of OCPP; the oldest that has the action without it")
]


def version_of(action: str, ocpp: str | None) -> "Version":
    """The version that is meant: the one that was said, or the oldest one that has the action. Raises NotFound."""
    from cpoctl.ocpp import Version, schemas

    meant = list(Version) if ocpp is None else [Version(ocpp)]
    for version in meant:
        if action in schemas.every(version):
            return version
    raise no_action(action, meant)


def sender_of(action: str, version: "Version") -> str:
    """Who sends it: the `charger`, the `csms`, or `both`."""
    from cpoctl.ocpp import Version, v2, v16

    if action == "DataTransfer":
        return "both"
    from_chargers = v16.REQUESTS if version is Version.V16 else v2.requests(version)
    return "charger" if action in from_chargers else "csms"


def no_action(action: str, versions: "list[Version]") -> NotFound:
    """The error that says that none of the versions has such an action, and which one is near."""
    from cpoctl.ocpp import Version, schemas

    near = [name for version in versions if (name := schemas.nearest_action(version, action))]
    having = [str(version) for version in Version if version not in versions and action in schemas.every(version)]
    said = f"OCPP {versions[0]} has no" if len(versions) == 1 else "no version of OCPP has an"
    elsewhere = f"; OCPP {' and '.join(having)} {'has' if len(having) == 1 else 'have'} it"
    return NotFound(
        f"{said} action {action}{elsewhere if having else nearest(action, near)}",
        target=action,
        hints=["cpoctl ocpp actions    all that there are"],
    )


def no_answer(action: str) -> NotFound:
    """The error that says that an action is never answered. 2.1 part 4 §4.2.5"""
    return NotFound(
        f"{action} is sent without waiting for an answer, so there is none",
        target=action,
        hints=[f"cpoctl ocpp schema {action}    the message itself"],
    )
