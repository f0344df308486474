"""Chargers by the thousand: the file that an export writes and an import reads."""

from importlib import import_module
from typing import Any

import pytest

from cpoctl import formats, plugins
from cpoctl.csms.operator import Face
from cpoctl.errors import UsageProblem
from cpoctl.operations import Danger, Role
from cpoctl.operations.audit.list import ListAudit
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.edit import EditCharger
from cpoctl.operations.charger.export import ExportChargers
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.operations.site.add import AddSite
from cpoctl.table import fields, record
from tests.support.csms import Csms

ImportChargers: Any = import_module("cpoctl.operations.charger.import").ImportChargers  # its file has a keyword's name
HEADER = "charger_id,evse_id,name,site_id,labels,registration,kw,connector,in_service_from,note\r\n"
FORMULA = '=HYPERLINK("x")'


async def exported(csms: Csms, form: str = "csv") -> str:
    """What an export writes."""
    found = [record(row) for row in await Face(csms.central).query(ExportChargers())]
    return "".join(plugins.load(formats, form).render(formats.Sheet(found, fields(ExportChargers.row))))


async def imported(csms: Csms, text: str, **more: Any) -> tuple[int, int, int, int]:
    """How many lines were added, changed, unchanged and bad."""
    told = await csms.do(ImportChargers(file=text, **more))
    return told.added, told.changed, told.unchanged, told.bad


async def stored(csms: Csms) -> list[list[dict[str, Any]]]:
    """What is written of chargers and EVSEs."""
    chargers = "SELECT charger_id, name, note, site_id, labels, registration FROM charger WHERE removed_at IS NULL"
    evses = "SELECT r.* FROM evse_record r JOIN charger USING (charger_id) WHERE removed_at IS NULL"
    return [await csms.rows(f"{chargers} ORDER BY 1"), await csms.rows(f"{evses} ORDER BY 1, 2")]


@pytest.fixture
async def full(csms: Csms) -> Csms:
    """Chargers with everything that can be said of one."""
    for act in (
        AddSite(site="HQ", time_zone="Europe/Berlin"),
        *(AddCharger(charger=name) for name in ("CP-1", "CP 2", "CP-3")),
        EditCharger(charger="CP-1", name="Gate, left", site="HQ", label=("floor=2", "owner=acme"), kw=11.04),
        EditCharger(charger="CP-1", connector="type2", in_service_from="2026-10-01"),
        EditCharger(charger="CP-1:2", kw=50, connector="ccs2"),
        EditCharger(charger="CP 2", note=FORMULA, registration="Rejected"),
        EditCharger(charger="CP-3", name="-", note="'=x"),
    ):
        await csms.do(act)
    return csms


@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
async def test_what_is_exported_is_imported_as_it_was(full: Csms, form: str) -> None:
    text, before = await exported(full, form), await stored(full)
    assert await imported(full, text) == (0, 0, 4, 0)
    assert await stored(full) == before


async def test_an_export_makes_the_same_chargers_elsewhere(full: Csms) -> None:
    text, before = await exported(full), await stored(full)
    for name in ("CP-1", "CP 2", "CP-3"):
        await full.do(RemoveCharger(charger=name))
    assert (await imported(full, text))[0] == 3
    assert await stored(full) == before
    charger = full.live("CP-1")
    assert charger is not None
    assert (charger.known, charger.site_id, charger.labels) == (True, "HQ", {"floor": "2", "owner": "acme"})


async def test_no_spreadsheet_takes_what_is_kept_of_a_charger_for_a_formula(full: Csms) -> None:
    text = await exported(full)
    assert "'=HYPERLINK" in text
    assert ",=" not in text


async def test_an_import_adds_and_changes_what_it_names_and_nothing_else(full: Csms) -> None:
    text = "charger_id;labels;note\r\nNEW;floor=9;new\r\ncp-1;;by the gate\r\nCP-3;;\r\n"
    assert await imported(full, text) == (1, 1, 1, 0)
    (_, one, _, new), _ = await stored(full)
    assert (one["name"], one["note"], one["labels"]) == ("Gate, left", "by the gate", '{"floor": "2", "owner": "acme"}')
    assert (new["charger_id"], new["labels"], new["registration"]) == ("NEW", '{"floor": "9"}', "Accepted")


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "CP-1,,-,-,-,,-,-,-,-\r\n",
        '{"charger_id": "CP-1", "name": "", "site_id": "", "labels": "", "kw": "", "connector": "", "in_service_from": ""}',
    ],
)
async def test_a_lone_dash_or_an_empty_text_of_json_clears(full: Csms, text: str) -> None:
    assert await imported(full, text) == (0, 1, 0, 0)
    (_, one, _), (whole, second) = await stored(full)
    assert (one["name"], one["site_id"], one["labels"]) == (None, None, "{}")
    assert (whole["rated_w"], whole["connector_type"], whole["in_service_from"]) == (None, None, None)
    assert second["rated_w"] == 50_000


BAD = HEADER + (
    "A-1,,,MARS,floor,maybe,many,usb,tomorrow,\r\n"
    "ÄRGER,,,,,,,,,\r\n"
    ",,,,,,22,,,\r\n"
    "B-1,1,,,,,22,,,\r\n"
    "CP-1,2,name,,,,22,,,\r\n"
    "CP-1,x,,,,,22,,,\r\n"
    "GOOD,,,,,,22,,,\r\n"
    "good,,,,,,22,,,\r\n"
    "C-1,too,few\r\n"
    "D-1,,,,a=1;b=2,,,,,\r\n"
)
FAULTS = [
    (2, "site_id", "no site MARS"),
    (2, "labels", "KEY=VALUE"),
    (2, "registration", "Accepted, Pending, Rejected"),
    (2, "kw", "no power"),
    (2, "connector", "type2"),
    (2, "in_service_from", "no time"),
    (3, "charger_id", "cannot be a charger's id"),
    (4, "charger_id", "cannot be a charger's id"),
    (5, "charger_id", "has to stand above"),
    (6, "name", "only be said of the whole charger"),
    (7, "charger_id", "they count from 1"),
    (9, "charger_id", "the same as line 8"),
    (10, None, "3 cells where the header has 10"),
    (11, "labels", "commas"),
]


