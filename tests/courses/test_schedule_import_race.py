"""Two people send the same schedule at the same time: the second finds what the first made."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import QuerySet

from academy.errors import InvalidInput
from courses.models import Course, Session
from courses.operations.schedule_files import importing
from courses.operations.schedule_files.stored import stored
from courses.schedules.written import Stored
from tests.courses.catalogue import Catalogue
from tests.courses.schedules.files import csv_file, row, taken_in

pytestmark = pytest.mark.django_db(transaction=True)


def send_twice() -> list[str]:
    """What two threads get that send one session at the same time."""

    def send() -> str:
        try:
            [outcome] = taken_in(csv_file(row(回="1"))).outcomes
            return outcome.outcome
        except InvalidInput as refusal:
            return ", ".join(fault.code for fault in refusal.faults)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        return sorted(future.result() for future in [threads.submit(send) for _ in range(2)])


@pytest.fixture
def meeting_point(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Lets both look at what is stored before either writes; with the lock the second cannot come."""

    def arrange(both_come: bool) -> None:
        both = threading.Barrier(2)

        def looked(sessions: QuerySet[Session]) -> list[tuple[Session, Stored]]:
            found = stored(sessions)
            if both_come:
                both.wait(timeout=20)
            return found

        monkeypatch.setattr(importing, "stored", looked)

    return arrange


def test_the_second_finds_what_the_first_made(catalogue: Catalogue, meeting_point: Callable[[bool], None]) -> None:
    meeting_point(False)
    assert send_twice() == ["created", "unchanged"]
    assert Session.objects.count() == 1


def test_without_the_lock_the_second_is_refused_by_the_database(
    catalogue: Catalogue, meeting_point: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""

    def unlocked(courses: list[Course]) -> None:
        return

    monkeypatch.setattr(importing, "lock", unlocked)
    meeting_point(True)
    assert send_twice() == ["created", "ordinal_taken"]
