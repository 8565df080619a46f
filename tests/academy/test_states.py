"""`move_to`: a set moves together or not at all, each row leaves a step, and no path makes an unlisted step."""

import itertools

import pytest
from django.db import ProgrammingError, connection, transaction

from academy.errors import IllegalTransition
from courses.models import SESSION_TRANSITIONS, SessionStatus
from courses.models.sessions import Session, SessionStep
from tests.cast import Cast
from tests.stage import session

STATES = list(SessionStatus)


def test_each_row_of_the_set_leaves_a_step(cast: Cast) -> None:
    rows = [session(), session()]
    moved = Session.objects.filter(pk__in=[row.pk for row in rows]).move_to("published", by=cast.hr, reason="ready")
    assert sorted((each.pk, each.old) for each in moved) == [(row.pk, "draft") for row in rows]
    steps = SessionStep.objects.order_by("subject_id").values_list("subject_id", "old", "new", "by", "reason")
    assert list(steps) == [(row.pk, "draft", "published", cast.hr.pk, "ready") for row in rows]


def test_the_time_of_a_step_is_business_time(cast: Cast) -> None:
    Session.objects.filter(pk=session().pk).move_to("published", by=None)
    assert SessionStep.objects.get().at.date().isoformat() == "2022-06-28"


def test_one_illegal_row_stops_the_whole_set(cast: Cast) -> None:
    draft, finished = session(), session(status="finished")
    with pytest.raises(IllegalTransition), transaction.atomic():
        Session.objects.filter(pk__in=[draft.pk, finished.pk]).move_to("published", by=cast.hr)
    assert list(Session.objects.order_by("pk").values_list("status", flat=True)) == ["draft", "finished"]
    assert SessionStep.objects.count() == 0


def test_an_empty_set_moves_nothing(cast: Cast) -> None:
    assert Session.objects.none().move_to("published", by=None) == []


def test_one_statement_however_many_rows(cast: Cast, django_assert_num_queries: object) -> None:
    for _ in range(3):
        session()
    with django_assert_num_queries(1):  # type: ignore[operator]
        Session.objects.all().move_to("published", by=None)


@pytest.mark.parametrize(("old", "new"), list(itertools.product(STATES, STATES)))
def test_the_database_knows_the_same_transitions(cast: Cast, old: SessionStatus, new: SessionStatus) -> None:
    row = session(status=old)
    legal = old == new or new in SESSION_TRANSITIONS[old]
    statement = "UPDATE courses_session SET status = %s WHERE id = %s"
    with connection.cursor() as cursor:
        if legal:
            cursor.execute(statement, [new, row.pk])
        else:
            with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
                cursor.execute(statement, [new, row.pk])
