"""The server's listening sockets: small messages go out at once.

Streamlit makes its socket without naming the protocol, and asyncio then leaves Nagle's algorithm on: a small message
waits until the browser has confirmed the one before, up to 40 ms for each redrawing. Connections take the setting over
from the socket that accepted them.
"""

import os
import socket
import stat
from pathlib import Path

OPEN_FILES = Path("/proc/self/fd")


def send_at_once() -> int:
    """Turn Nagle's algorithm off for every TCP socket of this process that listens; return how many there are.

    On systems without ``/proc`` nothing is changed.
    """
    if not OPEN_FILES.is_dir():
        return 0
    numbers = [int(entry.name) for entry in OPEN_FILES.iterdir()]
    return sum(_is_set(number) for number in numbers)


def _is_set(number: int) -> bool:
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return False
        with socket.socket(fileno=os.dup(number)) as one:
            is_tcp = one.family in {socket.AF_INET, socket.AF_INET6} and one.type == socket.SOCK_STREAM
            if not is_tcp or not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                return False
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return True
    except OSError:
        return False  # closed since the folder was read
