"""Guessing at passwords: equal work for every name, and no more guesses looked at than may fail, however many at once."""

import hashlib
import re
from collections.abc import Callable
from functools import partial
from threading import Barrier

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from academy import clock
from academy.errors import LockTimeout, SignInRefused, TooManySignIns
from academy.models import SignInAttempt, User
from academy.operations import accounts
from academy.operations.accounts import MOST_FAILURES, create_service_token, sign_in
from academy.operations.base import take_turn
from tests.cast import PASSWORD, SINCE, Cast, account, repost
from tests.enrollments.threads import at_once, codes, elsewhere

THREADS = 32


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stored passwords that guesses were compared with."""
    seen: list[str] = []

    def counting(password: str, encoded: str) -> bool:
        seen.append(encoded)
        return check_password(password, encoded)

    monkeypatch.setattr(accounts, "check_password", counting)
    return seen


def guesses(name: str) -> list[Callable[[], object]]:
    return [partial(sign_in, username=name, password="wrong")] * THREADS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["ict", "nobody"])
def test_guesses_made_at_once_do_not_pass_the_throttle(cast: Cast, looked_at: list[str], name: str) -> None:
    results = at_once(guesses(name))
    assert len(looked_at) == MOST_FAILURES
    assert codes(results) == ["sign_in_refused"] * MOST_FAILURES + ["too_many_sign_ins"] * (THREADS - MOST_FAILURES)
    with pytest.raises(TooManySignIns):
        sign_in(username=name, password=PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_without_the_turn_all_of_them_are_looked_at(
    cast: Cast, looked_at: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: everybody counts before anybody has reserved."""
    counted, attempts = Barrier(THREADS), accounts._attempts

    def all_at_once(name: str) -> int:
        found = attempts(name)
        counted.wait(timeout=30)
        return found

    monkeypatch.setattr(accounts, "take_turn", lambda what: None)
    monkeypatch.setattr(accounts, "_attempts", all_at_once)
    assert codes(at_once(guesses("ict"))) == ["sign_in_refused"] * THREADS
    assert len(looked_at) == THREADS


@pytest.mark.django_db(transaction=True)
def test_a_name_that_is_being_counted_does_not_hold_up_another(cast: Cast) -> None:
    with transaction.atomic():
        take_turn(f"sign-in {hashlib.sha256(b'ict').hexdigest()}")
        refused = elsewhere(partial(sign_in, username="ict", password=PASSWORD))
        assert isinstance(refused, LockTimeout)
        assert isinstance(elsewhere(partial(sign_in, username="ict2", password=PASSWORD)), accounts.Issued)


def test_a_right_password_gives_its_attempt_back_and_no_other(cast: Cast) -> None:
    for _ in range(MOST_FAILURES - 1):
        with pytest.raises(SignInRefused):
            sign_in(username="ict", password="wrong")
    for _ in range(3):
        sign_in(username="ict", password=PASSWORD)
    assert SignInAttempt.objects.count() == MOST_FAILURES - 1


def test_the_case_of_the_letters_is_no_further_guess(cast: Cast) -> None:
    for n in range(MOST_FAILURES):
        with pytest.raises(SignInRefused):
            sign_in(username="ICT" if n % 2 else "ict", password="wrong")
    with pytest.raises(TooManySignIns):
        sign_in(username="ict", password=PASSWORD)


def refused_names(cast: Cast) -> dict[str, str]:
    """A name of each kind that is not signed in, with the password that is tried."""
    User.objects.filter(username="trainer").update(is_active=False)
    repost(cast.ict2, during=DateRange(SINCE, clock.today()))
    create_service_token(username="feed", scopes=[], by=None)
    machine = account("feed-with-password")
    User.objects.filter(pk=machine.pk).update(kind="service")
    return {
        "ict": "wrong",
        "nobody": PASSWORD,
        "trainer": PASSWORD,
        "ict2": PASSWORD,
        "feed": "!",
        "feed-with-password": PASSWORD,
    }


def test_every_name_that_is_refused_costs_the_same(cast: Cast, looked_at: list[str]) -> None:
    work = {}
    for name, password in refused_names(cast).items():
        looked_at.clear()
        with CaptureQueriesContext(connection) as captured, pytest.raises(SignInRefused) as refusal:
            sign_in(username=name, password=password)
        shapes = [re.sub(r"'[^']*'| ?-?\b\d+\b|_x\d+", "…", each["sql"]) for each in captured]
        algorithms = [encoded.split("$")[0] for encoded in looked_at]
        work[name] = (shapes, algorithms, str(refusal.value))
    assert len(work["ict"][0]) > 3
    assert work["ict"][1] == ["md5"]
    assert {name: each == work["ict"] for name, each in work.items()} == dict.fromkeys(work, True)
