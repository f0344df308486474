"""The control API as somebody sees it who opens its socket."""

import getpass
import json
import socket
import stat
from pathlib import Path
from typing import Any

import pytest

from cpoctl.client.unix import UnixClient
from cpoctl.errors import Conflict, Denied, NotFound, Refused, ServerDown, UsageProblem
from cpoctl.http.serving import bind
from cpoctl.operations.charger.list import ListChargers
from tests.http.face import HOSTILE, Find, Poke, Running, Say


def raw(api: Running, request: str) -> tuple[int, dict[str, str], bytes]:
    """Send bytes and read the whole answer."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(10)
        sock.connect(str(api.socket))
        sock.sendall(request.replace("\n", "\r\n").encode(errors="surrogateescape"))
        answer = b""
        while block := sock.recv(65536):
            answer += block
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.lower().split(": ", 1) for line in rest), body


def problem(api: Running, request: str) -> tuple[int, dict[str, Any]]:
    """The status and the problem that a request gets."""
    status, headers, body = raw(api, request)
    assert headers["content-type"] == "application/problem+json"
    return status, json.loads(body)


def test_a_query_is_a_list_of_live_rows(api: Running) -> None:
    rows = UnixClient(api.socket).run(ListChargers())
    assert [row["charger_id"] for row in rows] == ["HQ-01", "HQ-02"]
    assert rows[0]["status"] == "Offline"
    assert rows[0]["stale"] is False
    assert rows[0]["model"] == HOSTILE  # O-04: exact


def test_an_act_runs_for_the_user_that_the_kernel_names(api: Running) -> None:
    outcome = UnixClient(api.socket).run(Poke(charger="HQ-01", times=3))
    assert outcome["target"] == f"HQ-01 by {getpass.getuser()} Softly x3"
    assert outcome["ok"] is True
    assert outcome["latency_ms"] == 12


def test_a_refusal_comes_back_as_the_same_error_with_both_frames(api: Running) -> None:
    with pytest.raises(Refused) as caught:
        UnixClient(api.socket).run(Poke(charger="HQ-01", fussy=True))
    assert caught.value.detail["sent"] == '[2,"1","Poke",{}]'
    assert caught.value.detail["outcome"]["ok"] is False
    assert caught.value.hints


def test_the_callers_json_reaches_the_operation_byte_by_byte(api: Running) -> None:
    text = '{"b" :1.0, "a":[ 1e3,"\\u00e9"] }'
    assert UnixClient(api.socket).run(Say(charger="HQ-01", payload=text))["text"] == f"HQ-01 {text}"


@pytest.mark.parametrize("charger", ["a/b", "a b", "100%", "ü", "a?b#c", "%2F"])
def test_any_id_fits_into_the_path(api: Running, charger: str) -> None:
    assert UnixClient(api.socket).run(Say(charger=charger))["text"] == f"{charger} {{}}"


def test_query_parameters_are_read_by_their_types(api: Running) -> None:
    rows = UnixClient(api.socket).run(Find(word="null", count=2, tags=("1", "true")))
    assert rows == [{"number": 0, "text": "null 1/true"}, {"number": 1, "text": "null 1/true"}]


@pytest.mark.parametrize(
    ("request_line", "body", "field", "says"),
    [
        ("POST /v1/chargers/A/poke", '{"times":"x"}', "times", "times: expected `int`"),
        ("POST /v1/chargers/A/poke", '{"tims":1}', "tims", "did you mean times"),
        ("POST /v1/chargers/A/poke", "{", None, "not JSON"),
        ("POST /v1/chargers/A/say", '{"payload":' + "[" * 100000, None, "not JSON"),
        ("POST /v1/chargers/A/poke", "[]", None, "the body: expected `object`"),
        ("POST /v1/chargers/%FF/poke", "{}", "charger", "not UTF-8"),
        ("POST /v1/chargers/A/say", '{"payload":{"a":"\udcff"}}', "payload", "payload is not UTF-8"),
        ("POST /v1/chargers/%20/poke", "{}", "charger", "charger is empty"),
        ("DELETE /v1/chargers/A/display/1?timeout=nan", "", "timeout", "nan is no number"),
        ("DELETE /v1/chargers/A/display/-1", "", "id", "id is -1: it goes from 0"),
        ("POST /v1/chargers/A/monitors/level", '{"severity":10}', "severity", "severity is 10: it goes from 0 to 9"),
        ("GET /v1/sessions?charger=", "", "charger", "charger is empty"),
        ("GET /v1/find/x?count=a", "", "count", "count: expected `int"),
        ("GET /v1/find/x?cont=1", "", "cont", "did you mean count"),
        ("GET /v1/find/x?count=1&count=2", "", "count", "given twice"),
        ("GET /v1/complete", "", "kind", "kind is missing"),
        ("GET /v1/events?since=x", "", "since", "not a sequence number"),
    ],
)
def test_bad_input_is_400_and_names_the_field(
    api: Running, request_line: str, body: str, field: str | None, says: str
) -> None:
    head = f"Host: cpoctl\nContent-Type: application/json\nContent-Length: {len(body)}"
    status, told = problem(api, f"{request_line} HTTP/1.0\n{head}\n\n{body}")
    assert status == 400
    assert told["detail"]["field"] == field
    assert says in told["message"]
    assert told["hints"]


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET /v1/chargers HTTP/1.0\nHost: evil.example", 421),
        ("GET /v1/chargers HTTP/1.0\nHost: localhost.evil.example:80", 421),
        ("GET /v1/chargers HTTP/1.0", 421),
        ("GET /v1/chargers HTTP/1.0\nHost: localhost\nOrigin: https://evil.example", 403),
        ("GET /v1/chargers HTTP/1.0\nHost: localhost\nOrigin: null", 403),
        ("POST /v1/chargers/A/poke HTTP/1.0\nHost: cpoctl\nContent-Length: 2\n\n{}", 415),
        ("POST /v1/chargers/A/poke HTTP/1.0\nHost: cpoctl\nContent-Type: text/plain\nContent-Length: 2\n\n{}", 415),
        ("GET /v1/nothing HTTP/1.0\nHost: cpoctl", 404),
        ("DELETE /v1/chargers HTTP/1.0\nHost: cpoctl", 405),
    ],
)
def test_what_must_not_come_in_is_told_as_a_problem(api: Running, request_text: str, status: int) -> None:
    assert problem(api, f"{request_text}\n\n")[0] == status


def test_the_api_sends_no_cors_headers_and_no_cookies(api: Running) -> None:
    headers = raw(api, "GET /v1/chargers HTTP/1.0\nHost: localhost\n\n")[1]
    assert not [name for name in headers if name.startswith(("access-control", "set-cookie"))]


def test_openapi_describes_every_operation(api: Running) -> None:
    spec = UnixClient(api.socket).request("GET", "/v1/openapi.json")
    poke = spec["paths"]["/v1/chargers/{charger}/poke"]["post"]
    assert poke["operationId"] == "Poke"
    assert [(p["name"], p["in"], p["required"]) for p in poke["parameters"]] == [("charger", "path", True)]
    body = spec["components"]["schemas"]["PokeInput"]
    assert body["properties"]["times"] == {"description": "how often", "type": "integer"}
    assert poke["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Outcome")
    find = spec["paths"]["/v1/find/{word}"]["get"]
    assert {p["name"]: p["in"] for p in find["parameters"]} == {"word": "path", "count": "query", "tags": "query"}
    assert find["responses"]["200"]["content"]["application/json"]["schema"]["type"] == "array"


def test_every_reference_in_openapi_leads_somewhere(api: Running) -> None:
    spec = UnixClient(api.socket).request("GET", "/v1/openapi.json")
    names = {part.split('"')[0] for part in json.dumps(spec).split("#/components/schemas/")[1:]}
    assert names <= set(spec["components"]["schemas"])


def test_readiness_is_503_while_nothing_can_be_written(api: Running) -> None:
    assert raw(api, "GET /readyz HTTP/1.0\nHost: localhost\n\n")[0] == 200
    api.face.is_ready = False
    assert raw(api, "GET /readyz HTTP/1.0\nHost: localhost\n\n")[0] == 503
    assert raw(api, "GET /healthz HTTP/1.0\nHost: localhost\n\n")[0] == 200


def test_metrics_have_one_type_line_each(api: Running) -> None:
    text = raw(api, "GET /metrics HTTP/1.0\nHost: localhost\n\n")[2].decode()
    assert '# TYPE cpoctl_messages_total counter\ncpoctl_messages_total{action="Heartbeat"} 3\n' in text
    assert "# TYPE cpoctl_chargers gauge\ncpoctl_chargers 2\n" in text


def test_the_snapshot_holds_no_secret(api: Running) -> None:
    told = UnixClient(api.socket).request("GET", "/v1/snapshot")
    assert told["seq"] == 0
    assert [charger["charger_id"] for charger in told["chargers"]] == ["HQ-01", "HQ-02"]
    assert "CANARY" not in json.dumps(told)


def test_completion_finds_names_by_prefix_whatever_signs_it_has(api: Running) -> None:
    def names(prefix: str) -> list[str]:
        return [
            row["name"] for row in UnixClient(api.socket).request("GET", f"/v1/complete?kind=charger&prefix={prefix}")
        ]

    assert names("hq-") == ["HQ-01", "HQ-02"]
    assert names("%25") == []
    assert UnixClient(api.socket).request("GET", "/v1/complete?kind=unicorn") == []


def test_only_the_owner_can_open_the_socket(api: Running) -> None:
    assert stat.S_IMODE(api.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(api.socket.parent.stat().st_mode) == 0o700


def test_a_socket_on_which_somebody_listens_is_not_taken(api: Running) -> None:
    with pytest.raises(Conflict):
        bind(api.socket)


def test_a_socket_file_that_a_dead_server_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "left.sock"
    bind(path).close()
    assert path.exists()
    bind(path).close()


def test_nobody_listening_is_server_down_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ServerDown) as caught:
        UnixClient(tmp_path / "none.sock").run(ListChargers())
    assert "cpoctl serve" in caught.value.hints[0]


def test_errors_keep_their_classes_over_the_wire(api: Running) -> None:
    with pytest.raises(NotFound):
        UnixClient(api.socket).request("GET", "/v1/nothing")
    with pytest.raises(UsageProblem):
        UnixClient(api.socket).request("POST", "/v1/chargers/A/poke", {"times": None})
    assert Denied.exit_code == 4


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("tasks?limit=-1", "limit: -1 is less than 0"),
        ("log?last=-1", "last: -1 is less than 0"),
        ("events/list?last=9223372036854775808", "last: 9223372036854775808 is too much"),
    ],
)
def test_a_number_of_rows_that_cannot_be_is_refused(api: Running, asked: str, why: str) -> None:
    status, told = problem(api, f"GET /v1/{asked} HTTP/1.1\nHost: cpoctl\nConnection: close\n\n")
    assert (status, told["title"]) == (400, why)
