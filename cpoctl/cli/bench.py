"""The bench: a charger in commissioning, reached through the server's control API, and the person beside it.

One stream brings every frame as it goes over the wire; a thread keeps them, the steps look at them and wait.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from cpoctl.client import Client
from cpoctl.commissioning import Frame, Reply
from cpoctl.errors import CpoctlError, Refused, ServerDown, TimedOut
from cpoctl.operations.log.list import ListFrames
from cpoctl.operations.log.tail import TailFrames
from cpoctl.operations.ocpp.call import CallAction
from cpoctl.operations.session.list import ListSessions

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
                self._more.wait(left)

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
        self.transaction_id: int | None = None
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

    def call(self, action: str, payload: Mapping[str, Any]) -> Reply:
        """Send a Call; a no and silence are answers too."""
        since = self.mark()
        operation = CallAction(
            charger=self.charger_id, action=action, payload=json.dumps(payload), timeout=self._patience
        )
        self._client.timeout = self._patience + _ON_TOP
        try:
            row = self._client.run(operation)
            reply = Reply(True, row["status"], row["answer"])
        except Refused as error:
            said = error.detail.get("outcome") or {}
            reply = Reply(False, str(said.get("status")), said.get("answer") or {}, *_explained(error))
        except TimedOut as error:
            reply = Reply(False, "timeout", {}, *_explained(error))
        # The frame of it belongs to this step, and its row comes a moment after the answer.
        self._heard.first(lambda f: self._is_ours(f) and _is_asked(f, action), since, _OWN_FRAME_WITHIN)
        return reply

    def sessions(self) -> list[str]:
        """The numbers of the charger's open sessions."""
        found = self._client.run(ListSessions(charger=self.charger_id, open=True))
        return [str(session["session_id"]) for session in found]

    def heard(self, action: str, since: int = 0) -> list[Frame]:
        """What the charger has sent since its last boot."""
        frames = self._heard.frames[max(since, self.origin) :]
        return [frame for frame in frames if self._is_ours(frame) and _is_sent(frame, action)]

    def asked(self, action: str) -> list[Frame]:
        """What was asked of it since its last boot."""
        frames = self._heard.frames[self.origin :]
        return [frame for frame in frames if self._is_ours(frame) and _is_asked(frame, action)]

    def wait(self, action: str, since: int, seconds: float, /, **fields: Any) -> Frame | None:
        """The first such frame of the charger after `since`; None when the time is over."""
        most = seconds if self._within is None else min(seconds, self._within)
        return self._heard.first(lambda f: self._is_ours(f) and _is_sent(f, action) and _has(f, fields), since, most)

    def ask(self, what: str) -> str | None:
        """Ask the person."""
        return self._asked(what)

    def _is_ours(self, frame: Frame) -> bool:
        return frame.charger_id.casefold() == self.charger_id.casefold()


def _is_sent(frame: Frame, action: str) -> bool:
    return frame.sender == "charger" and frame.action == action


def _is_asked(frame: Frame, action: str) -> bool:
    return frame.sender == "csms" and frame.action == action


def _has(frame: Frame, fields: Mapping[str, Any]) -> bool:
    return all(frame.payload.get(name) == value for name, value in fields.items())


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
