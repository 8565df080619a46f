"""Which class a person comes in: the first that fits, by facts of the reference date and by earlier 落選."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academy.facts import facts_of
from academy.models import Staff
from courses.models import Course, PriorityClass, Session
from enrollments.evidence import timetable_of
from enrollments.models import EndedAs, Enrollment
from enrollments.priority_classes import classes_of
from tests import records, stage
from tests.cast import Cast
from tests.enrollments.scene import open_session

HEADS = {"grade_at_least": "tmg.kacho"}
ICT = {"job_family": ["ict"]}


def classes(course: Course, *rows: dict[str, object]) -> None:
    for position, row in enumerate(rows, start=1):
        PriorityClass.objects.create(course=course, position=position, label_ja=f"区分{position}", **row)


def found(session: Session, *people: Staff) -> list[int]:
    keys = [each.pk for each in people]
    asked = facts_of(keys, on=timetable_of(session, stage.tokyo("2022-06-28 10:00")).reference_date)
    numbers = classes_of(session, asked)
    return [numbers[key] for key in keys]


def lost(course: Course, staff: Staff, year: int, ended_as: str = EndedAs.NOT_SELECTED) -> None:
    session = stage.session(course, fiscal_year=year, status="published")
    records.enrolled(session, staff, status="rejected")  # type: ignore[arg-type]
    Enrollment.objects.filter(session=session).update(ended_as=ended_as)


def test_the_first_class_that_fits_counts_and_whom_none_fits_comes_last(cast: Cast) -> None:
    session = open_session(selection="lottery")
    classes(session.course, {"rule": HEADS}, {"rule": ICT}, {"rule": {"all": [ICT, HEADS]}})
    assert found(session, cast.head, cast.ict, cast.trainer, cast.staff) == [1, 2, 2, 4]
    assert found(open_session(), cast.head, cast.ict) == [1, 1], "without classes all are alike"


@pytest.mark.parametrize(
    ("years", "within", "number"),
    [
        ([], None, 2),
        ([2019], None, 1),
        ([2019], 3, 2),
        ([2020], 3, 1),  # 2020, 2021 and 2022 are the last three
        ([2022], 1, 1),
        ([2021], 1, 2),
        ([2019, 2021], 2, 1),
        ([2023], None, 2),  # of a later year: not before
    ],
)
def test_who_was_not_selected_before(cast: Cast, years: list[int], within: int | None, number: int) -> None:
    session = open_session(selection="lottery")
    classes(session.course, {"not_selected_before": True, "within_years": within})
    for year in years:
        lost(session.course, cast.ict, year)
    assert found(session, cast.ict, cast.ict2) == [number, 2]


def test_only_not_selected_counts_and_only_of_the_course(cast: Cast) -> None:
    session = open_session(selection="lottery")
    classes(session.course, {"not_selected_before": True, "rule": ICT})
    lost(session.course, cast.ict, 2021, EndedAs.NOT_APPROVED)
    lost(stage.course(), cast.ict, 2021)
    lost(session.course, cast.staff, 2021)  # not of the ICT family: both are asked
    assert found(session, cast.ict, cast.staff) == [2, 2]
    lost(session.course, cast.ict, 2021)
    assert found(session, cast.ict, cast.staff) == [1, 2]


def test_many_people_take_as_many_statements_as_one(cast: Cast) -> None:
    session = open_session(selection="lottery")
    classes(session.course, {"rule": HEADS}, {"rule": {"organization": ["digital"]}}, {"not_selected_before": True})
    people = [cast.ict, *records.crowd(cast, 30)]
    facts = facts_of([each.pk for each in people], on=session.starts_on)

    def statements(number: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            classes_of(session, dict(list(facts.items())[:number]))
        return len(captured)

    assert statements(1) == statements(31) <= 4
