"""The official 1.6 schemas, as judge over what simulated chargers say."""

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import ocpp

SCHEMAS = Path(ocpp.__file__).parent / "v16" / "schemas"


@functools.cache
def _validator(name: str) -> Any:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8-sig"))
    return jsonschema_rs.validator_for(schema)


def faults(action: str, payload: Any, *, answer: bool = False) -> list[str]:
    """List what the schema of a request, or of an answer, finds wrong."""
    name = f"{action}Response" if answer else action
    return [f"{name}: {error.message}" for error in _validator(name).iter_errors(payload)]
