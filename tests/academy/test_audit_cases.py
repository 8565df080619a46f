"""Opening and closing an audit case, and what was read in one."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.access import Viewer, staff_visible_to
from academy.errors import InvalidInput
from academy.models import AuditCase, AuditEvent, RoleGrant
from academy.models.base import uuid7
from academy.operations.audit_cases import MOST_IDS, audit_read, close_audit_case, open_audit_case
from tests.cast import Cast

TODAY = dt.date(2022, 6, 28)
END = dt.date(2022, 7, 31)


def opened(cast: Cast, **fields: Any) -> AuditCase:
    return open_audit_case(**{"auditor": cast.auditor, "purpose": "定期監査", "valid_to": END, "by": cast.hr, **fields})


def faults(cast: Cast, **fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        opened(cast, **fields)
    assert not AuditCase.objects.exists()
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_a_case_lets_the_auditor_read_until_its_end(cast: Cast) -> None:
    case = opened(cast, organization=cast.digital, purpose=" 定期監査 ")
    assert (case.auditor, case.opened_by, case.purpose) == (cast.auditor, cast.hr, "定期監査")
    assert case.during == DateRange(TODAY, END + dt.timedelta(days=1))
    days = {
        day: staff_visible_to(Viewer(cast.auditor, day)).count() for day in (TODAY, END, END + dt.timedelta(days=1))
    }
    assert list(days.values()) == [4, 4, 0]
    event = AuditEvent.objects.get()
    assert (event.action, event.by, event.target) == ("academy.open_audit_case", cast.hr, case.public_id)
    assert event.detail == {"auditor": str(cast.auditor.public_id), "organization": str(cast.digital.public_id)}


def test_a_case_begins_when_it_says(cast: Cast) -> None:
    opened(cast, valid_from=TODAY + dt.timedelta(days=1))
    assert not staff_visible_to(Viewer(cast.auditor)).exists()
    assert staff_visible_to(Viewer(cast.auditor, TODAY + dt.timedelta(days=1))).exists()


def test_nobody_opens_a_case_for_themselves(cast: Cast) -> None:
    assert faults(cast, by=cast.auditor) == [("/auditor", "own_case")]
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditCase.objects.create(
            auditor=cast.auditor, opened_by=cast.auditor, purpose="監査", during=DateRange(TODAY, END)
        )


def test_a_case_is_for_who_holds_the_role_when_it_begins(cast: Cast) -> None:
    assert faults(cast, auditor=cast.bureau_hr) == [("/auditor", "not_an_auditor")]
    RoleGrant.objects.filter(user=cast.auditor).update(during=DateRange(dt.date(2021, 4, 1), dt.date(2022, 7, 1)))
    assert faults(cast, valid_from=dt.date(2022, 7, 1)) == [("/auditor", "not_an_auditor")]


def test_a_case_has_a_purpose_and_ends_after_it_begins(cast: Cast) -> None:
    yesterday = TODAY - dt.timedelta(days=1)
    assert faults(cast, purpose="  ", valid_to=yesterday) == [("/purpose", "required"), ("/valid_to", "before_start")]


def test_a_closed_case_shows_nothing_from_the_next_request(cast: Cast) -> None:
    case = opened(cast)
    assert staff_visible_to(Viewer(cast.auditor)).exists()
    closed = close_audit_case(case_id=case.pk, by=cast.hr)
    assert not staff_visible_to(Viewer(cast.auditor)).exists()
    again = close_audit_case(case_id=case.pk, by=cast.hr)
    assert closed.closed_at is not None
    assert again.closed_at == closed.closed_at


def test_a_case_without_the_role_shows_nothing(cast: Cast) -> None:
    opened(cast)
    RoleGrant.objects.filter(user=cast.auditor).update(during=DateRange(dt.date(2021, 4, 1), TODAY))
    assert not staff_visible_to(Viewer(cast.auditor)).exists()


def test_of_many_rows_the_number_is_written_down(cast: Cast) -> None:
    case, details = opened(cast), []
    for number in (2, MOST_IDS + 1):
        ids = [uuid7() for _ in range(number)]
        audit_read(case=case, address="/api/v1/staff/", parameters=["search"], ids=ids, by=cast.auditor)
        event = AuditEvent.objects.filter(action="academy.audit_read").latest("pk")
        assert (event.by, event.target_kind, event.target) == (cast.auditor, "academy.auditcase", case.public_id)
        details.append((event.detail["rows"], event.detail["ids"] == [str(each) for each in ids]))
    assert details == [(2, True), (MOST_IDS + 1, False)]
