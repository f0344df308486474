"""Diagnostics and firmware by the server's own exchange, with simulated chargers of several kinds."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes

from cpoctl.clock import stored
from cpoctl.errors import Refused, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.operations import _forms
from cpoctl.operations.diag import fetch
from cpoctl.operations.diag.fetch import FetchDiagnostics
from cpoctl.operations.diag.list import ListUploads
from cpoctl.operations.diag.rm import RemoveUpload
from cpoctl.operations.diag.snapshot import KeepSnapshot
from cpoctl.operations.firmware import _following
from cpoctl.operations.firmware.publish import PublishFirmware
from cpoctl.operations.firmware.unpublish import UnpublishFirmware
from cpoctl.operations.firmware.update import UpdateFirmware
from cpoctl.operations.image.add import AddImage
from cpoctl.operations.image.list import ListImages
from cpoctl.operations.image.verify import VerifyImage
from cpoctl.operations.transfer import ListTransfers
from cpoctl.store import rows
from tests.files.conftest import IMAGE, Make, Place
from tests.files.test_signatures import PSS, RSA, certificate, text

FETCH = FetchDiagnostics(charger="HQ-07")
UPDATE = UpdateFirmware(charger="HQ-07", file="fw-2.1.0.bin")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On loopback what does not come at once never comes."""
    monkeypatch.setattr(_forms, "ARRIVES_WITHIN_S", 0.3)
    monkeypatch.setattr(fetch, "ARRIVES_WITHIN_S", 0.3)
    monkeypatch.setattr(fetch, "DOUBTED_WITHIN_S", 0.05)
    monkeypatch.setattr(_following, "AGAIN_WITHIN_S", 0.3)
    monkeypatch.setattr(_following, "SAYS_SO_WITHIN_S", 0.3)


async def forms(place: Place) -> dict[str, bool]:
    """What was learnt: by form whether it worked."""
    found = await place.rows("SELECT form, worked_at > coalesce(failed_at, '') AS works FROM transfer_form")
    return {each["form"]: bool(each["works"]) for each in found}


@pytest.mark.parametrize("version", Version)
async def test_a_charger_uploads_to_the_server_without_being_told_a_url(place: Place, version: Version) -> None:
    async with place.charger(version=version):
        outcome = await place.waited(FETCH)
    assert (outcome.status, outcome.form) == ("Uploaded", "http")
    [kept] = await place.listed(ListUploads())
    assert (kept.upload, kept.charger_id, kept.bytes) == (outcome.upload, "HQ-07", outcome.bytes)
    assert b"firmware 1.4.2" in (place.folder / kept.kept).read_bytes()
    assert await forms(place) == {"http": True}


@pytest.mark.parametrize("version", [Version.V16, Version.V201], ids=str)
async def test_a_charger_that_speaks_only_ftp_is_asked_for_it_and_remembered(place: Place, version: Version) -> None:
    rules = "GetDiagnostics=ftp-only,GetLog=ftp-only,UpdateFirmware=ftp-only"
    async with place.charger(rules, version):
        assert (await place.waited(FETCH)).form == "ftp"
        assert await forms(place) == {"http": False, "ftp": True}
        assert [form.name for form in await place.exchange.forms("HQ-07", "diagnostics")] == ["ftp", "http"]
        again = await place.waited(FETCH)
        assert (again.form, len(again.grants)) == ("ftp", 1)
        await place.image()
        outcome = await place.waited(UPDATE)
        assert (outcome.status, outcome.form) == ("Installed", "ftp")


@pytest.mark.parametrize("how", ["post", "form", "other-name"])
async def test_a_file_is_paired_with_its_request_however_it_comes(place: Place, how: str) -> None:
    async with place.charger(f"GetDiagnostics={how}"):
        outcome = await place.waited(FETCH)
        told = await place.finished()
    assert (outcome.status, outcome.upload, outcome.file) == ("Uploaded", told.transfer_id, told.name)
    assert told.grant_id in outcome.grants


async def test_a_charger_that_says_uploaded_and_sent_nothing_is_told_so(place: Place) -> None:
    async with place.charger("GetDiagnostics=nothing"):
        with pytest.raises(Refused, match="told Uploaded, but nothing has arrived") as refused:
            await place.waited(FETCH)
    assert refused.value.detail["outcome"].status == "NothingArrived"


async def test_an_upload_that_breaks_is_no_success(place: Place) -> None:
    async with place.charger("GetDiagnostics=half"):
        with pytest.raises(Refused, match="UploadFailed"):
            await place.waited(FETCH)
    kept = await place.listed(ListUploads())
    assert [row for row in kept if row.form == "http"] == [], "over FTP half a file ends as a whole one does"


