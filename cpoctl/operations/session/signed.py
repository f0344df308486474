"""Signed meter values of a session: what they say, whether they can be trusted, and their exact bytes."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from cpoctl.domain import ocmf
from cpoctl.domain.verifying import BAD, verdict
from cpoctl.errors import CheckFailed, CpoctlError
from cpoctl.operations import Option, Query, Read, one
from cpoctl.operations.session import NAMES, SessionId, number
from cpoctl.operations.session._transparency import Value, container
from cpoctl.table import Column, local


@dataclass(frozen=True)
class SignedRow:
    """A signed value. `content` holds its exact bytes in base64, and with --xml the first one's the whole file instead.

    `doubts` is what its own content says against it.
    """

    signed: Annotated[str, Column("SIGNED", align="right")]
    received_at: Annotated[str, Column("RECEIVED", show=local)]
    nature: Annotated[str, Column("NATURE")]
    encoding: Annotated[str, Column("ENCODING", 2)]
    pagination: Annotated[str | None, Column("PAGE")]
    meter_serial: Annotated[str | None, Column("METER", 2)]
    readings: Annotated[list[str], Column("READINGS", 2, show=lambda texts: "; ".join(texts))]
    verified: Annotated[str, Column("SIGNATURE")]
    doubts: Annotated[list[str], Column("DOUBTS", 2, show=lambda texts: "; ".join(texts))]
    bytes: Annotated[int, Column("BYTES", 3, "right")]
    sha256: Annotated[str, Column("SHA-256", 4)]
    signing_method: Annotated[str | None, Column("METHOD", 4)]
    public_key: str | None
    name: str
    charger_id: str
    content: str | None


_SIGNED = """
SELECT CAST(signed_value_id AS TEXT) AS signed, received_at, nature, encoding, pagination, meter_serial, doubts, raw,
       sha256, signing_method, coalesce(public_key, (
    SELECT k.public_key FROM signed_value k
    WHERE k.session_id = v.session_id AND k.meter_serial IS v.meter_serial AND k.public_key IS NOT NULL
    ORDER BY k.signed_value_id LIMIT 1)) AS public_key, charger_id, session_id
FROM signed_value v WHERE session_id = ? ORDER BY signed_value_id
"""


@dataclass(frozen=True, kw_only=True)
class SignedSession(Query):
    """List the signed meter values of a session; --out writes their exact bytes, for whoever has to check them.

    A signature is verified where it can be: of OCMF, with the key that the charger told with it or with another value of that
    meter in the session, or that you give. With --xml they are one file that the S.A.F.E. transparency software reads, so that a
    driver can check a bill.
    """

    path = "session signed"
    route = "GET /sessions/{session}/signed"
    row = SignedRow
    noun = "signed values"
    newest_last = True
    examples = (
        "cpoctl session signed 42",
        "cpoctl session signed 42 --public-key @meter.pem",
        "cpoctl session signed 42 --out signed-42/",
        "cpoctl session signed 42 --xml --public-key @meter.pem --out session-42.xml",
    )

    session: SessionId
    public_key: Annotated[str | None, Option("the meter's public key: PEM, hex or base64, or @FILE", kind="file")] = (
        None
    )
    xml: Annotated[bool, Option("as one file for the transparency software")] = False
    out: Annotated[str | None, Option("write them here: a file, a folder for several", kind="save")] = None

    def select(self, read: Read) -> list[SignedRow]:
        """In the order in which they came."""
        session_id = number(self.session)
        one(read("SELECT 1 FROM session WHERE session_id = ?", [session_id]), "session", self.session, read, NAMES)
        records = read(_SIGNED, [session_id])
        rows = [self._row(record) for record in records]
        if not self.xml or not rows:
            return rows
        whole = b64encode(container(self.session, map(self._value, records))).decode("ascii")
        first = replace(rows[0], name=f"session-{self.session}.xml", content=whole)
        return [first, *(replace(row, content=None) for row in rows[1:])]

    def objection(self, rows: Sequence[Mapping[str, Any]]) -> CpoctlError | None:
        """That one was signed otherwise."""
        bad = [str(row["signed"]) for row in rows if row["verified"] == BAD]
        if not bad:
            return None
        hints = [f"cpoctl session correct {self.session} --reason TEXT --yes", "cpoctl session review"]
        return CheckFailed(f"not what the meter has signed: {', '.join(bad)}", target=self.session, hints=hints)

    def _value(self, record: dict[str, Any]) -> Value:
        text, known = _ocmf(record["raw"])
        algorithm = known.algorithm if known else ""
        key = self.public_key or record["public_key"]
        return Value(record["raw"], text, algorithm, record["encoding"], record["nature"], key)

    def _row(self, record: dict[str, Any]) -> SignedRow:
        text, known = _ocmf(record["raw"])
        told = {name: value for name, value in record.items() if name not in ("raw", "doubts", "session_id")}
        name = f"session-{record['session_id']}-{record['signed']}.{'ocmf' if text else 'signed'}"
        return SignedRow(
            **told,
            readings=[f"{r.nature} {r.value} {r.unit}".strip() for r in known.readings] if known else [],
            verified=verdict(known, self.public_key or record["public_key"]),
            doubts=_texts(record["doubts"]),
            bytes=len(record["raw"]),
            name=name,
            content=b64encode(record["raw"]).decode("ascii"),
        )


def _ocmf(raw: bytes) -> tuple[str | None, ocmf.Ocmf | None]:
    """The record in the bytes, and what it says."""
    text = ocmf.found_in(raw.decode("utf-8", "replace"))
    return text, ocmf.read(text) if text is not None else None


def _texts(told: str | None) -> list[str]:
    return [str(text) for text in json.loads(told)] if told else []
