"""`cohort-completion`: the curve of a cohort worked out by hand, with those who are not old enough yet."""

import datetime as dt

import pytest

from academy.access import Viewer
from academy.errors import InvalidInput
from courses.models import Session
from enrollments.models import Enrollment
from enrollments.reports import cohort_completion
from enrollments.reports.cohort_completion import Cohort, Outcome, Params
from tests import stage
from tests.cast import Cast
from tests.conftest import THE_DAY
from tests.enrollments.reports.roster import entry

HOUR = dt.timedelta(hours=1)
WEEK = dt.timedelta(days=7)


def ago(weeks: float) -> dt.datetime:
    """So many weeks before now, and an hour more."""
    return THE_DAY - weeks * WEEK - HOUR


@pytest.fixture
def seminar(cast: Cast) -> Session:
    return stage.session(stage.course(stage.program("研修A")))


def curve(cast: Cast, **params: object) -> list[tuple[object, ...]]:
    """Of each row as central HR sees it: cohort, size, week, observed, reached, share."""
    rows = cohort_completion.rows(Params(**params), viewer=Viewer(cast.hr))  # type: ignore[arg-type]
    return [(row.name_ja, row.size, row.week, row.observed, row.reached, row.share) for row in rows]


def completed(cast: Cast, session: Session, name: str, *, seat: dt.datetime, after: dt.timedelta) -> Enrollment:
    return entry(cast, session, getattr(cast, name), "completed", decided=seat, steps=[("completed", seat + after)])


def test_the_curve_by_hand(cast: Cast, seminar: Session) -> None:
    """Four 主事, all with a seat for at least four weeks:

    | person  | seat        | completed after      | by week |
    |---------|-------------|----------------------|---------|
    | staff   | 6 weeks ago | 0 s                  | 0       |
    | ict     | 5 weeks ago | 7 days sharp         | 1       |
    | ict2    | 4 weeks ago | 7 days and a second  | 2       |
    | head    | 4 weeks ago | not yet              |         |

    (from week 5 on ict2 and head are not observed, from week 6 on ict is not: the rest had completed)

    and one 課長 with a seat for two weeks, not completed.
    """
    completed(cast, seminar, "staff", seat=ago(6), after=dt.timedelta(0))
    completed(cast, seminar, "ict", seat=ago(5), after=WEEK)
    completed(cast, seminar, "ict2", seat=ago(4), after=WEEK + dt.timedelta(seconds=1))
    entry(cast, seminar, cast.head, "in_progress", decided=ago(4))
    entry(cast, seminar, cast.trainer, "enrolled", decided=ago(2), grade=cast.grades["kacho"])
    assert curve(cast, cohort=Cohort.GRADE, weeks=7) == [
        ("主事", 4, 0, 4, 1, 0.25),
        ("主事", 4, 1, 4, 2, 0.5),
        ("主事", 4, 2, 4, 3, 0.75),
        ("主事", 4, 3, 4, 3, 0.75),
        ("主事", 4, 4, 4, 3, 0.75),
        ("主事", 4, 5, 2, 2, 1.0),
        ("主事", 4, 6, 1, 1, 1.0),
        ("主事", 4, 7, 0, None, None),
        ("課長級", 1, 0, 1, 0, 0.0),
        ("課長級", 1, 1, 1, 0, 0.0),
        ("課長級", 1, 2, 1, 0, 0.0),
        ("課長級", 1, 3, 0, None, None),
        ("課長級", 1, 4, 0, None, None),
        ("課長級", 1, 5, 0, None, None),
        ("課長級", 1, 6, 0, None, None),
        ("課長級", 1, 7, 0, None, None),
    ]


def test_one_seat_given_today_leaves_the_later_weeks_as_they_were(cast: Cast, seminar: Session) -> None:
    """It counts in week 0 alone, even if the newcomer completed at once."""
    completed(cast, seminar, "ict", seat=ago(10), after=WEEK)
    assert curve(cast, weeks=2)[1:] == [("令和3年度採用", 1, 1, 1, 1, 1.0), ("令和3年度採用", 1, 2, 1, 1, 1.0)]
    completed(cast, seminar, "ict2", seat=ago(0), after=dt.timedelta(0))
    assert curve(cast, weeks=2) == [
        ("令和3年度採用", 2, 0, 2, 1, 0.5),
        ("令和3年度採用", 2, 1, 1, 1, 1.0),
        ("令和3年度採用", 2, 2, 1, 1, 1.0),
    ]


def test_the_curve_may_fall_since_its_denominator_shrinks(cast: Cast, seminar: Session) -> None:
    """ict completed within a week and has been observed for one; ict2 has not completed in three."""
    completed(cast, seminar, "ict", seat=ago(1), after=dt.timedelta(days=2))
    entry(cast, seminar, cast.ict2, "in_progress", decided=ago(3))
    assert [row[3:] for row in curve(cast, weeks=4)] == [
        (2, 0, 0.0),
        (2, 1, 0.5),
        (1, 0, 0.0),
        (1, 0, 0.0),
        (0, None, None),
    ]


def test_a_result_of_an_unfinished_week_waits_for_the_week(cast: Cast, seminar: Session) -> None:
    """Completed in its second week, which is not over: nobody is observed for two weeks."""
    completed(cast, seminar, "ict", seat=ago(1.5), after=WEEK + dt.timedelta(days=1))
    assert [row[3:] for row in curve(cast, weeks=2)] == [(1, 0, 0.0), (1, 0, 0.0), (0, None, None)]


