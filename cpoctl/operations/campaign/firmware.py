"""Draft a campaign that gives chargers a firmware."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.domain.campaign_plans import Meant
from cpoctl.operations import Operator, Option
from cpoctl.operations.campaign._draft import Drafting, Purpose
from cpoctl.operations.firmware import OverFtp
from cpoctl.operations.firmware.update import UpdateFirmware
from cpoctl.operations.image.verify import image_of, signed_by


@dataclass(frozen=True, kw_only=True)
class DraftFirmware(Drafting):
    """Draft a campaign that gives chargers a firmware, a few at a time; `campaign start` begins it.

    Each charger gets what `firmware update --file --wait` would do: it is followed to the boot that shows the version.
    Who is away gets it when it returns. With a canary the first are of different makes, as far as there are any; one
    that is not there is replaced by the next charger that is. No charger is asked twice unless it has told a failure.
    """

    path = "campaign firmware"
    route = "POST /campaigns/firmware"
    examples = (
        "cpoctl campaign firmware fw-2.1 --model 'AC-*' --firmware '<2.1' --file fw-2.1.0.bin --dry-run",
        "cpoctl campaign firmware fw-2.1 --site HQ --file fw-2.1.0.bin --canary 3 --batch 5 --window 22:00-05:00",
    )

    file: Annotated[str, Option("an image that the server keeps", kind="image")]
    ftp: OverFtp = False
    unsigned: Annotated[bool, Option("without the image's signature, for chargers that know none")] = False
    idle: Annotated[bool, Option("only when no session is running; so it is without --no-idle")] = True

    async def purpose(self, operator: Operator) -> Purpose:
        """An update with the image, which must be whole and well signed."""
        image = await image_of(self.file, operator)
        await operator.files.found(image["sha256"])
        if not self.unsigned:
            await signed_by(image, operator)
        options = {"file": image["name"], "ftp": self.ftp, "unsigned": self.unsigned}
        return Purpose(
            UpdateFirmware,
            {name: value for name, value in options.items() if value},
            f"firmware {image['name']}",
            Meant(image["vendor"], image["model"], image["version"]),
        )
