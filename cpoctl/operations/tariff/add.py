"""Keep a tariff."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import money
from cpoctl.domain.tariffs import Component, Dimension, Element, Formula, Price, Tariff, concerns, read, read_text, told
from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, JsonText, Operator, Option, Role
from cpoctl.operations._amounts import amount, currency
from cpoctl.operations.tariff._kept import TariffRow, of_tariff, row

_EXAMPLE = "cpoctl tariff add --id day --energy 0.50 --currency EUR --vat 19"
_HELP = "cpoctl tariff add --help"
_SERIES = "SELECT currency FROM price_series WHERE series = ?"
_WHOLE = "cpoctl tariff add @tariff.json    a whole tariff may have prices below 0, which pay the driver"
_OF_SERIES = ("factor", "markup", "floor", "cap")
_PRICES = ("energy", "start_fee", "per_minute", "idle_per_minute", "least", "most")
_LONG = {"least": "min", "most": "max"}
_PLAIN = (
    "id", "currency", "vat", *_PRICES, "series", *_OF_SERIES,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class AddTariff(Act):
    """Keep a tariff: a whole one as OCPI has it, or plain prices. Prices are without VAT.

    A tariff is never changed: with another content, `tariff add` keeps another version of it, and what was assigned stays
    assigned. What is odd about it is told with the element's number, and refused with --strict.
    """

    path = "tariff add"
    route = "POST /tariffs"
    row = TariffRow
    role = Role.ADMIN
    examples = (
        _EXAMPLE,
        "cpoctl tariff add --id idle --energy 0.49 --start-fee 1 --idle-per-minute 0.10 --currency EUR --vat 19",
        "cpoctl tariff add --id spot --series day-ahead --factor 1.02 --markup 0.15 --currency EUR --vat 19",
        "cpoctl tariff add @tariff.json --strict",
    )

    tariff: Annotated[str | None, JsonText("a whole tariff as OCPI has it: JSON, @FILE, or - for standard input")] = (
        None
    )
    id: Annotated[str | None, Option("what it is called, 1 to 36 characters")] = None
    currency: Annotated[str | None, Option("such as EUR")] = None
    vat: Annotated[str | None, Option("percent on every price; without it there is no VAT")] = None
    energy: Annotated[str | None, Option("a kWh")] = None
    start_fee: Annotated[str | None, Option("a session")] = None
    per_minute: Annotated[str | None, Option("a minute of charging")] = None
    idle_per_minute: Annotated[str | None, Option("a minute in which the car is connected and wants nothing")] = None
    least: Annotated[str | None, Option("a session, at least", long="min")] = None
    most: Annotated[str | None, Option("a session, at most", long="max")] = None
    series: Annotated[str | None, Option("a kWh costs what this price series says", kind="series")] = None
    factor: Annotated[str | None, Option("times this")] = None
    markup: Annotated[str | None, Option("plus this")] = None
    floor: Annotated[str | None, Option("but at least this")] = None
    cap: Annotated[str | None, Option("but at most this")] = None
    note: Annotated[str | None, Option("what it is for")] = None
    strict: Annotated[bool, Option("refuse what is odd about it as well")] = False

    async def run(self, operator: Operator) -> TariffRow:
        """Keep it, unless the same is kept already."""
        tariff = self._plain() if self.tariff is None else self._whole(self.tariff)
        _must_have_room(tariff)
        odd = [*concerns(tariff), *await _series_missing(tariff, operator)]
        if odd and self.strict:
            raise UsageProblem(
                f"tariff {tariff.tariff_id}: {'; '.join(odd)}",
                hints=["leave out --strict    keep it all the same"],
                detail={"concerns": odd},
            )
        made = of_tariff(tariff, stored(operator.clock.now()), operator.actor, self.note)
        await operator.commit([made], [events.TariffChanged(tariff_id=made.tariff_id, version=made.version)])
        return _with(row({**made._asdict(), "held": "[]", "now": made.added_at}), odd)

    def _whole(self, text: str) -> Tariff:
        if also := [name for name in _PLAIN if getattr(self, name) is not None]:
            flags = ", ".join(map(_flag, also))
            raise UsageProblem(f"a whole tariff says itself what {flags} would say", hints=[_EXAMPLE])
        try:
            return read_text(text)
        except UsageProblem as error:
            error.hints = error.hints or ("cpoctl tariff show ID --json | jq .tariff    one that is kept", _HELP)
            raise

    def _plain(self) -> Tariff:
        if not self.id or not self.currency:
            raise UsageProblem("say --id and --currency, or give a whole tariff", hints=[_EXAMPLE])
        currency(self.currency.upper(), _EXAMPLE)
        self._must_be_prices()
        vat = None if self.vat is None else amount(self.vat, "--vat", _EXAMPLE)
        components = tuple(self._components(vat))
        if not components and self.series is None:
            raise UsageProblem("a tariff needs a price: --energy, --start-fee, --per-minute, …", hints=[_EXAMPLE])
        made = Tariff(
            tariff_id=self.id,
            currency=self.currency,
            elements=(Element(components or (Component(Dimension.FLAT, Decimal(0), vat),)),),
            min_price=_limit(self.least, vat),
            max_price=_limit(self.most, vat),
            formula=self._formula(vat),
        )
        try:
            return read(told(made))  # the reader refuses what cannot be meant
        except UsageProblem as error:
            error.hints = error.hints or (_EXAMPLE, _HELP)
            raise

    def _components(self, vat: Decimal | None) -> list[Component]:
        given = (
            (Dimension.FLAT, self.start_fee, 1),
            (Dimension.ENERGY, self.energy, 1),
            (Dimension.TIME, self.per_minute, 60),
            (Dimension.PARKING_TIME, self.idle_per_minute, 60),
        )
        return [Component(kind, money.parse(text) * times, vat) for kind, text, times in given if text is not None]

    def _must_be_prices(self) -> None:
        """Refuse what is no number, and a slip of the sign: what pays drivers is a whole tariff, in which nobody slips so."""
        for name in (*_PRICES, *_OF_SERIES):
            if (text := getattr(self, name)) is None:
                continue
            if amount(text, _flag(name), _EXAMPLE) < 0 and name in _PRICES:
                raise UsageProblem(f"{_flag(name)}: {text} lies below 0", hints=[_EXAMPLE, _WHOLE])

    def _formula(self, vat: Decimal | None) -> Formula | None:
        numbers = {name: money.parse(text) for name in _OF_SERIES if (text := getattr(self, name)) is not None}
        if self.series is None:
            if numbers:
                raise UsageProblem(f"--{min(numbers)} says what to do with a price series: --series", hints=[_EXAMPLE])
            return None
        return Formula(self.series, **numbers, vat=vat)


def _flag(name: str) -> str:
    return f"--{_LONG.get(name, name).replace('_', '-')}"


def _must_have_room(tariff: Tariff) -> None:
    """Refuse a tariff by which every session costs the same: what was meant is the other way round."""
    least, most = tariff.min_price, tariff.max_price
    if least is not None and most is not None and least.net > most.net:
        raise UsageProblem(
            f"--min {least.net} lies above --max {most.net} (min_price and max_price of a whole tariff)",
            hints=[f"{_EXAMPLE} --min {most.net} --max {least.net}"],
        )


def _limit(text: str | None, vat: Decimal | None) -> Price | None:
    if text is None:
        return None
    net = money.parse(text)
    return Price(net, net if vat is None else money.plain(net * (1 + vat / 100), text))


async def _series_missing(tariff: Tariff, operator: Operator) -> list[str]:
    """What is odd about the series that a tariff needs. Raises UsageProblem for one in another currency."""
    if tariff.formula is None:
        return []
    name = tariff.formula.series
    for found in await operator.store.read(_SERIES, [name]):
        if found["currency"] != tariff.currency:
            raise UsageProblem(
                f"price series {name} is in {found['currency']}, the tariff in {tariff.currency}",
                hints=[f"cpoctl price-series show {name}", "cpoctl price-series list    all that are kept"],
            )
        return []
    return [f"there is no price series {name} yet: cpoctl price-series add {name} @prices.csv"]


def _with(kept: TariffRow, odd: list[str]) -> TariffRow:
    from dataclasses import replace

    return replace(kept, concerns=odd)
