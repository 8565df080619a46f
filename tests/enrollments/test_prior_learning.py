"""What a course asks for beforehand, and a course that is taken once: on every way to a seat."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academy import clock
from academy.errors import DomainError
from academy.models import Staff
from courses.audiences import Finding
from courses.models import Course, Prerequisite, Session
from enrollments import eligibility
from enrollments.evidence import evidence_for
from enrollments.models import Enrollment, Status
from tests import records, stage
from tests.cast import Cast
from tests.enrollments.scene import apply, assign, line, open_session, withdraw

CERTIFIED = {"certifies": True}


@pytest.fixture
def basics(cast: Cast) -> Course:
    return stage.course(title_ja="基礎", title_en="Basics", policy=stage.policy(**CERTIFIED))


@pytest.fixture
def session(basics: Course) -> Session:
    """Of a course that requires the basics; in fiscal year 2022."""
    made = open_session()
    Prerequisite.objects.create(course=made.course, required=basics)
    return made


def took(course: Course, staff: Staff, status: Status = Status.COMPLETED, year: int = 2021) -> Enrollment:
    held = stage.session(course, status="finished", fiscal_year=year, starts_on=dt.date(year, 5, 1),
                         ends_on=dt.date(year, 5, 1))  # fmt: skip
    return records.enrolled(held, staff, status=status)[0]


def within(session: Session, years: int | None) -> None:
    session.course.prerequisites.update(within_years=years)


def found(session: Session, staff: Staff) -> list[Finding]:
    fresh = Session.objects.with_audience().get(pk=session.pk)
    return eligibility.prior_learning(evidence_for(fresh, [staff.pk], now=clock.now()), staff.pk)


def prerequisite(session: Session, staff: Staff) -> Finding:
    (finding,) = [each for each in found(session, staff) if each.condition == "prerequisite"]
    return finding


def code_of(session: Session, staff: Staff) -> str:
    with pytest.raises(DomainError) as refused:
        apply(session, staff)
    assert [fault.code for fault in refused.value.faults] == [refused.value.code]
    return refused.value.code


@pytest.mark.parametrize(
    ("status", "certifies", "enough"),
    [
        (Status.COMPLETED, True, True),
        (Status.ATTENDED, True, False),
        (Status.ATTENDED, False, True),
        (Status.NOT_COMPLETED, True, False),
        (Status.ABSENT, False, False),
        (Status.ENROLLED, True, False),
        (Status.IN_PROGRESS, True, False),
        (Status.WITHDRAWN, True, False),
    ],
)
def test_completed_is_what_the_policy_ends_with(
    cast: Cast, session: Session, basics: Course, status: Status, certifies: bool, enough: bool
) -> None:
    basics.policy.certifies = certifies
    basics.policy.save()
    took(basics, cast.ict, status)
    took(basics, cast.ict2)
    assert prerequisite(session, cast.ict).passed is enough


# The session is in fiscal year 2022. Within 1 year: 2022 itself; within 3: 2020 to 2022.
@pytest.mark.parametrize(
    ("years", "completed", "enough"),
    [
        (None, 1999, True),
        (None, 2022, True),
        (None, 2023, False),
        (1, 2022, True),
        (1, 2021, False),
        (3, 2020, True),
        (3, 2019, False),
        (3, 2023, False),
    ],
)
def test_how_far_back_counts_from_the_fiscal_year_of_the_session(
    cast: Cast, session: Session, basics: Course, years: int | None, completed: int, enough: bool
) -> None:
    within(session, years)
    took(basics, cast.ict, year=completed)
    assert prerequisite(session, cast.ict).passed is enough


def test_the_latest_completion_counts(cast: Cast, session: Session, basics: Course) -> None:
    within(session, 2)
    for year in (2015, 2021, 2018):
        took(basics, cast.ict, year=year)
    finding = prerequisite(session, cast.ict)
    assert (finding.passed, finding.actual.en) == (True, "completed in fiscal year 2021")


def test_what_is_missing_is_said_with_where_to_get_it(cast: Cast, session: Session, basics: Course) -> None:
    nothing = prerequisite(session, cast.ict)
    assert nothing == Finding(
        "prerequisite",
        "",
        False,
        "prerequisite_missing",
        nothing.required,
        eligibility.NONE,
        nothing.text,
        nothing.fix,
        blocks=True,
    )
    assert (nothing.text.ja, nothing.text.en) == (
        "前提講座:「基礎」の修了(現在:なし)。",
        "Prerequisite: “Basics” completed (now: none).",
    )
    assert nothing.fix is not None
    assert nothing.fix.en == "No session of “Basics” is published yet."

    for times, fields in (
        ((("2022-06-27 14:00", "2022-06-27 16:00"),), {"status": "published"}),  # begun
        ((("2022-07-01 14:00", "2022-07-01 16:00"),), {"status": "draft"}),
        ((("2022-07-02 14:00", "2022-07-02 16:00"),), {"status": "cancelled"}),
        ((), {"status": "published", "undated": True, "starts_on": dt.date(2022, 7, 3)}),
        ((("2022-09-01 14:00", "2022-09-01 16:00"),), {"status": "published"}),
        ((("2022-08-01 14:00", "2022-08-01 16:00"),), {"status": "published"}),
    ):
        stage.session(basics, times=times, **fields)
    within(session, 3)
    took(basics, cast.ict, year=2019)
    old = prerequisite(session, cast.ict)
    assert (old.required.ja, old.actual.ja) == ("「基礎」の修了(2020年度以降)", "2019年度に修了")
    assert old.fix is not None
    assert (old.fix.ja, old.fix.en) == (
        "「基礎」の次の回は2022-08-01からです。",
        "The next session of “Basics” begins on 2022-08-01.",
    )


def test_a_year_round_session_that_takes_applications_is_a_next_one(
    cast: Cast, session: Session, basics: Course
) -> None:
    stage.session(
        basics, status="published", starts_on=dt.date(2022, 4, 1), ends_on=dt.date(2023, 3, 31),
        apply_from=stage.tokyo("2022-04-01 09:00"),
    )  # fmt: skip
    fix = prerequisite(session, cast.ict).fix
    assert fix is not None
    assert "2022-04-01" in fix.en


def test_every_way_to_a_seat_asks_for_it(cast: Cast, session: Session, basics: Course) -> None:
    assert code_of(session, cast.ict) == "prerequisite_missing"
    assert assign(session, [cast.ict, cast.ict2], cast) == [("prerequisite_missing",), ("prerequisite_missing",)]
    took(basics, cast.ict)
    assert apply(session, cast.ict).status == "enrolled"
    took(basics, cast.ict2)
    assert assign(session, [cast.ict2], cast) == [()]


def test_nobody_is_promoted_who_lacks_it(cast: Cast, basics: Course) -> None:
    session = open_session(capacity=1)
    first = apply(session, cast.ict)
    apply(session, cast.ict2)
    apply(session, cast.staff)
    Prerequisite.objects.create(course=session.course, required=basics)  # asked for since
    took(basics, cast.staff)
    withdraw(first)
    assert line(session) == [
        (cast.ict.pk, "withdrawn"),
        (cast.ict2.pk, "waitlisted"),
        (cast.staff.pk, "enrolled"),
    ]


def test_each_prerequisite_has_its_finding(cast: Cast, session: Session, basics: Course) -> None:
    other = stage.course(title_ja="応用")
    Prerequisite.objects.create(course=session.course, required=other)
    took(basics, cast.ict)
    findings = [each for each in found(session, cast.ict) if each.condition == "prerequisite"]
    assert [(each.passed, each.code, each.required.ja) for each in findings] == [
        (True, "met", "「基礎」の修了"),
        (False, "prerequisite_missing", "「応用」の修了"),
    ]


# A course that is taken once.


def once(**fields: Any) -> Session:
    return open_session(course=stage.course(**{"recurrence": "once", "repeatable": False, **fields}))


@pytest.mark.parametrize(
    ("fields", "status", "year", "code"),
    [
        pytest.param({}, Status.ATTENDED, 2021, "course_completed", id="the year before"),
        pytest.param({}, Status.ATTENDED, 2005, "course_completed", id="however long ago"),
        pytest.param({}, Status.ABSENT, 2021, None, id="who was absent has not completed it"),
        pytest.param({}, Status.ATTENDED, 2022, "course_taken_this_year", id="this year's rule is the yearly one"),
        pytest.param({"recurrence": "fiscal_year"}, Status.ATTENDED, 2021, None, id="every fiscal year"),
        pytest.param({"repeatable": True}, Status.ATTENDED, 2021, None, id="unless it allows repeats"),
    ],
)
def test_a_course_is_taken_once(
    cast: Cast, fields: dict[str, Any], status: Status, year: int, code: str | None
) -> None:
    session = once(**fields)
    earlier = took(session.course, cast.ict, status, year=year)
    Enrollment.objects.filter(pk=earlier.pk).update(one_seat_key=None if session.course.repeatable else True)
    if code is None:
        assert apply(session, cast.ict).status == "enrolled"
    else:
        assert code_of(session, cast.ict) == code
        assert assign(session, [cast.ict], cast) == [(code,)]
    assert apply(session, cast.ict2).status == "enrolled"


def test_the_finding_says_when_it_was_completed(cast: Cast) -> None:
    session = once()
    took(session.course, cast.ict, Status.ATTENDED, year=2020)
    (finding,) = [each for each in found(session, cast.ict) if each.condition == "course_once"]
    assert (finding.code, finding.actual.ja, finding.blocks) == ("course_completed", "2020年度に修了", True)
    (other,) = [each for each in found(session, cast.ict2) if each.condition == "course_once"]
    assert (other.code, other.passed) == ("met", True)


def test_many_people_take_as_many_statements_as_one(cast: Cast, session: Session, basics: Course) -> None:
    session.course.recurrence, session.course.repeatable = "once", False
    session.course.save()
    people = records.crowd(cast, 200)
    for person in people[:5]:
        took(basics, person)
    fresh = Session.objects.with_audience().get(pk=session.pk)
    counts = []
    for chosen in (people[:1], people):
        with CaptureQueriesContext(connection) as captured:
            evidence = evidence_for(fresh, [each.pk for each in chosen], now=clock.now())
        counts.append(len(captured))
    assert counts[0] == counts[1]
    passed = [each for each in people if not eligibility.blocking(eligibility.prior_learning(evidence, each.pk))]
    assert passed == people[:5]
