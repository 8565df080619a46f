"""The life of an enrolment: the table in the code, the trigger in the database, and each pair of states by raw SQL."""

import itertools

import pytest
from django.db import ProgrammingError, connection, transaction

from academy.errors import IllegalTransition
from enrollments.models import ENDED, LIVE, TRANSITIONS, Enrollment, Status
from tests.cast import Cast
from tests.enrollments.scene import apply, open_session

PAIRS = list(itertools.product(Status, Status))


def begin_as(status: str, cast: Cast) -> Enrollment:
    """A row that begins its life in any state: an insert is no transition."""
    row = apply(open_session(capacity=None, times=()), cast.ict)
    row.delete()
    row.status = status
    row.save(force_insert=True)
    return row


def raw_update(row: Enrollment, new: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE enrollments_enrollment SET status = %s WHERE id = %s", [new, row.pk])
    except ProgrammingError as refused:
        if "Invalid transition" not in str(refused):
            raise
        return False
    return True


def test_every_pair_of_states_by_raw_sql(cast: Cast) -> None:
    allowed = set()
    for old, new in PAIRS:
        with transaction.atomic():
            if raw_update(begin_as(old, cast), new):
                allowed.add((str(old), str(new)))
            transaction.set_rollback(True)
    listed = {(str(old), str(new)) for old, news in TRANSITIONS.items() for new in news}
    unchanged = {(str(status), str(status)) for status in Status}
    assert len(PAIRS) == 169
    assert allowed == listed | unchanged


@pytest.mark.parametrize("old", ENDED)
def test_what_has_ended_stays_so(cast: Cast, old: str) -> None:
    row = begin_as(old, cast)
    for new in Status:
        with pytest.raises(IllegalTransition):
            Enrollment.objects.filter(pk=row.pk).move_to(new, by=None)


def test_a_move_takes_all_rows_or_none(cast: Cast) -> None:
    session = open_session(capacity=None)
    made = [apply(session, person) for person in (cast.ict, cast.ict2)]
    Enrollment.objects.filter(pk=made[1].pk).move_to("withdrawn", by=None)
    with pytest.raises(IllegalTransition), transaction.atomic():
        Enrollment.objects.filter(session=session).move_to("in_progress", by=None)
    assert list(Enrollment.objects.order_by("pk").values_list("status", flat=True)) == ["enrolled", "withdrawn"]


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert all(TRANSITIONS[status] for status in LIVE)
