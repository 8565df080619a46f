"""What `@operation` promises: one transaction, one audit event in it, refusals instead of database errors."""

import threading

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from academy.errors import AlreadyExists, DomainError, LockTimeout
from academy.models import AuditEvent, JobFamily, User
from academy.operations.base import collected_events, note, operation
from tests.cast import Cast


@operation
def add_family(*, code: str, by: User | None, fail: bool = False) -> JobFamily:
    made = JobFamily.objects.create(code=code, name_ja=code)
    note(code=code)
    if fail:
        raise AlreadyExists
    return made


@operation
def lock_family(*, pk: int, by: User | None) -> JobFamily:
    return JobFamily.objects.select_for_update().get(pk=pk)


def test_one_call_one_event(cast: Cast) -> None:
    made = add_family(code="new", by=cast.hr)
    event = AuditEvent.objects.get()
    assert (event.action, event.by, event.target_kind, event.target, event.detail) == (
        "tests.add_family",
        cast.hr,
        "academy.jobfamily",
        made.public_id,
        {"code": "new"},
    )


def test_a_refusal_leaves_nothing(cast: Cast) -> None:
    with pytest.raises(AlreadyExists):
        add_family(code="new", by=cast.hr, fail=True)
    assert (JobFamily.objects.filter(code="new").count(), AuditEvent.objects.count()) == (0, 0)


def test_a_constraint_that_nobody_named_stays_a_fault_of_ours(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        add_family(code="ict", by=cast.hr)


def test_the_events_of_a_rehearsal_can_be_collected(cast: Cast) -> None:
    with collected_events() as events:
        add_family(code="one", by=None)
        add_family(code="two", by=None)
    assert [event.detail["code"] for event in events] == ["one", "two"]


@pytest.mark.parametrize("statement", ["UPDATE academy_auditevent SET action = 'x'", "DELETE FROM academy_auditevent"])
def test_the_trail_cannot_be_rewritten(cast: Cast, statement: str) -> None:
    add_family(code="new", by=cast.hr)
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get().action == "tests.add_family"


def test_note_outside_an_operation_is_a_fault() -> None:
    with pytest.raises(RuntimeError):
        note(code="x")


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_is_held_too_long_is_a_refusal() -> None:
    row = JobFamily.objects.create(code="held", name_ja="held")
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            JobFamily.objects.select_for_update().get(pk=row.pk)
            held.set()
            release.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(30)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        with pytest.raises(LockTimeout) as refused:
            lock_family(pk=row.pk, by=None)
    finally:
        release.set()
        holder.join()
    assert refused.value.retry_after == 1


def test_every_refusal_has_its_own_code_and_both_languages() -> None:
    family = DomainError.family()
    codes = [each.code for each in family]
    assert len(codes) == len(set(codes))
    for each in family:
        assert each.title.ja
        assert each.title.en
        assert each.text.ja
        assert each.text.en
