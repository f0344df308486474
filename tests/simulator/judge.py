"""The official schemas, as judge over what simulated chargers say."""

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import ocpp

from cpoctl.ocpp import Version

PACKAGE = Path(ocpp.__file__).parent
SCHEMAS = PACKAGE / "v16" / "schemas"
FOLDERS = {Version.V16: SCHEMAS, Version.V201: PACKAGE / "v201" / "schemas", Version.V21: PACKAGE / "v21" / "schemas"}


@functools.cache
def _validator(version: Version, name: str) -> Any:
    schema = json.loads((FOLDERS[version] / f"{name}.json").read_text(encoding="utf-8-sig"))
    return jsonschema_rs.validator_for(schema)


def _known(version: Version, name: str) -> bool:
    return (FOLDERS[version] / f"{name}.json").exists()


def faults(action: str, payload: Any, *, answer: bool = False, version: Version = Version.V16) -> list[str]:
    """List what the schema of a request, or of an answer, finds wrong."""
    request = action if version is Version.V16 else f"{action}Request"
    return _faults(version, f"{action}Response" if answer else request, payload)


def faults_sent(action: str, payload: Any) -> list[str]:
    """List what is wrong with a Send of 2.1, which has no answer."""
    return _faults(Version.V21, action, payload)


def _faults(version: Version, name: str, payload: Any) -> list[str]:
    if not _known(version, name):
        return [f"{name}: the standard has no such message"]
    return [f"{name}: {error.message}" for error in _validator(version, name).iter_errors(payload)]
