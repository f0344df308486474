"""Recipes: how chargers of a make move files, by the config, by what was learned, and by what is shipped."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cpoctl.config import RecipeSettings
from cpoctl.domain.secrets import MASK
from cpoctl.operations import _recipes
from cpoctl.operations._recipes import Make, Recipe
from cpoctl.operations.charger.quirks import ListQuirks
from cpoctl.operations.diag.fetch import FetchDiagnostics
from cpoctl.store import Record
from tests.files.conftest import Make as MakePlace

ACME: Make = ("Acme", "AC-22", "1.4")
ALL = ["http", "https", "ftp"]


def learnt(form: str, firmware: str = "1.4", worked: str | None = None, failed: str | None = None) -> Record:
    return {"purpose": "diagnostics", "form": form, "firmware": firmware, "worked_at": worked, "failed_at": failed}


def recipe(*known: Record, make: Make = ACME, told: str = "", config: Mapping[str, Any] | None = None) -> Recipe:
    kept = [{"recipes": json.dumps(config)}] if config else []
    return _recipes.recipe(make, "diagnostics", known, [{"value": told}], kept)


def forms(found: Recipe, available: list[str] = ALL) -> list[tuple[str, str]]:
    return [(rule.value, rule.origin) for rule in found.forms(available)]


def test_what_nobody_knows_is_tried_in_the_usual_order() -> None:
    assert [form for form, _ in forms(recipe())] == ALL


def test_what_worked_comes_first_and_what_failed_last() -> None:
    found = recipe(learnt("ftp", worked="2026"), learnt("http", failed="2026"))
    assert forms(found) == [("ftp", "learned"), ("https", "shipped any"), ("http", "learned")]
    assert [rule.sure for rule in found.forms(ALL)] == [True, False, False]


def test_what_worked_with_another_firmware_comes_before_what_it_says() -> None:
    found = recipe(learnt("ftp", firmware="1.3", worked="2026"), told="HTTPS")
    assert [form for form, _ in forms(found)] == ["ftp", "https", "http"]


def test_what_is_shipped_for_a_make_counts_until_something_is_learned() -> None:
    open_evse: Make = ("OpenEVSE", "x", "5")
    assert forms(recipe(make=open_evse, told="FTP")) == [
        ("http", "shipped openevse"),
        ("ftp", "charger"),
        ("https", "shipped any"),
    ]
    assert recipe(make=open_evse).rule("url").value == "file"
    failed = recipe(learnt("http", firmware="5", failed="2026"), make=open_evse)
    assert forms(failed)[-1] == ("http", "learned")


def test_the_config_beats_everything() -> None:
    config = {"bench": {"vendor": "ac*", "forms": ["ftp"], "url": "plain"}, "other": {"vendor": "X", "dates": "never"}}
    found = recipe(learnt("http", worked="2026"), config=config)
    assert forms(found) == [("ftp", "config bench")]
    assert [found.rule(aspect).value for aspect in ("url", "dates")] == ["plain", "asked"]
    assert forms(recipe(config={"b": {"purpose": "firmware", "forms": ["ftp"]}}))[0][0] == "http"


@pytest.mark.parametrize(
    ("ending", "url"), [("slash", "/"), ("plain", ""), ("file", "/diagnostics.log")], ids=["slash", "plain", "file"]
)
async def test_an_upload_goes_where_the_recipe_says(make_place: MakePlace, ending: Any, url: str) -> None:
    given = RecipeSettings(vendor="Sim*", url=ending, dates="never")
    place = await make_place(recipes={"sims": given})
    async with place.charger():
        outcome = await place.waited(replace(FetchDiagnostics(charger="HQ-07"), since="2h"))
        [asked] = await place.rows("SELECT request FROM journal WHERE action = 'GetDiagnostics'")
        told = json.loads(asked["request"])[3]
        assert outcome.status == "Uploaded"
        assert (set(told), told["location"].removeprefix("http://").partition("/")[2].removeprefix(MASK)) == (
            {"location"},
            url,
        )
        rows = await place.listed(ListQuirks(charger="HQ-07", only="transfers"))
    here = {(row.action, row.path): (row.rule, row.origin) for row in rows}
    assert here["diagnostics", "url"] == (ending, "config sims")
    assert here["diagnostics", "form 1"] == ("http", "learned")
