"""The global options: taken before and after the subcommand, completed from environment and config.

flag > environment > config file > default (UX §4.6). `OPTIONS` is a row an option: names, form, metavar, help.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cpoctl import places
from cpoctl.errors import UsageProblem

if TYPE_CHECKING:
    from cpoctl.config import Config


@dataclass(eq=False)
class Choices:
    """What the caller chose for every command; None where nothing was said."""

    server: str | None = None
    db: str | None = None
    config: str | None = None
    output: str | None = None
    json: bool | None = None
    fields: str | None = None
    sort: str | None = None
    limit: int | None = None
    headers: bool | None = None
    color: str | None = None
    quiet: bool | None = None
    verbose: int | None = None
    no_input: bool | None = None
    yes: bool | None = None
    confirm: str | None = None
    read_only: bool | None = None
    timeout: str | None = None
    utc: bool | None = None

    @property
    def format(self) -> str | None:
        """The output format that was asked for by name."""
        return "json" if self.json else self.output

    @property
    def seconds(self) -> float | None:
        """How long an answer may take."""
        from cpoctl.clock import duration

        if self.timeout is None:
            return None
        try:
            return duration(self.timeout)
        except ValueError as error:
            raise UsageProblem(
                f"--timeout: {error}", hints=["cpoctl --timeout 30s status    the form it takes"]
            ) from error

    def settle(self, environment: Mapping[str, str]) -> None:
        """Fill what the flags left open from the environment, then from the config files."""
        self.config = self.config or environment.get("CPOCTL_CONFIG")
        socket = environment.get("CPOCTL_SOCKET")
        self.server = self.server or environment.get("CPOCTL_SERVER") or (f"unix:{socket}" if socket else None)
        self.db = self.db or environment.get("CPOCTL_DB")
        self.output = self.output or environment.get("CPOCTL_OUTPUT")
        self.timeout = self.timeout or environment.get("CPOCTL_TIMEOUT")
        self.no_input = self.no_input or _on(environment, "CPOCTL_NO_INPUT")
        self.read_only = self.read_only or _on(environment, "CPOCTL_READ_ONLY")
        if self.config or any(path.exists() for path in places.config_files()):
            self._settle_from(self.known())

    def _settle_from(self, known: "Config") -> None:
        if not self.server and not self.db:  # a place named nearer to the caller beats both of the file's
            self.server, self.db = known.cli.server, known.cli.db or known.serve.db
        self.output = self.output or known.cli.output
        self.timeout = self.timeout or known.cli.timeout
        self.read_only = self.read_only or known.cli.read_only

    def known(self) -> "Config":
        """What the config files say. The schema is loaded here, so that a command without files does not pay."""
        from cpoctl.config import load

        return load(Path(self.config) if self.config else None)


def _on(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "").lower() not in ("", "0", "false", "no")


FLAG, COUNT, TEXT, NUMBER = "flag", "count", "text", "number"
OPTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("--server", TEXT, "URL", "the server's control socket, as unix:PATH"),
    ("--db", TEXT, "FILE", "the database (and the server that runs on it)"),
    ("--config", TEXT, "FILE", "the config file to read instead of the usual ones"),
    ("-o,--output", TEXT, "FORMAT", "table wide json jsonl csv tsv md ids"),
    ("--json", FLAG, "", "short for -o json"),
    ("--fields", TEXT, "A,B", "only these fields; ? lists them"),
    ("--sort", TEXT, "FIELD", "sort by a field, -FIELD for descending"),
    ("--limit", NUMBER, "N", "at most N rows"),
    ("--headers/--no-headers", FLAG, "", "column headings or none"),
    ("--color", TEXT, "WHEN", "auto, always or never"),
    ("-q,--quiet", FLAG, "", "say nothing when all went well"),
    ("-v,--verbose", COUNT, "", "say more; -vv shows tracebacks"),
    ("--no-input", FLAG, "", "never ask"),
    ("-y,--yes", FLAG, "", "answer yes to questions"),
    ("--confirm", TEXT, "TEXT", "the text that a severe operation wants typed"),
    ("--read-only", FLAG, "", "refuse whatever changes something"),
    ("--timeout", TEXT, "DUR", "how long to wait for an answer: 30s, 5m"),
    ("--utc/--local", FLAG, "", "times in UTC, or in this machine's zone"),
)
