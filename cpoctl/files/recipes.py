"""Recipes as the exchange uses them: read from the database, and learnt from every transfer and every refusal."""

from datetime import datetime

from cpoctl.clock import stored
from cpoctl.operations import _recipes
from cpoctl.operations._recipes import Make, Recipe
from cpoctl.store import Store, rows


async def known(store: Store, charger_id: str, make: Make, purpose: str) -> Recipe:
    """What is known of a charger's make for a purpose."""
    vendor, model, _ = (part or "" for part in make)
    learnt = await store.read(_recipes.LEARNT, [vendor, model])
    told = await store.read(_recipes.TOLD, [charger_id])
    return _recipes.recipe(make, purpose, learnt, told, await store.read(_recipes.CONFIGURED))


def learned(
    make: Make, purpose: str, form: str, *, worked_at: datetime | None = None, failed_at: datetime | None = None
) -> rows.TransferForm:
    """What is kept of a transfer that worked or did not."""
    worked, failed = (stored(at) if at else None for at in (worked_at, failed_at))
    vendor, model, firmware = (part or "" for part in make)
    return rows.TransferForm(vendor, model, firmware, purpose, form, worked, failed)
