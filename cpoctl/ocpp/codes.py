"""What can be wrong with a Call, named once and spelled as each version spells it.

OCPP-J 1.6 §4.2.3 · OCPP 2.0.1 part 4 §4.3
"""

from enum import StrEnum

from cpoctl.ocpp import Version


class Problem(StrEnum):
    """Why a Call is answered with a CallError."""

    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    INTERNAL_ERROR = "InternalError"
    PROTOCOL_ERROR = "ProtocolError"
    SECURITY_ERROR = "SecurityError"
    FORMATION_VIOLATION = "FormationViolation"
    PROPERTY_CONSTRAINT_VIOLATION = "PropertyConstraintViolation"
    OCCURRENCE_CONSTRAINT_VIOLATION = "OccurrenceConstraintViolation"
    TYPE_CONSTRAINT_VIOLATION = "TypeConstraintViolation"
    GENERIC_ERROR = "GenericError"
    RPC_FRAMEWORK_ERROR = "RpcFrameworkError"
    MESSAGE_TYPE_NOT_SUPPORTED = "MessageTypeNotSupported"


_V16 = {
    Problem.OCCURRENCE_CONSTRAINT_VIOLATION: "OccurenceConstraintViolation",  # as 1.6 spells it
    Problem.RPC_FRAMEWORK_ERROR: "ProtocolError",  # 1.6 does not know these two
    Problem.MESSAGE_TYPE_NOT_SUPPORTED: "ProtocolError",
}
_V2 = {Problem.FORMATION_VIOLATION: "FormatViolation"}


def spelled(problem: Problem, version: Version) -> str:
    """Spell a problem as the error code of a version."""
    return (_V16 if version is Version.V16 else _V2).get(problem, problem.value)
