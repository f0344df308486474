"""Show a kept tariff."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from cpoctl.clock import stored
from cpoctl.operations import Option, Query, Read
from cpoctl.operations.tariff._assigned import EVERY, AssignmentRow
from cpoctl.operations.tariff._kept import TariffId, TariffRow, newest, row
from cpoctl.table import Column


@dataclass(frozen=True)
class PriceRow:
    """A price of an element: without VAT, a kWh, an hour or a session. The first element that fits counts."""

    element: Annotated[int, Column("ELEMENT", align="right")]
    dimension: Annotated[str, Column("WHAT")]
    price: Annotated[str, Column("PRICE", align="right")]
    vat: Annotated[str | None, Column("VAT %", align="right")]
    step_size: Annotated[int, Column("STEP", 2, "right")]
    when: Annotated[str, Column("WHEN")]


@dataclass(frozen=True)
class TariffDetail(TariffRow):
    """A tariff with its prices, and where it was ever assigned."""

    held: Annotated[list[str], Column("HOLDS", 2, show=", ".join)]
    concerns: Annotated[list[str], Column("CONCERNS", 3, show="; ".join)]
    elements: Annotated[list[PriceRow], Column("ELEMENTS")]
    assignments: Annotated[list[AssignmentRow], Column("ASSIGNMENTS")]


@dataclass(frozen=True, kw_only=True)
class ShowTariff(Query):
    """Show a tariff with its prices, what is odd about it, and where it holds or held."""

    path = "tariff show"
    route = "GET /tariffs/{tariff}"
    row = TariffDetail
    many = False
    examples = ("cpoctl tariff show day", "cpoctl tariff show day --json | jq .tariff > tariff.json")

    tariff: TariffId
    version: Annotated[str | None, Option("this version, or how it begins; the newest without it")] = None

    def select(self, read: Read) -> list[TariffDetail]:
        """The one tariff."""
        kept = row(newest(read, self.tariff, stored(datetime.now(UTC)), self.version))
        held = read(
            f"{EVERY} WHERE tariff_id = ? AND version = ? ORDER BY assignment_id", [kept.tariff_id, kept.version]
        )
        assignments = [AssignmentRow(**record) for record in held]
        return [TariffDetail(**vars(kept), elements=_elements(kept.tariff), assignments=assignments)]


def _elements(tariff: dict[str, Any]) -> list[PriceRow]:
    return [
        PriceRow(
            number,
            each["type"],
            str(each["price"]),
            _vat(each),
            each.get("step_size", 1),
            _when(element.get("restrictions")),
        )
        for number, element in enumerate(tariff["elements"], 1)
        for each in element["price_components"]
    ]


def _vat(component: dict[str, Any]) -> str | None:
    return None if component.get("vat") is None else str(component["vat"])


def _when(restrictions: dict[str, Any] | None) -> str:
    told = (
        f"{name} {','.join(value) if isinstance(value, list) else value}"
        for name, value in (restrictions or {}).items()
    )
    return ", ".join(told) or "always"
