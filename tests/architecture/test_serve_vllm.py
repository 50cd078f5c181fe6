"""`make vllm` says in one sentence what is wrong before it installs or starts anything."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def refused(port: str) -> str:
    """Return what the script says where it ends with 1."""
    done = subprocess.run(
        [ROOT / ".ci" / "serve-vllm"], env=os.environ | {"VLLM_PORT": port}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr


@pytest.mark.parametrize("port", ["abc", "0", "65536", "80 81"])
def test_what_is_no_port_is_refused(port):
    assert refused(port) == f"make vllm: VLLM_PORT is {port}, which is no port.\n"


def test_a_port_that_is_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"something answers on port {port} already" in refused(str(port))
