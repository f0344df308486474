"""Tariffs: what a charge costs by a tariff of OCPI, exactly, and why. OCPI 2.2.1 §11

    tariff = read(json) ; bill = price(charge, tariff) ; concerns(tariff) ; fingerprint(tariff)

Everything here is a function of values: no store, no clock, no float.
"""

from cpoctl.domain.tariffs.lint import concerns
from cpoctl.domain.tariffs.model import (
    Bill,
    Charge,
    Component,
    Dimension,
    Element,
    Formula,
    Kind,
    Line,
    Period,
    Price,
    Rails,
    Reservation,
    Restrictions,
    Tariff,
)
from cpoctl.domain.tariffs.pricing import price
from cpoctl.domain.tariffs.quotes import holes, read_series
from cpoctl.domain.tariffs.reading import read, read_text
from cpoctl.domain.tariffs.series import Point, Series
from cpoctl.domain.tariffs.telling import fingerprint, told, written
from cpoctl.domain.tariffs.words import words

__all__ = [
    "Bill",
    "Charge",
    "Component",
    "Dimension",
    "Element",
    "Formula",
    "Kind",
    "Line",
    "Period",
    "Point",
    "Price",
    "Rails",
    "Reservation",
    "Restrictions",
    "Series",
    "Tariff",
    "concerns",
    "fingerprint",
    "holes",
    "price",
    "read",
    "read_series",
    "read_text",
    "told",
    "words",
    "written",
]
