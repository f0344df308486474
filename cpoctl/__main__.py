"""The entry point. What must be fast leaves before the command tree is imported."""

import sys


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    args = sys.argv[1:]
    if args == ["--version"]:
        from cpoctl import __version__

        print(f"cpoctl {__version__}")
        sys.exit(0)
    if args[:1] == ["_complete"]:
        from cpoctl.cli.completing import complete

        sys.exit(complete(args[1:]))
    from cpoctl.cli.running import run

    sys.exit(run(args))


if __name__ == "__main__":
    main()
