"""Tariffs: what charging costs, where that holds, and what chargers have of it. OCPI 2.2.1 §11 · OCPP 2.1 I07 to I12"""

from typing import Annotated, Any

from cpoctl.ocpp.asks import tariffs
from cpoctl.operations import JsonText
from cpoctl.operations._written import written

Tariff = Annotated[str, JsonText("the tariff as OCPP 2.1 has it: JSON, @FILE, or - for standard input")]


def read_tariff(text: str, charger_id: str) -> dict[str, Any]:
    """A tariff of JSON text for a charger, held against the official schema. Raises UsageProblem."""
    return written(
        text,
        "tariff",
        tariffs.problems,
        hints=[
            "cpoctl ocpp schema SetDefaultTariff    what the standard wants",
            f"cpoctl ocpp call {charger_id} SetDefaultTariff @payload.json --force --yes    send it all the same",
        ],
    )


def why_not(name: str) -> list[str]:
    """What to look at after a refusal."""
    limits = "'TariffCostCtrlr.MaxElements[Tariff]' 'TariffCostCtrlr.ConditionsSupported[Tariff]'"
    return [
        f"cpoctl var get {name} {limits}    how long a tariff may be, and whether prices may depend on anything",
        f"cpoctl tariff installed {name}    another content wants another tariffId than those that it has",
    ]
