"""`dashboard --at`: where the past is read, and what its options refuse (TUI-28)."""

from pathlib import Path

import pytest

from cpoctl.cli import reach
from cpoctl.cli.choices import Choices
from cpoctl.cli.cockpit import Wanted, fly_past, must_be_past
from cpoctl.client.bare import BareClient
from cpoctl.client.unix import UnixClient
from cpoctl.errors import NotFound, UsageProblem
from tests.cli.conftest import Cli


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--speed", "60"], "--speed belongs to --at"),
        (["--at", "2h", "--speed", "0"], "--speed 0 is not above 0 and up to 3600"),
        (["--at", "2h", "--speed", "9999"], "--speed 9999 is not above 0 and up to 3600"),
    ],
)
def test_a_speed_that_cannot_be_meant_is_refused(cli: Cli, given: list[str], told: str) -> None:
    result = cli("dashboard", *given)
    assert (result.code, result.err.splitlines()[0]) == (2, f"error: {told}")


def test_the_past_is_read_from_the_file_where_no_server_runs(db: Path) -> None:
    client, named = reach.past(Choices(db=str(db)))
    assert (type(client), named) == (BareClient, str(db))


def test_a_server_that_is_named_tells_the_past_itself(db: Path) -> None:
    client, named = reach.past(Choices(db=str(db), server="unix:/run/elsewhere.sock"))
    assert (type(client), named) == (UnixClient, "unix:/run/elsewhere.sock")


def test_without_a_database_there_is_nothing_to_look_back_on(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no database"):
        reach.past(Choices(db=str(tmp_path / "none.db")))


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("yesterday", "--at: 'yesterday' is neither a time nor a duration"),
        ("2026-11-22T09:00:00Z", "before anything that is stored: from 2026-11-22T10:00"),
        ("2031-01-01T00:00:00Z", "after all that is stored: from .* to 2026-11-22T13:58:02"),
    ],
)
def test_a_time_that_cannot_be_shown_is_refused_with_what_there_is(db: Path, at: str, told: str) -> None:
    with pytest.raises(UsageProblem, match=told):
        fly_past(Choices(db=str(db)), at, 1.0, wanted=Wanted(), mouse=False)


def test_a_browser_is_shown_the_past_where_no_server_runs(db: Path) -> None:
    must_be_past(Choices(db=str(db)), "2026-11-22T12:00:00Z")


def test_a_past_that_a_browser_cannot_show_is_refused_before_it_is_opened(cli: Cli, db: Path) -> None:
    result = cli("--db", str(db), "dashboard", "--web", "--listen", "127.0.0.1:0", "--at", "2020-01-01")
    assert (result.code, "before anything that is stored" in result.err) == (2, True)
