"""Two people draft the next session of one course at the same time: the course's lock gives each a number."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from courses import errors
from courses.models import Course, Session
from courses.operations import sessions
from courses.operations.sessions import drafts, numbers
from tests.courses.catalogue import TWO_DAYS, Catalogue

pytestmark = pytest.mark.django_db(transaction=True)


def draft_twice(course: Course) -> list[str]:
    """What two threads get that draft at the same time."""

    def draft() -> str:
        try:
            made = sessions.create_session(course_id=course.pk, meetings=TWO_DAYS, by=None)
            return f"number {made.ordinal}"
        except errors.OrdinalTaken as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        return sorted(future.result() for future in [threads.submit(draft) for _ in range(2)])


@pytest.fixture
def meeting_point(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Lets both threads look for the next number before either writes; with the lock the second cannot come."""
    real = numbers.next_ordinal

    def arrange(both_come: bool) -> None:
        both = threading.Barrier(2)

        def looked(course: Course, year: int) -> int:
            found = real(course, year)
            if both_come:
                both.wait(timeout=20)
            return found

        monkeypatch.setattr(drafts, "next_ordinal", looked)

    return arrange


def test_each_of_two_gets_a_number_of_its_own(catalogue: Catalogue, meeting_point: Callable[[bool], None]) -> None:
    meeting_point(False)
    assert draft_twice(catalogue.seminar) == ["number 1", "number 2"]
    assert Session.objects.count() == 2


def test_without_the_lock_both_find_the_same_number(
    catalogue: Catalogue, meeting_point: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both look before either writes, and the database refuses the second."""
    monkeypatch.setattr(drafts, "locked_course", lambda pk: Course.objects.get(pk=pk))
    meeting_point(True)
    assert draft_twice(catalogue.seminar) == ["number 1", "ordinal_taken"]
    assert Session.objects.count() == 1
