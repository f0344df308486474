"""What people write about a site, read and judged: where it is, whom to ask, money, supply and hours."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.domain import opening
from cpoctl.errors import UsageProblem
from cpoctl.operations import Operator, Option
from cpoctl.operations._amounts import currency
from cpoctl.operations.owner import Contact, known_owner
from cpoctl.operations.site import checked

_TEXTS = ("address", "postal_code", "city", "note")
_COUNTRY = re.compile(r"[A-Za-z]{2}")


@dataclass(frozen=True, kw_only=True)
class Wish(Contact):
    """What a site shall be. None: as it is; an empty text or 0 clears."""

    name: Annotated[str | None, Option("what people call it; its id without one")] = None
    address: Annotated[str | None, Option("where it is: street and number")] = None
    postal_code: Annotated[str | None, Option("its postal code")] = None
    city: Annotated[str | None, Option("its city")] = None
    country: Annotated[str | None, Option("its country, in two letters: DE")] = None
    coordinates: Annotated[str | None, Option("where it is on a map, as LATITUDE,LONGITUDE: 52.5200,13.4050")] = None
    currency: Annotated[str | None, Option("in which its money is counted: EUR", kind="currency")] = None
    owner: Annotated[str | None, Option("whose site it is", kind="owner")] = None
    supply_kw: Annotated[float | None, Option("what its connection to the grid can deliver, in kW", least=0)] = None
    supply_a: Annotated[float | None, Option("the same in amperes a phase", least=0)] = None
    opening: Annotated[
        str | None,
        Option("when people reach it, in its own time: 'Mon-Fri 06:00-22:00'; always without it", long="open"),
    ] = None
    note: Annotated[str | None, Option("what is worth knowing of it")] = None

    def again(self, option: str) -> str:
        """The command once more, with this in the place of what was wrong."""
        raise AssertionError(f"{type(self).__name__} is no command")

    async def wished_owner(self, operator: Operator) -> str | None:
        """Whose it shall be, None: nobody's. Raises NotFound."""
        wished = (self.owner or "").strip()
        return await known_owner(wished, operator) if wished else None

    def changes(self) -> dict[str, Any]:
        """The columns of the table `site` that it names, as they are kept. Raises UsageProblem."""
        found: dict[str, Any] = self.contact_changes()
        given = {name: getattr(self, name) for name in ("name", *_TEXTS)}
        found |= {name: checked(name.replace("_", "-"), text) for name, text in given.items() if text is not None}
        if self.country is not None:
            found["country"] = _country(self.country)
        if self.currency is not None:
            code = self.currency.strip().upper()
            found["currency"] = currency(code, self.again("--currency EUR")) if code else None
        if self.coordinates is not None:
            found["latitude"], found["longitude"] = _coordinates(self.coordinates)
        if self.supply_kw is not None:
            found["supply_w"] = self.supply_kw * 1000 or None
        if self.supply_a is not None:
            found["supply_a"] = self.supply_a or None
        if self.opening is not None:
            found["opening"] = self._hours(self.opening)
        return found

    def _hours(self, text: str) -> str | None:
        try:
            read = opening.read(text)
        except ValueError as error:
            raise UsageProblem(f"--open: {error}", hints=[self.again("--open 'Mon-Fri 06:00-22:00'")]) from None
        return None if read is None else str(read)


def _country(text: str) -> str | None:
    if text.strip() and not _COUNTRY.fullmatch(text.strip()):
        raise UsageProblem(f"--country: {text!r} is not two letters of ISO 3166, such as DE")
    return text.strip().upper() or None


def _coordinates(text: str) -> tuple[float | None, float | None]:
    if not text.strip():
        return None, None
    north, _, east = text.partition(",")
    try:
        latitude, longitude = float(north), float(east)
    except ValueError:
        latitude = longitude = float("nan")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise UsageProblem(f"--coordinates: {text!r} is not LATITUDE,LONGITUDE, such as 52.5200,13.4050")
    return latitude, longitude
