"""Latency hidden by fetching a few pages ahead in threads, while pages leave in order on one.

With 150 ms a page, three pages ahead are 2.8 times faster than one after the other (bench/pages.py).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def prefetch(jobs: Iterable[Job], fetch: Callable[[Job], Result], *, depth: int) -> Iterator[tuple[Job, Result]]:
    """``(job, fetch(job))`` for each job in order, with at most ``depth`` fetches under way or waiting to be read.

    The first failure is raised in its turn, after every result before it; what was not begun is then dropped.
    """
    remaining = iter(jobs)
    pool = ThreadPoolExecutor(max_workers=depth, thread_name_prefix="prefetch")
    ahead: deque[tuple[Job, Future[Result]]] = deque()
    try:
        for job in islice(remaining, depth):
            ahead.append((job, pool.submit(fetch, job)))
        while ahead:
            job, future = ahead.popleft()
            result = future.result()
            for following in islice(remaining, 1):
                ahead.append((following, pool.submit(fetch, following)))
            yield job, result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
