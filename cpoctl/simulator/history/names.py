"""What the generated network is made of: kinds of sites, cities, makers, owners, faults. All of it is invented."""

from typing import Final, NamedTuple


class Kind(NamedTuple):
    """A kind of site: what its drivers do. Hours are weights of arrival from midnight on, days from Monday on."""

    name: str
    hours: tuple[int, ...]
    days: tuple[int, ...]
    summer: float  # how many more come in July than in the mean of the year
    stay_h: float  # the median
    busy: float  # arrivals of an EVSE, against the mean of all
    fast: float  # the part of its chargers that are DC
    opening: str | None = None


def _hours(text: str) -> tuple[int, ...]:
    return tuple(int(sign) for sign in text)


KINDS: Final = (
    Kind("street", _hours("211112344333444556798654"), (9, 9, 9, 9, 10, 10, 9), -0.05, 3.0, 1.0, 0.1),
    Kind("market", _hours("000000135789988789985310"), (9, 8, 8, 9, 11, 13, 2), 0.0, 0.8, 1.5, 0.3,
         "Mon-Sat 06:00-22:00"),
    Kind("office", _hours("000001599643433322111000"), (10, 11, 11, 10, 8, 1, 1), -0.1, 5.0, 0.5, 0.0),
    Kind("motorway", _hours("211112345678998889876543"), (9, 8, 8, 9, 12, 12, 13), 0.3, 0.5, 2.2, 1.0),
    Kind("hotel", _hours("111111232222223456787543"), (9, 8, 8, 8, 10, 11, 9), 0.25, 8.0, 0.35, 0.1),
    Kind("depot", _hours("000012231111223698754321"), (10, 10, 10, 10, 10, 3, 2), 0.0, 6.0, 0.6, 0.2,
         "Mon-Fri 05:00-23:00; Sat 06:00-14:00"),
)  # fmt: skip


class City(NamedTuple):
    """Where sites are."""

    code: str
    name: str
    country: str
    zone: str
    currency: str


CITIES: Final = (
    City("ALD", "Aldersheim", "DE", "Europe/Berlin", "EUR"),
    City("BRK", "Brokwedel", "DE", "Europe/Berlin", "EUR"),
    City("VAL", "Valdenne", "FR", "Europe/Paris", "EUR"),
    City("HOL", "Holmford", "GB", "Europe/London", "GBP"),
    City("KIV", "Kiviranta", "FI", "Europe/Helsinki", "EUR"),
    City("SER", "Serravento", "PT", "Europe/Lisbon", "EUR"),
    City("MIL", "Millbridge", "US", "America/New_York", "USD"),
)


class Maker(NamedTuple):
    """A make of charger."""

    vendor: str
    model: str
    firmwares: tuple[str, ...]
    version: str  # of OCPP
    evses: tuple[int, ...]
    rated_w: int
    connector: str


AC: Final = (
    Maker("Nordlader", "NL-22 Duo", ("3.4.1", "3.5.0"), "1.6", (2,), 22_000, "type2"),
    Maker("Voltaro", "Post 11", ("1.12", "1.13"), "1.6", (1,), 11_000, "type2"),
    Maker("Kestrel EV", "Perch", ("2026.3",), "2.0.1", (1, 2), 22_000, "type2"),
    Maker("Ampere & Sons", "Garden", ("7.0.2", "7.1.0"), "1.6", (1, 2), 7_400, "type2"),
)
DC: Final = (
    Maker("Kestrel EV", "Falcon 150", ("2026.3", "2026.4"), "2.0.1", (2,), 150_000, "ccs2"),
    Maker("Hinode Power", "HP-50", ("0.98",), "1.6", (1, 2), 50_000, "ccs2"),
    Maker("Voltaro", "Plaza 300", ("4.2",), "2.1", (4,), 300_000, "ccs2"),
)
OWNERS: Final = (
    ("ACME", "Acme Parking", "70"),
    ("STADT", "Stadtwerke Aldersheim", "85.5"),
    ("THIRD", "Third Party Trust", "33.3333"),
    ("INN", "Inn & Out Hotels", "60"),
    ("ROADS", "Roadside Holdings", "92.25"),
)


class Fault(NamedTuple):
    """What breaks: for how many hours in the median, and how often against the others."""

    code: str
    info: str
    vendor_code: str
    hours: float
    weight: int
    ends: str  # the reason that a session gets


FAULTS: Final = (
    Fault("GroundFailure", "residual current", "E-0131", 3.0, 5, "Other"),
    Fault("ConnectorLockFailure", "the lock does not move", "E-0042", 8.0, 6, "Other"),
    Fault("OverTemperature", "derated, then stopped", "E-0207", 1.5, 3, "Other"),
    Fault("PowerMeterFailure", "no answer from the meter", "E-0310", 12.0, 2, "Other"),
    Fault("EVCommunicationError", "", "E-0500", 0.3, 8, "EVDisconnected"),
    Fault("PowerSwitchFailure", "the contactor is welded", "E-0113", 30.0, 2, "Other"),
    Fault("InternalError", "", "E-0001", 0.7, 5, "Reboot"),
    Fault("OtherError", "cable cut off", "E-0666", 110.0, 1, "PowerLoss"),  # vandalism
)
