"""The text of a PDF, read in a process of its own: a file that exhausts or crashes the reader stops nothing else.

Run as a program, this file reads a PDF from its input, and writes the text as JSON.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

from .pdf_text import PdfError, PdfText, pdf_text

PDF_SECONDS = 120
"""Of the process's own work: a book of 1,000 pages takes ten."""
PDF_MEMORY = 3 * 1_073_741_824
_PACKAGES = Path(__file__).parent.parent.parent
_CLOCK = 10
"""How many times as long the process may take by the clock, since others may be at work."""


def read_pdf(data: bytes) -> PdfText:
    """Return the text of a PDF, as `pdf_text` does; raise `PdfError` where reading takes too much time or memory."""
    command = [sys.executable, "-m", __name__, str(PDF_SECONDS), str(PDF_MEMORY)]
    path = os.pathsep.join(filter(None, [str(_PACKAGES), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=PDF_SECONDS * _CLOCK, env=environment, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError("takes too long to read") from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise PdfError("takes too long to read")
    try:
        found = json.loads(done.stdout)
    except ValueError as error:
        raise PdfError("cannot be read: the program that reads it broke off") from error
    if isinstance(found, str):
        raise PdfError(found)
    pages, edges, labels, shows_raised, is_scanned = found
    return PdfText(tuple(map(tuple, pages)), tuple(map(tuple, edges)), tuple(labels), shows_raised, is_scanned)


def _main() -> None:
    seconds, memory = map(int, sys.argv[1:])
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    limit = seconds if most == resource.RLIM_INFINITY else min(seconds, most)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, most))
    if sys.platform != "darwin":  # There the system does not heed the limit, and refuses to set it.
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory if most == resource.RLIM_INFINITY else min(memory, most), most))
    try:
        found: object = pdf_text(sys.stdin.buffer.read())
    except PdfError as error:
        found = str(error)
    except MemoryError:
        found = "takes too much memory to read"
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _main()
