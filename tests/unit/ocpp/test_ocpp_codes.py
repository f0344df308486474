"""The spelling of error codes and the naming of versions."""

import subprocess
import sys

import pytest

from cpoctl.ocpp import Version, version_of
from cpoctl.ocpp.codes import Problem, spelled

V16_CODES = {  # OCPP-J 1.6 §4.2.3
    "NotImplemented", "NotSupported", "InternalError", "ProtocolError", "SecurityError", "FormationViolation",
    "PropertyConstraintViolation", "OccurenceConstraintViolation", "TypeConstraintViolation", "GenericError",
}  # fmt: skip
V2_CODES = {  # OCPP 2.0.1 part 4 §4.3
    "FormatViolation", "GenericError", "InternalError", "MessageTypeNotSupported", "NotImplemented", "NotSupported",
    "OccurrenceConstraintViolation", "PropertyConstraintViolation", "ProtocolError", "RpcFrameworkError",
    "SecurityError", "TypeConstraintViolation",
}  # fmt: skip


def test_1_6_is_answered_in_its_own_spelling() -> None:
    assert {spelled(problem, Version.V16) for problem in Problem} == V16_CODES


@pytest.mark.parametrize("version", [Version.V201, Version.V21])
def test_2_x_is_answered_in_its_own_spelling(version: Version) -> None:
    assert {spelled(problem, version) for problem in Problem} == V2_CODES


def test_a_version_is_found_by_its_subprotocol() -> None:
    assert [version_of(name) for name in ("ocpp1.6", "ocpp2.0.1", "ocpp2.1")] == list(Version)
    assert version_of("ocpp1.5") is None
    assert [version_of(version.subprotocol) for version in Version] == list(Version)


def test_naming_versions_and_problems_loads_no_decoder() -> None:
    code = "import sys, cpoctl.ocpp.codes; print({'msgspec', 'jsonschema_rs', 'asyncio', 'json'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
