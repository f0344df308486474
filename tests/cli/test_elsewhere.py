"""The command line against a server elsewhere: a key from a file, a pinned certificate, and no secret anywhere else."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cpoctl.founding import certify, own_names
from tests.cli.conftest import Cli, Result
from tests.support.forked import Forked
from tests.support.servers import Server

Run = Callable[..., Result]


@dataclass
class Place:
    """A server that is asked over HTTPS."""

    server: Server
    folder: Path
    url: str
    made: str

    @property
    def flags(self) -> list[str]:
        """What says where it is and who asks."""
        return ["--server", self.url, "--key-file", str(self.folder / "key"), "--ca-file", str(self.folder / "c.pem")]


@pytest.fixture
def run(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line, with more in its environment."""

    def call(*args: str, **environment: str) -> Result:
        with monkeypatch.context() as around:
            for name, value in environment.items():
                around.setenv(name, value)
            return cli(*args)

    return call


@pytest.fixture
def place(tmp_path: Path, run: Run) -> Iterator[Place]:
    certify(tmp_path / "c.pem", tmp_path / "k.pem", own_names("127.0.0.1:0"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "cpoctl", "serve", "-vv", "--ephemeral", "--accept-all", "--listen", "127.0.0.1:0"),
        *("--socket", str(tmp_path / "s"), "--api-listen", f"127.0.0.1:{port}"),
        *("--api-cert", str(tmp_path / "c.pem"), "--api-key", str(tmp_path / "k.pem")),
    ]
    with Server(command, folder=tmp_path, begin=Forked) as server:
        made = run("--server", f"unix:{tmp_path}/s", "key", "create", "anna", "--role", "operator", "--json")
        key = json.loads(made.out)["key"]
        (tmp_path / "key").touch(0o600)
        (tmp_path / "key").write_text(f"{key}\n")
        yield Place(server, tmp_path, f"https://127.0.0.1:{port}", key)


def test_commands_work_from_elsewhere_by_flags_environment_and_context(place: Place, run: Run) -> None:
    assert run(*place.flags, "tag", "add", "ANNA").out == "ANNA\tAdded\t\n"
    where = {"CPOCTL_SERVER": place.url, "CPOCTL_CA_FILE": str(place.folder / "c.pem")}
    assert run("tag", "list", "-o", "ids", **where, CPOCTL_KEY_FILE=str(place.folder / "key")).out == "ANNA\n"
    assert run("tag", "list", "-o", "ids", **where, CPOCTL_KEY=place.made).out == "ANNA\n"
    assert run("context", "add", "office", *place.flags).code == 0
    assert run("-C", "office", "tag", "list", "-o", "ids").out == "ANNA\n"
    assert run("tag", "list", "-o", "ids", CPOCTL_CONTEXT="office").out == "ANNA\n"
    assert run("context", "use", "office").code == 0
    assert run("status", "--json").code == 0


def test_the_key_of_a_new_key_is_a_file_that_lets_in(place: Place, run: Run) -> None:
    made = run("--server", f"unix:{place.folder}/s", "key", "create", "bob", "--role", "viewer", "--fields", "key")
    (place.folder / "key").write_text(made.out)
    assert run(*place.flags, "tag", "list").code == 0


def test_what_is_denied_says_why_and_what_to_do(place: Place, run: Run) -> None:
    low = run(*place.flags, "key", "list")
    assert (low.code, low.out) == (4, "")
    assert low.err.startswith("error: key:anna is operator, this needs admin\nhint:  cpoctl key create")
    run("--server", f"unix:{place.folder}/s", "key", "revoke", "anna", "--yes")
    late = run(*place.flags, "tag", "list")
    assert late.code == 4
    assert late.err.startswith("error: key anna is revoked since 2")
    noted: list[dict[str, str | None]] = []
    while len(noted) < 2:  # nobody waits for that commit
        noted = json.loads(run("--server", f"unix:{place.folder}/s", "audit", "list", "--denied", "--json").out)
    assert [(row["actor"], row["operation"]) for row in noted] == [
        ("key:anna", "key list"),
        (None, "GET /v1/tags"),
    ]


def test_a_file_that_others_can_read_is_told_and_one_that_holds_no_key_refused(place: Place, run: Run) -> None:
    (place.folder / "key").chmod(0o644)
    assert "others can read" in run(*place.flags, "tag", "list").err
    (place.folder / "key").write_text("CANARY-no-key")
    wrong = run(*place.flags, "tag", "list", "-vv")
    assert (wrong.code, wrong.out) == (2, "")
    assert "CANARY" not in wrong.err


def test_a_key_is_told_once_and_stands_nowhere_else(place: Place, run: Run) -> None:
    """UX CLI-18"""
    secret = place.made.rpartition("_")[2]
    local = ["--server", f"unix:{place.folder}/s"]
    said = [
        run(*place.flags, *line.split(), "-vv", *form)
        for line in (
            "tag list",
            "key list",
            "charger show X",
            "status",
            "config show --origin",
            "charger reset X --yes",
        )
        for form in ([], ["--json"])
    ]
    said += [run(*local, *line.split(), "--json") for line in ("key list", "audit list", "task list", "event list")]
    said += [run(*place.flags[:4], "tag", "list", "-vv"), run(*place.flags, "tag", "list", "-vv", "--timeout", "1ms")]
    place.server.stop()
    said += [run(*place.flags, "tag", "list", "-vv")]
    assert said[-1].code == 5
    for done in said:
        assert secret not in done.out + done.err
    assert secret not in place.server.last_words


def test_the_way_over_the_socket_loads_neither_tls_nor_httpx(place: Place) -> None:
    line = ["--server", f"unix:{place.folder}/s", "tag", "list"]
    command = [sys.executable, "-X", "importtime", "-m", "cpoctl", *line]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert loaded & {"ssl", "httpx", "cpoctl.client.https", "tomllib", "cpoctl.domain.keys"} == set()


def test_a_server_that_speaks_the_other_scheme_is_told_as_such(place: Place, run: Run) -> None:
    plain = place.url.replace("https:", "http:")
    wrong = run("--server", plain, *place.flags[2:], "tag", "list")
    assert (wrong.code, wrong.out) == (2, "")
    assert f"{plain}: it speaks https here; use {place.url}\n" in wrong.err
    assert f"hint:  cpoctl --server {place.url} " in wrong.err


def test_a_server_without_tls_is_told_as_such(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "key").write_text(f"cpk_1f2e3d4c_{'a' * 64}\n")
    (tmp_path / "key").chmod(0o600)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        listening.settimeout(10)

        def answer() -> None:
            with listening.accept()[0] as line:
                line.recv(4096)
                line.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        answering = threading.Thread(target=answer)
        answering.start()
        wrong = cli("--server", url, "--key-file", str(tmp_path / "key"), "tag", "list")
        answering.join(10)
    assert (wrong.code, wrong.out) == (2, "")
    instead = url.replace("https:", "http:")
    assert wrong.err == f"error: {url}: it speaks http here; use {instead}\nhint:  cpoctl --server {instead} …\n"
