"""Profiles that were kept in the form of 1.6 are kept in the common form after migration 009."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from cpoctl.ocpp import profiles
from cpoctl.store.sqlite.migrate import migrations

BEFORE = 8
SCHEDULE = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8.1}]}
WRITTEN: list[tuple[dict[str, Any], str]] = [
    (
        {"chargingProfileId": 9, "transactionId": 7, "stackLevel": 1, "chargingProfilePurpose": "TxProfile",
         "chargingProfileKind": "Relative", "chargingSchedule": SCHEDULE},
        "tx",
    ),
    (
        {"chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "ChargePointMaxProfile",
         "chargingProfileKind": "Absolute", "validTo": "2027-01-01T00:00:00Z", "chargingSchedule": SCHEDULE},
        "charge-point-max",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("written", "purpose"), WRITTEN)
def test_a_profile_of_16_is_the_same_profile_afterwards(written: dict[str, Any], purpose: str) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        for step in migrations()[:BEFORE]:
            database.executescript(step.sql)
        database.execute("INSERT INTO profile VALUES ('night', ?, NULL, 'now')", (json.dumps(written),))
        database.execute(
            "INSERT INTO installed_profile VALUES ('CP-1', 1, ?, 0, 'Accepted', 9, NULL, ?, 'now', 'x')",
            (written["chargingProfilePurpose"], json.dumps(written)),
        )
        for step in migrations()[BEFORE:]:
            database.executescript(step.sql)
        ((kept,),) = database.execute("SELECT profile FROM profile").fetchall()
        ((given, word),) = database.execute("SELECT profile, purpose FROM installed_profile").fetchall()
    assert json.loads(kept) == json.loads(given) == profiles.kept(written)
    assert word == purpose
