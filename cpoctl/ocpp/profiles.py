"""Charging profiles: kept in one form, that of OCPP 2.1, which can say whatever the older versions say; and said in theirs.

OCPP 1.6 §7.7, §7.8, §7.13, §7.14 · OCPP 2.0.1 K01 · OCPP 2.1 K28
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from cpoctl.errors import UsageProblem
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import lacking

Profile = Mapping[str, Any]

PURPOSES: Final[Mapping[str, str]] = {
    "charge-point-max": "ChargingStationMaxProfile",
    "tx-default": "TxDefaultProfile",
    "tx": "TxProfile",
    "priority": "PriorityCharging",
    "local-generation": "LocalGeneration",
    "external": "ChargingStationExternalConstraints",
}
"""Our word for each purpose, and the standard's."""
_MAX_OF_16: Final = "ChargePointMaxProfile"
_WORDS: Final = {wire: word for word, wire in PURPOSES.items()} | {_MAX_OF_16: "charge-point-max"}


class Tables(NamedTuple):
    """What a version's profiles may hold, in the order of the standard's tables."""

    profile: tuple[str, ...]
    schedule: tuple[str, ...]
    period: tuple[str, ...]
    purposes: tuple[str, ...]
    kinds: tuple[str, ...] = ("Absolute", "Recurring", "Relative")


_TABLES: Final = {
    Version.V16: Tables(
        ("chargingProfileId", "transactionId", "stackLevel", "chargingProfilePurpose", "chargingProfileKind",
         "recurrencyKind", "validFrom", "validTo", "chargingSchedule"),
        ("duration", "startSchedule", "chargingRateUnit", "chargingSchedulePeriod", "minChargingRate"),
        ("startPeriod", "limit", "numberPhases"),
        (_MAX_OF_16, "TxDefaultProfile", "TxProfile"),
    ),
    Version.V201: Tables(
        ("id", "stackLevel", "chargingProfilePurpose", "chargingProfileKind", "recurrencyKind", "validFrom", "validTo",
         "chargingSchedule", "transactionId"),
        ("id", "startSchedule", "duration", "chargingRateUnit", "chargingSchedulePeriod", "minChargingRate",
         "salesTariff"),
        ("startPeriod", "limit", "numberPhases", "phaseToUse"),
        ("ChargingStationExternalConstraints", "ChargingStationMaxProfile", "TxDefaultProfile", "TxProfile"),
    ),
    Version.V21: Tables(
        ("id", "stackLevel", "chargingProfilePurpose", "chargingProfileKind", "recurrencyKind", "validFrom", "validTo",
         "transactionId", "maxOfflineDuration", "chargingSchedule", "invalidAfterOfflineDuration", "dynUpdateInterval",
         "dynUpdateTime", "priceScheduleSignature"),
        ("id", "limitAtSoC", "startSchedule", "duration", "chargingRateUnit", "minChargingRate", "powerTolerance",
         "signatureId", "digestValue", "useLocalTime", "chargingSchedulePeriod", "randomizedDelay", "salesTariff",
         "absolutePriceSchedule", "priceLevelSchedule"),
        ("startPeriod", "limit", "limit_L2", "limit_L3", "numberPhases", "phaseToUse", "dischargeLimit",
         "dischargeLimit_L2", "dischargeLimit_L3", "setpoint", "setpoint_L2", "setpoint_L3", "setpointReactive",
         "setpointReactive_L2", "setpointReactive_L3", "preconditioningRequest", "evseSleep", "v2xBaseline",
         "operationMode", "v2xFreqWattCurve", "v2xSignalWattCurve"),
        tuple(PURPOSES.values()),
        ("Absolute", "Recurring", "Relative", "Dynamic"),
    ),
}  # fmt: skip


UPDATABLE: Final = tuple(
    name + phase for name in ("limit", "dischargeLimit", "setpoint", "setpointReactive") for phase in ("", "_L2", "_L3")
)
"""The members of a period that can be changed while it applies, in the order of the standard's table."""
_MOST: Final = 1e12  # beyond any limit; a longer number may not fit a float
_VENDORS_OWN: Final = "customData"  # in every object of 2.x


def purpose_of(profile: Profile) -> str:
    """Our word for what a profile limits; the standard's own where we have none."""
    told = str(profile.get("chargingProfilePurpose"))
    return _WORDS.get(told, told)


def purposes(version: Version) -> tuple[str, ...]:
    """The words of the purposes that a version has."""
    return tuple(word for word, wire in PURPOSES.items() if _in_words_of(version, wire) in _TABLES[version].purposes)


def purpose(word: str, version: Version) -> str:
    """What the standard calls a purpose in a version. Raises Unsupported."""
    if word not in purposes(version):
        has_it = tuple(other for other in Version if word in purposes(other))
        raise lacking(f"profiles of OCPP {version} have no purpose {word}", has_it)
    return _in_words_of(version, PURPOSES[word])


def _in_words_of(version: Version, wire: str) -> str:
    """A purpose of 2.x in a version: 1.6 has another word for one of them."""
    return _MAX_OF_16 if version is Version.V16 and wire == PURPOSES["charge-point-max"] else wire


def of_16(written: Profile) -> bool:
    """Whether it is written as in 1.6, where a profile has one schedule and a longer name for its number."""
    return "id" not in written and not isinstance(written.get("chargingSchedule"), list)


