"""What leaves a source's process: whole lines, whoever else writes at the same time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time

import pytest

# A page of 4 MB, far more than a pipe holds, while another thread writes log lines as fast as it can.
PROGRAM = textwrap.dedent(
    """
    import logging, sys, threading
    from connector_kit import entrypoint
    from airbyte_cdk.logger import init_logger

    logger = init_logger("airbyte")
    page = b'{"type":"RECORD","filler":"' + b"x" * 400 + b'"}\\n'
    page = page * 10_000

    class Pages:
        def __init__(self, source): ...
        def parse_args(self, arguments): return type("Parsed", (), {"command": "read"})()
        def read_lines(self, parsed):
            ended = threading.Event()
            thread = threading.Thread(target=self.chatter, args=(ended,))
            thread.start()
            for _ in range(3):
                yield page
            ended.set()
            thread.join()
        def chatter(self, ended):
            while not ended.wait(0.0005):
                logger.info("a word from another thread")

    entrypoint.PageEntrypoint = Pages
    entrypoint.launch(None, [])
    """
)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_log_lines_of_other_threads_never_tear_a_page(unbuffered: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    ) as source:
        assert source.stdout
        lines = []
        for number, line in enumerate(source.stdout):
            lines.append(json.loads(line)["type"])
            if number % 2_000 == 0:
                time.sleep(0.02)  # a reader that is slower than the source
    assert source.returncode == 0
    assert lines.count("RECORD") == 30_000
    assert "LOG" in lines
