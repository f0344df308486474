"""The entry point. What must be fast leaves before the command tree is imported."""

import gc
import os
import sys
from typing import NoReturn

_YOUNG = 50_000  # a command makes few reference cycles and leaves soon


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    gc.set_threshold(_YOUNG)
    args = sys.argv[1:]
    if args == ["--version"]:
        from cpoctl import __version__

        print(f"cpoctl {__version__}")
        sys.exit(0)
    if args[:1] == ["_complete"]:
        from cpoctl.cli.completing import complete

        _leave(complete(args[1:]))
    from cpoctl.cli.running import run

    _leave(run(args))


def _leave(code: int) -> NoReturn:
    """Leave at once: taking the interpreter down would cost a plain command a fifth of its time."""
    if "asyncio" in sys.modules:  # a server ran: something may still have to end in order
        sys.exit(code)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads any more
        os._exit(code)
    os._exit(code)


if __name__ == "__main__":
    main()