async def test_every_bad_cell_is_told_with_line_and_column_and_nothing_is_written(full: Csms) -> None:
    before = await stored(full)
    with pytest.raises(UsageProblem, match=r"^9 of 10 lines cannot be imported, nothing was written$") as error:
        await imported(full, BAD)
    told = error.value.detail["lines"]
    assert [(row["line"], row["column"]) for row in told] == [fault[:2] for fault in FAULTS]
    assert all(words in row["problem"] for row, (_, _, words) in zip(told, FAULTS, strict=True))
    assert error.value.detail["why"][0] == "line 2, site_id: no site MARS"
    assert await stored(full) == before


async def test_a_dry_run_tells_what_becomes_of_each_line_and_writes_nothing(full: Csms) -> None:
    before = await stored(full)
    text = "charger_id,evse_id,kw,name\nNEW,,22,\nNEW,2,50,\nCP-1,,22,Gate\nCP-3,,,\n"
    told = await full.do(ImportChargers(file=text, dry_run=True))
    assert (told.written, told.added, told.changed, told.unchanged) == (False, 1, 2, 1)
    assert [(row.line, row.target, row.change, row.columns) for row in told.changes] == [
        (2, "NEW", "added", ["charger_id", "kw"]),
        (3, "NEW:2", "changed", ["kw"]),
        (4, "CP-1", "changed", ["name", "kw"]),
    ]
    assert await stored(full) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("charger_id,vendor\nA,B\n", "no column 'vendor'; a header names some of charger_id, evse_id, name, site_id"),
        ("name\nA\n", "charger_id among them"),
        ('{"charger_id": "A", "vendor": "B"}', "no column 'vendor'"),
        ('[{"charger_id": "A"]', "not JSON"),
    ],
)
async def test_what_is_no_sheet_of_chargers_is_refused_as_a_whole(csms: Csms, text: str, words: str) -> None:
    with pytest.raises(UsageProblem, match=words):
        await imported(csms, text, skip_bad=True)


async def test_a_broken_line_of_json_is_a_bad_line(csms: Csms) -> None:
    text = '{"charger_id": "A", "labels": {"floor": "2"}, "kw": 22.5}\n{"charger_id": \n[1]\n'
    told = await csms.do(ImportChargers(file=text, skip_bad=True))
    assert (told.added, [row.line for row in told.problems]) == (1, [2, 3])
    (row,), (facts,) = await stored(csms)
    assert (row["labels"], facts["rated_w"]) == ('{"floor": "2"}', 22_500)


async def test_the_forms_of_spreadsheets_are_understood(csms: Csms) -> None:
    assert await imported(csms, '\ufeffCHARGER_ID;kW;name\r\n"A-1";22,5;"says ""hi""; left"\r\n') == (1, 0, 0, 0)
    (row,), (facts,) = await stored(csms)
    assert (row["name"], facts["rated_w"]) == ('says "hi"; left', 22_500)


async def test_a_day_begins_on_the_clock_of_the_site_that_the_same_line_names(full: Csms) -> None:
    await imported(full, "charger_id,site_id,in_service_from\nNEW,hq,2026-07-01\nNEWER,,2026-07-01\n")
    found = await full.rows("SELECT in_service_from FROM evse_record WHERE charger_id LIKE 'NEW%' ORDER BY charger_id")
    assert [row["in_service_from"] for row in found] == ["2026-06-30T22:00:00.000Z", "2026-07-01T00:00:00.000Z"]


async def test_who_waits_for_approval_is_approved_by_an_import(csms: Csms) -> None:
    await csms.dial("NEW-1")
    assert csms.live("NEW-1") is not None
    assert await imported(csms, "charger_id,name\nnew-1,Gate\n") == (1, 0, 0, 0)
    charger = csms.live("NEW-1")
    assert charger is not None
    assert (charger.known, charger.registration) == (True, "Accepted")


async def test_many_chargers_are_one_act_of_the_audit_log_which_names_no_target(csms: Csms) -> None:
    text = "charger_id,name\n" + "".join(f"CP-{number},Bay {number}\n" for number in range(200))
    told = await Face(csms.central).act(ImportChargers(file=text), "ops", Role.ADMIN)
    assert (told.added, len(await csms.rows("SELECT 1 FROM charger"))) == (200, 200)
    (entry,) = await Face(csms.central).query(ListAudit())
    assert (entry.operation, entry.target, entry.result) == ("charger import", None, "Done")


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("charger_id,name\nA,B\n", Danger.HARMLESS),
        ("charger_id,registration\nA,Accepted\n", Danger.HARMLESS),
        ("charger_id,registration\nA,rejected\n", Danger.DISRUPTS),
        ('{"charger_id": "A", "registration": "Pending"}', Danger.DISRUPTS),
    ],
)
def test_who_makes_chargers_wait_is_asked_first(text: str, danger: Danger) -> None:
    assert ImportChargers(file=text).danger_now() is danger
    assert ImportChargers(file=text, dry_run=True).danger_now() is Danger.HARMLESS
    assert (ImportChargers.role, ExportChargers.role) == (Role.ADMIN, Role.VIEWER)
