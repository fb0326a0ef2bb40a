"""The program, loaded once and forked for each run: a process of its own, without the second that it takes to start.

A run has its own folder, environment and streams, and nothing of an earlier one. What Python itself reads when it starts
(`PYTHONHASHSEED`, the locale) is that of the tests: who tests those starts a real process.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "TZ", "PATH")
"""How the names of variables begin that count when a process starts."""
_LIMIT = 180
"""Seconds for one run."""


def can_fork(environment: Mapping[str, str]) -> bool:
    """Whether a run in this environment is the same in a fork of the loaded program as in a process of its own."""
    names = environment.keys() | os.environ.keys()
    return all(environment.get(n) == os.environ.get(n) for n in names if n.startswith(_AT_START))


def run_program(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] = os.environ,
    stdin: int | IO[str] = subprocess.DEVNULL,
    given: str = "",
) -> subprocess.CompletedProcess[str]:
    """What `python -m florilegium` with these arguments does, says and ends with; `given` is what it reads, or `stdin`."""
    command = ["florilegium", *arguments]
    with TemporaryFile() as written, TemporaryFile() as stdout, TemporaryFile() as stderr:
        written.write(given.encode())
        written.seek(0)
        if stdin == subprocess.DEVNULL:
            stdin = written.fileno()
        elif not isinstance(stdin, int):
            stdin = stdin.fileno()
        wanted = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)}
        code = _server().run(wanted, [stdin, stdout.fileno(), stderr.fileno()])
        return subprocess.CompletedProcess(command, code, _said(stdout), _said(stderr))


def _said(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", errors="replace")


class _Server:
    """This side of the process that has loaded the program."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        self._turn = threading.Lock()
        with theirs:
            command = [sys.executable, str(Path(__file__)), str(theirs.fileno())]
            process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        atexit.register(process.wait)
        atexit.register(self._socket.close)  # by which the server ends; what was registered last is done first

    def run(self, wanted: Mapping[str, object], streams: list[int]) -> int:
        with self._turn:
            request = json.dumps(wanted).encode() + b"\n"
            sent = socket.send_fds(self._socket, [request], streams)
            self._socket.sendall(request[sent:])
            return int(self._socket.recv(100))


@cache
def _server() -> _Server:
    return _Server()


def _serve(number: int) -> None:
    """Fork for each run that is asked for, until the tests have ended. Returns in a fork that is to run the program."""
    asked = socket.socket(fileno=number)
    while True:
        request, streams, _, _ = socket.recv_fds(asked, 1 << 16, 3)
        while request and not request.endswith(b"\n"):
            request += asked.recv(1 << 16)
        if not request:
            os._exit(0)
        pid = os.fork()
        if not pid:
            break
        for stream in streams:
            os.close(stream)
        asked.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())
    asked.close()
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    signal.alarm(_LIMIT)
    wanted = json.loads(request)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["folder"])
    sys.argv[1:] = wanted["arguments"]


def _load() -> None:
    """Import what runs of the program import; but for pyarrow, which begins a thread, which no fork has."""
    import importlib
    import pkgutil

    import florilegium
    import snowballstemmer  # noqa: F401

    for module in pkgutil.walk_packages(florilegium.__path__, "florilegium."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


if __name__ == "__main__":
    import gc

    _load()
    gc.freeze()
    _serve(int(sys.argv[1]))
    from florilegium.cli import main

    main()
