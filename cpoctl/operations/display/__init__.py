"""Displays: messages on the screens of chargers. OCPP 2.0.1 O01 to O06"""

from typing import Annotated, Literal

from cpoctl.operations import BITS_31, Option

Priority = Literal["always-front", "in-front", "normal-cycle"]
State = Literal["charging", "faulted", "idle", "unavailable", "suspended", "discharging"]
Format = Literal["utf8", "ascii", "html", "uri", "qrcode"]
Number = Annotated[int, Option("the message's number", least=0, most=BITS_31)]


def abilities(name: str) -> list[str]:
    """What to look at after a refusal."""
    wanted = "DisplayMessageCtrlr.SupportedPriorities DisplayMessageCtrlr.SupportedFormats"
    return [
        f"cpoctl var get {name} {wanted}    what its screen takes",
        f"cpoctl display list {name}    what is set on it",
    ]