async def test_a_part_that_came_by_ftp_is_named_in_the_error_and_marked_in_the_list(place: Place) -> None:
    async with place.charger("GetDiagnostics=half"):
        with pytest.raises(
            Refused, match=r"told UploadFailed: upload \d+, .* is perhaps not all of the file"
        ) as refused:
            await place.waited(replace(FETCH, ftp=True))
    [kept] = await place.listed(ListUploads())
    assert (kept.form, kept.note) == ("ftp", "perhaps not all of it: its charger told UploadFailed")
    outcome = refused.value.detail["outcome"]
    assert (outcome.ok, outcome.status, outcome.upload) == (False, "UploadFailed", kept.upload)


@pytest.mark.parametrize(("ends_first", "later_s", "doubted"), [(True, 5, True), (False, 5, True), (True, 61, False)])
async def test_a_failure_counts_for_the_upload_that_ends_about_then(
    place: Place, ends_first: bool, later_s: int, doubted: bool
) -> None:
    at = place.server.central.clock.now()
    began = rows.TransferStarted(7, 7, "HQ-07", "diagnostics", "ftp", "10.0.0.7", "a.log", stored(at), None)
    ended = rows.TransferEnded(stored(at), 9, 1.0, "whole", None, "hq/a.log", "00", None, 7)
    told = rows.UploadDoubted("in part", "hq-07", "ftp", stored(at + timedelta(seconds=later_s - 60)))
    await place.server.central.store.write([began, *((ended, told) if ends_first else (told, ended))])
    assert [each.note for each in await place.listed(ListUploads())] == ["in part" if doubted else None]


async def test_an_upload_is_removed_with_its_file_and_its_transfer_stays(place: Place) -> None:
    async with place.charger():
        outcome = await place.waited(FETCH)
    removed = await place.do(RemoveUpload(upload=str(outcome.upload)))
    assert not (place.folder / removed.kept).exists()
    assert await place.listed(ListUploads()) == []
    [left] = await place.listed(ListTransfers())
    assert (left.state, left.bytes) == ("whole", outcome.bytes)


@pytest.mark.parametrize("version", Version)
async def test_an_image_is_fetched_and_installed_up_to_the_boot_that_shows_its_version(
    place: Place, version: Version
) -> None:
    image = await place.image()
    async with place.charger(version=version):
        outcome = await place.waited(UPDATE)
    assert (outcome.status, outcome.version, outcome.note) == ("Installed", "2.1.0", None)
    told = await place.finished()
    assert (told.state, told.bytes) == ("whole", image["bytes"])
    assert place.server.central.fleet.live.charger("HQ-07").firmware == "2.1.0"  # type: ignore[union-attr]


async def test_a_charger_that_tells_nothing_is_known_by_its_boot(place: Place) -> None:
    await place.image()
    async with place.charger("UpdateFirmware=mute"):
        outcome = await place.waited(UPDATE)
    assert (outcome.status, outcome.note) == ("Installed", "it told no end, but its boot shows the version")


async def test_an_update_without_effect_is_no_success(place: Place) -> None:
    await place.image()
    async with place.charger("UpdateFirmware=no-effect"):
        with pytest.raises(Refused, match=r"still runs 1\.4\.2 instead of 2\.1\.0"):
            await place.waited(UPDATE)


async def test_how_much_was_fetched_is_known_of_a_charger_that_says_nothing(place: Place) -> None:
    await place.image()
    async with place.charger("UpdateFirmware=mute"):
        await place.do(UPDATE)
        await place.finished()
    assert "it has fetched 0.5 MB of 0.5 MB" in UPDATE.still(place.server.central.fleet.live)[0]


async def test_an_image_for_another_model_is_not_sent(place: Place) -> None:
    handed = await place.handed()
    added = await place.do(AddImage(file=f"{handed.sha256}:dc.bin", model="DC-*"))
    assert (added.image, added.bytes, added.signed) == ("dc.bin", handed.bytes, False)
    async with place.charger():
        with pytest.raises(UsageProblem, match="for the model DC-"):
            await place.do(UpdateFirmware(charger="HQ-07", file="dc.bin"))
    assert place.exchange.listeners.where == {}, "nothing was offered"


async def test_an_image_with_a_bad_signature_is_not_kept(place: Place) -> None:
    handed = await place.handed()
    add = AddImage(file=f"{handed.sha256}:fw.bin", signature=text(b"1" * 256), signing_certificate=certificate(RSA))
    with pytest.raises(UsageProblem, match="the signature is not good"):
        await place.do(add)
    assert await place.listed(ListImages()) == []


