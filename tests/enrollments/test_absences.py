"""Telling before a meeting that one will not be there, and who need not complete."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from academy.errors import DomainError, InvalidInput
from academy.models import AuditEvent
from courses.models import Meeting
from enrollments.errors import MeetingCancelled, NotTakingPart, OwnRecord
from enrollments.errors.leaving import (
    AbsenceNoticeClosed,
    AbsenceToldAlready,
    CompletedAlready,
    NoAbsenceNotice,
    NotExempt,
)
from enrollments.models import AbsenceNotice, Enrollment, Exemption, ExemptionKind
from enrollments.operations.absences import give_absence_notice, take_absence_notice_back
from enrollments.operations.exemptions import end_exemption, exempt
from tests import records, stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.scene import apply, open_session, withdraw
from tests.enrollments.threads import at_once, codes


def give(seat: Enrollment, meeting: Meeting | None = None) -> AbsenceNotice:
    meeting = meeting or seat.session.meetings.get()
    return give_absence_notice(enrollment_id=seat.pk, meeting_id=meeting.pk, reason="災害対応", by=seat.staff.user)


def take_back(seat: Enrollment) -> AbsenceNotice:
    meeting = seat.session.meetings.get()
    return take_absence_notice_back(enrollment_id=seat.pk, meeting_id=meeting.pk, by=seat.staff.user)


# Absence notices.


def test_until_the_meeting_begins_it_is_given_and_taken_back(cast: Cast, at: Clock) -> None:
    seat = apply(open_session(), cast.ict)
    at(stage.tokyo("2022-07-14 13:59"))
    made = give(seat)
    assert (made.reason, made.by, made.withdrawn_at) == ("災害対応", cast.ict.user, None)
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.target) == ("enrollments.give_absence_notice", made.public_id)
    assert "災害" not in str(event.detail)
    assert take_back(seat).withdrawn_at is not None
    with pytest.raises(NoAbsenceNotice):
        take_back(seat)
    give(seat)
    at(stage.tokyo("2022-07-14 14:01"))
    with pytest.raises(AbsenceNoticeClosed):
        take_back(seat)
    assert Enrollment.objects.get().status == "enrolled"


@pytest.mark.parametrize(
    ("why", "refusal"),
    [
        ("begun", AbsenceNoticeClosed),
        ("month_begun", AbsenceNoticeClosed),
        ("cancelled", MeetingCancelled),
        ("archive", InvalidInput),
        ("elsewhere", InvalidInput),
        ("no_seat", NotTakingPart),
        ("told", AbsenceToldAlready),
    ],
)
def test_what_is_refused(cast: Cast, at: Clock, why: str, refusal: type[DomainError]) -> None:
    seat = apply(open_session(), cast.ict)
    meeting = seat.session.meetings.get()
    held = Meeting.objects.filter(pk=meeting.pk)
    if why == "begun":
        at(stage.tokyo("2022-07-14 14:01"))
    elif why == "month_begun":
        held.update(during=None, month=dt.date(2022, 6, 1), precision="month")
    elif why == "cancelled":
        held.update(cancelled_at=stage.tokyo("2022-06-28 09:00"))
    elif why == "archive":
        during = DateTimeTZRange(stage.tokyo("2022-07-20 09:00"), stage.tokyo("2022-07-20 10:00"))
        meeting = Meeting.objects.create(session=seat.session, position=2, during=during, form="archive")
    elif why == "elsewhere":
        meeting = open_session().meetings.get()
    elif why == "no_seat":
        withdraw(seat)
    elif why == "told":
        give(seat)
    before = AbsenceNotice.objects.count()
    with pytest.raises(refusal):
        give(seat, meeting)
    assert AbsenceNotice.objects.count() == before


def test_of_a_month_it_is_told_before_the_month(cast: Cast) -> None:
    seat = apply(open_session(), cast.ict)
    Meeting.objects.filter(session=seat.session).update(during=None, month=dt.date(2022, 7, 1), precision="month")
    assert give(seat).withdrawn_at is None


@pytest.mark.django_db(transaction=True)
def test_told_twice_at_once_it_is_one_notice(cast: Cast) -> None:
    seat = apply(open_session(), cast.ict)
    assert codes(at_once([lambda: give(seat)] * 2)) == ["absence_told_already"]
    assert AbsenceNotice.objects.count() == 1


# Exemptions.


def test_an_exemption_holds_until_it_is_replaced_or_taken_back(cast: Cast) -> None:
    seat = apply(open_session(), cast.ict)
    first = exempt(enrollment_id=seat.pk, kind=ExemptionKind.LEAVE, reason="休職", by=cast.bureau_hr)
    assert (first.from_on, first.superseded_at) == (dt.date(2022, 6, 28), None)
    day = dt.date(2022, 7, 1)
    exempt(enrollment_id=seat.pk, kind=ExemptionKind.DUTY, reason="災害対応", from_on=day, by=cast.hr)
    assert AuditEvent.objects.latest("pk").detail == {"kind": "duty", "replaced": 1}
    assert list(Exemption.objects.filter(superseded_at=None).values_list("kind", "from_on")) == [("duty", day)]
    end_exemption(enrollment_id=seat.pk, by=cast.hr)
    assert set(Exemption.objects.values_list("superseded_by", flat=True)) == {cast.hr.pk}
    with pytest.raises(NotExempt):
        end_exemption(enrollment_id=seat.pk, by=cast.hr)
    assert Enrollment.objects.get().status == "enrolled"


def test_who_is_not_exempted(cast: Cast) -> None:
    session = open_session()
    seat, waiting = apply(session, cast.ict), apply(open_session(capacity=0), cast.ict2)
    [done] = records.enrolled(session, cast.head, status="completed")  # type: ignore[arg-type]
    for each, by, refusal in (
        (seat, cast.ict.user, OwnRecord),
        (waiting, cast.hr, NotTakingPart),
        (done, cast.hr, CompletedAlready),
    ):
        with pytest.raises(refusal):
            exempt(enrollment_id=each.pk, kind=ExemptionKind.OTHER, reason="理由", by=by)
    assert not Exemption.objects.exists()
