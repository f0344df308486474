"""Who may do what: a connection that nobody vouches for may do nothing, and a role is enough or it is not."""

import os

import pytest

from cpoctl.errors import Denied
from cpoctl.http.callers import PEER_UID, Caller, caller, permit
from cpoctl.operations import Role


def test_an_unknown_peer_is_denied() -> None:
    with pytest.raises(Denied):
        caller({"type": "http"})


def test_whoever_opens_the_socket_is_admin() -> None:
    assert caller({PEER_UID: os.getuid()}).role is Role.ADMIN


def test_a_uid_without_a_name_is_told_by_its_number() -> None:
    assert caller({PEER_UID: 4_000_000_000}).actor == "uid:4000000000"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("needed", Role)
def test_a_role_may_what_those_before_it_may(role: Role, needed: Role) -> None:
    ranks = list(Role)
    if ranks.index(role) >= ranks.index(needed):
        permit(Caller("somebody", role), needed)
    else:
        with pytest.raises(Denied):
            permit(Caller("somebody", role), needed)
