"""Telling: the words that come and go on the screen, and what is copied from it.

They stand before rows that somebody reads: few at once, and each for as long as its kind is worth.
"""

from collections.abc import Iterable
from typing import Final

from textual.app import App
from textual.notifications import Notification, Notify, SeverityLevel

from cpoctl.errors import CpoctlError
from cpoctl.tui import copied
from cpoctl.tui.widgets.dialogs import plain

_MOST: Final = 2
_SECONDS: Final[dict[SeverityLevel, float]] = {"information": 4.0, "warning": 8.0, "error": 8.0}


class Telling(App[None]):
    """What the dashboard says to whoever sits before it."""

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Tell something for as long as its kind is worth."""
        seconds = timeout or _SECONDS[severity]
        super().notify(message, title=title, severity=severity, timeout=seconds, markup=markup)

    def on_notify(self, _: Notify) -> None:
        """Make room. (The toolkit's own method shows it, after this one.)"""
        for toast in too_many(self._notifications):
            self._unnotify(toast, refresh=False)

    def tell_outcome(self, text: str, title: str, severity: SeverityLevel) -> None:
        """What came of something that was begun here."""
        self.notify(plain(text).plain, title=title, severity=severity, markup=False)

    def call(self, title: str, text: str) -> None:
        """Tell what nobody should miss."""
        self.notify(plain(text).plain, title=plain(title).plain, severity="error", markup=False)

    def tell_error(self, error: CpoctlError, title: str = "") -> None:
        """Show what went wrong, and what to do next."""
        lines = [error.message, *error.hints[:2]]
        self.notify(
            plain("\n".join(lines)).plain,
            title=plain(title or error.code).plain,
            severity="error",
            markup=False,
        )

    def copy(self, text: str) -> None:
        """Put text where it can be pasted, and say so."""
        if not text:
            self.notify("nothing to copy here", severity="warning")
            return
        self.copy_to_clipboard(text)
        path = copied.keep(text)  # a terminal may not let its clipboard be written, and does not say so
        told = f"{plain(text).plain[:200]}\n{f'also in {path}' if path else ''}"
        self.notify(told.rstrip(), title="copied", markup=False)


def too_many(shown: Iterable[Notification]) -> list[Notification]:
    """Which go when one more comes: the oldest, and those that tell of no error before the others."""
    by_worth = sorted(shown, key=lambda toast: (toast.severity == "error", toast.raised_at))
    return by_worth[: max(0, len(by_worth) - _MOST + 1)]