def test_a_hiring_year_begins_in_april(cast: Cast, seminar: Session) -> None:
    for staff, hired in (
        (cast.ict, dt.date(2021, 3, 31)),
        (cast.ict2, dt.date(2021, 4, 1)),
        (cast.head, dt.date(2022, 1, 1)),
    ):
        staff.hired_on = hired
        staff.save()
        entry(cast, seminar, staff, "enrolled", decided=ago(1))
    rows = cohort_completion.rows(Params(weeks=0), viewer=Viewer(cast.hr))
    assert [(row.cohort, row.name_ja, row.name_en, row.size) for row in rows] == [
        ("2020", "令和2年度採用", "Hired in fiscal year 2020", 1),
        ("2021", "令和3年度採用", "Hired in fiscal year 2021", 2),
    ]


def test_only_a_result_that_holds_counts_from_its_first_step(cast: Cast, seminar: Session) -> None:
    """ict: completed in week 1, taken back and restored in week 3. ict2: completed in week 1, taken back for good."""
    seat = ago(5)
    day = dt.timedelta(days=1)
    back_and_forth = [("completed", seat + day), ("not_completed", seat + 8 * day), ("completed", seat + 15 * day)]
    entry(cast, seminar, cast.ict, "completed", decided=seat, steps=back_and_forth)
    entry(cast, seminar, cast.ict2, "not_completed", decided=seat, steps=back_and_forth[:2])
    assert [row[4] for row in curve(cast, weeks=4)] == [0, 1, 1, 1, 1]


def test_the_result_may_be_attended_or_either(cast: Cast, seminar: Session) -> None:
    seat = ago(5)
    completed(cast, seminar, "ict", seat=seat, after=WEEK)
    entry(cast, seminar, cast.ict2, "attended", decided=seat, steps=[("attended", seat + 2 * WEEK)])
    assert [row[4] for row in curve(cast, weeks=3)] == [0, 1, 1, 1]
    assert [row[4] for row in curve(cast, weeks=3, result=Outcome.ATTENDED)] == [0, 0, 1, 1]
    assert [row[4] for row in curve(cast, weeks=3, result=Outcome.EITHER)] == [0, 1, 2, 2]


def test_offers_applications_and_seats_given_up_are_in_no_cohort(cast: Cast, seminar: Session) -> None:
    entry(cast, seminar, cast.ict, "offered", decided=None)
    entry(cast, seminar, cast.ict2, "applied", decided=None)
    entry(cast, seminar, cast.head, "withdrawn", decided=ago(3))
    assert curve(cast) == []


def test_training_and_self_development_are_separate_cohorts(cast: Cast, seminar: Session) -> None:
    study = stage.session(stage.course(stage.program("勉強会", pillar="self_development")))
    completed(cast, seminar, "ict", seat=ago(2), after=dt.timedelta(0))
    entry(cast, study, cast.ict, "enrolled", decided=ago(2))
    rows = cohort_completion.rows(Params(weeks=0), viewer=Viewer(cast.hr))
    assert [(str(row.pillar), row.size, row.reached) for row in rows] == [
        ("training", 1, 1),
        ("self_development", 1, 0),
    ]
    (only,) = cohort_completion.rows(Params(weeks=0, program=study.course.program.public_id), viewer=Viewer(cast.hr))
    assert (only.size, only.reached) == (1, 0)


def test_bureau_hr_sees_the_curve_of_its_own_people(cast: Cast, seminar: Session) -> None:
    completed(cast, seminar, "ict", seat=ago(2), after=dt.timedelta(0))
    entry(cast, seminar, cast.staff, "enrolled", decided=ago(2), bureau=cast.industry)
    (row,) = cohort_completion.rows(Params(weeks=0), viewer=Viewer(cast.bureau_hr))
    assert (row.size, row.reached, row.share) == (1, 1, 1.0)
    assert curve(cast, weeks=0) == [("令和3年度採用", 2, 0, 2, 1, 0.5)]


@pytest.mark.parametrize("weeks", [-1, 53])
def test_weeks_go_from_0_to_52(weeks: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        Params(weeks=weeks)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("weeks", "out_of_range")]
    assert Params(weeks=52).weeks == 52


def test_the_docstring_is_the_definition_that_readers_get() -> None:
    assert cohort_completion.DEFINITION.en == (cohort_completion.__doc__ or "").strip()


def test_nobody_with_a_result_is_a_flat_curve(cast: Cast, seminar: Session) -> None:
    entry(cast, seminar, cast.ict, "enrolled", decided=ago(1))
    assert [row[3:] for row in curve(cast, weeks=2)] == [(1, 0, 0.0), (1, 0, 0.0), (0, None, None)]


def test_dates_out_of_order_neither_break_nor_flatter_the_curve(cast: Cast, seminar: Session) -> None:
    """ict: the result is dated a day before the seat. ict2 and head: the seats lie ahead."""
    completed(cast, seminar, "ict", seat=ago(1), after=dt.timedelta(days=-1))
    assert [row[3:] for row in curve(cast, weeks=1)] == [(1, 1, 1.0), (1, 1, 1.0)]
    entry(cast, seminar, cast.ict2, "enrolled", decided=ago(-0.5))
    entry(cast, seminar, cast.head, "enrolled", decided=ago(-5))
    assert [row[3:] for row in curve(cast, weeks=1)] == [(1, 1, 1.0), (1, 1, 1.0)]
