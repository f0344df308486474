"""Let a process that has loaded the command line run one: it gets our words, folder, environment and open files.

Signals are passed on, and we end as it ends; see loaded.py. It is run without site-packages, in some milliseconds.
"""

import os
import signal
import socket
import sys

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    """Hand over, and wait for the end."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(sys.argv[1])
        environment = [f"{name}={value}" for name, value in os.environ.items()]
        told = "\0".join((os.getcwd(), str(len(environment)), *environment, *sys.argv[2:])).encode()  # noqa: PTH109
        socket.send_fds(server, [len(told).to_bytes(4)], [0, 1, 2])
        server.sendall(told)
        pid = int.from_bytes(server.recv(4))
        for number in PASSED_ON:
            signal.signal(number, lambda number, _: os.kill(pid, number))
        code = int.from_bytes(server.recv(4), signed=True)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    main()
