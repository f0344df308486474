"""Campaigns of firmware with the file exchange and a simulated charger that really fetches the image."""

import pytest

from cpoctl.errors import Conflict, NotFound, TimedOut
from cpoctl.operations import _forms
from cpoctl.operations.campaign.abort import AbortCampaign
from cpoctl.operations.campaign.firmware import DraftFirmware
from cpoctl.operations.campaign.retry import RetryCampaign
from cpoctl.operations.campaign.rm import RemoveCampaign
from cpoctl.operations.campaign.show import ShowCampaign
from cpoctl.operations.campaign.start import StartCampaign
from cpoctl.operations.firmware import _following
from cpoctl.operations.firmware.update import UpdateFirmware
from cpoctl.operations.image.add import AddImage
from cpoctl.operations.image.rm import RemoveImage
from tests.files.conftest import Place
from tests.files.conftest import make_place as make_place
from tests.files.conftest import place as place

DRAFT = DraftFirmware(campaign="fw", targets=("HQ-07",), file="fw-2.1.0.bin", canary=1)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On loopback what does not come at once never comes."""
    monkeypatch.setattr(_forms, "ARRIVES_WITHIN_S", 0.3)
    monkeypatch.setattr(_following, "AGAIN_WITHIN_S", 0.3)
    monkeypatch.setattr(_following, "SAYS_SO_WITHIN_S", 0.3)


async def asked(place: Place) -> int:
    """How often the charger was asked to flash itself."""
    return len(await place.rows("SELECT 1 FROM command WHERE action = 'UpdateFirmware'"))


async def over(place: Place) -> tuple[str, str, str | None]:
    """How the campaign and its charger stand once it is over."""
    for _ in range(5000):
        ((shown),) = await place.listed(ShowCampaign(campaign="fw"))
        if shown.state in ("finished", "halted"):
            return shown.state, shown.chargers[0].state, shown.chargers[0].status
    raise AssertionError(shown)


@pytest.mark.parametrize(
    ("rules", "end"),
    [
        ("", ("finished", "ok", "Installed")),
        ("UpdateFirmware=no-effect", ("finished", "failed", "NoEffect")),
    ],
)
async def test_a_charger_is_followed_to_the_boot_that_shows_the_version(
    place: Place, rules: str, end: tuple[str, str, str]
) -> None:
    await place.image()
    async with place.charger(rules):
        await place.do(DRAFT)
        await place.do(StartCampaign(campaign="fw"))
        assert await over(place) == end
    assert await asked(place) == 1
    if end[1] == "ok":
        (told,) = (
            await place.do(DraftFirmware(campaign="again", all=True, file="fw-2.1.0.bin", dry_run=True))
        ).chargers
        assert (told.state, told.why) == ("excluded", "it runs 2.1.0 already")


async def test_an_image_for_another_model_or_none_at_all_leaves_nobody(place: Place) -> None:
    with pytest.raises(NotFound, match="no image fw"):
        await place.do(DRAFT)
    handed = await place.handed()
    await place.do(AddImage(file=f"{handed.sha256}:fw-2.1.0.bin", model="DC-*"))
    async with place.charger():
        (told,) = (await place.do(DRAFT)).chargers
    assert (told.state, told.why) == ("excluded", "it is for the model DC-*, this is AC-22")


async def test_a_charger_that_does_not_answer_is_not_asked_over_another_form(place: Place) -> None:
    """It may have begun: to be asked twice is to be flashed twice."""
    await place.image()
    async with place.charger("UpdateFirmware=drop"):
        with pytest.raises(TimedOut):
            await place.do(UpdateFirmware(charger="HQ-07", file="fw-2.1.0.bin", timeout=0.2))
    assert await asked(place) == 1


async def test_an_image_stays_as_long_as_a_campaign_needs_it(place: Place) -> None:
    await place.image()
    async with place.charger():
        pass
    remove = RemoveImage(image="fw-2.1.0.bin")
    await place.do(DRAFT)
    with pytest.raises(Conflict, match=r"the campaign fw needs fw-2.1.0.bin, and is draft"):
        await place.do(remove)
    await place.do(RemoveCampaign(campaign="fw"))
    await place.do(DRAFT)
    await place.do(StartCampaign(campaign="fw"))
    with pytest.raises(Conflict, match="is running"):
        await place.do(remove)
    await place.do(AbortCampaign(campaign="fw"))
    assert (await place.do(remove)).image == "fw-2.1.0.bin"


async def test_a_file_that_is_kept_already_is_told_apart_from_a_name_that_is_taken(place: Place) -> None:
    await place.image()
    again, other = await place.handed(), await place.handed(b"another")
    with pytest.raises(Conflict, match=r"this file is kept already, as fw-2.1.0.bin"):
        await place.do(AddImage(file=f"{again.sha256}:copy.bin"))
    with pytest.raises(Conflict, match=r"another file is kept as fw-2.1.0.bin"):
        await place.do(AddImage(file=f"{other.sha256}:fw-2.1.0.bin"))


async def test_nothing_is_tried_again_without_the_image(place: Place) -> None:
    await place.image()
    async with place.charger("UpdateFirmware=reject"):
        await place.do(DRAFT)
        await place.do(StartCampaign(campaign="fw"))
        assert (await over(place))[1] == "failed"
        for _ in range(5000):
            if (await place.listed(ShowCampaign(campaign="fw")))[0].state == "finished":
                break
    await place.do(RemoveImage(image="fw-2.1.0.bin"))
    with pytest.raises(NotFound, match=r"no image fw-2\.1\.0\.bin"):
        await place.do(RetryCampaign(campaign="fw"))
