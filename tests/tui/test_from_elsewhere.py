"""The dashboard of a server elsewhere: what a key may do, and what is said of one that is wrong."""

import asyncio
from pathlib import Path

import pytest

from cpoctl.client import client_for
from cpoctl.config import ApiSettings, ServeSettings
from cpoctl.founding import certify, own_names
from cpoctl.operations import Role
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.key.create import CreateKey
from cpoctl.running import running
from cpoctl.tui.app import Dashboard
from tests.tui.harness import SIZE, press, screen_text, until


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str]:
    """A self-signed certificate for this machine, and its key."""
    certify(tmp_path / "chain.pem", tmp_path / "key.pem", own_names("127.0.0.1:0"))
    return str(tmp_path / "chain.pem"), str(tmp_path / "key.pem")


async def test_a_viewers_key_shows_everything_and_does_nothing(tmp_path: Path, certificate: tuple[str, str]) -> None:
    settings = ServeSettings(listen="127.0.0.1:0", db=str(tmp_path / "c.db"), socket=str(tmp_path / "s"))
    async with running(settings, api=ApiSettings("127.0.0.1:0", *certificate)) as server:
        local = client_for(f"unix:{server.socket}")
        await asyncio.to_thread(local.run, AddCharger(charger="HQ-01"))
        made = await asyncio.to_thread(local.run, CreateKey(name="eve", grants=Role.VIEWER))
        app = Dashboard(client_for(server.api or "", key=made["key"], ca_file=certificate[0]))
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            await until(pilot, lambda: "HQ-01" in screen_text(app))
            assert "read-only" in screen_text(app).split("\n")[0]
            await press(pilot, "R")
            await until(pilot, lambda: "this key is a viewer's" in screen_text(app))
            await press(pilot, "F")  # what the server lets a viewer do
            await until(pilot, lambda: "read variables · HQ-01" in screen_text(app))


async def test_a_wrong_key_says_so_and_how_to_get_one(tmp_path: Path, certificate: tuple[str, str]) -> None:
    settings = ServeSettings(listen="127.0.0.1:0", db=str(tmp_path / "c.db"), socket=str(tmp_path / "s"))
    async with running(settings, api=ApiSettings("127.0.0.1:0", *certificate)) as server:
        app = Dashboard(client_for(server.api or "", key="wrong", ca_file=certificate[0]))
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            await until(pilot, lambda: "cpoctl key create" in screen_text(app))
            assert "DISCONNECTED" in screen_text(app)
