"""How charging profiles add up. OCPP 1.6 §3.13"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cpoctl.simulator.profiles import ProfileShelf

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
OFFERED_W = 22_080.0


@pytest.fixture
def shelf() -> ProfileShelf:
    return ProfileShelf(lambda: NOW, max_level=8, max_periods=24, max_profiles=10)


def profile(number: int, purpose: str, periods: list[tuple[int, float]], level: int = 0, **more: Any) -> dict[str, Any]:
    schedule = {
        "chargingRateUnit": more.pop("unit", "W"),
        "chargingSchedulePeriod": [{"startPeriod": start, "limit": limit} for start, limit in periods],
        **more.pop("schedule", {}),
    }
    return {
        "chargingProfileId": number,
        "chargingProfilePurpose": purpose,
        "stackLevel": level,
        "chargingProfileKind": more.pop("kind", "Relative"),
        "chargingSchedule": schedule,
        **more,
    }


def limit(shelf: ProfileShelf, *, minutes: float = 0) -> float:
    return shelf.limit_w(1, NOW + timedelta(minutes=minutes), NOW, OFFERED_W)


def test_without_profiles_the_hardware_is_the_limit(shelf: ProfileShelf) -> None:
    assert limit(shelf) == OFFERED_W


def test_a_session_profile_comes_before_the_default(shelf: ProfileShelf) -> None:
    shelf.install(0, profile(1, "TxDefaultProfile", [(0, 5000)]), charging=True)
    shelf.install(1, profile(2, "TxProfile", [(0, 9000)]), charging=True)
    assert limit(shelf) == 9000


def test_a_connectors_default_comes_before_the_chargers(shelf: ProfileShelf) -> None:
    shelf.install(0, profile(1, "TxDefaultProfile", [(0, 5000)]), charging=False)
    shelf.install(1, profile(2, "TxDefaultProfile", [(0, 9000)]), charging=False)
    assert limit(shelf) == 9000


def test_the_chargers_maximum_caps_everything(shelf: ProfileShelf) -> None:
    shelf.install(1, profile(1, "TxProfile", [(0, 9000)]), charging=True)
    absolute = profile(2, "ChargePointMaxProfile", [(0, 4000)], kind="Absolute")
    shelf.install(0, absolute, charging=True)
    assert limit(shelf) == 4000


def test_the_highest_level_wins_while_it_lasts(shelf: ProfileShelf) -> None:
    shelf.install(0, profile(1, "TxDefaultProfile", [(0, 5000)]), charging=False)
    short = profile(2, "TxDefaultProfile", [(0, 8000)], level=3, schedule={"duration": 600})
    shelf.install(0, short, charging=False)
    assert (limit(shelf), limit(shelf, minutes=11)) == (8000, 5000)


def test_periods_follow_each_other(shelf: ProfileShelf) -> None:
    shelf.install(0, profile(1, "TxDefaultProfile", [(0, 16), (1800, 10)], unit="A"), charging=False)
    assert (limit(shelf), limit(shelf, minutes=30)) == (16 * 690, 10 * 690)


def test_a_daily_profile_returns_every_day(shelf: ProfileShelf) -> None:
    daily = profile(
        1,
        "TxDefaultProfile",
        [(0, 6000), (3600, 11000)],
        kind="Recurring",
        recurrencyKind="Daily",
        schedule={"startSchedule": "2026-02-01T08:00:00Z"},
    )
    shelf.install(0, daily, charging=False)
    assert (limit(shelf), limit(shelf, minutes=61)) == (6000, 11000)


def test_a_profile_counts_only_while_it_is_valid(shelf: ProfileShelf) -> None:
    shelf.install(0, profile(1, "TxDefaultProfile", [(0, 6000)], validTo="2026-03-01T08:30:00Z"), charging=False)
    assert (limit(shelf), limit(shelf, minutes=31)) == (6000, OFFERED_W)


def test_the_same_id_or_place_is_replaced(shelf: ProfileShelf) -> None:
    shelf.install(0, profile(1, "TxDefaultProfile", [(0, 6000)]), charging=False)
    shelf.install(0, profile(2, "TxDefaultProfile", [(0, 7000)]), charging=False)
    assert shelf.clear({"id": 1}) == "Unknown"
    assert limit(shelf) == 7000


def test_a_session_takes_its_profiles_with_it(shelf: ProfileShelf) -> None:
    shelf.install(1, profile(1, "TxProfile", [(0, 6000)]), charging=True)
    shelf.session_over(1)
    assert limit(shelf) == OFFERED_W


def test_a_composite_schedule_has_a_period_for_each_change(shelf: ProfileShelf) -> None:
    shelf.install(0, profile(1, "TxDefaultProfile", [(0, 6000), (60, 8000), (120, 8000)]), charging=False)
    periods = shelf.composite(1, 300, "W", NOW, OFFERED_W)
    assert periods == [{"startPeriod": 0, "limit": 6000.0}, {"startPeriod": 60, "limit": 8000.0}]
