"""Who comes when a process is full is turned away at once, and nothing has happened."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from api.admission import AdmissionMiddleware, Gate


def request(path: str = "/api/v1/sessions/", **headers: str) -> HttpRequest:
    return RequestFactory().get(path, headers=headers)


class House:
    """What lies behind the gate: each request stays until it is let go."""

    def __init__(self) -> None:
        self.inside, self.let_go = Event(), Event()
        self.served = 0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.served += 1
        if request.path != "/healthz/":
            self.inside.set()
            assert self.let_go.wait(timeout=30)
        return HttpResponse("served")


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def door(house: House, settings: LazySettings) -> AdmissionMiddleware:
    """One place, and nobody may wait for it."""
    settings.REQUESTS_AT_ONCE, settings.REQUESTS_WAITING, settings.REQUEST_PATIENCE = 1, 0, 30
    return AdmissionMiddleware(house)


def test_who_finds_no_place_is_answered_at_once_and_reaches_nothing(house: House, door: AdmissionMiddleware) -> None:
    with ThreadPoolExecutor(1) as others:
        first = others.submit(door, request())
        assert house.inside.wait(timeout=30)
        refused = door(request(**{"Accept-Language": "en"}))
        assert (refused.status_code, refused["Retry-After"], refused["Content-Type"]) == (
            503,
            "5",
            "application/problem+json",
        )
        assert refused.content.startswith(b'{"type":"urn:digital-academy:problem:overloaded","title":"Overloaded"')
        assert "いまは処理できません" in door(request(**{"Accept-Language": "ja"})).content.decode()
        assert door(request("/healthz/")).content == b"served", "a full process is alive"
        assert house.served == 2
        house.let_go.set()
        assert first.result().content == b"served"
    assert door(request()).content == b"served"


def test_a_place_is_free_again_when_a_request_fails() -> None:
    gate = Gate(running=1, waiting=0, patience=30)

    def fail() -> None:
        with gate.entered():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with gate.entered() as place:
        assert place


def test_some_wait_for_a_place_and_get_it() -> None:
    gate, let_go = Gate(running=1, waiting=1, patience=30), Event()
    order: list[str] = []

    def second() -> bool:
        with gate.entered() as place:
            order.append("second")
            return place

    with ThreadPoolExecutor(1) as others, gate.entered() as place:
        waits = others.submit(second)
        while not gate.waits:
            let_go.wait(timeout=0.001)
        with gate.entered() as third:
            assert not third, "one may wait, not two"
        assert place
        order.append("first")
    assert waits.result()
    assert order == ["first", "second"]


def test_nobody_waits_longer_than_the_patience() -> None:
    gate = Gate(running=1, waiting=1, patience=0)
    with gate.entered(), gate.entered() as place:
        assert not place
