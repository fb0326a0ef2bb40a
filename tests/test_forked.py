"""Work in forked processes: in order, with what no process could be sent, and with its failures."""

import multiprocessing
import os
import signal
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from florilegium.core import workers
from florilegium.core.workers import ForkedCall, map_forked


@pytest.mark.parametrize("large", [0, 3, 500])
@pytest.mark.parametrize("count", [0, 1, 200])
def test_results_come_in_the_order_of_the_items(count, large):
    items = [lambda number=number: number * number for number in range(count)]
    assert list(map_forked(lambda item: item(), items, large=large)) == [n * n for n in range(count)]
    assert workers._shared is None


def test_other_processes_do_the_work():
    pids = set(map_forked(lambda _: os.getpid(), range(4), large=4))
    assert os.getpid() not in pids


def test_where_a_system_cannot_fork_this_process_does_it(monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert set(map_forked(lambda _: os.getpid(), range(4))) == {os.getpid()}


def test_a_failure_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        list(map_forked(lambda number: 1 // number, [2, 1, 0]))
    assert workers._shared is None


def test_a_forked_call_has_its_effects_and_raises_what_it_raised(tmp_path: Path) -> None:
    call = ForkedCall(lambda: (tmp_path / "pid").write_text(str(os.getpid())))
    call.wait()
    call.stop()
    assert int((tmp_path / "pid").read_text()) != os.getpid()
    with pytest.raises(ZeroDivisionError):
        ForkedCall(lambda: 1 // 0).wait()


def test_a_forked_call_that_the_system_ends_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(BrokenProcessPool):
        ForkedCall(lambda: os.kill(os.getpid(), signal.SIGKILL)).wait()


def test_a_forked_call_is_stopped(tmp_path: Path) -> None:
    call = ForkedCall(lambda: time.sleep(600))
    call.stop()
    with pytest.raises(BrokenProcessPool):
        call.wait()
