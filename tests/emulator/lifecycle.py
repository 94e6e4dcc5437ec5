"""How a helper process tells its starter where it listens, and how it ends with it."""

import json
import os
import sys
import threading


def announce(port: int) -> None:
    """Prints one JSON line: the kernel chooses the port, so only the process itself knows it.

    Nobody reads standard output after that line, so what libraries print later goes to standard
    error: moto does print, and a pipe without a reader would fail the request it serves.
    """
    line = {"endpoint": f"http://127.0.0.1:{port}", "port": port, "pid": os.getpid()}
    print(json.dumps(line), flush=True)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def exit_when_stdin_closes() -> None:
    """Ends the process once stdin reaches its end.

    The starter holds the other end of that pipe, and the kernel closes it however the starter
    dies, so no server outlives a test run that crashed or was killed.
    """

    def wait_for_the_end() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        os._exit(0)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
