"""One line on a terminal that says what takes its time: the step's name, how far it is, and for how long it runs."""

import atexit
import threading
import time
from typing import TextIO

_AFTER = 1.0
"""Seconds for which nothing is said of a step."""
_EVERY = 0.25


class ProgressLine:
    """Hears of steps as `(name, done, all)`, of which the last two may be 0; an empty name ends the last step."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._name, self._count, self._began = "", "", 0.0
        self._shown = False
        self._thread: threading.Thread | None = None

    def __call__(self, name: str, done: int = 0, everything: int = 0) -> None:
        with self._lock:
            if name != self._name:
                self._erase()
                self._name, self._began = name, time.monotonic()
            self._count = f", {done:,} of {everything:,}" if everything else ""
            if name and self._thread is None:
                self._thread = threading.Thread(target=self._watch, daemon=True)
                self._thread.start()
                atexit.register(self, "")

    def _erase(self) -> None:
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = False

    def _watch(self) -> None:
        while True:
            time.sleep(_EVERY)
            with self._lock:
                seconds = time.monotonic() - self._began
                if self._name and seconds >= _AFTER:
                    self._write(f"\r\x1b[K{self._name}{self._count} … {seconds:.0f} s")
                    self._shown = True

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._name = ""  # Nobody looks any more.
