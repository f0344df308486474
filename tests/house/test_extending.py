"""docs/extending.md is true: each file that it shows is written into a copy of the package, and used there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.places import DOCS, PACKAGE, ROOT

_FILE = re.compile(r"\*\*`(cpoctl/[^`]+)`\*\*\n\n```(?:python|sql|toml)\n(.*?)```", re.DOTALL)
_MIGRATION = re.compile(r"migrations/\d{3}_")
_ACTION = re.compile(r"```python\n(Action\(.*?\))\n```")
_TABLE = "ACTIONS: Final = (\n"
PAGE = (DOCS / "extending.md").read_text(encoding="utf-8")
SHOWN = dict(_FILE.findall(PAGE))
(ACTION,) = _ACTION.findall(PAGE)

USED = """
import asyncio, json
from cpoctl import formats, plugins
from cpoctl.csms import vendors
from cpoctl.csms.operator import Face, ServerOperator
from cpoctl.demo import Plan, demo
from cpoctl.formats.mail import render
from cpoctl.operations.cache import ClearCache
from cpoctl.operations.absence import AbsenceRow, ListAbsences
from cpoctl.table import fields

async def main():
    async with asyncio.timeout(20), demo(Plan(1, 60)) as stage:
        while (line := await stage.news.get()) and "booted" not in line:
            pass
        central = stage.server.central
        outcome = await ClearCache(charger="DEMO-01").run(ServerOperator(central, "test"))
        outages = await Face(central).query(ListAbsences())
        columns = await central.store.read("SELECT name FROM pragma_table_info('charger')")
    return outcome.status, outages, [column["name"] for column in columns]

