"""`plan-against-actual`: against a year worked out by hand, and against a second count of random years."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pandas as pd
import pytest
from pytest_django import DjangoAssertNumQueries

from academy.access import Viewer
from academy.errors import InvalidInput
from academy.models import Organization, User
from courses.models import Course, PlanLine, Program, ProgramPlan, Session
from courses.operations import plans
from courses.operations.plans import PlanLineInput
from courses.operations.sessions import change_session
from courses.scheduling import Slot
from enrollments.models import Enrollment
from enrollments.reports import plan_against_actual
from enrollments.reports.plan_against_actual import Params, Row, Version
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.reports.roster import entry
from tests.records import crowd
from tests.stage import tokyo


def report(viewer: User, **params: Any) -> list[Row]:
    return plan_against_actual.rows(Params(**params), viewer=Viewer(viewer))


def short(row: Row) -> tuple[object, ...]:
    """Name, course, quarter, standing; first, current; sessions, held, cancelled, seats, unlimited; decided, people; differences."""
    return (
        f"{row.program_ja}{'/' + row.course_ja if row.course_ja else ''}",
        row.quarter,
        str(row.standing) if row.standing else None,
        (row.first_sessions, row.first_seats, row.first_yen),
        (row.current_sessions, row.current_seats, row.current_yen),
        (row.sessions, row.held, row.cancelled, row.seats_offered, row.unlimited),
        (row.decided, row.decided_people),
        (row.sessions_difference, row.seats_difference),
    )


def in_force(
    lines: Sequence[PlanLineInput], organization: Organization | None = None, base: ProgramPlan | None = None
) -> ProgramPlan:
    if base is None:
        plan = plans.draft_plan(fiscal_year=2022, title_ja="計画", organization=organization, lines=lines, by=None)
    else:
        plan = plans.revise_plan(plan_id=base.pk, by=None)
        plans.set_plan_lines(plan_id=plan.pk, lines=lines, by=None)
    plans.approve_plan(plan_id=plan.pk, by=None)
    return plans.publish_plan(plan_id=plan.pk, by=None)


def run(course: Course, day: str, **fields: Any) -> Session:
    return stage.session(course, times=((f"{day} 09:00", f"{day} 12:00"),), **{"status": "published", **fields})


@dataclass
class Year:
    """研修A is planned by courses and quarters, 研修B as a whole, 勉強会 in the revision only, 研修C not at all."""

    a: Course
    b: Course
    study: Course
    c: Course
    plan: ProgramPlan


@pytest.fixture
def year(cast: Cast) -> Year:
    """It is 28 June. Seats: ict twice in 研修A and once in 研修B, staff (industry) once in 研修A, ict2 in 勉強会.

    | session            | first day | state     | limit | seats                            |
    |--------------------|-----------|-----------|-------|----------------------------------|
    | 研修A/基礎 no. 1     | 20 June   | published | 30    | ict judged, staff in progress    |
    | 研修A/基礎 no. 2     | 24 June   | finished  | 20    | ict enrolled, ict2 withdrew      |
    | 研修A/基礎 no. 3     | 6 July    | published | 25    | trainer offered, not accepted    |
    | 研修A/基礎 no. 4     | 15 June   | cancelled | 40    |                                  |
    | 研修B no. 1         | 1 Sep     | published |       | ict enrolled                     |
    | 研修B no. 2         | none yet  | published | 10    |                                  |
    | 研修B no. 3         | 1 Feb     | draft     | 10    |                                  |
    | 勉強会 no. 1         | 1 June    | published |       | ict2 judged                      |
    | 研修C no. 1         | 2 June    | published | 5     |                                  |
    """
    a = stage.course(stage.program("研修A"), title_ja="基礎")
    b = stage.course(stage.program("研修B"))
    study = stage.course(stage.program("勉強会", pillar="self_development"))
    c = stage.course(stage.program("研修C"))
    base = in_force(
        [
            PlanLineInput(a.program, a, 1, sessions=3, seats=90, yen=1_000),
            PlanLineInput(a.program, a, 4, sessions=1, seats=30, yen=300),
            PlanLineInput(b.program, sessions=2, yen=200),
        ]
    )
    plan = in_force(
        [
            PlanLineInput(a.program, a, 1, sessions=2, seats=50, yen=900),
            PlanLineInput(a.program, a, 2, sessions=1, seats=30, provisional=True),
            PlanLineInput(b.program, sessions=2, yen=200),
            PlanLineInput(study.program, study, sessions=1, seats=10),
        ],
        base=base,
    )
    plans.revise_plan(plan_id=plan.pk, by=None)  # a draft is not read
    first = run(a, "2022-06-20", capacity=30)
    entry(cast, first, cast.ict, "completed")
    entry(cast, first, cast.staff, "in_progress", bureau=cast.industry)
    second = run(a, "2022-06-24", capacity=20, status="finished")
    entry(cast, second, cast.ict, "enrolled")
    entry(cast, second, cast.ict2, "withdrawn")
    entry(cast, run(a, "2022-07-06", capacity=25), cast.trainer, "offered")
    run(a, "2022-06-15", capacity=40, status="cancelled")
    entry(cast, run(b, "2022-09-01"), cast.ict, "enrolled")
    run(b, "2023-03-31", capacity=10, undated=True)
    run(b, "2023-02-01", capacity=10, status="draft")
    entry(cast, run(study, "2022-06-01"), cast.ict2, "attended")
    run(c, "2022-06-02", capacity=5)
    run(a, "2021-06-20", capacity=99, fiscal_year=2021)
    return Year(a, b, study, c, plan)


NONE = (None, None, None)


def test_the_year_as_it_was_worked_out_by_hand(cast: Cast, year: Year) -> None:
    assert [short(row) for row in report(cast.hr, fiscal_year=2022)] == [
        ("研修A/基礎", 1, "kept", (3, 90, 1000), (2, 50, 900), (2, 2, 1, 50, 0), (3, 2), (0, 0)),
        ("研修A/基礎", 2, "added", NONE, (1, 30, None), (1, 0, 0, 25, 0), (0, 0), (0, -5)),
        ("研修A/基礎", 4, "dropped", (1, 30, 300), NONE, (0, 0, 0, 0, 0), (0, 0), (None, None)),
        ("研修B", None, "kept", (2, None, 200), (2, None, 200), (2, 0, 0, 10, 1), (1, 1), (0, None)),
        ("研修C", None, "not_planned", NONE, NONE, (1, 1, 0, 5, 0), (0, 0), (None, None)),
        ("勉強会/スキルアップ勉強会", None, "added", NONE, (1, 10, None), (1, 1, 0, 0, 1), (1, 1), (0, -10)),
        # ict is in both trainings: 4 seats, 2 people. 研修B has no number of seats: the difference is not known.
        ("計", None, None, (6, 120, 1500), (5, 80, 1100), (6, 3, 1, 90, 1), (4, 2), (1, None)),
        ("計", None, None, NONE, (1, 10, None), (1, 1, 0, 0, 1), (1, 1), (0, -10)),
    ]


def test_the_first_version_is_still_there_to_compare_with(cast: Cast, year: Year) -> None:
    rows = {(row.program_ja, row.quarter): row for row in report(cast.hr, fiscal_year=2022, plan=Version.FIRST)}
    current = {(row.program_ja, row.quarter): row for row in report(cast.hr, fiscal_year=2022)}
    assert {place: (row.sessions_difference, row.seats_difference) for place, row in rows.items() if not row.total} == {
        ("研修A", 1): (-1, -40),
        ("研修A", 2): (None, None),
        ("研修A", 4): (-1, -30),
        ("研修B", None): (0, None),
        ("研修C", None): (None, None),
        ("勉強会", None): (None, None),
    }
    assert [short(row)[:7] for row in rows.values()] == [short(row)[:7] for row in current.values()]


def test_names_and_keys(cast: Cast, year: Year) -> None:
    first, second = report(cast.hr, fiscal_year=2022)[:2]
    assert (first.program, first.course, first.pillar, first.total) == (
        year.a.program.public_id, year.a.public_id, "training", False,
    )  # fmt: skip
    assert (first.provisional, second.provisional) == (False, True)
    total = report(cast.hr, fiscal_year=2022)[-1]
    assert (total.total, total.program, total.course, total.program_en, total.pillar) == (
        True, None, None, "Total", "self_development",
    )  # fmt: skip


def test_a_session_counts_in_the_quarter_where_it_is_held_now(cast: Cast) -> None:
    course = stage.course()
    in_force([PlanLineInput(course.program, course, quarter, sessions=1) for quarter in (1, 2)])
    moved = run(course, "2022-06-30", capacity=10, status="draft")
    Session.objects.filter(pk=moved.pk).update(status="published")

    def by_quarter() -> dict[int | None, tuple[int, int | None]]:
        found = report(cast.hr, fiscal_year=2022)
        return {row.quarter: (row.sessions, row.sessions_difference) for row in found if not row.total}

    assert by_quarter() == {1: (1, 0), 2: (0, -1)}
    draft = run(course, "2022-06-29", status="draft")
    later = Slot(starts_at=tokyo("2022-07-01 09:00"), ends_at=tokyo("2022-07-01 12:00"))
    change_session(session_id=draft.pk, meetings=[later], by=None)
    Session.objects.filter(pk=draft.pk).update(status="published")
    Session.objects.filter(pk=moved.pk).update(starts_on=dt.date(2022, 7, 1), ends_on=dt.date(2022, 7, 1))
    assert by_quarter() == {1: (0, -1), 2: (2, 1)}


def test_held_is_finished_or_past(cast: Cast, year: Year, at: Clock) -> None:
    def held() -> int:
        return sum(row.held for row in report(cast.hr, fiscal_year=2022) if row.total)

    assert held() == 4
    at(tokyo("2022-07-06 12:00"))
    assert held() == 4  # its last day is no past day
    at(tokyo("2022-07-07 12:00"))
    assert held() == 5


def test_the_most_specific_line_has_the_session(cast: Cast) -> None:
    program = stage.program()
    one, two = stage.course(program, title_ja="一"), stage.course(program, title_ja="二")
    in_force(
        [
            PlanLineInput(program, sessions=1),
            PlanLineInput(program, None, 1, sessions=1),
            PlanLineInput(program, one, sessions=1),
            PlanLineInput(program, one, 1, sessions=1),
        ]
    )
    for course in (one, two):
        run(course, "2022-06-01", capacity=10)
        run(course, "2022-09-01", capacity=20)
    assert {(row.course_ja, row.quarter): row.seats_offered for row in report(cast.hr, fiscal_year=2022)[:-1]} == {
        ("一", 1): 10,
        ("一", None): 20,
        ("", 1): 10,
        ("", None): 20,
    }


def test_the_lines_of_the_version_that_is_compared_with_come_first(cast: Cast) -> None:
    course = stage.course()
    base = in_force([PlanLineInput(course.program, course, sessions=1)])
    in_force([PlanLineInput(course.program, sessions=1)], base=base)
    run(course, "2022-06-01")

    def sessions(plan: Version) -> dict[str, int]:
        return {str(row.standing): row.sessions for row in report(cast.hr, fiscal_year=2022, plan=plan)[:-1]}

    assert sessions(Version.CURRENT) == {"added": 1, "dropped": 0}
    assert sessions(Version.FIRST) == {"added": 0, "dropped": 1}


def test_the_plan_of_an_organisation(cast: Cast, year: Year) -> None:
    own = stage.course(stage.program("局研修", organization=cast.digital))
    below = stage.course(stage.program("課研修", organization=cast.skills))
    in_force([PlanLineInput(own.program, own, sessions=1, seats=10)], cast.digital)
    run(own, "2022-06-01", capacity=10)
    run(below, "2022-06-01", capacity=7)
    found = report(cast.hr, fiscal_year=2022, organization=cast.digital.public_id)
    assert [(row.program_ja, row.standing, row.seats_offered) for row in found] == [
        ("局研修", "kept", 10),
        ("課研修", "not_planned", 7),
        ("計", None, 17),
    ]
    assert not {"局研修", "課研修"} & {row.program_ja for row in report(cast.hr, fiscal_year=2022)}
    nothing = report(cast.hr, fiscal_year=2022, organization=cast.industry.public_id)
    assert nothing == report(cast.hr, fiscal_year=2022, organization=uuid4()) == []


def test_a_reader_of_a_narrow_scope_counts_the_seats_of_their_people(cast: Cast, year: Year) -> None:
    def counted(viewer: User) -> list[tuple[object, ...]]:
        return [(*short(row)[:6], short(row)[7]) for row in report(viewer, fiscal_year=2022)]

    def people(viewer: User) -> list[tuple[int, int]]:
        return [(row.decided, row.decided_people) for row in report(viewer, fiscal_year=2022) if row.total]

    assert counted(cast.bureau_hr) == counted(cast.hr)
    assert people(cast.hr) == [(4, 2), (1, 1)]
    assert people(cast.bureau_hr) == [(3, 1), (1, 1)]
    assert people(cast.auditor) == [(0, 0), (0, 0)]


def test_the_parameters(cast: Cast, at: Clock) -> None:
    assert Params().fiscal_year == 2022
    at(tokyo("2023-04-01 00:10"))
    assert Params().fiscal_year == 2023
    with pytest.raises(InvalidInput):
        Params(fiscal_year=1999)
    assert report(cast.hr, fiscal_year=2030) == []


def test_six_statements_however_long_the_plan(
    cast: Cast, year: Year, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewer = Viewer(cast.hr)
    assert viewer.grants
    with django_assert_num_queries(6):  # versions, lines, sessions, programmes, courses, people
        plan_against_actual.rows(Params(fiscal_year=2022), viewer=viewer)


# The second count.


def random_year(cast: Cast, chance: random.Random) -> None:
    people = crowd(cast, 10)
    courses = [
        stage.course(of)
        for of in (stage.program(name, pillar=chance.choice(["training", "self_development"])) for name in "ABC")
        for _ in range(2)
    ]
    base = None
    for _ in range(chance.randint(0, 2)):
        base = in_force(_lines(chance, courses), base=base)
    for course in courses:
        for _ in range(chance.randint(1, 5)):
            day = dt.date(2022, 4, 1) + dt.timedelta(days=chance.randrange(365))
            session = run(
                course,
                day.isoformat(),
                status=chance.choice(["published", "published", "finished", "cancelled", "draft"]),
                capacity=chance.choice([None, 10, 25]),
                undated=chance.random() < 0.1,
            )
            for person in chance.sample(people, chance.randint(0, 5)):
                entry(
                    cast, session, person, chance.choice(["applied", "offered", "enrolled", "completed", "withdrawn"])
                )


def _lines(chance: random.Random, courses: Sequence[Course]) -> list[PlanLineInput]:
    places = dict.fromkeys(
        (course.program, chance.choice([course, None]), chance.choice([None, 1, 2, 3, 4]))
        for course in courses
        for _ in range(2)
    )
    return [
        PlanLineInput(program, course, quarter, sessions=chance.randint(0, 3), seats=chance.choice([None, 30]))
        for program, course, quarter in places
    ]


def recounted(version: str) -> pd.DataFrame:
    """One row for each session of the year with the place where it belongs, told from the raw rows alone."""
    published = list(ProgramPlan.objects.filter(published_at__isnull=False).order_by("published_at", "pk"))
    ends = {"first": published[:1], "current": published[-1:]}
    lines = {
        name: set(PlanLine.objects.filter(plan__in=held).values_list("program", "course", "quarter"))
        for name, held in ends.items()
    }
    order = [lines[version], lines["first" if version == "current" else "current"]]
    found = []
    for session in Session.objects.exclude(status="draft").select_related("course__program"):
        quarter = None if session.undated else (session.starts_on.month + 8) // 3 % 4 + 1
        program, course = session.course.program_id, session.course_id
        wanted = [(program, course, quarter), (program, course, None), (program, None, quarter), (program, None, None)]
        hits = [place for known in order for place in wanted if place in known]
        live = session.status != "cancelled"
        seats = Enrollment.objects.filter(session=session, status__in=["enrolled", "completed"])
        found.append(
            {
                "place": hits[0] if hits else (program, "not planned", None),
                "pillar": session.course.program.pillar,
                "sessions": int(live),
                "cancelled": int(not live),
                "seats": (session.capacity or 0) if live else 0,
                "decided": seats.count() if live else 0,
                "people": set(seats.values_list("staff", flat=True)) if live else set(),
            }
        )
    return pd.DataFrame(found, columns=["place", "pillar", "sessions", "cancelled", "seats", "decided", "people"])


def figures(group: pd.DataFrame) -> tuple[int, ...]:
    people = set().union(*group["people"])
    return (*(int(group[name].sum()) for name in ("sessions", "cancelled", "seats", "decided")), len(people))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("version", ["current", "first"])
def test_a_second_count_of_a_random_year(cast: Cast, seed: int, version: str) -> None:
    random_year(cast, random.Random(seed))
    table = recounted(version)
    keys = {each.public_id: each.pk for each in [*Program.objects.all(), *Course.objects.all()]}
    said: dict[object, tuple[int, ...]] = {}
    for row in report(cast.hr, fiscal_year=2022, plan=Version(version)):
        unplanned = row.standing == "not_planned"
        course = "not planned" if unplanned else keys.get(row.course) if row.course else None
        place = str(row.pillar) if row.total else (keys[row.program] if row.program else 0, course, row.quarter)
        said[place] = (row.sessions, row.cancelled, row.seats_offered, row.decided, row.decided_people)
    told = {place: figures(group) for place, group in table.groupby("place", dropna=False)}
    told |= {pillar: figures(group) for pillar, group in table.groupby("pillar")}
    assert {place: each for place, each in said.items() if any(each)} == told
    assert len(told) > 3
