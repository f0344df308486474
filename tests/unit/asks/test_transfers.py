"""Firmware and logs in the words of each version. OCPP 1.6 §5.9, §5.19, security whitepaper · OCPP 2.0.1 L, N01"""

from datetime import UTC, datetime
from typing import Any

import pytest

from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.firmware import Pace, Publish, Unpublish, Update, longest_url
from cpoctl.ocpp.asks.logs import Fetch, file_name
from tests.unit.asks.cases import V16, V21, V201, Becomes, both, check

URL, MD5 = "ftp://files.example.com/fw.bin", "0cc175b9c0f1b6a831c399e269772661"
AT, LATER = datetime(2026, 11, 22, 14, tzinfo=UTC), datetime(2026, 11, 23, 2, tzinfo=UTC)
PACE = Pace(retries=3, interval_s=90)
FETCHED = {"location": URL, "retrieveDateTime": "2026-11-22T14:00:00Z"}
SIGNATURE = {"signingCertificate": "c", "signature": "s"}
SPAN = {"oldestTimestamp": "2026-11-22T14:00:00Z", "latestTimestamp": "2026-11-23T02:00:00Z"}


def log(kind: str, **more: Any) -> tuple[str, dict[str, Any]]:
    """A GetLog."""
    return "GetLog", {"log": {"remoteLocation": URL}, "logType": kind, "requestId": 7, **more}


CASES: list[tuple[Ask, Becomes]] = [
    (
        Update(request_id=7, url=URL, fetch_at=AT, pace=PACE),
        {
            V16: (
                "UpdateFirmware",
                {"location": URL, "retries": 3, "retrieveDate": "2026-11-22T14:00:00Z", "retryInterval": 90},
            ),
            **both("UpdateFirmware", {"retries": 3, "retryInterval": 90, "requestId": 7, "firmware": FETCHED}),
        },
    ),
    (
        Update(request_id=7, url=URL, fetch_at=AT, install_at=LATER),
        both(
            "UpdateFirmware", {"requestId": 7, "firmware": {**FETCHED, "installDateTime": "2026-11-23T02:00:00Z"}}
        ),
    ),
    (
        Update(request_id=7, url=URL, fetch_at=AT, install_at=LATER, signature="s", certificate="c"),
        {
            version: (
                action,
                {"requestId": 7, "firmware": {**FETCHED, "installDateTime": "2026-11-23T02:00:00Z", **SIGNATURE}},
            )
            for version, action in ((V16, "SignedUpdateFirmware"), (V201, "UpdateFirmware"), (V21, "UpdateFirmware"))
        },
    ),
    (
        Publish(request_id=7, url=URL, checksum=MD5, pace=PACE),
        both(
            "PublishFirmware",
            {"location": URL, "retries": 3, "checksum": MD5, "requestId": 7, "retryInterval": 90},
        ),
    ),
    (Unpublish(checksum=MD5), both("UnpublishFirmware", {"checksum": MD5})),
    (
        Fetch(request_id=7, url=URL, since=AT, until=LATER, pace=PACE),
        {
            V16: (
                "GetDiagnostics",
                {
                    "location": URL, "retries": 3, "retryInterval": 90, "startTime": "2026-11-22T14:00:00Z",
                    "stopTime": "2026-11-23T02:00:00Z",
                },
            ),
            **both(*log("DiagnosticsLog", log={"remoteLocation": URL, **SPAN}, retries=3, retryInterval=90)),
        },
    ),
    (Fetch(request_id=7, url=URL, kind="diagnostics"), dict.fromkeys((V16, V201, V21), log("DiagnosticsLog"))),
    (Fetch(request_id=7, url=URL, kind="security"), dict.fromkeys((V16, V201, V21), log("SecurityLog"))),
    (Fetch(request_id=7, url=URL, kind="collector"), {V21: log("DataCollectorLog")}),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "becomes"), CASES)
def test_each_version_is_asked_in_its_own_words(ask: Ask, becomes: Becomes) -> None:
    check(ask, becomes)


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("plain", "other"),
    [
        (Update(request_id=7, url=URL, fetch_at=AT), Update(request_id=7, url=URL, fetch_at=AT, signature="s")),
        (Fetch(request_id=7, url=URL), Fetch(request_id=7, url=URL, kind="security")),
    ],
)
def test_only_the_plain_transfers_of_16_have_no_number(
    version: Version, plain: Update | Fetch, other: Update | Fetch
) -> None:
    assert plain.number(version) == (None if version is V16 else 7)
    assert other.number(version) == 7


def test_how_long_a_url_may_be_depends_on_the_version() -> None:
    assert [longest_url(version, plain=True) for version in Version] == [None, 512, 2000]
    assert [longest_url(version, plain=False) for version in Version] == [512, 512, 2000]


@pytest.mark.parametrize(
    ("answer", "name"), [({"fileName": "a"}, "a"), ({"filename": "b"}, "b"), ({}, None), ({"filename": 7}, None)]
)
def test_a_file_has_its_name_in_either_spelling(answer: dict[str, Any], name: str | None) -> None:
    assert file_name(answer) == name
