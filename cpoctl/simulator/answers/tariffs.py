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
    at, tariffs = _evses(charger, number), charger.kept.tariffs
    elsewhere = (each for held_at, each in tariffs.items() if held_at not in at)
    if any(each["tariffId"] == tariff["tariffId"] and each != tariff for each in elsewhere):
        return status("DuplicateTariffId")
    tariffs |= dict.fromkeys(at, tariff)
    return status("Accepted")


def get_tariffs(charger: "Controller", request: dict[str, Any]) -> Answer:
    """List which tariff holds where. I09"""
    number = request["evseId"]
    if number != 0 and number not in charger.outlets:
        return because("Rejected", "UnknownEvse")
    found = {at: each for at, each in sorted(charger.kept.tariffs.items()) if number in (0, at)}
    if not found:
        return status("NoTariff")
    by_id = {each["tariffId"]: each for each in found.values()}
    told = [_assigned(each, [at for at in found if found[at]["tariffId"] == name]) for name, each in by_id.items()]
    return Answer({"status": "Accepted", "tariffAssignments": told})


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


def _evses(charger: "Controller", number: int) -> list[int]:
    """Where a tariff is to hold; 0 is everywhere. I07"""
    return [number] if number else list(charger.outlets)


def _assigned(tariff: dict[str, Any], evses: list[int]) -> dict[str, Any]:
    told = {"tariffId": tariff["tariffId"], "tariffKind": "DefaultTariff", "evseIds": evses}
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
