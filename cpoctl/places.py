"""Places: where config, data and the control socket are when nobody says otherwise.

They follow the XDG directories; platformdirs, which takes 15 ms to import, is for other systems only.
"""

import os
import sys
from pathlib import Path

SYSTEM_FILE = Path("/etc/cpoctl/cpoctl.toml")
SYSTEM_SOCKET = Path("/run/cpoctl/cpoctl.sock")


def database_path(given: str | None = None) -> Path:
    """The database: the one given, else the user's own. Of a link it is the file behind it, beside which its lock stands."""
    path = (
        Path(given).expanduser()
        if given
        else _directory("XDG_DATA_HOME", ".local/share", "user_data_path") / "cpoctl.db"
    )
    return path.resolve() if path.is_symlink() else path


def socket_path(given: str | None = None) -> Path:
    """The operators' socket: the one given, else in the user's runtime directory."""
    if given:
        return Path(given).expanduser()
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "cpoctl" / "cpoctl.sock"
    return _directory("XDG_STATE_HOME", ".local/state", "user_state_path") / "run" / "cpoctl.sock"


def config_files() -> list[Path]:
    """Where config files are looked for, the strongest first: the user's, the system's."""
    return [_directory("XDG_CONFIG_HOME", ".config", "user_config_path") / "cpoctl.toml", SYSTEM_FILE]


def _directory(variable: str, below_home: str, elsewhere: str) -> Path:
    system: str = sys.platform  # a str, so that the type checker reads both branches
    if system.startswith("linux"):
        chosen = os.environ.get(variable, "")
        return (Path(chosen) if chosen.startswith("/") else Path.home() / below_home) / "cpoctl"
    import platformdirs

    found: Path = getattr(platformdirs, elsewhere)("cpoctl")
    return found
