"""What accounting asks of the sessions' export beyond what they cost: what of it was energy, time and parking, and how long."""

import io
import json
import re
import zipfile
from typing import Any

from cpoctl.formats import Rows, Sheet, csv, xlsx
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.owner.add import AddOwner
from cpoctl.operations.session._template import Template, read
from cpoctl.operations.session.export import ExportSessions
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.tariff.add import AddTariff
from cpoctl.operations.tariff.assign import AssignTariff
from cpoctl.table import Column, Field
from tests.money.charging import EARLY, charged, priced, tariff
from tests.support.csms import Csms

COSTS = ("energy_net", "time_net", "parking_net", "flat_net", "reservation_net", "adjustment_net")
TIMES = ("charging_s", "parking_s", "suspended_s")


async def exported(csms: Csms, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of every session of the month."""
    query = ExportSessions(since="2026-11", columns=",".join(columns))
    found = await csms.store.reading(query.select)
    return [tuple(getattr(row, name) for name in columns) for row in found]


async def test_what_a_session_cost_is_told_by_what_it_was_for(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await tariff(csms, start_fee="1", per_minute="0.10", idle_per_minute="0.50", least="20")
    await charged(charger, at_the_end="SuspendedEV")
    await priced(csms)
    (told,) = await exported(csms, *COSTS, "net", "vat_rates", *TIMES, "duration_s")
    assert told[:7] == ("3.5000", "3.0000", "7.5000", "1.0000", "0.0000", "5.0000", "20.0000")
    assert told[7:] == ("19", 1800, 900, 0, 2700)


async def test_what_nobody_told_is_not_told(csms: Csms) -> None:
    charger = await csms.booted("HQ-07")
    await charged(charger)
    (told,) = await exported(csms, *COSTS, "vat_rates", *TIMES, "tariff_name", "owner", "included_wh")
    assert told == (None,) * 13


async def test_owner_and_tariff_are_told_by_name(csms: Csms) -> None:
    await csms.do(AddOwner(owner="stadt", name="Stadtwerke", share="70"))
    await csms.do(AddSite(site="HQ", time_zone="Europe/Berlin", owner="stadt"))
    charger = await csms.booted("HQ-07")
    await csms.do(EditCharger(charger="HQ-07", site="HQ"))
    named = {
        "id": "day", "currency": "EUR", "tariff_alt_text": [{"language": "de", "text": "Tagstrom"}],
        "elements": [{"price_components": [{"type": "ENERGY", "price": 0.5, "step_size": 1}]}],
    }  # fmt: skip
    await csms.do(AddTariff(tariff=json.dumps(named)))
    await csms.do(AssignTariff(tariff="day", default=True, since=EARLY))
    await charged(charger)
    await priced(csms)
    assert await exported(csms, "owner", "tariff_name", "vat_rates") == [("Stadtwerke", "Tagstrom", None)]


def cells(template: Template, **record: Any) -> dict[str, str]:
    """The cells of the second line of a workbook, by column: its value, after `s` where it is text, and its format."""
    fields = [Field(name, Column(name)) for name in record]
    rows = template.laid_out(Rows(fields, [[tuple(record.values())]])).typed
    assert rows is not None
    book = zipfile.ZipFile(io.BytesIO(b"".join(xlsx.render(Sheet(rows, rows.fields)))))
    page, styles = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    forms = re.findall(r'numFmtId="(\d+)" fontId="\d+" fillId="\d+" borderId="\d+" xfId', styles)
    named = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles))
    found = re.findall(r'<c r="([A-Z])2"(?: s="(\d+)")?(?: t="(\w+)")?>(?:<v>|<is><t>)([^<]*)', page)
    return {at: f"{kind}{value} {named.get(forms[int(style or 0)], '')}".strip() for at, style, kind, value in found}


def test_by_a_template_a_workbook_has_numbers_and_dates_in_the_forms_wanted() -> None:
    template = read(
        """
        decimal = ","
        dates = "%d.%m.%Y"
        [[column]]
        field = "gross"
        digits = 2
        [[column]]
        field = "net"
        [[column]]
        field = "vat"
        digits = 0
        [[column]]
        field = "end_local"
        [[column]]
        field = "end_utc"
        date = "%d.%m.%Y %H:%M"
        [[column]]
        field = "energy_wh"
        [[column]]
        header = "Konto"
        text = "4400"
        """
    )
    told = cells(
        template, gross="8.3350", net="7.0042", vat="1.5000", end_local="2026-10-25T02:30:00+02:00",
        end_utc="2026-10-25T00:30:00.000Z", energy_wh=12345,
    )  # fmt: skip
    assert told == {
        "A": "8.34 #,##0.00", "B": "7.0042 #,##0.00##", "C": "2 #,##0", "D": "46320 dd.mm.yyyy",
        "E": "46320.02083333334 dd.mm.yyyy hh:mm", "F": "12345", "G": "inlineStr4400",
    }  # fmt: skip


def test_by_a_template_text_formats_have_the_texts_that_it_wants() -> None:
    template = read(
        'decimal = ","\ndates = "%d.%m.%Y"\n[[column]]\nfield = "gross"\ndigits = 2\n[[column]]\nfield = "end_local"'
    )
    rows = Rows([Field("gross", None), Field("end_local", None)], [[("8.3350", "2026-10-25T02:30:00+02:00")]])
    told = template.laid_out(rows)
    text = "".join(csv.render(Sheet(told, told.fields)))
    assert text == 'gross,end_local\r\n"8,34",25.10.2026\r\n'
