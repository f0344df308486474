"""Every check there is, in one command: `python -m tests`; words after it go to pytest.

All checks run even when one has failed; pytest comes last, so that its closing line is the last line.
There are three workers to two cores, because many tests wait: for a process to end, for a charger to be silent. What is
compiled is kept, whatever the environment says: each worker would else compile every test anew, each time.
"""

import os
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports", "--no-cache", "--no-logo"),
)


def main() -> int:
    """Run the checks; 0 when all are content."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs ignore it, and tests would
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # as under nohup
    failed = [" ".join(check) for check in CHECKS if not passes(check)]
    for name in failed:
        print(f"FAILED: {name}", flush=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    tests = (sys.executable, "-m", "pytest", "-n", "3", "--durations=10", "--durations-min=2")
    return 1 if not passes((*tests, *sys.argv[1:])) or failed else 0


def passes(command: tuple[str, ...]) -> bool:
    """Run one check, with the tools of the environment that Python belongs to."""
    print(f"\n$ {' '.join(command)}", flush=True)
    tool = Path(sysconfig.get_path("scripts"), command[0])
    return subprocess.run([str(tool), *command[1:]], cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
