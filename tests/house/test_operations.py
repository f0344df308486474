"""Every operation: documented, reachable, and what it sends is what the official schema wants. DESIGN §10"""

import json
import re
from contextlib import suppress

import pytest

from cpoctl.csms.judging import judged
from cpoctl.errors import CpoctlError, UsageProblem
from cpoctl.ocpp import Version, schemas
from cpoctl.operations import Act, Danger, LocalAct, Operation, Query, Request, Role
from cpoctl.parameters import parameters
from cpoctl.routes import route
from cpoctl.table import fields
from tests.house.commands import commands_in, every_operation, problem_with
from tests.house.reach import ours
from tests.house.recording import invocations, operator

OPERATIONS = every_operation()
ACTS = [kind for kind in OPERATIONS if issubclass(kind, Act)]


def called(kind: type[Operation]) -> str:
    """Its name in a report."""
    return kind.path


@pytest.mark.parametrize("kind", OPERATIONS, ids=called)
def test_it_says_what_it_does_in_a_sentence(kind: type[Operation]) -> None:
    first = (kind.__doc__ or "").partition("\n")[0]
    assert first[:1].isupper(), kind
    assert len(first) <= 160
    assert re.search(r"[.\d]$", first), "a sentence ends with a stop, or with the section of the standard"


@pytest.mark.parametrize("kind", OPERATIONS, ids=called)
def test_its_examples_parse_and_one_is_of_itself(kind: type[Operation]) -> None:
    spoken = [words for example in kind.examples for words in commands_in(example)]
    assert [wrong for words in spoken if (wrong := problem_with(words))] == []
    assert any(words[: len(kind.path.split())] == kind.path.split() for words in spoken)


@pytest.mark.parametrize("kind", OPERATIONS, ids=called)
def test_it_has_a_role_a_row_and_where_the_server_does_it_a_route(kind: type[Operation]) -> None:
    assert isinstance(kind.role, Role)
    assert isinstance(kind.danger, Danger)
    assert fields(kind.row)
    if issubclass(kind, LocalAct):
        assert kind.route == ""
        return
    method, path = route(kind)
    assert method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    assert re.fullmatch(r"/v1(/([a-z-]+|\{[a-z_]+\}))+", path)
    assert set(route(kind).fields) <= {parameter.name for parameter in parameters(kind)}
    assert (method == "GET") == issubclass(kind, Query)


@pytest.mark.parametrize("kind", OPERATIONS, ids=called)
def test_whatever_changes_something_may_not_be_done_by_a_viewer(kind: type[Operation]) -> None:
    assert kind.role is not Role.VIEWER or kind.danger is Danger.READ


@pytest.mark.parametrize("kind", OPERATIONS, ids=called)
def test_every_parameter_says_what_it_is(kind: type[Operation]) -> None:
    assert [parameter.name for parameter in parameters(kind) if not parameter.mark.help] == []


def test_no_two_operations_share_a_command_or_a_route() -> None:
    paths = [kind.path for kind in OPERATIONS]
    routes = [re.sub(r"\{\w+\}", "{}", kind.route) for kind in OPERATIONS if kind.route]
    assert len(set(paths)) == len(paths)
    assert len(set(routes)) == len(routes)


async def sent_by(kind: type[Act], version: Version = Version.V16) -> list[Request]:
    """Everything that an act sends to a charger of this version, however it is invoked."""
    every = []
    for act in invocations(kind):
        recording, sent = operator(version)
        with suppress(CpoctlError):  # a combination that cannot be meant, or that the version lacks, is refused
            await act.run(recording)
        every += sent
    return every


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("kind", ACTS, ids=called)
async def test_what_it_sends_is_what_the_official_schema_wants(kind: type[Act], version: Version) -> None:
    for request in await sent_by(kind, version):
        judged(request, version)
        payload = json.loads(request.payload) if isinstance(request.payload, str) else request.payload
        judge = schemas.judge(version, request.action)
        assert judge is not None
        assert judge.valid(json.loads(json.dumps(payload)))
        assert request.action in ours(version), "only chargers send this"


def test_the_judge_of_this_walk_finds_a_wrong_call() -> None:
    with pytest.raises(UsageProblem):
        judged(Request("Reset", {"type": "Gentle"}), Version.V16)
