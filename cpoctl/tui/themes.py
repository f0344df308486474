"""Colours: three themes of our own, and the colours of states for every theme (Okabe and Ito's, safe for colour-blind eyes)."""

from textual.theme import Theme

from cpoctl.tui.statuses import STYLES

_DARK = {
    "faulted": "#ff7f3f", "offline": "#e69f00", "charging": "#5aa9ff", "suspended": "#f0e442", "busy": "#7cc7ee",
    "reserved": "#d68fb8", "unavailable": "#8c8c8c", "available": "#d8d8d8", "unknown": "#8c8c8c", "dim": "#8f9aa5",
}  # fmt: skip
_LIGHT = {
    "faulted": "#b34700", "offline": "#8a5c00", "charging": "#005a9e", "suspended": "#6b6000", "busy": "#2a6f97",
    "reserved": "#9a3f75", "unavailable": "#6a6a6a", "available": "#222222", "unknown": "#6a6a6a", "dim": "#5f6a74",
}  # fmt: skip
_CONTRAST = {
    "faulted": "#ff9d5c", "offline": "#ffc14d", "charging": "#8cc8ff", "suspended": "#ffff66", "busy": "#b3e5ff",
    "reserved": "#ffb3dd", "unavailable": "#d0d0d0", "available": "#ffffff", "unknown": "#d0d0d0", "dim": "#c4ccd4",
}  # fmt: skip


def _states(colours: dict[str, str]) -> dict[str, str]:
    return {f"cpo-{state}": colour for state, colour in colours.items()}


DEFAULTS = _states(_DARK)
THEMES = (
    Theme("cpo-dark", dark=True, variables=_states(_DARK), primary="#5aa9ff", secondary="#7cc7ee", accent="#e69f00", background="#101418",
           surface="#161b21", panel="#202830", foreground="#d8d8d8", success="#4fbf8f", warning="#e69f00", error="#ff7f3f"),
    Theme("cpo-light", dark=False, variables=_states(_LIGHT), primary="#005a9e", secondary="#2a6f97", accent="#8a5c00", background="#fafafa",
           surface="#f0f0f0", panel="#e2e6ea", foreground="#222222", success="#00694b", warning="#8a5c00", error="#b34700"),
    Theme("cpo-contrast", dark=True, variables=_states(_CONTRAST), primary="#8cc8ff", secondary="#b3e5ff", accent="#ffc14d", background="#000000",
           surface="#000000", panel="#1c1c1c", foreground="#ffffff", success="#7fffb0", warning="#ffc14d", error="#ff9d5c"),
)  # fmt: skip

_STRONG = {"faulted": "bold reverse", "offline": "underline", "charging": "bold"}
_PARTS = "RowTable, Lines"


def _rules() -> str:
    rules = [
        f"&>.row--{style} {{ color: $cpo-{style}; text-style: {_STRONG.get(style, 'none')}; }}" for style in STYLES
    ]
    return "\n".join(rules)


CSS = f"""
{_PARTS} {{ background: $background; }}
App {{
    &>.row--header {{ text-style: bold; }}
    &>.row--panel {{ background: $panel; }}
    &>.row--cursor {{ text-style: reverse; }}
    &>.row--marked {{ text-style: bold; color: $accent; }}
    &>.row--changed {{ text-style: bold; }}
    &>.row--dim {{ color: $cpo-dim; }}
    &>.row--strong {{ text-style: bold; }}
    &>.row--stale {{ color: $cpo-dim; text-style: italic; }}
    &>.row--alert {{ color: $error; text-style: bold; }}
    &>.row--good {{ color: $success; }}
    {_rules()}
}}
"""
