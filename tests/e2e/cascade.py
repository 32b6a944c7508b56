"""A root and its leaves in real processes, while a test drives browsers beside them."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from nhipcau.bench.cascade import Cascade, cascade


@contextmanager
def running_cascade(sites_of_each: Sequence[int], layout: str = "auto") -> Iterator[Cascade]:
    """Run MCUs while the context is open, see `nhipcau.bench.cascade`.

    Raises:
        ChildError, TimeoutError: they did not start, as there.
    """
    up: Future[Cascade] = Future()
    over = threading.Event()

    async def run() -> None:
        async with cascade(sites_of_each, layout) as stage:
            up.set_result(stage)
            await asyncio.to_thread(over.wait)

    with ThreadPoolExecutor(1, "cascade") as pool:
        done = pool.submit(asyncio.run, run())
        either: list[Future[Any]] = [up, done]
        wait(either, return_when=FIRST_COMPLETED)
        if not up.done():
            done.result()
        try:
            yield up.result()
        finally:
            over.set()
        done.result()
