"""A process behind a tab, without Textual: it draws its words and size, and quits when told, or does not.

fake_app.py draws     says its pid, arguments and size; types back what it hears; quits when told
fake_app.py stays     the same, but never quits
fake_app.py fails     says why on stderr and ends at once
"""

import json
import os
import sys


def write(kind: bytes, payload: bytes) -> None:
    """Write one packet as Textual's web driver does."""
    os.write(1, kind + len(payload).to_bytes(4, "big") + payload)


def read(count: int) -> bytes:
    """Read so many bytes, or end with the input."""
    return sys.stdin.buffer.read(count) or sys.exit(0)


def main(manner: str) -> None:
    """Play the manner."""
    if manner == "fails":
        print("no server \x1b[31mhere", file=sys.stderr)
        sys.exit(5)
    os.write(1, b"__GANGLION__\n")
    size = [int(os.environ["COLUMNS"]), int(os.environ["ROWS"])]
    write(b"D", json.dumps({"pid": os.getpid(), "words": sys.argv, "size": size, "env": dict(os.environ)}).encode())
    while True:
        kind = read(1)
        payload = read(int.from_bytes(read(4), "big"))
        if kind == b"M" and json.loads(payload)["type"] == "quit" and manner != "stays":
            write(b"M", b'{"type": "exit"}')
            return
        write(b"D", b"heard " + payload)


if __name__ == "__main__":
    main(sys.argv[1])
