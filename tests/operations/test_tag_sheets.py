"""Tags by the hundred: the CSV file that an export writes and an import reads."""

from importlib import import_module
from typing import Any

import pytest

from cpoctl import formats, plugins
from cpoctl.csms.operator import Face
from cpoctl.errors import UsageProblem
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.rm import RemoveCharger
from cpoctl.operations.site.add import AddSite
from cpoctl.operations.tag.add import AddTag
from cpoctl.operations.tag.block import BlockTag
from cpoctl.operations.tag.export import ExportTags
from cpoctl.operations.tag.rm import RemoveTag
from cpoctl.table import fields, record
from tests.support.csms import Csms

ImportTags: Any = import_module("cpoctl.operations.tag.import").ImportTags  # its file has a keyword's name
HEADER = "tag_id,status,parent_id,expires_at,sessions_most,sites,note\r\n"
FORMULA = '=HYPERLINK("x")'


async def exported(csms: Csms, form: str = ExportTags.told_as or "") -> str:
    """What an export writes."""
    found = [record(row) for row in await Face(csms.central).query(ExportTags())]
    sheet = formats.Sheet(found, fields(ExportTags.row))
    return "".join(plugins.load(formats, form).render(sheet))


async def stored(csms: Csms) -> list[dict[str, Any]]:
    """The tags as they are stored."""
    return await csms.rows("SELECT * FROM tag ORDER BY tag_id")


async def imported(csms: Csms, text: str, **more: Any) -> tuple[int, int, int, int]:
    """How many tags were added, changed, unchanged and bad."""
    told = await csms.do(ImportTags(file=text, **more))
    return told.added, told.changed, told.unchanged, told.bad


@pytest.fixture
async def full(csms: Csms) -> Csms:
    """Tags with everything that a tag can have."""
    for name in ("CP-1", "CP 2"):
        await csms.do(AddCharger(charger=name))
    for act in (
        AddSite(site="HQ", time_zone="UTC"),
        AddSite(site="YARD", time_zone="UTC"),
        AddTag(tag="CREW", parent="-FLEET", sessions_most=2, site=("HQ", "YARD"), expires="2027-01-01T00:00:00Z"),
        AddTag(tag="PLACED", place=("CP-1:2", "cp 2")),
        AddTag(tag="=1+1", note=FORMULA),
        AddTag(tag="QUOTED", note='says "hi", twice; and \'=x'),
        AddTag(tag="APOSTROPHE", note="'=x"),
        BlockTag(tag="ANNA"),
    ):
        await csms.do(act)
    return csms


async def test_what_is_exported_is_imported_as_it_was(full: Csms) -> None:
    text, before = await exported(full), await stored(full)
    assert await imported(full, text) == (0, 0, 6, 0)
    for tag in before:
        await full.do(RemoveTag(tag=tag["tag_id"]))
    assert await imported(full, text) == (6, 0, 0, 0)
    assert await stored(full) == before
    assert full.central.ledger.live.tags.keys() == {"crew", "placed", "=1+1", "quoted", "apostrophe", "anna"}


async def test_what_is_exported_as_json_lines_is_imported_as_it_was(full: Csms) -> None:
    assert await imported(full, await exported(full, "jsonl")) == (0, 0, 6, 0)
    assert await imported(full, '{"tag_id": "crew", "note": "van 5", "sites": ["HQ"], "expires_at": null}') == (
        0,
        1,
        0,
        0,
    )
    (crew,) = [row for row in await stored(full) if row["tag_id"] == "CREW"]
    assert (crew["note"], crew["sites"], crew["expires_at"], crew["parent_id"]) == ("van 5", '["HQ"]', None, "-FLEET")


async def test_a_place_of_a_charger_that_is_gone_is_exported_and_stays(full: Csms) -> None:
    await full.do(RemoveCharger(charger="CP-1"))
    assert "CP-1:2" in (text := await exported(full))
    assert await imported(full, text) == (0, 0, 6, 0)


async def test_no_spreadsheet_takes_a_tag_for_a_formula(full: Csms) -> None:
    text = await exported(full)
    assert "\r\n'=1+1," in text
    assert "\r\n=" not in text
    assert ",=" not in text


