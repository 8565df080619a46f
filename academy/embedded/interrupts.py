"""Waiting for signals without losing one: each arrives as a byte in a pipe."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _wanted() -> list[signal.Signals]:
    """All of them; under `nohup` the end of the terminal is to be ignored."""
    return [number for number in STOP if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN]


class Signals:
    """A handler that did more than this could find the program in the middle of anything."""

    def __init__(self, reader: int) -> None:
        self._reader = reader
        self.stop_asked = False

    def wait(self, seconds: float) -> bool:
        """Whether a stop has been asked for; returns early when a child ended."""
        ready, _, _ = select.select([self._reader], [], [], 0 if self.stop_asked else seconds)
        if ready:
            received = os.read(self._reader, 4096)
            self.stop_asked = self.stop_asked or any(number in STOP for number in received)
        return self.stop_asked


@contextmanager
def caught() -> Iterator[Signals]:
    """From here on Ctrl-C, a terminal that closes and `kill` ask for one clean stop; asking again changes nothing."""
    reader, writer = os.pipe()
    for end in (reader, writer):
        os.set_blocking(end, False)
    previous = {number: signal.signal(number, lambda *_: None) for number in (*_wanted(), signal.SIGCHLD)}
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    try:
        yield Signals(reader)
    finally:
        signal.set_wakeup_fd(-1)
        for number, handler in previous.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)
