"""Whatever OCPP lets a central system send, a command sends: 1.6 with its security whitepaper, 2.0.1 and 2.1. UX CLI-04"""

import asyncio
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cpoctl.cli.running import run
from cpoctl.ocpp import Version, schemas
from tests.house.reach import BY_CALL_ALONE, REACHED, ours, write_files
from tests.support.csms import BOOT, BOOT_2, T0, start
from tests.support.raw_charger import dial
from tests.support.servers import warm

EVERY = [(version, action) for version, lines in REACHED.items() for action in lines]
NAMES = {Version.V16: "OLD-16", Version.V201: "NEW-201", Version.V21: "NEW-21"}
STARTED = {
    "eventType": "Started", "timestamp": T0, "triggerReason": "Authorized", "seqNo": 0,
    "transactionInfo": {"transactionId": "tx-1"}, "evse": {"id": 1, "connectorId": 1},
    "idToken": {"idToken": "ANNA", "type": "Central"},
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where a server runs, which knows a charger of each version with an open session."""
    folder = tmp_path_factory.mktemp("served")
    write_files(folder)

    async def charge(port: int) -> None:
        for version, name in NAMES.items():
            charger = await dial(port, f"/{name}", (("Sec-WebSocket-Protocol", version.subprotocol),))
            await charger.call("BootNotification", BOOT if version is Version.V16 else BOOT_2)
            await charger.call(
                *(("StartTransaction", start(1)) if version is Version.V16 else ("TransactionEvent", STARTED))
            )
            await charger.hang_up()

    with warm(folder) as server:
        asyncio.run(charge(server.port))
        yield folder


@pytest.fixture
def told(served: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Any:
    """What a dry run of a command line says: exit code, output, errors."""
    monkeypatch.chdir(served)
    monkeypatch.setenv("CPOCTL_SOCKET", str(served / "c.sock"))

    def dry(line: str) -> tuple[int, str, str]:
        code = run([*shlex.split(line), "--dry-run", "--json"])
        said = capfd.readouterr()
        return code, said.out, said.err

    return dry


@pytest.mark.parametrize("version", Version)
def test_there_is_a_command_for_every_action(version: Version) -> None:
    assert sorted([*REACHED[version], *BY_CALL_ALONE[version]]) == sorted(ours(version))


@pytest.mark.parametrize(("version", "action"), EVERY)
def test_a_command_sends_it_as_the_schema_wants_it(told: Any, version: Version, action: str) -> None:
    line = REACHED[version][action].format(at=NAMES[version], session=list(Version).index(version) + 1)
    code, out, err = told(line)
    assert code == 0, err
    frames = [json.loads(row["frame"]) for row in json.loads(out) if row["frame"]]
    sent = {frame[2]: frame[3] for frame in frames}
    assert action in sent
    judge = schemas.judge(version, action)
    assert judge is not None
    assert judge.violations(sent[action]) == []


@pytest.mark.parametrize(("version", "name"), NAMES.items())
def test_any_payload_can_be_sent(told: Any, version: Version, name: str) -> None:
    code, out, _ = told(f"ocpp call {name} ClearCache '{{\"any\": 1}}' --force")
    assert (code, json.loads(json.loads(out)[0]["frame"])[2:]) == (0, ["ClearCache", {"any": 1}])


@pytest.mark.parametrize(
    ("line", "why", "instead"),
    [
        ("charger reset OLD-16:1", "OLD-16 cannot: OCPP 1.6 resets whole chargers only", "needs OCPP 2.0.1 or 2.1"),
        ("session status OLD-16:1", "OLD-16 cannot: OCPP 1.6 has no such message", "cpoctl session show"),
        ("charger customer-info OLD-16 --tag ANNA", "has no such message", "cpoctl charger clear-cache OLD-16"),
        ("tariff push NEW-201 @tariff.json", "NEW-201 cannot: OCPP 2.0.1 has no such message", "needs OCPP 2.1"),
        ("ocpp call NEW-201 GetConfiguration", "OCPP 2.0.1 has no action GetConfiguration", "cpoctl ocpp schema GetVariables"),
    ],
)  # fmt: skip
def test_what_the_chargers_version_lacks_ends_with_7_and_says_what_to_do(
    told: Any, line: str, why: str, instead: str
) -> None:
    code, out, err = told(line)
    assert (code, out) == (7, "")
    error = json.loads(err)["error"]
    assert (error["code"], why in error["message"]) == ("unsupported", True)
    assert any(instead in hint for hint in error["hints"])
    assert "needs OCPP" in error["hints"][0]
