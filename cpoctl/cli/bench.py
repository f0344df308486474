"""The bench: a charger in commissioning, reached through the server's control API, and the person beside it.

One stream brings every frame as it goes over the wire; a thread keeps them, the steps look at them and wait.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from cpoctl.cli.ending import HEEDED_EVERY_S
from cpoctl.client import Client
from cpoctl.commissioning import Fits, Frame, Reply
from cpoctl.errors import CpoctlError, Refused, ServerDown, TimedOut
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask
from cpoctl.ocpp.asks.variables import Report
from cpoctl.ocpp.settings import named
from cpoctl.operations import Operation
from cpoctl.operations.log.list import ListFrames
from cpoctl.operations.log.tail import TailFrames
from cpoctl.operations.ocpp.call import CallAction
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.var.report import ReportVariables

_LOOK_BACK = 200
_ON_TOP = 15.0
_OWN_FRAME_WITHIN = 2.0
Asked = Callable[[str], str | None]


class Heard:
    """The frames so far, and a way to wait for more. `earlier` of them went before the commissioning."""

    def __init__(self, client: Client, charger_id: str | None) -> None:
        earlier = client.run(ListFrames(charger=charger_id, last=_LOOK_BACK)) if charger_id else []
        self.frames: list[Frame] = [_frame(row) for row in earlier]
        self.earlier = len(self.frames)
        self._more = threading.Condition()
        self._failure: CpoctlError | None = None
        follow = TailFrames(charger=charger_id, follow=True, last=_LOOK_BACK)
        threading.Thread(target=self._listen, args=(client, follow), name="frames", daemon=True).start()

    def first(self, fits: Callable[[Frame], bool], since: int, seconds: float) -> Frame | None:
        """The first frame from `since` on that fits; None when the time is over. Raises ServerDown."""
        deadline, looked = time.monotonic() + seconds, since
        with self._more:
            while True:
                for frame in self.frames[looked:]:
                    if fits(frame):
                        return frame
                looked = len(self.frames)
                if self._failure is not None:
                    raise self._failure
                if (left := deadline - time.monotonic()) <= 0:
                    return None
                self._more.wait(min(left, HEEDED_EVERY_S))

    def _listen(self, client: Client, follow: TailFrames) -> None:
        try:
            for told in client.events(follow):
                frame = _frame(told.data)
                with self._more:
                    if not self.frames or frame.journal_id > self.frames[-1].journal_id:  # else it was an earlier one
                        self.frames.append(frame)
                    self._more.notify_all()
            raise ServerDown("the server ended the stream of frames", hints=["cpoctl status"])
        except CpoctlError as error:
            with self._more:
                self._failure = error
                self._more.notify_all()


class ServedBench:
    """A charger that is connected to a server which we reach."""

    def __init__(
        self,
        client: Client,
        heard: Heard,
        charger_id: str,
        *,
        evse_id: int,
        tag: str | None,
        patience: float,
        within: float | None,
        asked: Asked,
    ) -> None:
        """`patience` is for answers, `within` caps what a step waits for; `asked` puts a question to a person."""
        self.charger_id = charger_id
        self.evse_id = evse_id
        self.tag = tag
        self.transaction_id: str | None = None
        self._client, self._heard = client, heard
        self._patience, self._within, self._asked = patience, within, asked
        boots = [number for number, frame in enumerate(heard.frames) if frame.action == "BootNotification"]
        self.origin = boots[-1] if boots else len(heard.frames)

    def mark(self) -> int:
        """How many frames have been heard."""
        return len(self._heard.frames)

    def between(self, since: int, until: int) -> list[Frame]:
        """The charger's frames from one mark to the other, in the order in which they began."""
        found = [
            frame
            for number, frame in enumerate(self._heard.frames[since:until], since)
            if self._is_ours(frame) and (number >= self._heard.earlier or frame.action == "BootNotification")
        ]
        return sorted(found, key=lambda frame: frame.at)

    def call(self, ask: Ask) -> Reply:
        """Send a Call; a no and silence are answers too."""
        request = ask.request(self._version)
        payload = request.payload if isinstance(request.payload, str) else json.dumps(request.payload)
        operation = CallAction(charger=self.charger_id, action=request.action, payload=payload, timeout=self._patience)
        return self._tried(operation, request.action, lambda row: Reply(True, row["status"], row["answer"]))

    def settings(self) -> Reply:
        """Have everything told that can be set."""
        operation = ReportVariables(charger=self.charger_id, base="configuration", timeout=self._patience)
        action = Report(request_id=0, base="configuration").request(self._version).action
        return self._tried(
            operation, action, lambda rows: Reply(True, "Accepted", {row["name"]: row["value"] for row in rows})
        )

    def variables(self, *keys: str) -> str:
        """The settings as this charger calls them."""
        return named(self._version, *keys)

    @property
    def _version(self) -> Version:
        """What it speaks now: it may have come back with another version."""
        told = self._client.request("GET", f"/v1/chargers/{quote(self.charger_id, safe='')}")["version"]
        return Version(told) if told else Version.V16

    def _tried(self, operation: Operation, action: str, told: Callable[[Any], Reply]) -> Reply:
        since = self.mark()
        self._client.timeout = self._patience + _ON_TOP
        try:
            reply = told(self._client.run(operation))
        except Refused as error:
            said = error.detail.get("outcome") or {}
            reply = Reply(False, str(said.get("status")), said.get("answer") or {}, *_explained(error), action)
        except TimedOut as error:
            reply = Reply(False, "timeout", {}, *_explained(error), action)
        # The frame of it belongs to this step, and its row comes a moment after the answer.
        self._heard.first(lambda f: self._is_ours(f) and _is_asked(f, action), since, _OWN_FRAME_WITHIN)
        return reply

    def sessions(self) -> list[str]:
        """The numbers of the charger's open sessions."""
        found = self._client.run(ListSessions(charger=self.charger_id, open=True))
        return [str(session["session_id"]) for session in found]

    def heard(self, *actions: str, since: int = 0) -> list[Frame]:
        """What the charger has sent since its last boot."""
        frames = self._heard.frames[max(since, self.origin) :]
        return [
            f for f in frames if self._is_ours(f) and f.sender == "charger" and (not actions or f.action in actions)
        ]

    def asked(self, action: str) -> list[Frame]:
        """What was asked of it since its last boot."""
        frames = self._heard.frames[self.origin :]
        return [frame for frame in frames if self._is_ours(frame) and _is_asked(frame, action)]

    def wait(self, fits: Fits, since: int, seconds: float) -> Frame | None:
        """The first such frame of the charger after `since`; None when the time is over."""
        most = seconds if self._within is None else min(seconds, self._within)
        return self._heard.first(lambda f: self._is_ours(f) and f.sender == "charger" and fits(f), since, most)

    def ask(self, what: str) -> str | None:
        """Ask the person."""
        return self._asked(what)

    def _is_ours(self, frame: Frame) -> bool:
        return frame.charger_id.casefold() == self.charger_id.casefold()


def _is_asked(frame: Frame, action: str) -> bool:
    return frame.sender == "csms" and frame.action == action


def _explained(error: CpoctlError) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(error.detail.get("why", ())), error.hints


def _frame(row: Mapping[str, Any]) -> Frame:
    return Frame(
        journal_id=int(row["journal_id"]),
        at=row["at"],
        charger_id=row["charger_id"],
        sender=row["sender"],
        action=row["action"],
        outcome=row["outcome"],
        request=row["request"],
        reply=row["answer"],
        payload=_carried(row["request"]),
        answer=_carried(row["answer"]),
        violations=tuple(row["violations"]),
    )


def _carried(text: str | None) -> Mapping[str, Any]:
    """The object that a Call or its result carries; nothing where it is none."""
    try:
        parts = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {}
    carried = parts[-1] if isinstance(parts, list) and parts and parts[0] in (2, 3) else None
    return carried if isinstance(carried, dict) else {}
