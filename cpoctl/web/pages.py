"""What a browser is shown: the page with the terminal, and the short pages that say why there is none.

The terminal's script is textual-serve's; it looks for `.textual-terminal`, and marks the body with `-first-byte`
when the first picture comes and with `-closed` when the process has ended. Text in the terminal's font stands on the
page from the beginning, so that the font is there before the cells are measured.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

NO_KEY = "This dashboard wants its key: open the address that `cpoctl dashboard --web` told when it began. \
The key is a new one each time."
WRONG_HOST = "Nothing is served under this name: open the address that `cpoctl dashboard --web` told when it began."
WRONG_ORIGIN = "Another page may not ask here."

_FOCUS = """
  new MutationObserver((_, watch) => {
    if (!document.body.classList.contains("-first-byte")) return;
    watch.disconnect();
    document.querySelector(".xterm-helper-textarea").focus();
  }).observe(document.body, {attributeFilter: ["class"]});
"""
"""Keys go to the dashboard without a click; a process believes that it has no focus until the page says so."""

_FOCUS_HASH = b64encode(sha256(_FOCUS.encode()).digest()).decode()

SECURITY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; script-src 'self' 'sha256-{_FOCUS_HASH}'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "cpoctl",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Headers of every answer: the page loads from us only, and no other page may hold it in a frame."""

_LOOK = """
  @font-face { font-family: "Roboto Mono"; src: url("/static/fonts/RobotoMono-VariableFont_wght.ttf"); font-weight: 100 700; }
  @font-face {
    font-family: "Roboto Mono"; src: url("/static/fonts/RobotoMono-Italic-VariableFont_wght.ttf");
    font-weight: 100 700; font-style: italic;
  }
  html, body { margin: 0; height: 100%; overflow: hidden; background: #101418; color: #e0e4e8; }
  body { font: 16px "Roboto Mono", monospace; }
  a { color: inherit; }
  .note { position: absolute; z-index: 10; padding: 1em 2em; max-width: 50em; line-height: 1.5; background: #101418; }
  .ended { bottom: 0; right: 0; border: 1px solid; display: none; }
  .textual-terminal { height: 100%; }
  .xterm .xterm-viewport { scrollbar-width: none; background-color: inherit !important; }
  .-first-byte .begin, .-closed .begin { display: none; }
  .-closed .ended { display: block; }
  .-closed .textual-terminal { opacity: 0.5; }
"""


def _page(head: str, body: str) -> str:
    title = '<meta charset="utf-8"><title>cpoctl</title><link rel="icon" href="data:,">'
    return f'<!doctype html>\n<html lang="en">\n{title}\n{head}<style>{_LOOK}</style>\n<body>\n{body}\n</body></html>\n'


def notice(message: str) -> str:
    """A page that only says something."""
    return _page("", f'<p class="note">{escape(message)}</p>')


def terminal(host: str) -> str:
    """The page that runs the dashboard, for a browser that calls us so."""
    head = '<link rel="stylesheet" href="/static/css/xterm.css">\n<script src="/static/js/textual.js"></script>\n'
    body = (
        '<p class="note begin">The dashboard begins …</p>\n'
        '<p class="note ended" role="status">The dashboard in this tab has ended. <a href="/">Open it again</a></p>\n'
        f'<div class="textual-terminal" data-session-websocket-url="ws://{escape(host)}/ws" data-font-size="16"></div>\n'
        f"<script>{_FOCUS}</script>"
    )
    return _page(head, body)
