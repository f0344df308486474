"""The global options: taken before and after the subcommand, completed from environment and config.

flag > environment > config file > default (UX §4.6). `OPTIONS` is a row an option: names, form, metavar, help.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cpoctl import places
from cpoctl.cli import terminal, whereabouts
from cpoctl.errors import UsageProblem, nearest

if TYPE_CHECKING:
    from cpoctl.config import Config

_SPANS = ("pause", "queue_for", "wait_for")
_COLORS = ("auto", "always", "never")
_COLOR_HINT = "cpoctl --color never charger list"


@dataclass(eq=False)
class Choices:
    """What the caller chose for every command; None where nothing was said. `args` are the words as given."""

    args: tuple[str, ...] = ()
    context: str | None = None
    server: str | None = None
    key_file: str | None = None
    ca_file: str | None = None
    db: str | None = None
    config: str | None = None
    output: str | None = None
    json: bool | None = None
    fields: str | None = None
    where: str | None = None
    sort: str | None = None
    limit: int | None = None
    headers: bool | None = None
    watch: bool | None = None
    every: str | None = None
    pager: bool | None = None
    color: str | None = None
    ascii: bool | None = None
    quiet: bool | None = None
    verbose: int | None = None
    no_input: bool | None = None
    yes: bool | None = None
    confirm: str | None = None
    read_only: bool | None = None
    timeout: str | None = None
    utc: bool | None = None
    tz: str | None = None
    dry_run: bool | None = None
    parallel: int | None = None
    batch: int | None = None
    pause: str | None = None
    fail_fast: bool | None = None
    queue: bool | None = None
    queue_for: str | None = None
    when: str | None = None
    wait: bool | None = None
    wait_for: str | None = None
    save: str | None = None
    out: str | None = None
    plot: bool | None = None
    bom: bool | None = None
    settled: bool = False

    def save_to(self, path: str | None, *, waits: bool) -> None:
        """Write the upload that the outcome names to this file; one that has not come yet is waited for."""
        self.save = path
        if path is not None and waits and self.wait_for is None:
            self.wait = True

    @property
    def plan(self) -> dict[str, object]:
        """How an act goes through its targets, as far as anything was said."""
        if self.when not in (None, "online", "idle"):
            raise UsageProblem(f"--when {self.when} is neither online nor idle", hints=["cpoctl help tasks"])
        words = {name: getattr(self, name) for name in ("parallel", "batch", "fail_fast", "queue", "when", "wait")}
        spans = {name: _seconds(f"--{name.replace('_', '-')}", getattr(self, name)) for name in _SPANS}
        return {name: value for name, value in {**words, **spans}.items() if value is not None}

    @property
    def format(self) -> str | None:
        """The output format that was asked for: by name, or by what the file is called that it goes to."""
        named = "plot" if self.plot else "json" if self.json else self.output
        _, dot, ending = (self.out or "").rpartition("/")[2].rpartition(".")
        return named or (ending.lower() if dot and ending.isalpha() else None)

    @property
    def seconds(self) -> float | None:
        """How long an answer may take."""
        return _seconds("--timeout", self.timeout)

    @property
    def period(self) -> float | None:
        """After what time `--watch` looks again although nothing happened."""
        return _seconds("--every", self.every)

    def settle(self, environment: Mapping[str, str]) -> None:
        """Fill what the flags left open from the environment, then from the config files; once."""
        if self.settled:
            return
        self.settled = True
        self.config = self.config or environment.get("CPOCTL_CONFIG")
        self.output = self.output or environment.get("CPOCTL_OUTPUT")
        self.timeout = self.timeout or environment.get("CPOCTL_TIMEOUT")
        self.no_input = self.no_input or _on(environment, "CPOCTL_NO_INPUT")
        self.read_only = self.read_only or _on(environment, "CPOCTL_READ_ONLY")
        self.color = self.color or environment.get("CPOCTL_COLOR")
        self.tz = self.tz or environment.get("CPOCTL_TZ")
        known = self.known() if self.config or any(path.exists() for path in places.config_files()) else None
        whereabouts.settle(self, environment, known)
        if known:
            self._settle_from(known)
        if self.color not in (None, *_COLORS):
            near = nearest(self.color or "", _COLORS)
            raise UsageProblem(f"--color {self.color} is none of {', '.join(_COLORS)}{near}", hints=[_COLOR_HINT])
        if self.tz:
            terminal.use_zone(self.tz)

    def _settle_from(self, known: "Config") -> None:
        self.output = self.output or known.cli.output
        self.timeout = self.timeout or known.cli.timeout
        self.read_only = self.read_only or known.cli.read_only
        self.color = self.color or known.cli.color

    def known(self) -> "Config":
        """What the config files say. The schema is loaded here, so that a command without files does not pay."""
        from cpoctl.config import load

        return load(Path(self.config) if self.config else None)


def _seconds(option: str, text: str | None) -> float | None:
    from cpoctl.clock import duration

    if text is None:
        return None
    try:
        return duration(text)
    except ValueError as error:
        raise UsageProblem(f"{option}: {error}", hints=["cpoctl help time    the forms it takes"]) from error


def _on(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "").lower() not in ("", "0", "false", "no")


QUERIES: tuple[tuple[str, str, str, str], ...] = (
    ("--out", "text", "FILE", "write to this file, whole or not at all; {month}, {from} and {to} in it are filled in"),
    ("--bom", "flag", "", "with -o csv: begin with the mark by which a spreadsheet knows UTF-8"),
    ("--plot", "flag", "", "draw it in the terminal; short for -o plot"),
)
"""What a query takes beside them: a report shows them in its help, and a list takes them too."""
ALIASES = {"cp": "charger", "tx": "session", "ls": "list"}
"""Other words for nouns and verbs."""

FLAG, COUNT, TEXT, NUMBER = "flag", "count", "text", "number"
OPTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("-C,--context", TEXT, "NAME", "a server that `cpoctl context add` has named"),
    ("--server", TEXT, "URL", "the server: unix:PATH, or https://HOST:PORT with a key"),
    ("--key-file", TEXT, "FILE", "a file that holds your key for a server elsewhere"),
    ("--ca-file", TEXT, "FILE", "the certificate to trust, instead of the system's"),
    ("--db", TEXT, "FILE", "the database (and the server that runs on it)"),
    ("--config", TEXT, "FILE", "the config file to read instead of the usual ones"),
    ("-o,--output", TEXT, "FORMAT", "table wide json jsonl yaml csv tsv md ids"),
    ("--json", FLAG, "", "short for -o json"),
    ("--fields", TEXT, "A,B", "only these fields; ? lists them"),
    ("--where", TEXT, "FILTER", "only the rows that fit, as 'kw>20 status:charging'; `cpoctl help filters`"),
    ("--sort", TEXT, "FIELD", "sort by a field, -FIELD for descending"),
    ("--limit", NUMBER, "N", "at most N rows"),
    ("--headers/--no-headers", FLAG, "", "column headings or none"),
    ("-w,--watch", FLAG, "", "stay and show every change: at a terminal in place, in a pipe as JSON lines"),
    ("--every", TEXT, "DUR", "with --watch: look again after this time as well"),
    ("--pager/--no-pager", FLAG, "", "show what is longer than the screen in a pager"),
    ("--color", TEXT, "WHEN", "auto, always or never"),
    ("--ascii", FLAG, "", "write ASCII only"),
    ("-q,--quiet", FLAG, "", "say nothing when all went well"),
    ("-v,--verbose", COUNT, "", "say more; -vv shows tracebacks"),
    ("--no-input", FLAG, "", "never ask"),
    ("-y,--yes", FLAG, "", "answer yes to questions"),
    ("--confirm", TEXT, "TEXT", "the text that a severe operation wants typed"),
    ("--read-only", FLAG, "", "refuse whatever changes something"),
    ("--timeout", TEXT, "DUR", "how long to wait for an answer: 30s, 5m"),
    ("--utc/--local", FLAG, "", "times in UTC, or in this machine's zone"),
    ("--tz", TEXT, "ZONE", "times in another zone, as Europe/Berlin"),
    ("-n,--dry-run", FLAG, "", "say what would be sent or written, and do nothing"),
    ("--parallel", NUMBER, "N", "with several targets: so many at a time (8)"),
    ("--batch", NUMBER, "N", "so many targets, then a pause"),
    ("--pause", TEXT, "DUR", "how long the pause after a batch is"),
    ("--fail-fast/--keep-going", FLAG, "", "begin with no further target once one has failed"),
    ("--queue", FLAG, "", "a charger that is away gets it when it is back, within an hour"),
    ("--queue-for", TEXT, "DUR", "the same, within this time"),
    ("--when", TEXT, "WHAT", "wait until the charger is online, or idle (without a session)"),
    ("--wait/--no-wait", FLAG, "", "wait until what was asked has come about; the command's help says what that is"),
    ("--wait-for", TEXT, "DUR", "the same, at most so long"),
)
