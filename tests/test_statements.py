"""Statements that are written once give what the QuerySet gives, keep their plan for one, and are answered ahead once."""

import datetime as dt
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import DateField, Value
from django.test.utils import CaptureQueriesContext

from academy import statements
from academy.models import Assignment, Organization, Staff
from academy.statements import AmongGiven, Given, Statement
from tests.cast import Cast

DAY = dt.date(2022, 6, 28)
BY_KEY = Statement(lambda: Staff.objects.filter(pk=Given("pk")).select_related("issuer"))
NAMES = Statement(
    lambda: (
        Staff.objects.filter(AmongGiven("pk", "keys"))
        .annotate(percent=Value("100%"))
        .order_by("pk")
        .values_list("family_name", "percent")
    )
)
POSTS = Statement(lambda: Assignment.objects.filter(during__contains=Given("day", DateField()), staff=Given("staff")))


def plans() -> list[tuple[str, int]]:
    """The statements whose plans the connection keeps, and how often each was used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements")
        return [row for row in cursor.fetchall() if "academy_staff" in row[0]]


@pytest.mark.django_db
def test_a_row_is_the_one_that_the_queryset_reads(cast: Cast) -> None:
    for person in (cast.ict, cast.ict2):
        read = BY_KEY.first(pk=person.pk)
        assert read == person
        assert read is not None
        with CaptureQueriesContext(connection) as asked:
            issuer = read.issuer
        assert (issuer.pk, len(asked)) == (person.issuer_id, 0)
    assert BY_KEY.first(pk=0) is None


@pytest.mark.django_db
def test_values_of_one_and_of_many_are_those_of_the_queryset(cast: Cast) -> None:
    for people in ([], [cast.ict], [cast.ict, cast.ict2, cast.trainer]):
        keys = [each.pk for each in people]
        found = Staff.objects.filter(pk__in=keys).order_by("pk").values_list("family_name", flat=True)
        assert NAMES.rows(keys=keys) == [(name, "100%") for name in found]


@pytest.mark.django_db
def test_a_day_is_compared_as_a_day(cast: Cast) -> None:
    assert POSTS.rows(day=DAY, staff=cast.ict.pk) == list(Assignment.objects.on(DAY).filter(staff=cast.ict))
    assert POSTS.rows(day=dt.date(1900, 1, 1), staff=cast.ict.pk) == []


@pytest.mark.django_db
def test_the_plan_for_one_is_kept_and_that_for_many_is_not(cast: Cast) -> None:
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    connection.connection._prepared.clear()
    NAMES.rows(keys=[cast.ict.pk, cast.ict2.pk])
    assert plans() == []
    NAMES.rows(keys=[cast.ict.pk])
    NAMES.rows(keys=[cast.ict2.pk])
    [(statement, used)] = plans()
    assert ("$1" in statement, used) == (True, 2)


@pytest.mark.django_db(transaction=True)
def test_the_first_statement_of_a_connection_is_written(cast: Cast) -> None:
    first = Statement(lambda: Staff.objects.filter(pk=Given("pk"), directory_hidden=False))
    connection.close()
    assert first.rows(pk=cast.ict.pk) == [cast.ict]


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused(cast: Cast) -> None:
    locked = Statement(lambda: Staff.objects.select_for_update().filter(pk=Given("pk")))
    with transaction.atomic():
        assert locked.rows(pk=cast.ict.pk) == [cast.ict]
    with pytest.raises(transaction.TransactionManagementError):
        locked.rows(pk=cast.ict.pk)


@pytest.mark.django_db
def test_an_answer_that_came_ahead_is_given_once(cast: Cast) -> None:
    def name() -> Any:
        [(found, _)] = NAMES.rows(keys=[cast.ict.pk])
        return found

    before = name()
    with statements.ahead(NAMES.asked(keys=[cast.ict.pk]), BY_KEY.asked(pk=cast.ict2.pk)):
        Staff.objects.filter(pk=cast.ict.pk).update(family_name="新")
        assert (name(), name()) == (before, "新"), "the first is the answer that came, the second is asked anew"
        assert NAMES.rows(keys=[cast.ict2.pk]) == [(cast.ict2.family_name, "100%")], "other values are asked anew"
    with statements.ahead(NAMES.asked(keys=[cast.ict.pk])):
        Staff.objects.filter(pk=cast.ict.pk).update(family_name="旧")
    assert name() == "旧", "what nobody asked for is forgotten with the block"


@pytest.mark.django_db
def test_statements_ahead_are_asked_in_their_order(cast: Cast) -> None:
    """So that what is read behind a lock is read after it was had."""
    rename = Statement(lambda: Organization.objects.filter(pk=Given("pk")).values_list("name_ja"))
    write = "UPDATE academy_organization SET name_ja = %(name)s WHERE id = %(pk)s RETURNING id"
    with statements.ahead((write, {"name": "改", "pk": cast.tmg.pk}), rename.asked(pk=cast.tmg.pk)):
        assert rename.rows(pk=cast.tmg.pk) == [("改",)]


@pytest.mark.django_db
def test_what_fails_ahead_fails_as_it_would_by_itself(cast: Cast) -> None:
    broken = ("SELECT pg_sleep(%(long)s)", {"long": 10})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10ms'")
        with pytest.raises(OperationalError), transaction.atomic(), statements.ahead(broken, BY_KEY.asked(pk=1)):
            raise AssertionError("not reached")
    assert BY_KEY.first(pk=cast.ict.pk) == cast.ict
