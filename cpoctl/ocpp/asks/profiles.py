"""Charging profiles: set, cleared, asked for, added up, and changed while they apply.

OCPP 1.6 §5.5, §5.7, §5.16 · OCPP 2.0.1 K01, K08, K09, K10 · OCPP 2.1 K21, K28, Q01
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cpoctl.domain.timestamps import effective
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request, given, lacking
from cpoctl.ocpp.profiles import Profile, purpose, purposes, spelled

TOLD_BY: Final = {
    Version.V16: "ChargeProfileMaxStackLevel ChargingScheduleAllowedChargingRateUnit MaxChargingProfilesInstalled",
    Version.V201: "SmartChargingCtrlr.ProfileStackLevel SmartChargingCtrlr.RateUnit SmartChargingCtrlr.Entries[ChargingProfiles]",
    Version.V21: "SmartChargingCtrlr.ProfileStackLevel SmartChargingCtrlr.RateUnit SmartChargingCtrlr.Entries[ChargingProfiles]",
}
"""The variables that tell what profiles a charger takes."""
SOURCES: Final = ("EMS", "Other", "SO", "CSO")
"""Who can have limited a charger: an energy management system, the grid's operator, the charger's. 2.1 knows others."""


@dataclass(frozen=True, kw_only=True)
class SetProfile(Ask):
    """Limit an EVSE, or with 0 the whole charger. The profile is one that is kept."""

    evse_id: int
    profile: Profile

    def v16(self) -> Request:
        """SetChargingProfile"""
        return Request(
            "SetChargingProfile",
            {"connectorId": self.evse_id, "csChargingProfiles": spelled(self.profile, Version.V16)},
        )

    def v2(self) -> Request:
        """SetChargingProfile"""
        return self._v2(Version.V201)

    def v21(self) -> Request:
        """SetChargingProfile"""
        return self._v2(Version.V21)

    def _v2(self, version: Version) -> Request:
        return Request(
            "SetChargingProfile", {"evseId": self.evse_id, "chargingProfile": spelled(self.profile, version)}
        )


@dataclass(frozen=True, kw_only=True)
class ClearProfiles(Ask):
    """Take away the profiles that fit; None fits all."""

    number: int | None = None
    evse_id: int | None = None
    purpose: str | None = None
    stack_level: int | None = None

    def v16(self) -> Request:
        """ClearChargingProfile"""
        wanted = given(id=self.number, connectorId=self.evse_id, **self._wanted(Version.V16))
        return Request("ClearChargingProfile", wanted)

    def v2(self) -> Request:
        """ClearChargingProfile"""
        return self._v2(Version.V201)

    def v21(self) -> Request:
        """ClearChargingProfile"""
        return self._v2(Version.V21)

    def _v2(self, version: Version) -> Request:
        criteria = given(evseId=self.evse_id, **self._wanted(version))
        if self.number is None:
            return Request("ClearChargingProfile", {"chargingProfileCriteria": criteria})
        if criteria:  # K10.FR.02: the one or the other
            raise lacking(
                "from OCPP 2.0.1 on a number alone names a profile, without a place or a purpose", Version.V16
            )
        return Request("ClearChargingProfile", {"chargingProfileId": self.number})

    def _wanted(self, version: Version) -> dict[str, Any]:
        return _criteria(self.purpose, self.stack_level, version)

    def each(self, version: Version) -> "list[ClearProfiles]":
        """The asks that it takes: 2.x wants to be told which ones, so that all are cleared purpose by purpose. K10.FR.02"""
        if version is Version.V16 or self != ClearProfiles():
            return [self]
        return [ClearProfiles(purpose=word) for word in purposes(version) if word != "external"]


def _criteria(word: str | None, stack_level: int | None, version: Version) -> dict[str, Any]:
    """Which profiles are meant, as asks for several say it."""
    return given(chargingProfilePurpose=word and purpose(word, version), stackLevel=stack_level)


@dataclass(frozen=True)
class Step:
    """What a charger may draw from a time on; what it was not told, or cannot be read, is None."""

    begins: datetime
    limit: float | None
    unit: str | None
    phases: int | None
    discharge_limit: float | None
    setpoint: float | None


@dataclass(frozen=True, kw_only=True)
class CompositeSchedule(Ask):
    """What the limits of an EVSE, or with 0 of the whole charger, add up to in the coming seconds."""

    evse_id: int
    seconds: int
    unit: str | None = None

    def v16(self) -> Request:
        """GetCompositeSchedule"""
        return Request(
            "GetCompositeSchedule",
            given(connectorId=self.evse_id, duration=self.seconds, chargingRateUnit=self.unit),
        )

    def v2(self) -> Request:
        """GetCompositeSchedule"""
        return Request(
            "GetCompositeSchedule", given(duration=self.seconds, chargingRateUnit=self.unit, evseId=self.evse_id)
        )


def steps(told: Mapping[str, Any], now: datetime) -> list[Step]:
    """What the answer to CompositeSchedule says: 1.6 and 2.x name the same things in different places."""
    schedule = told.get("schedule") or told.get("chargingSchedule")
    if not isinstance(schedule, dict):
        return []
    written = told.get("scheduleStart") or schedule.get("scheduleStart") or schedule.get("startSchedule")
    start, _ = effective(written if isinstance(written, str) else None, now)
    unit, periods = schedule.get("chargingRateUnit"), schedule.get("chargingSchedulePeriod")
    return [
        _step(period, start, unit if isinstance(unit, str) else None)
        for period in (periods if isinstance(periods, list) else [])
        if isinstance(period, dict)
    ]


def _step(period: dict[str, Any], start: datetime, unit: str | None) -> Step:
    phases, after = _number(period.get("numberPhases")), _number(period.get("startPeriod")) or 0
    return Step(
        begins=start + timedelta(seconds=after if after >= 0 else 0),
        limit=_number(period.get("limit")),
        unit=unit,
        phases=round(phases) if phases is not None else None,
        discharge_limit=_number(period.get("dischargeLimit")),
        setpoint=_number(period.get("setpoint")),
    )


def _number(value: object) -> float | None:
    """A number that a time can be shifted by; some send text (ha#1499)."""
    try:
        number = float(value) if isinstance(value, (int, float, str)) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and -1e9 < number < 1e9 else None


@dataclass(frozen=True, kw_only=True)
class ReportProfiles(Ask):
    """Have a charger tell, in ReportChargingProfiles of this number, the profiles that fit; None fits all."""

    instead = ("cpoctl profile installed {charger}    what it was given, by our memory",)

    request_id: int
    evse_id: int | None = None
    number: int | None = None
    purpose: str | None = None
    stack_level: int | None = None

    def v2(self) -> Request:
        """GetChargingProfiles"""
        return self._v2(Version.V201)

    def v21(self) -> Request:
        """GetChargingProfiles"""
        return self._v2(Version.V21)

    def _v2(self, version: Version) -> Request:
        ids = given(chargingProfileId=None if self.number is None else [self.number])
        criterion = {**_criteria(self.purpose, self.stack_level, version), **ids}
        wanted = criterion or {"chargingLimitSource": list(SOURCES)}  # K09.FR.03: something has to be named
        return Request(
            "GetChargingProfiles", given(requestId=self.request_id, evseId=self.evse_id, chargingProfile=wanted)
        )


@dataclass(frozen=True, kw_only=True)
class UpdateDynamic(Ask):
    """Change what a Dynamic profile allows, at once."""

    instead = ("cpoctl profile set {charger}:1 --limit 16A --yes    a limit that takes the place of the last one",)

    number: int
    limit: float | None = None
    discharge_limit: float | None = None
    setpoint: float | None = None

    def v21(self) -> Request:
        """UpdateDynamicSchedule"""
        return Request("UpdateDynamicSchedule", {"chargingProfileId": self.number, "scheduleUpdate": self.update})

    @property
    def update(self) -> dict[str, Any]:
        """ChargingScheduleUpdateType"""
        return given(limit=self.limit, dischargeLimit=self.discharge_limit, setpoint=self.setpoint)


@dataclass(frozen=True, kw_only=True)
class UsePriority(Ask):
    """Let a running transaction charge by the charger's priority profile, or no longer."""

    instead = ("cpoctl profile set {charger}:{evse_id} --limit 32A --yes    give its EVSE more, and others less",)
    transaction_id: str
    active: bool
    evse_id: int

    def v21(self) -> Request:
        """UsePriorityCharging"""
        return Request("UsePriorityCharging", {"transactionId": self.transaction_id, "activate": self.active})


@dataclass(frozen=True, kw_only=True)
class AllowTransfer(Ask):
    """Tell which ways of energy transfer a running transaction may use."""

    transaction_id: str
    modes: tuple[str, ...]

    def v21(self) -> Request:
        """NotifyAllowedEnergyTransfer"""
        return Request(
            "NotifyAllowedEnergyTransfer",
            {"transactionId": self.transaction_id, "allowedEnergyTransfer": list(self.modes)},
        )
