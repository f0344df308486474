"""Files that chargers fetch or upload: firmware, diagnostics and logs, by URL."""

import asyncio
from typing import Any

import pytest

from cpoctl.csms.watching import Watching
from cpoctl.errors import ChargerOffline, Refused, UsageProblem
from cpoctl.operations import Act
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.diag.fetch import FetchDiagnostics
from cpoctl.operations.firmware.update import UpdateFirmware
from cpoctl.simulator import ManualTime, VirtualCharger
from tests.operations.test_certificates import PEM
from tests.support.csms import Csms
from tests.support.raw_charger import RawCharger

URL = "ftp://files.example.com/chargers/"
UPDATE = UpdateFirmware(charger="HQ-07", url=URL)
SIGNED = UpdateFirmware(charger="HQ-07", url=URL, signature="MEUCIQ==", signing_certificate=PEM)
FETCH = FetchDiagnostics(charger="HQ-07", url=URL)
LOG = FetchDiagnostics(charger="HQ-07", url=URL, log="security")


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is connected."""
    return await csms.booted("HQ-07")


async def answered(csms: Csms, charger: RawCharger, act: Act, answer: dict[str, Any]) -> tuple[Any, list[Any]]:
    """The outcome of an act, and the action and payload that it sent."""
    doing = asyncio.create_task(csms.do(act))
    call = await charger.reply(answer)
    return await doing, call[2:]


async def test_firmware_is_fetched_now_unless_told_when(csms: Csms, charger: RawCharger) -> None:
    outcome, sent = await answered(csms, charger, UPDATE, {})
    assert (outcome.ok, outcome.status, outcome.request_id, outcome.note) == (True, "Answered", None, None)
    assert sent == ["UpdateFirmware", {"location": URL, "retrieveDate": f"{csms.clock.now():%Y-%m-%dT%H:%M:%SZ}"}]


async def test_what_was_said_of_an_update_goes_out_in_the_order_of_the_standard(
    csms: Csms, charger: RawCharger
) -> None:
    act = UpdateFirmware(charger="HQ-07", url=URL, at="2026-12-24T18:00:00+01:00", retries=3, retry_interval=90.0)
    _, (_, payload) = await answered(csms, charger, act, {})
    assert list(payload.items()) == [
        ("location", URL), ("retries", 3), ("retrieveDate", "2026-12-24T17:00:00Z"), ("retryInterval", 90),
    ]  # fmt: skip


async def test_signed_firmware_goes_with_its_signature_and_a_number(csms: Csms, charger: RawCharger) -> None:
    outcome, (action, payload) = await answered(csms, charger, SIGNED, {"status": "Accepted"})
    assert (action, list(payload)) == ("SignedUpdateFirmware", ["requestId", "firmware"])
    assert list(payload["firmware"]) == ["location", "retrieveDateTime", "signingCertificate", "signature"]
    assert (payload["firmware"]["signingCertificate"], payload["firmware"]["signature"]) == (PEM, "MEUCIQ==")
    assert outcome.request_id == payload["requestId"]


async def test_a_signature_that_the_charger_does_not_trust_tells_whom_it_trusts(
    csms: Csms, charger: RawCharger
) -> None:
    with pytest.raises(Refused, match="InvalidCertificate") as refused:
        await answered(csms, charger, SIGNED, {"status": "InvalidCertificate"})
    assert "cert installed HQ-07 --type manufacturer-root" in refused.value.hints[0]


async def test_diagnostics_are_told_by_the_name_of_their_file(csms: Csms, charger: RawCharger) -> None:
    act = FetchDiagnostics(charger="HQ-07", url=URL, since="2026-11-01T00:00:00Z", until="0s",
                           retries=1, retry_interval=5.0)  # fmt: skip
    outcome, (action, payload) = await answered(csms, charger, act, {"fileName": "diag.zip"})
    assert (outcome.file, outcome.note) == ("diag.zip", None)
    assert action == "GetDiagnostics"
    assert list(payload.items()) == [
        ("location", URL), ("retries", 1), ("retryInterval", 5), ("startTime", "2026-11-01T00:00:00Z"),
        ("stopTime", f"{csms.clock.now():%Y-%m-%dT%H:%M:%SZ}"),
    ]  # fmt: skip


async def test_an_answer_without_a_file_means_that_there_is_nothing(csms: Csms, charger: RawCharger) -> None:
    outcome, _ = await answered(csms, charger, FETCH, {})
    assert (outcome.ok, outcome.file, outcome.note) == (True, None, "the charger has nothing to upload")
    with (
        Watching(csms.central.ledger.bus, csms.central.ledger.live, "HQ-07") as watch,
        pytest.raises(Refused, match="HQ-07: the charger has nothing to upload"),
    ):
        await FETCH.settled(outcome, watch)


async def test_a_log_is_asked_for_with_a_number(csms: Csms, charger: RawCharger) -> None:
    act = FetchDiagnostics(charger="HQ-07", url=URL, log="security", since="2026-11-01T00:00:00Z", retries=2)
    answer = {"status": "AcceptedCanceled", "filename": "security.log"}
    outcome, (action, payload) = await answered(csms, charger, act, answer)
    assert action == "GetLog"
    assert list(payload) == ["log", "logType", "requestId", "retries"]
    assert payload["logType"] == "SecurityLog"
    assert payload["log"] == {"remoteLocation": URL, "oldestTimestamp": "2026-11-01T00:00:00Z"}
    assert (outcome.file, outcome.request_id) == ("security.log", payload["requestId"])
    assert "cancelled" in outcome.note


async def test_a_log_that_is_refused_can_be_fetched_the_old_way(csms: Csms, charger: RawCharger) -> None:
    with pytest.raises(Refused, match="Rejected") as refused:
        await answered(csms, charger, LOG, {"status": "Rejected"})
    assert any("without --log" in hint for hint in refused.value.hints)


@pytest.mark.parametrize("kind", [UpdateFirmware, FetchDiagnostics])
async def test_credentials_in_a_url_are_warned_of_and_not_kept(
    csms: Csms, charger: RawCharger, kind: type[UpdateFirmware] | type[FetchDiagnostics]
) -> None:
    act = kind(charger="HQ-07", url="ftp://anna:hunter2@files.example.com/x")
    outcome, sent = await answered(csms, charger, act, {})
    assert sent[1]["location"] == "ftp://anna:hunter2@files.example.com/x"
    assert "credentials" in outcome.note
    assert "hunter2" not in act.consequence()
    for table in ("command", "journal"):
        kept = await csms.rows(f"SELECT * FROM {table}")
        assert kept
        assert "hunter2" not in str(kept)


@pytest.mark.parametrize(
    "url",
    ["", "files.example.com", "file:///etc/passwd", "javascript:x", "http://", "ftp://a b/", "http://[x/", "\x1b"],
)
@pytest.mark.parametrize("kind", [UpdateFirmware, FetchDiagnostics])
async def test_a_url_that_no_charger_could_follow_is_not_sent(
    csms: Csms, charger: RawCharger, kind: type[UpdateFirmware] | type[FetchDiagnostics], url: str
) -> None:
    with pytest.raises(UsageProblem, match="no URL"):
        await csms.do(kind(charger="HQ-07", url=url))
    assert (charger.unasked, await csms.count("command")) == (0, 0)


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (UpdateFirmware(charger="HQ-07", url=URL, at="soon"), "neither a time nor a duration"),
        (UpdateFirmware(charger="HQ-07", url=URL, signature="MEUCIQ=="), "--signing-certificate"),
        (UpdateFirmware(charger="HQ-07", url=URL, signing_certificate=PEM), "--signature"),
        (UpdateFirmware(charger="HQ-07", url=URL, signing_certificate="x", signature="y"), "no certificate"),
        (UpdateFirmware(charger="HQ-07", url=URL + "x" * 512, signing_certificate=PEM, signature="y"), "at most 512"),
        (FetchDiagnostics(charger="HQ-07", url=URL + "x" * 512, log="security"), "at most 512"),
        (FetchDiagnostics(charger="HQ-07", url=URL, since="9999-99-99"), "from: "),
    ],
)
async def test_a_transfer_that_cannot_be_meant_is_not_sent(
    csms: Csms, charger: RawCharger, act: Act, says: str
) -> None:
    with pytest.raises(UsageProblem, match=says) as wrong:
        await csms.do(act)
    assert wrong.value.hints
    assert charger.unasked == 0


@pytest.mark.parametrize("act", [UPDATE, SIGNED, FETCH, LOG], ids=["update", "signed", "diagnostics", "log"])
async def test_an_offline_charger_transfers_nothing(csms: Csms, act: Act) -> None:
    await csms.do(AddCharger(charger="HQ-07"))
    with pytest.raises(ChargerOffline):
        await csms.do(act)


async def test_a_simulated_charger_names_the_file_that_it_uploads(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    async with VirtualCharger(f"ws://127.0.0.1:{csms.port}/", "CP-1", time=ManualTime(csms.clock.now())) as charger:
        await charger.connect()
        await charger.boot()
        for log in (None, "diagnostics", "security"):
            outcome = await csms.do(FetchDiagnostics(charger="CP-1", url=URL, log=log))
            assert outcome.file.endswith(".log")


@pytest.mark.parametrize("url", ["10.0.0.1/up/", "gopher://10.0.0.1/", "ftp://a b/"])
async def test_a_url_that_no_charger_could_follow_has_a_command_in_its_hint(csms: Csms, url: str) -> None:
    await csms.booted()
    with pytest.raises(UsageProblem) as wrong:
        await csms.do(FetchDiagnostics(charger="CP-1", url=url))
    assert [hint.partition("    ")[0] for hint in wrong.value.hints] == ["cpoctl diag fetch --help"]
