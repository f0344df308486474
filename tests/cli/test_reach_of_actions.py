"""Whatever OCPP 1.6 and its security whitepaper let a central system send, a command sends. UX CLI-04"""

import asyncio
import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cpoctl.cli.running import run
from cpoctl.ocpp import Version, schemas, v16
from tests.support.csms import BOOT, start
from tests.support.raw_charger import dial
from tests.support.servers import Server, cpoctl

REACHED = {
    "CancelReservation": "reservation cancel HQ-07 --id 7",
    "CertificateSigned": "cert signed HQ-07 @chain.pem",
    "ChangeAvailability": "charger availability HQ-07:1 --inoperative",
    "ChangeConfiguration": "var set HQ-07 HeartbeatInterval 300",
    "ClearCache": "charger clear-cache HQ-07",
    "ClearChargingProfile": "profile clear HQ-07",
    "DataTransfer": "ocpp transfer HQ-07 com.acme --data on",
    "DeleteCertificate": "cert delete HQ-07 --algorithm SHA256 --issuer-name-hash 9c --issuer-key-hash 07 --serial 4e",
    "ExtendedTriggerMessage": "charger trigger HQ-07 LogStatusNotification --extended",
    "GetCompositeSchedule": "profile composite HQ-07:1 --for 1h",
    "GetConfiguration": "var get HQ-07",
    "GetDiagnostics": "diag fetch HQ-07 --url ftp://files.example.com/",
    "GetInstalledCertificateIds": "cert installed HQ-07",
    "GetLocalListVersion": "authlist version HQ-07",
    "GetLog": "diag fetch HQ-07 --url ftp://files.example.com/ --log security",
    "InstallCertificate": "cert install HQ-07 --type central-system-root @chain.pem",
    "RemoteStartTransaction": "session start HQ-07:1 --tag ANNA",
    "RemoteStopTransaction": "session stop HQ-07:1",
    "ReserveNow": "reservation add HQ-07:1 --tag ANNA --until 30m",
    "Reset": "charger reset HQ-07",
    "SendLocalList": "authlist push HQ-07 --version 1",
    "SetChargingProfile": "profile set HQ-07 --limit 16A",
    "SignedUpdateFirmware": "firmware update HQ-07 --url ftp://a.example/f --signature c2ln --signing-certificate @chain.pem",
    "TriggerMessage": "charger trigger HQ-07 Heartbeat",
    "UnlockConnector": "charger unlock HQ-07:1",
    "UpdateFirmware": "firmware update HQ-07 --url ftp://files.example.com/fw.bin",
}
OURS = [name for name in schemas.actions(Version.V16) if name == "DataTransfer" or name not in v16.REQUESTS]
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where a server runs, which knows a charger with an open session."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "chain.pem").write_text(PEM)

    async def charge(port: int) -> None:
        charger = await dial(port, "/HQ-07")
        await charger.call("BootNotification", BOOT)
        await charger.call("StartTransaction", start(1))
        await charger.hang_up()

    with Server(cpoctl(folder), folder=folder) as server:
        asyncio.run(charge(server.port))
        yield folder


@pytest.fixture
def frames(served: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Any:
    """What a command line would send."""
    monkeypatch.chdir(served)
    monkeypatch.setenv("CPOCTL_SOCKET", str(served / "c.sock"))

    def told(line: str) -> list[list[Any]]:
        code = run([*shlex.split(line), "--dry-run", "--json"])
        said = capfd.readouterr()
        assert code == 0, said.err
        return [json.loads(row["frame"]) for row in json.loads(said.out) if row["frame"]]

    return told


def test_there_is_a_command_for_every_action() -> None:
    assert sorted(REACHED) == sorted(OURS)


@pytest.mark.parametrize("action", REACHED)
def test_a_command_sends_it_as_the_schema_wants_it(frames: Any, action: str) -> None:
    sent = {frame[2]: frame[3] for frame in frames(REACHED[action])}
    assert action in sent
    judge = schemas.judge(Version.V16, action)
    assert judge is not None
    assert judge.violations(sent[action]) == []


@pytest.mark.parametrize("action", OURS)
def test_any_payload_of_it_can_be_sent(frames: Any, action: str) -> None:
    ((_, _, sent, payload),) = frames(f"ocpp call HQ-07 {action} '{{\"any\": 1}}' --force")
    assert (sent, payload) == (action, {"any": 1})
