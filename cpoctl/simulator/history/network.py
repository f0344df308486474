"""The places of a generated history: owners, sites, chargers with their EVSEs, and the tags of those who come."""

from dataclasses import dataclass, field
from random import Random
from zoneinfo import ZoneInfo

from cpoctl.simulator.dice import dice as rolling
from cpoctl.simulator.history.names import AC, CITIES, DC, KINDS, OWNERS, City, Kind, Maker
from cpoctl.simulator.history.scale import Scale

CHARGERS_A_SITE = 8
FLEETS = 6


@dataclass(eq=False, slots=True)
class Site:
    """A place with chargers."""

    site_id: str
    kind: Kind
    city: City
    owner_id: str | None
    zone: ZoneInfo
    chargers: "list[Charger]" = field(default_factory=list)

    @property
    def evses(self) -> "list[Evse]":
        """All of its EVSEs."""
        return [evse for charger in self.chargers for evse in charger.evses]


@dataclass(eq=False, slots=True)
class Charger:
    """A charger; its clock is `skew_s` ahead of ours, and with `lost_clock` begins in 1970 for a while."""

    charger_id: str
    site: Site
    maker: Maker
    firmware: str
    serial: str
    skew_s: int
    lost_clock: tuple[int, int] | None
    evses: "list[Evse]" = field(default_factory=list)

    @property
    def dc(self) -> bool:
        """Whether it charges with direct current."""
        return self.maker in DC

    @property
    def issues(self) -> bool:
        """Whether we number its transactions: in OCPP 1.6."""
        return self.maker.version == "1.6"


@dataclass(eq=False, slots=True)
class Evse:
    """An EVSE, with what its meter shows and how its last sessions went over the register."""

    charger: Charger
    evse_id: int
    register_wh: int
    spans: list[tuple[float, float]] = field(default_factory=list)
    status: str = "Available"
    error_code: str = "NoError"
    since: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """Who comes. `fleet` is its group."""

    tag_id: str
    status: str
    fleet: str | None
    expires: int | None
    note: str


@dataclass(frozen=True)
class Network:
    """All of it. `drivers` may charge, each as often as it stands there; `refused` may not."""

    sites: list[Site]
    tags: list[Tag]
    drivers: list[str]
    fleets: dict[str, list[str]]
    refused: list[Tag]
    owners: tuple[tuple[str, str, str], ...]

    @property
    def chargers(self) -> list[Charger]:
        """Every charger."""
        return [charger for site in self.sites for charger in site.chargers]


def build(scale: Scale) -> Network:
    """Invent a network."""
    dice = rolling("network", scale.seed)
    count = max(1, round(scale.chargers / CHARGERS_A_SITE))
    sites = [_site(number, dice) for number in range(count)]
    for number in range(scale.chargers):
        site = sites[number] if number < count else sites[int(dice.random() ** 1.3 * count)]
        site.chargers.append(_charger(site, scale, dice))
    tags = _tags(scale, dice)
    drivers: list[str] = []
    fleets: dict[str, list[str]] = {}
    refused: list[Tag] = []
    for tag in tags:
        if tag.status != "Accepted" or tag.expires is not None:
            refused.append(tag)
        elif tag.fleet is not None:
            fleets.setdefault(tag.fleet, []).append(tag.tag_id)
        else:
            drivers += [tag.tag_id] * (1 + int(6 * dice.random() ** 3))  # some come every day
    owned = {site.owner_id for site in sites}
    return Network(sites, tags, drivers, fleets, refused, tuple(owner for owner in OWNERS if owner[0] in owned))


def _site(number: int, dice: Random) -> Site:
    kind = KINDS[number % len(KINDS)]
    city = CITIES[number * 3 % len(CITIES)]
    owner = None if number % 6 == 5 else OWNERS[number % len(OWNERS)][0]
    return Site(f"{city.code}-{kind.name[:3].upper()}{number + 1:02d}", kind, city, owner, ZoneInfo(city.zone))


def _charger(site: Site, scale: Scale, dice: Random) -> Charger:
    maker = dice.choice(DC if dice.random() < site.kind.fast else AC)
    drawn = dice.random()
    skew = dice.choice((-3_720, -1_500, 420, 2_220)) if drawn < 0.03 else 0
    lost = None
    if 0.03 <= drawn < 0.05 and maker.version == "1.6":
        since = scale.begin + int(dice.random() * (scale.end - scale.begin))
        lost = since, since + 5 * 86_400
    charger = Charger(
        charger_id=f"{site.site_id}-{len(site.chargers) + 1:02d}",
        site=site,
        maker=maker,
        firmware=dice.choice(maker.firmwares),
        serial=f"{dice.getrandbits(32):08X}",
        skew_s=skew,
        lost_clock=lost,
    )
    for number in range(1, dice.choice(maker.evses) + 1):
        charger.evses.append(Evse(charger, number, dice.randrange(40_000, 9_000_000)))
    return charger


def _tags(scale: Scale, dice: Random) -> list[Tag]:
    """A dozen for a charger: one in ten of a fleet, some blocked, some whose time is over, and those who pay ad hoc."""
    found = [Tag(f"ADHOC-{number}", "Accepted", None, None, "paid at the charger") for number in range(1, 6)]
    for number in range(12 * scale.chargers):
        name, drawn = f"{dice.getrandbits(56):014X}", dice.random()
        fleet = f"FLEET-{1 + number % FLEETS}" if drawn < 0.1 else None
        status = "Blocked" if 0.1 <= drawn < 0.13 else "Accepted"
        expires = scale.begin + int(dice.random() * (scale.end - scale.begin)) if 0.13 <= drawn < 0.15 else None
        found.append(Tag(name, status, fleet, expires, f"driver {number + 1}"))
    return found