status, outages, columns = asyncio.run(main())
rows = [{"charger_id": "<b>", "closed_at": None, "reason": None}]
print(json.dumps({
    "cleared": status,
    "outages": len(outages),
    "column": "bought_at" in columns,
    "vendor": vendors.answer("com.example.parking", "MayLeave", None)["data"],
    "format": "mail" in plugins.names(formats),
    "html": "".join(render(formats.Sheet(rows, fields(AbsenceRow)))),
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package, extended by every file of the page."""
    folder = tmp_path_factory.mktemp("extended")
    shutil.copytree(PACKAGE, folder / "cpoctl", ignore=shutil.ignore_patterns("__pycache__"))
    following = len(list((PACKAGE / "store/sqlite/migrations").glob("*.sql"))) + 1
    for name, text in SHOWN.items():
        (folder / _MIGRATION.sub(f"migrations/{following:03}_", name)).write_text(text, encoding="utf-8")
    table = folder / "cpoctl/tui/actions.py"
    table.write_text(table.read_text(encoding="utf-8").replace(_TABLE, f"{_TABLE}    {ACTION},\n"), encoding="utf-8")
    return folder


def python(folder: Path, *args: str) -> str:
    """What Python prints with the copy in place of the package."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CPOCTL_", "XDG_"))}
    env = {**clean, "PYTHONPATH": str(folder), "XDG_DATA_HOME": str(folder), "TMPDIR": str(folder)}
    done = subprocess.run(
        [sys.executable, *args], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_kind_of_extension_works_as_it_is_shown(copy: Path) -> None:
    told = python(copy, "-W", "error", "-c", USED)
    assert '"cleared": "Accepted"' in told
    assert '"column": true' in told
    assert '"vendor": "open"' in told
    assert '"format": true' in told
    assert "<td>&lt;b&gt;</td>" in told


def test_a_new_operation_has_its_command_with_help_and_completion(copy: Path) -> None:
    assert "Make a charger forget" in python(copy, "-m", "cpoctl", "cache", "clear", "--help")
    assert "absence" in python(copy, "-m", "cpoctl", "_complete", "1", "cpoctl", "abs")


def test_a_new_operation_has_its_endpoint(copy: Path) -> None:
    code = """
from cpoctl import operations, plugins
from cpoctl.parameters import declared
from cpoctl.routes import route
print([route(kind).path for module in plugins.load_all(operations) for kind in declared(module)])
"""
    assert "/v1/chargers/{charger}/cache/clear" in python(copy, "-c", code)


def test_a_new_command_is_in_the_tree(copy: Path) -> None:
    assert python(copy, "-m", "cpoctl", "licence") == "Apache License 2.0\n"


def test_a_new_scenario_is_played(copy: Path) -> None:
    code = """
import asyncio
from cpoctl import plugins
from cpoctl.demo import Plan, demo
from cpoctl.simulator import scenarios

scenarios.SPEED *= 10

async def main():
    async with asyncio.timeout(20), demo(Plan(1, 60)) as running:
        stage = scenarios.Stage("two-drivers", running.server.url, "CP-1", "TAG", lambda _: None)
        return await stage.play(plugins.load(scenarios, "two-drivers").play)

print(all(check.ok for check in asyncio.run(main())))
"""
    assert "two-drivers" in python(copy, "-m", "cpoctl", "sim", "scenario", "list", "-o", "ids")
    assert python(copy, "-c", code) == "True\n"


def test_new_knowledge_a_new_check_and_a_new_step_are_found(copy: Path) -> None:
    code = """
from cpoctl import plugins
from cpoctl.checks import charger
from cpoctl.commissioning import checklist
from cpoctl.explaining import explain
print([name for name, _ in checklist.ordered()], "serial" in plugins.names(charger))
print(explain("ACME Ltd", "X", "1.9", "UnlockConnector", "UnlockFailed")[1])
"""
    told = python(copy, "-c", code)
    assert "'settings', 'cache', 'start'" in told
    assert "True" in told
    assert "known of ACME Ltd: it unlocks only while nobody looks (acme#1)" in told


def test_a_new_rule_of_alerts_is_followed(copy: Path) -> None:
    code = """
from datetime import UTC, datetime
from cpoctl.alerts import Moment, rules
from cpoctl.config import AlertSettings
from cpoctl.domain.live import Evse, LiveCharger

now = datetime.now(UTC)
charger = LiveCharger("CP-1", evses={1: Evse(1, "Unavailable", since="2026-01-01T00:00:00.000Z")})
print(rules()["evse-unavailable"].finding(charger, 1, Moment(now, now, AlertSettings())).what)
"""
    assert python(copy, "-c", code) == "out of service\n"


def test_a_new_screen_and_a_new_action_are_in_the_dashboard(copy: Path) -> None:
    code = """
import asyncio
from cpoctl.client import client_for
from cpoctl.demo import Plan, demo
from cpoctl.tui import actions
from cpoctl.tui.app import Dashboard

async def main():
    async with asyncio.timeout(20), demo(Plan(1, 60)) as stage:
        while (line := await stage.news.get()) and "booted" not in line:
            pass
        app = Dashboard(client_for(f"unix:{stage.server.socket}"))
        async with app.run_test() as pilot:
            while not app.picture.synced:
                await pilot.pause(0.01)
            await pilot.press("7")
            return app.front.title, list(app.front.table.keys)

print(asyncio.run(main()), [action.label for action in actions.on("charger")][0])
"""
    told = python(copy, "-c", code)
    assert "('Firmwares', ['" in told
    assert "clear its cache…" in told


def test_the_inbound_action_that_is_shown_is_the_one_that_runs() -> None:
    (name,) = [name for name in SHOWN if "/actions/" in name]
    assert (ROOT / name).read_text(encoding="utf-8") == SHOWN[name]


def test_no_extension_that_is_shown_exists_already() -> None:
    assert [name for name in SHOWN if (ROOT / name).exists() and "/actions/" not in name] == []
    assert len(SHOWN) == 14


def test_the_files_that_are_shown_have_our_form(copy: Path) -> None:
    files = [str(copy / name) for name in SHOWN if name.endswith(".py")]
    for check in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *check, "--config", str(ROOT / "pyproject.toml"), "--no-cache", *files]
        done = subprocess.run(ruff, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stdout
