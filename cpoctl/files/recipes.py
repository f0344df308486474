"""Recipes: which form of transfer works with chargers of a make, learnt from every transfer and every refusal."""

from datetime import datetime
from typing import Final

from cpoctl.clock import stored
from cpoctl.operations import Form
from cpoctl.store import Record, Store, rows

Make = tuple[str | None, str | None, str | None]
"""Vendor, model and firmware as the charger told them."""
_LEARNT: Final = """
SELECT form, firmware, worked_at, failed_at FROM transfer_form WHERE vendor = ? AND model = ? AND purpose = ?
"""
_TOLD: Final = """
SELECT value FROM variable WHERE charger_id = ?
AND name IN ('SupportedFileTransferProtocols', 'OCPPCommCtrlr.FileTransferProtocols') AND value <> ''
"""
_SURE, _OF_ITS_MODEL, _SAYS_SO, _UNKNOWN, _FAILED = range(5)


async def ranked(store: Store, charger_id: str, make: Make, purpose: str, forms: list[str]) -> list[Form]:
    """The forms, the most promising first; equal ones in the order given."""
    vendor, model, firmware = (part or "" for part in make)
    learnt = await store.read(_LEARNT, [vendor, model, purpose])
    told = await store.read(_TOLD, [charger_id])
    says = {word.strip().lower() for record in told for word in str(record["value"]).split(",")}
    marks = {form: _mark([each for each in learnt if each["form"] == form], firmware, form in says) for form in forms}
    return [Form(form, marks[form] == _SURE) for form in sorted(forms, key=lambda form: marks[form])]


def _mark(learnt: list[Record], firmware: str, says_so: bool) -> int:
    here = [each for each in learnt if each["firmware"] == firmware]
    if any((each["worked_at"] or "") > (each["failed_at"] or "") for each in here):
        return _SURE
    if here:
        return _FAILED
    if any((each["worked_at"] or "") > (each["failed_at"] or "") for each in learnt):
        return _OF_ITS_MODEL
    return _SAYS_SO if says_so else _UNKNOWN


def learned(
    make: Make, purpose: str, form: str, *, worked_at: datetime | None = None, failed_at: datetime | None = None
) -> rows.TransferForm:
    """What is kept of a transfer that worked or did not."""
    worked, failed = (stored(at) if at else None for at in (worked_at, failed_at))
    vendor, model, firmware = (part or "" for part in make)
    return rows.TransferForm(vendor, model, firmware, purpose, form, worked, failed)