def kept(written: Profile) -> dict[str, Any]:
    """A profile of any version in the form in which it is kept. It has been held against its version's schema."""
    if not of_16(written):
        return _ordered(written, Version.V21)
    number = written["chargingProfileId"]
    widened = {
        **written,
        "id": number,
        "chargingProfilePurpose": PURPOSES[purpose_of(written)],
        "chargingSchedule": [{"id": number, **written["chargingSchedule"]}],
    }
    if "transactionId" in written:
        widened["transactionId"] = str(written["transactionId"])
    return _ordered(widened, Version.V21)


def spelled(profile: Profile, version: Version) -> dict[str, Any]:
    """A kept profile in the words of a version. Raises Unsupported for what it has no words for."""
    if foreign := list(dict.fromkeys(_foreign(profile, version))):
        needs = tuple(other for other in Version if other > version and not any(_foreign(profile, other)))
        raise lacking(f"profiles of OCPP {version} have no {', '.join(foreign)}", needs)
    return _ordered(_narrowed(profile) if version is Version.V16 else profile, version)


def of_session(profile: Profile) -> dict[str, Any]:
    """A kept profile as a start takes it along: one of the session that begins, of which no number is known yet.

    Raises UsageProblem for one that limits something else. 1.6 §5.11, F01.FR.08
    """
    word = purpose_of(profile)
    if word not in ("tx", "tx-default"):
        raise UsageProblem(
            f"a charging profile of the purpose {word} cannot be that of a session",
            hints=["cpoctl profile list    a session takes one that is tx or tx-default", "cpoctl profile set --help"],
        )
    own = {name: value for name, value in profile.items() if name != "transactionId"}
    return own | {"chargingProfilePurpose": PURPOSES["tx"]}


def _narrowed(profile: Profile) -> dict[str, Any]:
    """A profile in the form of 1.6."""
    said = {
        **profile,
        "chargingProfileId": profile["id"],
        "chargingProfilePurpose": _in_words_of(Version.V16, profile["chargingProfilePurpose"]),
        "chargingSchedule": profile["chargingSchedule"][0],
    }
    if "transactionId" in profile:
        said["transactionId"] = int(profile["transactionId"])
    return said


def _foreign(profile: Profile, version: Version) -> Iterator[str]:
    """What a profile says that a version has no words for."""
    tables, schedules = _TABLES[version], profile["chargingSchedule"]
    in_16 = version is Version.V16
    if _in_words_of(version, profile["chargingProfilePurpose"]) not in tables.purposes:
        yield f"purpose {purpose_of(profile)}"
    if (kind := profile["chargingProfileKind"]) not in tables.kinds:
        yield f"kind {kind}"
    if in_16 and len(schedules) > 1:
        yield "more than one schedule"
    if in_16 and not str(profile.get("transactionId", "0")).removeprefix("-").isdecimal():
        yield "transactionId that is a text"
    everywhere = ("id",) if in_16 else (_VENDORS_OWN,)
    yield from (name for name in profile if name not in (*tables.profile, *everywhere))
    for schedule in schedules:
        yield from (name for name in schedule if name not in (*tables.schedule, *everywhere))
        for period in schedule["chargingSchedulePeriod"]:
            yield from (name for name in period if name not in (*tables.period, *everywhere))
            if "limit" not in period and version is not Version.V21:
                yield "period without a limit"


def _ordered(profile: Profile, version: Version) -> dict[str, Any]:
    """The members that a version has, as its tables list them."""
    tables, schedules = _TABLES[version], profile["chargingSchedule"]
    in_order = [_schedule(each, tables) for each in (schedules if isinstance(schedules, list) else [schedules])]
    return _picked({**profile, "chargingSchedule": in_order[0] if version is Version.V16 else in_order}, tables.profile)


def _schedule(schedule: Mapping[str, Any], tables: Tables) -> dict[str, Any]:
    periods = [_picked(period, tables.period) for period in schedule["chargingSchedulePeriod"]]
    return _picked({**schedule, "chargingSchedulePeriod": periods}, tables.schedule)


def _picked(value: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value[name] for name in (_VENDORS_OWN, *names) if name in value}


def update_of(profile: Profile) -> dict[str, Any] | None:
    """What a Dynamic profile allows now, as ChargingScheduleUpdateType; None for any other profile. 2.1 K28"""
    if profile.get("chargingProfileKind") != "Dynamic":
        return None
    return _picked(profile["chargingSchedule"][0]["chargingSchedulePeriod"][0], UPDATABLE) or None


def limits(schedules: Any) -> str:
    """What schedules of a charger or of ours come to: `16 A`, or `6 to 16 A in 3 periods`; `-` where they tell no limit."""
    told = [each for each in (schedules if isinstance(schedules, list) else [schedules]) if isinstance(each, dict)]
    if not told:
        return "-"
    more = (
        f", and {len(told) - 1} more schedules" if len(told) > 2 else ", and one more schedule" if len(told) > 1 else ""
    )
    return _limits(told[0]) + more


def _limits(schedule: dict[str, Any]) -> str:
    unit, periods = schedule.get("chargingRateUnit") or "", schedule.get("chargingSchedulePeriod")
    values = [
        each["limit"]
        for each in (periods if isinstance(periods, list) else [])
        if isinstance(each, dict) and isinstance(each.get("limit"), int | float) and abs(each["limit"]) < _MOST
    ]
    if len(values) < 2:
        return f"{values[0]:g} {unit}" if values else "-"
    return f"{min(values):g} to {max(values):g} {unit} in {len(values)} periods"
