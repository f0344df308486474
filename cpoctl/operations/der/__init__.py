"""DER: what the grid wants of chargers that can discharge a car. OCPP 2.1 R01 to R05"""

from typing import Annotated

from cpoctl.ocpp.asks import der
from cpoctl.operations import Option

Kind = der.Kind
Id = Annotated[str | None, Option("only the control of this id")]


def abilities(name: str) -> list[str]:
    """What to look at after a refusal."""
    return [
        f"cpoctl var get {name} ACDERCtrlr:1.ModesSupported DCDERCtrlr:1.ModesSupported    what its EVSE 1 can do",
        f"cpoctl der get {name}    the controls that it has",
    ]
