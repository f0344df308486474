"""Charging profiles as a charger keeps them, and the limit they add up to. 1.6 §3.13 · OCPP 2.0.1 K, OCPP 2.1 K, Q

A limit below nothing is what a car is to give back, where charger and contract let it.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cpoctl.simulator.car import MAINS_V
from cpoctl.simulator.simtime import moment

Profile = dict[str, Any]
PERIODS = {"Daily": timedelta(days=1), "Weekly": timedelta(days=7)}


@dataclass(frozen=True)
class Installed:
    """A profile and the connector it was set on (0: the whole charger)."""

    connector_id: int
    profile: Profile
    set_at: datetime

    @property
    def purpose(self) -> str:
        return str(self.profile["chargingProfilePurpose"])

    @property
    def level(self) -> int:
        return int(self.profile["stackLevel"])

    def limit_w(self, at: datetime, began: datetime | None) -> float | None:
        """Tell the limit at a moment, None where the profile says nothing."""
        period = self.period(at, began)
        return _watts(period, self.profile["chargingSchedule"]["chargingRateUnit"]) if period is not None else None

    def period(self, at: datetime, began: datetime | None) -> dict[str, Any] | None:
        """Find the period that holds at a moment."""
        start = self._start(at, began)
        schedule = self.profile["chargingSchedule"]
        if start is None or at < start or not self._valid(at):
            return None
        offset = (at - start).total_seconds()
        if offset >= schedule.get("duration", math.inf):
            return None
        current = [period for period in schedule["chargingSchedulePeriod"] if period["startPeriod"] <= offset]
        return current[-1] if current else None

    def _valid(self, at: datetime) -> bool:
        since, until = self.profile.get("validFrom"), self.profile.get("validTo")
        return (since is None or moment(since) <= at) and (until is None or at <= moment(until))

    def _start(self, at: datetime, began: datetime | None) -> datetime | None:
        written = self.profile["chargingSchedule"].get("startSchedule")
        kind = self.profile["chargingProfileKind"]
        if kind == "Relative":
            return began
        start = moment(written) if written else began or self.set_at
        if kind == "Recurring":
            every = PERIODS[self.profile.get("recurrencyKind", "Daily")]
            start += max((at - start) // every, 0) * every
        return start


_PURPOSES_V2 = {"ChargingStationMaxProfile": "ChargePointMaxProfile"}


def of_v2(profile: Profile) -> Profile:
    """Give a profile of 2.x as the shelf keeps it: in the words of 1.6, its first schedule the one that counts. K01"""
    kept = {name: value for name, value in profile.items() if name != "id"}
    return kept | {
        "chargingProfileId": profile["id"],
        "chargingProfilePurpose": purpose_of(profile["chargingProfilePurpose"]),
        "chargingSchedule": profile["chargingSchedule"][0],
        "original": profile,
    }


def purpose_of(word: str) -> str:
    """Give a purpose of 2.x in the words of 1.6."""
    return _PURPOSES_V2.get(word, word)


def _watts(period: dict[str, Any], unit: str) -> float | None:
    told = period.get("setpoint", period.get("limit"))  # OCPP 2.1 Q: a setpoint is followed, a limit kept
    if told is None:
        return None
    return float(told) if unit == "W" else float(told) * MAINS_V * int(period.get("numberPhases", 3))


class ProfileShelf:
    """The profiles installed on one charger."""

    def __init__(self, now: Callable[[], datetime], max_level: int, max_periods: int, max_profiles: int) -> None:
        self._now = now
        self._max_level, self._max_periods, self._max_profiles = max_level, max_periods, max_profiles
        self._installed: list[Installed] = []

    def __iter__(self) -> Iterator[Installed]:
        return iter(self._installed)

    def __len__(self) -> int:
        return len(self._installed)

    def install(self, connector_id: int, profile: Profile, *, charging: bool) -> str:
        """Take a profile and tell the status of 1.6 §5.16."""
        new = Installed(connector_id, profile, self._now())
        periods = profile["chargingSchedule"]["chargingSchedulePeriod"]
        if not 0 <= new.level <= self._max_level or not 0 < len(periods) <= self._max_periods:
            return "Rejected"
        if new.purpose == "ChargePointMaxProfile" and connector_id != 0:  # 1.6 §3.13.1
            return "Rejected"
        if new.purpose == "TxProfile" and (connector_id == 0 or not charging):
            return "Rejected"
        kept = [old for old in self._installed if not _replaces(new, old)]
        if len(kept) >= self._max_profiles:
            return "Rejected"
        self._installed = [*kept, new]
        return "Accepted"

    def clear(self, wanted: dict[str, Any]) -> str:
        """Remove what matches every filter given. 1.6 §5.3"""
        kept = [old for old in self._installed if not _matches(old, wanted)]
        found = len(kept) < len(self._installed)
        self._installed = kept
        return "Accepted" if found else "Unknown"

    def session_over(self, connector_id: int) -> None:
        """Drop the profiles that lived with a session. 1.6 §3.13.1"""
        self.clear({"connectorId": connector_id, "chargingProfilePurpose": "TxProfile"})

    def limit_w(
        self,
        connector_id: int,
        at: datetime,
        began: datetime | None,
        offered_w: float,
        *,
        priority: bool = False,
    ) -> float:
        """Add the profiles up: TxProfile before TxDefaultProfile, and the charger's own maximum over both.

        With priority its profile comes before both. OCPP 2.1 K21
        """
        own = self._strongest("PriorityCharging", (connector_id, 0), at, began) if priority else None
        if own is None:
            own = self._strongest("TxProfile", (connector_id,), at, began)
        if own is None:
            own = self._strongest("TxDefaultProfile", (connector_id, 0), at, began)
        most = self._strongest("ChargePointMaxProfile", (0,), at, began)
        return min(limit for limit in (own, most, offered_w) if limit is not None)

    def mode(self, connector_id: int, at: datetime, began: datetime | None) -> str:
        """Tell the operation mode that the strongest profile asks for. OCPP 2.1 Q"""
        order = {"TxProfile": 1, "TxDefaultProfile": 0}
        found = [
            (order[installed.purpose], installed.level, str(period.get("operationMode", "ChargingOnly")))
            for installed in self._installed
            if installed.purpose in order and installed.connector_id in (connector_id, 0)
            for period in [installed.period(at, began)]
            if period is not None
        ]
        return max(found)[2] if found else "ChargingOnly"

    def composite(
        self, connector_id: int, seconds: int, unit: str, began: datetime | None, offered_w: float
    ) -> list[dict[str, Any]]:
        """Write the limit of the coming time as schedule periods. 1.6 §5.7"""
        start, volts = self._now(), 1.0 if unit == "W" else MAINS_V * 3
        periods: list[dict[str, Any]] = []
        for offset in range(0, max(seconds, 1), max(seconds // 1440, 1)):
            limit_w = self.limit_w(connector_id, start + timedelta(seconds=offset), began, offered_w)
            limit = round(limit_w / volts, 1)
            if not periods or periods[-1]["limit"] != limit:
                periods.append({"startPeriod": offset, "limit": limit})
        return periods

    def _strongest(
        self, purpose: str, connectors: tuple[int, ...], at: datetime, began: datetime | None
    ) -> float | None:
        """Take the highest stack level that says something; a connector's own before the charger's."""
        found = [
            (installed.level, -connectors.index(installed.connector_id), limit)
            for installed in self._installed
            if installed.purpose == purpose and installed.connector_id in connectors
            for limit in [installed.limit_w(at, began)]
            if limit is not None
        ]
        return max(found)[2] if found else None


def _replaces(new: Installed, old: Installed) -> bool:
    """Tell whether a profile takes another's place. 1.6 §3.13.2"""
    if new.profile["chargingProfileId"] == old.profile["chargingProfileId"]:
        return True
    return (new.connector_id, new.purpose, new.level) == (old.connector_id, old.purpose, old.level)


def _matches(installed: Installed, wanted: dict[str, Any]) -> bool:
    has = {
        "id": installed.profile["chargingProfileId"],
        "connectorId": installed.connector_id,
        "chargingProfilePurpose": installed.purpose,
        "stackLevel": installed.level,
    }
    return all(has[name] == value for name, value in wanted.items() if name in has)
