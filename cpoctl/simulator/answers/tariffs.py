"""Prices that the charger reckons with: SetDefaultTariff, GetTariffs, ClearTariffs, ChangeTransactionTariff.

OCPP 2.1 I07 to I11
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import V21, Answer, because, status, table
from cpoctl.simulator.answers.remote import outlet_of

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

MOST_PRICES = 10
KINDS = ("energy", "chargingTime", "idleTime", "fixedFee", "reservationTime", "reservationFixed")


def set_default_tariff(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Price every later session of an EVSE, or of all, by this tariff. I07"""
    number, tariff = request["evseId"], request["tariff"]
    if number != 0 and number not in charger.outlets:
        return because("Rejected", "UnknownEvse")
    if _prices(tariff) > MOST_PRICES:
        return status("TooManyElements")
    known = charger.kept.tariffs.items()
    if any(at != number and each["tariffId"] == tariff["tariffId"] and each != tariff for at, each in known):
        return status("DuplicateTariffId")
    charger.kept.tariffs[number] = tariff
    return status("Accepted")


def get_tariffs(charger: "Controller", request: dict[str, Any]) -> Answer:
    """List which tariff holds where. I09"""
    number = request["evseId"]
    if number != 0 and number not in charger.outlets:
        return because("Rejected", "UnknownEvse")
    found = {at: each for at, each in charger.kept.tariffs.items() if number in (0, at)}
    if not found:
        return status("NoTariff")
    return Answer({"status": "Accepted", "tariffAssignments": [_assigned(at, each) for at, each in found.items()]})


def clear_tariffs(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Forget tariffs: those that are named, or all of an EVSE. I10"""
    number, named = request.get("evseId"), request.get("tariffIds")
    tariffs = charger.kept.tariffs
    within = [at for at in tariffs if number in (None, 0, at)]
    results = []
    for name in named or list(dict.fromkeys(tariffs[at]["tariffId"] for at in within)):
        held = [at for at in within if at in tariffs and tariffs[at]["tariffId"] == name]
        for at in held:
            del tariffs[at]
        results.append({"tariffId": name, "status": "Accepted" if held else "NoTariff"})
    return Answer({"clearTariffsResult": results or [{"status": "NoTariff"}]})


def change_transaction_tariff(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Price a running transaction anew, in the same currency. I11"""
    outlet, tariff = outlet_of(charger, request["transactionId"]), request["tariff"]
    if outlet is None or outlet.session is None:
        return status("TxNotFound")
    session = outlet.session
    if session.tariff is not None and session.tariff["currency"] != tariff["currency"]:
        return status("NoCurrencyChange")
    if _prices(tariff) > MOST_PRICES:
        return status("TooManyElements")
    session.tariff = tariff
    return status("Accepted", partial(charger.voice.noted, outlet, session, "TariffChanged"))


def _prices(tariff: dict[str, Any]) -> int:
    return sum(len(tariff.get(kind, {}).get("prices", ())) for kind in KINDS)


def _assigned(number: int, tariff: dict[str, Any]) -> dict[str, Any]:
    told = {"tariffId": tariff["tariffId"], "tariffKind": "DefaultTariff", "evseIds": [number]}
    return told | ({"validFrom": tariff["validFrom"]} if "validFrom" in tariff else {})


ANSWERS = table(
    V21,
    {
        "SetDefaultTariff": set_default_tariff,
        "GetTariffs": get_tariffs,
        "ClearTariffs": clear_tariffs,
        "ChangeTransactionTariff": change_transaction_tariff,
    },
)
