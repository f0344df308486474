"""Keep a firmware file, so that chargers can fetch it from here."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.ocpp.asks import firmware
from cpoctl.operations import Act, Argument, Operator, Option
from cpoctl.operations.cert import pem
from cpoctl.operations.image import ImageRow, must_be_name, row
from cpoctl.store import rows

_HELP = "cpoctl image add --help    an example with a signature"


@dataclass(frozen=True, kw_only=True)
class AddImage(Act):
    """Keep a firmware file, once however often it is added, with what it is for and who signed it.

    A signature that chargers would refuse is refused here: RSA-PSS or ECDSA over SHA-256 (OCPP 2.0.1 L01.FR.11, L01.FR.12).
    """

    path = "image add"
    route = "POST /images"
    row = ImageRow
    examples = (
        "cpoctl image add fw-2.1.0.bin --vendor Acme --model 'AC-*' --version 2.1.0",
        "cpoctl image add fw-2.1.0.bin --version 2.1.0 --signature @fw-2.1.0.sig --signing-certificate @maker.pem",
    )

    file: Annotated[str, Argument("the file; over HTTP what PUT /v1/contents told, and `:NAME`", kind="content")]
    name: Annotated[str | None, Option("what it is called here; the file's own name without it")] = None
    vendor: Annotated[str | None, Option("only for chargers of this vendor; globs are good")] = None
    model: Annotated[str | None, Option("only for chargers of this model; globs are good")] = None
    version: Annotated[str | None, Option("the version that chargers tell once it is installed")] = None
    signature: Annotated[str | None, Option("its signature, base64: @FILE reads it", kind="file")] = None
    signing_certificate: Annotated[str | None, Option("whose signature it is, in PEM: @FILE", kind="file")] = None

    async def run(self, operator: Operator) -> ImageRow:
        """Take over what was handed in."""
        sha256, _, told = self.file.partition(":")
        name = must_be_name(self.name or told.replace(" ", "_"))
        content = await operator.files.handed(sha256)
        if not content.bytes:
            raise UsageProblem("the file is empty", target=name, hints=["cpoctl image add --help"])
        signature, certificate = self._signed()
        if signature is not None and certificate is not None:
            await operator.files.certified(content, signature, certificate)
        same = await operator.store.read(
            "SELECT name, sha256 FROM image WHERE sha256 = ?1 OR name = ?2 ORDER BY sha256 <> ?1",
            [content.sha256, name],
        )
        if same:
            kept, is_it = same[0]["name"], same[0]["sha256"] == content.sha256
            raise Conflict(
                f"this file is kept already, as {kept}" if is_it else f"another file is kept as {kept}",
                target=name,
                hints=[
                    f"cpoctl image show {kept}",
                    f"cpoctl image rm {kept} --yes    to add it with other facts"
                    if is_it
                    else "cpoctl image add --name NAME …    under another name",
                ],
            )
        image = rows.Image(
            *(name, content.sha256, content.md5, content.bytes),
            *(self.vendor, self.model, self.version, signature, certificate),
            *(stored(operator.clock.now()), operator.actor),
        )
        await operator.commit([image], [events.ImageChanged(image=name, sha256=content.sha256)])
        return row(image._asdict())

    def _signed(self) -> tuple[str | None, str | None]:
        """Signature and certificate, both or neither."""
        if self.signature is None and self.signing_certificate is None:
            return None, None
        signature = "".join((self.signature or "").split())
        if not signature or not self.signing_certificate or len(signature) > firmware.LONGEST_SIGNATURE:
            raise UsageProblem(
                f"a signed image has --signature, of at most {firmware.LONGEST_SIGNATURE} characters, and --signing-certificate",
                hints=[_HELP],
            )
        return signature, pem(self.signing_certificate, firmware.LONGEST_CERTIFICATE)
