"""Turning requests away before they cost anything, when more come than the process can serve.

A process serves so many requests at a time as it has connections to the database. As many again as are allowed wait for a
place, for a short time; whoever comes beyond that, or waits longer, is answered 503 with `Retry-After` at once: before
the session is read, before any transaction, so that nothing has to be undone. A refused request changed nothing and may
be repeated as it is.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from api.errors import Overloaded
from api.problems import page

ALWAYS = ("/healthz/",)  # asked by whoever decides where requests go: a full process is alive


class Gate:
    """Lets in `running` at a time, and lets `waiting` more wait for `patience` seconds each."""

    def __init__(self, running: int, waiting: int, patience: float) -> None:
        self.running, self.waiting, self.patience = running, waiting, patience
        self._inside = 0
        self._before = 0
        self._changed = threading.Condition()

    @property
    def waits(self) -> int:
        """How many wait for a place now."""
        return self._before

    @contextmanager
    def entered(self) -> Iterator[bool]:
        """Whether there is a place; where there is, it is kept until the block ends."""
        place = self._enter()
        try:
            yield place
        finally:
            if place:
                self._leave()

    def _enter(self) -> bool:
        with self._changed:
            if self._inside >= self.running and self._before >= self.waiting:
                return False
            self._before += 1
            free = self._changed.wait_for(lambda: self._inside < self.running, timeout=self.patience)
            self._before -= 1
            self._inside += free
            return free

    def _leave(self) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify()


class AdmissionMiddleware:
    """One gate for a process. It stands before everything that reads the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.gate = Gate(settings.REQUESTS_AT_ONCE, settings.REQUESTS_WAITING, settings.REQUEST_PATIENCE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in ALWAYS:
            return self.get_response(request)
        with self.gate.entered() as place:
            return self.get_response(request) if place else self._turned_away(request)

    def _turned_away(self, request: HttpRequest) -> HttpResponse:
        with translation.override(translation.get_language_from_request(request)):
            return page(Overloaded())
