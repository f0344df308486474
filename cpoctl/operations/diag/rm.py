"""Keep what a charger uploaded no longer."""

from dataclasses import dataclass

from cpoctl.errors import NotFound
from cpoctl.operations import Act, Danger, Operator
from cpoctl.operations.diag import KEPT, LIST_HINT, Upload, UploadRow
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class RemoveUpload(Act):
    """Keep a file that a charger uploaded no longer; that it was uploaded stays in `transfer list`."""

    path = "diag rm"
    route = "DELETE /uploads/{upload}"
    row = UploadRow
    danger = Danger.DISRUPTS
    examples = ("cpoctl diag rm 12 --yes",)

    upload: Upload

    def consequence(self) -> str:
        """What it will do."""
        return f"remove the uploaded file {self.upload}"

    async def run(self, operator: Operator) -> UploadRow:
        """First the file, so that none is left without a record; one that is gone already is no fault."""
        digits = self.upload if self.upload.isdigit() and len(self.upload) < 19 else "0"
        found = await operator.store.read(f"{KEPT} AND transfer_id = ?", [int(digits)])
        if not found:
            raise NotFound(f"no upload {self.upload}", target=self.upload, hints=[LIST_HINT])
        await operator.files.remove_upload(found[0]["kept"])
        await operator.commit([rows.UploadRemoved(found[0]["upload"])])
        return UploadRow(**found[0])
