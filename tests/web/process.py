"""The page served by a process of its own: `python -m tests.web.process PORT WORD…` runs the words behind each tab."""

import sys

from cpoctl.web.serving import serve_in_browser

if __name__ == "__main__":
    port, *words = sys.argv[1:]
    serve_in_browser(
        [sys.executable, *words], "127.0.0.1", int(port), lambda line: print(line, file=sys.stderr, flush=True)
    )
