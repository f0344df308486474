"""Read a firmware file anew: is it what was added, and is its signature good?"""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.errors import CheckFailed, NotFound, nearest
from cpoctl.operations import Act, Content, Operator
from cpoctl.operations.image import Image
from cpoctl.table import Column


@dataclass(frozen=True)
class VerifiedRow:
    """An image that is what it was, and by whom it is signed."""

    image: Annotated[str, Column("IMAGE")]
    sha256: Annotated[str, Column("SHA-256", 2)]
    signed_by: Annotated[str | None, Column("SIGNED BY")]


@dataclass(frozen=True, kw_only=True)
class VerifyImage(Act):
    """Read a firmware file anew: is it what was added, and is its signature good today? OCPP 2.0.1 L01.FR.11, L01.FR.12"""

    path = "image verify"
    route = "POST /images/{image}/verification"
    row = VerifiedRow
    recorded = False
    examples = ("cpoctl image verify fw-2.1.0.bin",)

    image: Image

    async def run(self, operator: Operator) -> VerifiedRow:
        """Hash it and judge the signature."""
        image = await image_of(self.image, operator)
        content = await operator.files.found(image["sha256"])
        if content.sha256 != image["sha256"]:
            raise CheckFailed(
                f"{image['name']} is not the file that was added",
                target=image["name"],
                hints=[f"cpoctl image rm {image['name']} --yes    then add it again"],
            )
        return VerifiedRow(image["name"], content.sha256, await signed_by(image, operator))


async def image_of(name: str, operator: Operator) -> dict[str, Any]:
    """The image of a name or a SHA-256, as it is kept. Raises NotFound with the nearest name."""
    found = await operator.store.read("SELECT * FROM image WHERE name = ?1 OR sha256 = ?1", [name])
    if found:
        return found[0]
    names = [record["name"] for record in await operator.store.read("SELECT name FROM image")]
    raise NotFound(f"no image {name}{nearest(name, names)}", target=name, hints=["cpoctl image list    all there are"])


async def signed_by(image: dict[str, Any], operator: Operator) -> str | None:
    """Who signed an image and how; None for one that is not signed. Raises UsageProblem when the signature is not good."""
    if image["signature"] is None:
        return None
    content = Content(image["sha256"], image["md5"], image["bytes"])
    return await operator.files.certified(content, image["signature"], image["signing_certificate"])
