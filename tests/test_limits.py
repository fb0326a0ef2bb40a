"""The bounds on one file hold in every thread, and end with their block."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from florilegium.core.limits import Exhausted, bounded


def work(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(1000))


def in_thread(action: Callable[[], object]) -> BaseException | None:
    raised: list[BaseException] = []

    def run() -> None:
        try:
            action()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised[0] if raised else None


def here(action: Callable[[], object]) -> BaseException | None:
    try:
        action()
    except Exhausted as error:
        return error
    return None


@pytest.mark.parametrize("run", [here, in_thread])
def test_work_that_takes_too_long(run: Callable[[Callable[[], object]], BaseException | None]) -> None:
    def action() -> None:
        with bounded(seconds=0.2), suppress(ValueError):
            work(20)

    start = time.thread_time()
    assert "not done after 0.2 seconds" in str(run(action))
    assert time.thread_time() - start < 10


def test_a_thread_that_waits_for_others_does_not_work() -> None:
    def action() -> None:
        with bounded(seconds=0.1):
            time.sleep(0.4)

    assert in_thread(action) is None


def test_memory_in_a_thread() -> None:
    def action() -> None:
        with bounded(memory=50_000_000):
            kept = []
            while True:
                kept.append(bytearray(1_000_000))
                time.sleep(0.001)

    assert "more memory" in str(in_thread(action))


def test_nothing_arrives_after_the_block() -> None:
    def action() -> None:
        for _ in range(8):
            try:
                with bounded(seconds=0.04):
                    work(0.05)
            except Exhausted:
                pass
            work(0.06)

    assert in_thread(action) is None