async def test_an_image_goes_with_its_signature_unless_told_otherwise(place: Place) -> None:
    handed = await place.handed()
    signature = text(RSA.sign(IMAGE, PSS, hashes.SHA256()))
    pem = certificate(RSA, datetime.now(UTC) + timedelta(days=1))
    name = f"{handed.sha256}:fw-3.0.0.bin"
    await place.do(AddImage(file=name, version="3.0.0", signature=signature, signing_certificate=pem))
    act = UpdateFirmware(charger="HQ-07", file="fw-3.0.0.bin")
    async with place.charger():
        assert (await place.waited(act)).request_id is not None, "the signed update of 1.6 has a number"
        assert (await place.do(replace(act, unsigned=True))).request_id is None


async def test_an_image_that_is_not_what_was_added_is_found_out_and_not_sent(place: Place) -> None:
    image = await place.image()
    place.exchange.folder.image(image["sha256"]).write_bytes(b"other")
    with pytest.raises(Exception, match="is not the file that was added"):
        await place.do(VerifyImage(image="fw-2.1.0.bin"))
    async with place.charger():
        with pytest.raises(Exception, match="is not what was added"):
            await place.do(UPDATE)


@pytest.mark.parametrize("rules", ["", "PublishFirmware=ftp-only"], ids=["http", "ftp"])
async def test_a_local_controller_fetches_an_image_and_says_where_it_offers_it(place: Place, rules: str) -> None:
    image = await place.image()
    async with place.charger(rules, Version.V201):
        outcome = await place.waited(PublishFirmware(charger="HQ-07", file="fw-2.1.0.bin"))  # L03.FR.01, L03.FR.04
        told = await place.finished()
        assert (await place.do(UnpublishFirmware(charger="HQ-07", file="fw-2.1.0.bin"))).status == "Unpublished"
    [kept] = await place.rows("SELECT md5 FROM image")
    assert (outcome.status, outcome.checksum, told.bytes) == ("Published", kept["md5"], image["bytes"])
    assert outcome.locations == (f"http://hq-07.local/{kept['md5']}",)
    assert outcome.form == ("ftp" if rules else "http")


async def test_a_publication_that_is_named_twice_is_refused(place: Place) -> None:
    await place.image()
    async with place.charger(version=Version.V201):
        for act in (
            PublishFirmware(charger="HQ-07", file="fw-2.1.0.bin", checksum="0" * 32),
            PublishFirmware(charger="HQ-07", file="fw-2.1.0.bin", url="http://10.0.0.1/x", checksum="0" * 32),
            PublishFirmware(charger="HQ-07"),
        ):
            with pytest.raises(UsageProblem, match="--file is an image of the server"):
                await place.do(act)


@pytest.mark.parametrize("version", [Version.V16, Version.V201], ids=str)
async def test_a_snapshot_is_kept_beside_the_uploads(place: Place, version: Version) -> None:
    async with place.charger(version=version):
        kept = await place.do(KeepSnapshot(charger="HQ-07"))
    [row] = await place.listed(ListUploads())
    assert (row.upload, row.name, row.bytes, row.form) == (kept.upload, kept.file, kept.bytes, "ocpp")
    told = json.loads((place.folder / row.kept).read_bytes())
    assert (told["charger_id"], told["ocpp"], told["firmware"]) == ("HQ-07", str(version), "1.4.2")
    assert len(told["variables"]) > 20
    assert await forms(place) == {}, "nothing was learned of a form of transfer"


async def test_doctor_is_told_the_addresses_that_chargers_dialled(make_place: Make) -> None:
    place = await make_place(listen="127.0.0.1:0")
    async with place.charger():
        offer = await place.offer("diagnostics", "http")
        assert [offer.url.startswith(url) for url in place.exchange.facts().values()] == [True]


async def test_a_remote_charger_is_not_given_an_address_of_its_own(make_place: Make) -> None:
    place = await make_place()
    place.exchange.must_reach("127.0.0.1", "127.0.0.1")
    with pytest.raises(UsageProblem, match="could not reach localhost") as wrong:
        place.exchange.must_reach("10.1.2.3", "localhost")
    assert "files.host" in wrong.value.hints[0]


async def test_an_exchange_that_is_off_opens_nothing(make_place: Make) -> None:
    place = await make_place(off=True, listen="127.0.0.1:0")
    async with place.charger():
        with pytest.raises(Exception, match="switched off"):
            await place.do(FETCH)
    assert place.exchange.listeners.where == {}