async def test_an_import_adds_changes_and_leaves_alone(full: Csms) -> None:
    text = "tag_id,note\r\nNEW,a guest\r\ncrew,van 5\r\nANNA,\r\n\r\n"
    assert await imported(full, text) == (1, 1, 1, 0)
    (crew,) = [row for row in await stored(full) if row["tag_id"] == "CREW"]
    assert (crew["note"], crew["parent_id"], crew["sessions_most"]) == ("van 5", "-FLEET", 2)
    assert full.central.ledger.live.tag("new") is not None


async def test_an_empty_cell_clears(full: Csms) -> None:
    await imported(full, HEADER + "CREW,,,,,,\r\n")
    (crew,) = [row for row in await stored(full) if row["tag_id"] == "CREW"]
    assert [crew[name] for name in ("parent_id", "expires_at", "sessions_most", "sites", "note", "status")] == [
        None, None, None, "[]", None, "Accepted",
    ]  # fmt: skip


BAD = HEADER + (
    "GOOD,,,,,,\r\n"
    f"{'x' * 256},,,,,,\r\n"
    ",,,,,,a tag without an id\r\n"
    "A,Maybe,,,,,\r\n"
    "B,,,tomorrow,,,\r\n"
    "C,,,,many,,\r\n"
    "D,,,,,MARS,\r\n"
    '"E",,,,,,"two\r\nlines"\r\n'
    "good,,,,,,\r\n"
    "F,too,few\r\n"
)
LINES = {
    3: "1 to 255",
    4: "1 to 255",
    5: "Maybe",
    6: "tomorrow",
    7: "many",
    8: "no site MARS",
    11: "line 2",
    12: "3 cells",
}


async def test_bad_lines_are_named_and_nothing_is_written(full: Csms) -> None:
    before = await stored(full)
    with pytest.raises(UsageProblem, match=r"8 of 10 lines cannot be imported, nothing was written$") as error:
        await imported(full, BAD)
    told = {line["line"]: line["problem"] for line in error.value.detail["lines"]}
    assert told.keys() == LINES.keys()
    assert all(words in told[line] for line, words in LINES.items())
    assert await stored(full) == before


async def test_the_good_lines_are_written_where_that_is_wished(full: Csms) -> None:
    assert await imported(full, BAD, skip_bad=True) == (2, 0, 0, 8)
    assert {"GOOD", "E"} <= {row["tag_id"] for row in await stored(full)}


async def test_a_dry_run_tells_everything_and_writes_nothing(full: Csms) -> None:
    before = await stored(full)
    told = await full.do(ImportTags(file=BAD, dry_run=True))
    assert (told.written, told.added, [row.line for row in told.problems]) == (False, 2, list(LINES))
    assert await stored(full) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "tag_id among them"),
        ("tag_id,tag_id\r\n", "once"),
        ("tag,note\r\nA,b\r\n", r"no column 'tag' \(did you mean tag_id\?\)"),
        ('tag_id,note\r\nA,"open\r\n', "line 2 is not CSV"),
        ('tag_id,note\r\nA,"x"y\r\n', "line 2 is not CSV"),
        ("tag_id\r\n" + "\r\n".join(f"T{number}" for number in range(10_001)), "more than 10000"),
    ],
)
async def test_what_is_no_sheet_of_tags_is_refused_as_a_whole(csms: Csms, text: str, words: str) -> None:
    before = await stored(csms)
    with pytest.raises(UsageProblem, match=words):
        await imported(csms, text, skip_bad=True)
    assert await stored(csms) == before


@pytest.mark.parametrize("text", ["\ufefftag_id;note\nNEW;x\n", "TAG_ID\tnote\r\nNEW\tx\r\n", "note,tag_id\nx,NEW"])
async def test_the_forms_of_spreadsheets_are_understood(csms: Csms, text: str) -> None:
    assert await imported(csms, text) == (1, 0, 0, 0)
    assert (await csms.rows("SELECT note FROM tag WHERE tag_id = 'NEW'")) == [{"note": "x"}]


async def test_what_an_import_changed_is_told_and_judged_at_once(full: Csms) -> None:
    charger = await full.booted()
    await imported(full, "tag_id,status\nANNA,accepted\nCREW,Blocked\n")
    for tag, status in (("ANNA", "Accepted"), ("CREW", "Blocked")):
        assert (await charger.call("Authorize", {"idTag": tag}))["idTagInfo"]["status"] == status
    assert len(await full.rows("SELECT 1 FROM event WHERE type = 'TagChanged' AND data LIKE '%CREW%'")) == 2
