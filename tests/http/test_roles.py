"""Roles × routes: who may what. A route that is missing here fails. RELIABILITY O-09"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from fastapi import FastAPI

from cpoctl.clock import stored
from cpoctl.csms.operator import Face
from cpoctl.domain import keys
from cpoctl.http.app import create_app
from cpoctl.operations import Role
from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.clear_cache import ClearCache
from cpoctl.operations.ocpp.call import CallAction
from cpoctl.operations.task import Order, Plan
from cpoctl.store import rows
from tests.house.commands import every_operation
from tests.http.asking import Answer, ask
from tests.support.csms import Csms

# What reads, and what only asks a charger for what it knows.
VIEWER = """
GET    /healthz
GET    /readyz
GET    /metrics
GET    /v1/openapi.json
GET    /v1/alerts
GET    /v1/alerts/{alert}
GET    /v1/campaigns
GET    /v1/campaigns/{campaign}
GET    /v1/campaigns/{campaign}/stream
GET    /v1/certificates/requests
GET    /v1/charger-sheet
GET    /v1/chargers
GET    /v1/chargers/{charger}
GET    /v1/chargers/{charger}/authlist
GET    /v1/chargers/{charger}/examination
GET    /v1/chargers/{charger}/history
GET    /v1/chargers/{charger}/variables
GET    /v1/complete
GET    /v1/connectors
GET    /v1/connectors/{connector}
GET    /v1/db
GET    /v1/db/size
GET    /v1/images
GET    /v1/outages
GET    /v1/outages/excuses
GET    /v1/reports/completeness
GET    /v1/reports/demand
GET    /v1/reports/energy
GET    /v1/reports/power
GET    /v1/reports/quality
GET    /v1/reports/reliability
GET    /v1/reports/revenue
GET    /v1/reports/sessions
GET    /v1/reports/summary
GET    /v1/reports/tags
GET    /v1/reports/uptime
GET    /v1/session-sheet
GET    /v1/images/{image}
GET    /v1/transfers
GET    /v1/uploads
GET    /v1/uploads/{upload}
GET    /v1/events
GET    /v1/events/list
GET    /v1/events/tail
GET    /v1/history
GET    /v1/history/events
GET    /v1/history/snapshot
GET    /v1/log
GET    /v1/log/export
GET    /v1/log/search
GET    /v1/log/stats
GET    /v1/log/stream
GET    /v1/log/{frame}
GET    /v1/monitors/events
GET    /v1/ocpp/actions
GET    /v1/ocpp/schemas/{action}
GET    /v1/orphans
GET    /v1/pick
GET    /v1/chargers/{charger}/profiles
GET    /v1/profiles
GET    /v1/profiles/{name}
GET    /v1/queue
GET    /v1/quirks
GET    /v1/reservations
GET    /v1/reservations/{reservation}
GET    /v1/review
GET    /v1/sessions
GET    /v1/sessions/{session}
GET    /v1/sessions/{session}/meter
GET    /v1/sessions/{session}/signed
GET    /v1/sessions/{session}/watch
GET    /v1/owners
GET    /v1/owners/{owner}
GET    /v1/sites
GET    /v1/sites/{site}
GET    /v1/price-series
GET    /v1/price-series/{series}
GET    /v1/subscriptions
GET    /v1/subscriptions/{subscription}
GET    /v1/tariffs
GET    /v1/tariffs/{tariff}
GET    /v1/tariffs/{tariff}/preview
GET    /v1/snapshot
GET    /v1/status
GET    /v1/tag-groups
GET    /v1/tag-sheet
GET    /v1/tags
GET    /v1/tags/{tag}
GET    /v1/tags/{tag}/check
GET    /v1/tasks
GET    /v1/tasks/{task}
GET    /v1/tasks/{task}/stream
GET    /v1/unknown-chargers
GET    /v1/unknown-tags
GET    /v1/watch/chargers
POST   /v1/chargers/{charger}/authlist/diff
POST   /v1/chargers/{charger}/authlist/version
POST   /v1/chargers/{charger}/certificates/installed
POST   /v1/chargers/{charger}/der/get
POST   /v1/chargers/{charger}/display/list
POST   /v1/chargers/{charger}/profiles/ask
POST   /v1/chargers/{charger}/profiles/composite
POST   /v1/chargers/{charger}/tariffs/installed
POST   /v1/chargers/{charger}/variables/diff
POST   /v1/chargers/{charger}/variables/get
POST   /v1/chargers/{charger}/variables/report
POST   /v1/chargers/{charger}/monitors/list
POST   /v1/chargers/{charger}/streams/list
POST   /v1/chargers/{charger}/variables/snapshot
POST   /v1/chargers/{charger}/wait
POST   /v1/sessions/status
POST   /v1/tasks
POST   /v1/tasks/{task}/wait
"""  # POST /v1/tasks asks for the role of the operation that it names: see below

# What acts on chargers, sessions and tags.
OPERATOR = """
DELETE /v1/campaigns/{campaign}
POST   /v1/outages/excuses
POST   /v1/outages/excuses/{excuse}/revoke
POST   /v1/campaigns/firmware
POST   /v1/campaigns/settings
POST   /v1/campaigns/{campaign}/abort
POST   /v1/campaigns/{campaign}/pause
POST   /v1/campaigns/{campaign}/resume
POST   /v1/campaigns/{campaign}/retry
POST   /v1/campaigns/{campaign}/start
DELETE /v1/chargers/{charger}/queue
DELETE /v1/images/{image}
DELETE /v1/uploads/{upload}
GET    /v1/uploads/{upload}/content
POST   /v1/images
POST   /v1/images/{image}/verification
PUT    /v1/contents
DELETE /v1/chargers/{charger}/display/{id}
DELETE /v1/chargers/{charger}/reservations/{id}
DELETE /v1/profiles/{name}
DELETE /v1/tags/{tag}
PATCH  /v1/profiles/{name}
PATCH  /v1/tags/{tag}
POST   /v1/alerts/ack
POST   /v1/chargers/{charger}/authlist/push
POST   /v1/chargers/{charger}/availability
POST   /v1/chargers/{charger}/battery-swap
POST   /v1/chargers/{charger}/clear-cache
POST   /v1/chargers/{charger}/der
POST   /v1/chargers/{charger}/der/clear
POST   /v1/chargers/{charger}/der/signal
POST   /v1/chargers/{charger}/diagnostics
POST   /v1/chargers/{charger}/diagnostics/snapshot
POST   /v1/chargers/{charger}/disconnect
POST   /v1/chargers/{charger}/display
POST   /v1/chargers/{charger}/ping
POST   /v1/chargers/{charger}/firmware
POST   /v1/chargers/{charger}/firmware/published
POST   /v1/chargers/{charger}/firmware/unpublished
POST   /v1/chargers/{charger}/profiles
POST   /v1/chargers/{charger}/profiles/clear
POST   /v1/chargers/{charger}/profiles/{number}/update
POST   /v1/chargers/{charger}/reservations
POST   /v1/chargers/{charger}/reset
POST   /v1/chargers/{charger}/tariffs
POST   /v1/chargers/{charger}/tariffs/clear
POST   /v1/chargers/{charger}/transfer
POST   /v1/chargers/{charger}/trigger
POST   /v1/chargers/{charger}/unlock
POST   /v1/chargers/{charger}/variables
POST   /v1/chargers/{charger}/variables/apply
POST   /v1/chargers/{charger}/monitors
POST   /v1/chargers/{charger}/monitors/base
POST   /v1/chargers/{charger}/monitors/clear
POST   /v1/chargers/{charger}/monitors/level
POST   /v1/chargers/{charger}/streams/{stream}
POST   /v1/chargers/{charger}/web-payment
POST   /v1/profiles
POST   /v1/review/{item}/accept
POST   /v1/review/{item}/drop
POST   /v1/sessions/rebuild
POST   /v1/sessions/{session}/correct
POST   /v1/sessions/cost
POST   /v1/sessions/start
POST   /v1/sessions/stop
POST   /v1/sessions/{session}/allow
POST   /v1/sessions/{session}/close
POST   /v1/sessions/{session}/priority
POST   /v1/sessions/{session}/tariff
POST   /v1/tag-sheet
POST   /v1/tags
POST   /v1/tags/{tag}/block
POST   /v1/tags/{tag}/unblock
POST   /v1/tasks/{task}/cancel
POST   /v1/tasks/{task}/retry
"""

# What decides who is let in, what holds secrets, and what can send anything.
ADMIN = """
DELETE /v1/price-series/{series}
DELETE /v1/subscriptions/{subscription}
DELETE /v1/tariffs/{tariff}
POST   /v1/charger-sheet
POST   /v1/price-series
POST   /v1/sessions/reprice
POST   /v1/subscriptions
POST   /v1/tariffs
POST   /v1/tariffs/assignments/end
POST   /v1/tariffs/{tariff}/assignments
DELETE /v1/chargers/{charger}
DELETE /v1/owners/{owner}
DELETE /v1/sites/{site}
GET    /v1/audit
GET    /v1/keys
PATCH  /v1/chargers/{charger}
PATCH  /v1/owners/{owner}
PATCH  /v1/sites/{site}
POST   /v1/chargers
POST   /v1/chargers/{charger}/approve
POST   /v1/chargers/{charger}/call
POST   /v1/chargers/{charger}/certificates
POST   /v1/chargers/{charger}/certificates/delete
POST   /v1/chargers/{charger}/certificates/signed
POST   /v1/chargers/{charger}/customer-info
POST   /v1/chargers/{charger}/password
POST   /v1/chargers/{charger}/reject
POST   /v1/db/backup
POST   /v1/keys
POST   /v1/keys/{key}/revoke
POST   /v1/owners
POST   /v1/sites
PUT    /v1/chargers/{charger}/network/{slot}
"""

MATRIX = {
    " ".join(line.split()): role
    for role, table in ((Role.VIEWER, VIEWER), (Role.OPERATOR, OPERATOR), (Role.ADMIN, ADMIN))
    for line in table.strip().splitlines()
}
NOBODY = ("no key", "no bearer", "bad key", "wrong secret", "expired", "revoked")


@dataclass
class Place:
    """An application, and a key of every kind for it."""

    app: FastAPI
    keys: dict[str, str | None]
    csms: Csms

    async def ask(self, route: str, who: str, body: bytes = b"[") -> Answer:
        """Ask for a route, each time from another address; nothing is done, because nothing sensible is given."""
        method, _, path = route.partition(" ")
        number = next(_numbers)
        target = path.format_map(_Nothing()) + ("?no_such_parameter=1" if method in ("GET", "DELETE") else "")
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        return await ask(self.app, method, target, key=self.keys[who], address=address, body=body)


class _Nothing(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "4711"


_numbers = count(1)


async def _with_keys(csms: Csms) -> Place:
    now, made, unit = stored(csms.clock.now()), {name: keys.made() for name in (*Role, "expired", "revoked")}, []
    for name, secret in made.items():
        role = name if name in list(Role) else Role.ADMIN
        until = "2001-01-01T00:00:00.000Z" if name == "expired" else None
        unit.append(rows.Key(secret.key_id, str(name), str(role), secret.digest, now, "test", until))
    await csms.store.write(unit)
    await csms.store.write([rows.KeyRevoked(now, "test", made["revoked"].key_id)])
    shown: dict[str, str | None] = {str(name): secret.text for name, secret in made.items()}
    wrong = f"cpk_{made[Role.ADMIN].key_id}_{'0' * 64}"
    others = {"no key": None, "no bearer": "", "bad key": keys.made().text, "wrong secret": wrong}
    return Place(create_app(every_operation(), Face(csms.central)), shown | others, csms)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        yield await _with_keys(await stack.enter_async_context(Csms(tmp_path / "c.db")))


def routes(app: FastAPI) -> set[str]:
    """Every method and path that the application takes."""
    return {
        f"{method} {route.path}"  # type: ignore[attr-defined] # only routes are there
        for route in app.routes
        for method in route.methods  # type: ignore[attr-defined]
        if method != "HEAD"
    }


async def test_every_route_stands_in_the_matrix(place: Place) -> None:
    assert sorted(routes(place.app) - set(MATRIX)) == [], "say who may: add them to VIEWER, OPERATOR or ADMIN"


async def test_nothing_stands_in_the_matrix_that_is_no_route(place: Place) -> None:
    assert sorted(set(MATRIX) - routes(place.app)) == []


@pytest.mark.parametrize("who", NOBODY)
async def test_without_a_good_key_nothing_is_answered_but_why_not(place: Place, who: str) -> None:
    for route in sorted(routes(place.app)):
        answer = await place.ask(route, who)
        assert answer.status == 401, (route, who)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.problem["code"] == "denied"
        assert answer.problem["hints"]


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_what_the_matrix_says_and_no_more(place: Place, role: Role) -> None:
    ranks = list(Role)
    for route, needed in MATRIX.items():
        answer = await place.ask(route, role)
        may = ranks.index(role) >= ranks.index(needed)
        assert (answer.status not in (401, 403)) == may, (route, answer)
        assert answer.status < 500, (route, answer)


async def test_even_what_is_no_route_is_told_only_to_who_has_a_key(place: Place) -> None:
    assert (await place.ask("GET /v1/nothing", "no key")).status == 401
    assert (await place.ask("GET /v1/nothing", Role.VIEWER)).status == 404


@pytest.mark.parametrize(("operation", "needed"), [("charger reset", Role.OPERATOR), ("ocpp call", Role.ADMIN)])
async def test_a_task_wants_the_role_of_its_operation(place: Place, operation: str, needed: Role) -> None:
    body = b'{"operation": "%s", "given": {"no_such": 1}}' % operation.encode()
    for role in Role:
        status = (await place.ask("POST /v1/tasks", role, body=body)).status
        assert (status == 403) == (list(Role).index(role) < list(Role).index(needed))


# What a role may not do by a detour


SECRET = b'{"name": "AuthorizationKey", "value": "0123456789abcdef"}'
PLAIN = b'{"name": "HeartbeatInterval", "value": "300"}'


REPOINTS = b'{"name": "CentralSystemURL", "value": "ws://198.51.100.9/"}'


@pytest.mark.parametrize(("given", "needed"), [(SECRET, Role.ADMIN), (REPOINTS, Role.ADMIN), (PLAIN, Role.OPERATOR)])
@pytest.mark.parametrize("how", ["directly", "in bulk", "dry"])
async def test_a_secret_or_repointing_setting_is_changed_by_an_admin_alone(
    place: Place, given: bytes, needed: Role, how: str
) -> None:
    await place.csms.do(AddCharger(charger="CP-1"))
    dry = b', "dry_run": true' if how == "dry" else b""
    bulk = b'{"operation": "var set", "targets": ["CP-1"], "given": %s%s}' % (given, dry)
    route, body = ("POST /v1/tasks", bulk) if how != "directly" else ("POST /v1/chargers/CP-1/variables", given)
    for role in Role:
        answer = await place.ask(route, role, body=body)
        assert (answer.status == 403) == (list(Role).index(role) < list(Role).index(needed))


async def test_a_snapshot_repoints_a_charger_for_an_admin_alone(place: Place) -> None:
    await place.csms.do(AddCharger(charger="CP-1"))
    for role in Role:
        body = b'{"snapshot": "SecurityProfile = 0"}'
        answer = await place.ask("POST /v1/chargers/CP-1/variables/apply", role, body=body)
        assert (answer.status == 403) == (role is not Role.ADMIN)


async def test_who_was_denied_a_secret_stands_in_the_audit_log(place: Place) -> None:
    await place.csms.do(AddCharger(charger="CP-1"))
    await place.ask("POST /v1/chargers/CP-1/variables", Role.OPERATOR, body=SECRET)
    (denial,) = await place.csms.rows("SELECT actor, operation FROM denial")
    assert denial == {"actor": "key:operator", "operation": "var set"}


@pytest.mark.parametrize(
    ("operation", "given"),
    [("task retry", b'{"task": 1}'), ("task cancel", b'{"task": 2}'), ("charger unqueue", b"{}")],
)
async def test_a_dry_run_touches_no_task_whoever_asks_for_it(place: Place, operation: str, given: bytes) -> None:
    csms = place.csms
    await csms.do(AddCharger(charger="CP-1"))
    call = {"action": "ClearCache"}
    for kind, asked, queue in ((CallAction, call, False), (ClearCache, {}, True)):
        await csms.central.tasks.start(Order(kind, asked, ["CP-1"], Plan(queue=queue), "admin"))
    await csms.central.tasks.finished(1, 10)
    await csms.until(lambda: csms.central.tasks.waiting.of(None))
    target = b'"targets": ["CP-1"], ' if operation == "charger unqueue" else b""
    body = b'{"operation": "%s", %s"given": %s, "dry_run": true}' % (operation.encode(), target, given)
    answer = await place.ask("POST /v1/tasks", Role.OPERATOR, body=body)
    assert answer.status == 200
    assert json.loads(answer.body)["frames"][0]["note"].startswith("would ")
    assert await csms.count("task") == 2
    assert len(csms.central.tasks.waiting.of(None)) == 1


async def test_the_names_of_keys_are_completed_for_an_admin_alone(place: Place) -> None:
    method, path = "GET", "/v1/complete?kind=key"
    told = {role: (await ask(place.app, method, path, key=place.keys[role])).status for role in Role}
    assert told == {Role.VIEWER: 403, Role.OPERATOR: 403, Role.ADMIN: 200}
    assert (await ask(place.app, method, "/v1/complete?kind=tag", key=place.keys[Role.VIEWER])).status == 200


@pytest.mark.parametrize(
    "body",
    [
        {"operation": "session stop", "targets": ["1"] * 10_001},
        {"operation": "session stop", "targets": ["1"] * 10_001, "dry_run": True},
        {"operation": "charger reset", "targets": ["CP-1:" + "9" * 5000]},
        {"operation": "session stop", "targets": ["1" * 5000]},
        {"operation": "session stop", "targets": ["\ud800"]},
    ],
)
async def test_no_flood_of_targets_and_no_endless_number_hurts_the_server(
    place: Place, body: dict[str, object]
) -> None:
    await place.csms.do(AddCharger(charger="CP-1"))
    answer = await place.ask("POST /v1/tasks", Role.OPERATOR, body=json.dumps(body).encode())
    assert answer.status in (200, 400, 404)


async def test_nobody_holds_a_charger_for_longer_than_ten_minutes(place: Place) -> None:
    await place.csms.booted("CP-1")
    body = json.dumps({"timeout": 1e9}).encode()
    answer = await place.ask("POST /v1/chargers/CP-1/variables/get", Role.VIEWER, body=body)
    assert answer.problem["code"] == "usage"
