"""The process in which a renderer runs: it holds the renderer's lock, and ends with the build that started it.

A build that is killed cannot end its renderer. Without this, the renderer would write old pages into the folder of the
next build.
"""

import os
import runpy
import sys
from pathlib import Path

from ..core.workers import end_with_parent


def command(lock: Path, module: str, arguments: list[str]) -> list[str]:
    """The command that runs a module of Python in a process of this kind, started by this one."""
    return [sys.executable, "-m", __name__, str(os.getpid()), str(lock), module, *arguments]


def become_renderer() -> None:
    """Lock; make sure that the build is still there; become the renderer."""
    parent, lock, module, *arguments = sys.argv[1:]
    end_with_parent(int(parent), at_once=True)
    from .locks import hold_renderer_lock

    with hold_renderer_lock(Path(lock)):
        # A build that was killed before this process had the lock has been followed by another one, perhaps.
        if os.getppid() != int(parent):
            sys.exit("the build that started this renderer has ended")
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    become_renderer()
