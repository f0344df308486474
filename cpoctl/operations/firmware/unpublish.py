"""Let a local controller no longer offer firmware to the chargers in its network."""

from dataclasses import dataclass

from cpoctl.ocpp.asks import firmware
from cpoctl.operations import Act, Danger, Operator, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.firmware.publish import Checksum, KeptImage, md5
from cpoctl.operations.image.verify import image_of


@dataclass(frozen=True, kw_only=True)
class UnpublishFirmware(Act):
    """Let a local controller no longer offer firmware to the chargers in its network. OCPP 2.0.1 L04"""

    path = "firmware unpublish"
    route = "POST /chargers/{charger}/firmware/unpublished"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl firmware unpublish HQ-07 --file fw-2.1.0.bin --yes",
        "cpoctl firmware unpublish HQ-07 --checksum 0cc175b9c0f1b6a831c399e269772661 --yes",
    )

    charger: Charger
    file: KeptImage = None
    checksum: Checksum = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"let {self.charger} no longer offer the firmware {self.file or self.checksum}"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; while somebody fetches it, it says DownloadOngoing and offers it on."""
        name = whole_charger(self.charger, operator.live)
        checksum = (await image_of(self.file, operator))["md5"] if self.file is not None else self.checksum
        answer = await operator.call(name, firmware.Unpublish(checksum=md5(checksum)), timeout=self.timeout)
        return accepted(answer, name, ("Unpublished",), [f"cpoctl event list {name}    what it offered"])
