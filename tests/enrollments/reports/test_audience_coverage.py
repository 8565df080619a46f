"""`audience-coverage`: its figures against a table worked out by hand, a second count, and who counts whom."""

import datetime as dt
import random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academy.access import Viewer
from academy.models import Role, RoleGrant, Staff, User
from courses.models import AudienceFreeze, AudienceMember, Course, Session
from courses.operations.frozen_audiences import freeze_audience
from enrollments.models import Enrollment, Mark
from enrollments.reports import audience_coverage
from enrollments.reports.audience_coverage import Across, Params, Row, Unit
from tests import stage
from tests.cast import ALWAYS, Cast, account, repost
from tests.enrollments.reports.roster import entry, mark
from tests.records import crowd

ICT = {"job_family": ["ict"]}
FIRST = (("2022-06-20 09:00", "2022-06-20 12:00"),)
SECOND = (("2022-06-24 09:00", "2022-06-24 12:00"),)
AHEAD = (("2022-07-20 09:00", "2022-07-20 12:00"),)


def held(course: Course, times: Any, **fields: Any) -> Session:
    return stage.session(course, times=times, **{"status": "published", **fields})


def figures(row: Row) -> tuple[Any, ...]:
    return row.audience, row.decided, row.attended, row.participated, row.completed, row.coverage


def counted(viewer: User, **params: Any) -> list[tuple[Any, ...]]:
    rows = audience_coverage.rows(Params(**params), viewer=Viewer(viewer))
    return [(row.name_ja, row.bureau_name_ja, row.grade_name_ja, row.sessions, *figures(row)) for row in rows]


@pytest.fixture
def course(cast: Cast) -> Course:
    """ICT people: ict, ict2 and trainer were meant.

    | person  | first session              | second session              |
    |---------|----------------------------|-----------------------------|
    | ict     | completed, present         | withdrew                    |
    | ict2    | not completed, present     | completed, absent           |
    | trainer | has applied                |                             |
    | staff   | completed, was not meant   |                             |

    Between the two ict2 moved to the other bureau; one session more is ahead, and one was cancelled.
    """
    made = stage.course(stage.program(organization=cast.digital), rule=ICT, title_ja="講座")
    first, second = held(made, FIRST, title_ja="一"), held(made, SECOND, title_ja="二")
    held(made, AHEAD, title_ja="先")
    held(made, FIRST, title_ja="中止", status="cancelled")
    freeze_audience(session_id=first.pk, by=None)
    repost(cast.ict2, organization=cast.trade, grade=cast.grades["kacho"])
    freeze_audience(session_id=second.pk, by=None)
    mark(entry(cast, first, cast.ict, "completed"), first.meetings.get(), Mark.PRESENT)
    entry(cast, second, cast.ict, "withdrawn")
    mark(entry(cast, first, cast.ict2, "not_completed"), first.meetings.get(), Mark.PRESENT)
    mark(entry(cast, second, cast.ict2, "completed"), second.meetings.get(), Mark.ABSENT)
    entry(cast, first, cast.trainer, "applied", decided=None)
    mark(entry(cast, first, cast.staff, "completed"), first.meetings.get(), Mark.PRESENT)
    return made


# name, bureau, grade, sessions; audience, decided, attended, participated, completed, coverage
NOT_YET = (None,) * 6


def test_a_course_counts_each_person_once(course: Course, cast: Cast) -> None:
    assert counted(cast.hr) == [("講座", None, None, 2, 3, 2, 2, 0, 2, 0.6667), ("講座", None, None, 1, *NOT_YET)]


def test_its_sessions_have_lists_of_their_own(course: Course, cast: Cast) -> None:
    assert counted(cast.hr, unit=Unit.SESSION) == [
        ("一", None, None, 1, 3, 2, 2, 0, 1, 0.3333),
        ("二", None, None, 1, 3, 1, 0, 0, 1, 0.3333),
        ("先", None, None, 1, *NOT_YET),
    ]


def test_bureaus_and_grades_are_those_of_the_list(course: Course, cast: Cast) -> None:
    """ict2 is counted to both bureaus: once on each list."""
    cast.industry.position = 1
    cast.industry.save()
    digital, industry = "デジタルサービス局", "産業労働局"
    assert counted(cast.hr, across=Across.BUREAU)[:2] == [
        ("講座", digital, None, 2, 3, 2, 2, 0, 1, 0.3333),
        ("講座", industry, None, 2, 1, 1, 0, 0, 1, 1.0),
    ]
    assert counted(cast.hr, across=Across.BUREAU_AND_GRADE)[:4] == [
        ("講座", digital, "主事", 2, 1, 1, 1, 0, 1, 1.0),
        ("講座", digital, "主任級", 2, 1, 1, 1, 0, 0, 0.0),
        ("講座", digital, "課長代理級", 2, 1, 0, 0, 0, 0, 0.0),
        ("講座", industry, "課長級", 2, 1, 1, 0, 0, 1, 1.0),
    ]
    assert counted(cast.hr, across=Across.GRADE, unit=Unit.SESSION)[3:6] == [
        ("二", None, "主事", 1, 1, 0, 0, 0, 0, 0.0),
        ("二", None, "課長代理級", 1, 1, 0, 0, 0, 0, 0.0),
        ("二", None, "課長級", 1, 1, 1, 0, 0, 1, 1.0),
    ]


def test_a_late_roster_changes_no_denominator(course: Course, cast: Cast) -> None:
    before = counted(cast.hr, across=Across.BUREAU_AND_GRADE, unit=Unit.SESSION)
    repost(cast.ict, organization=cast.trade, grade=cast.grades["bucho"], job_family=cast.office_family)
    course.audience.rule = {}
    course.audience.save()
    assert counted(cast.hr, across=Across.BUREAU_AND_GRADE, unit=Unit.SESSION) == before


def test_the_filters(course: Course, cast: Cast) -> None:
    second = Session.objects.get(title_ja="二")
    names = {
        "all": counted(cast.hr, unit=Unit.SESSION),
        "from": counted(cast.hr, unit=Unit.SESSION, first_day=dt.date(2022, 6, 24)),
        "to": counted(cast.hr, unit=Unit.SESSION, last_day=dt.date(2022, 6, 24)),
        "session": counted(cast.hr, unit=Unit.SESSION, session=second.public_id),
        "year": counted(cast.hr, unit=Unit.SESSION, fiscal_year=2021),
        "program": counted(cast.hr, unit=Unit.SESSION, program=stage.program().public_id),
    }
    assert {name: [row[0] for row in rows] for name, rows in names.items()} == {
        "all": ["一", "二", "先"],
        "from": ["二", "先"],
        "to": ["一", "二"],
        "session": ["二"],
        "year": [],
        "program": [],
    }


def test_whom_one_counts(course: Course, cast: Cast) -> None:
    """The digital bureau's HR and head count ict, trainer and on the first list ict2; the manager all of the programme."""
    manager, stranger = account("manager"), account("stranger")
    for user, program in ((manager, course.program), (stranger, stage.program())):
        RoleGrant.objects.create(user=user, role=Role.PROGRAMME_MANAGER, program=program.public_id, during=ALWAYS)
    audiences = {
        name: [row[4] for row in counted(user, unit=Unit.SESSION)][:2]
        for name, user in {
            "hr": cast.hr,
            "bureau": cast.bureau_hr,
            "head": cast.user("head"),
            "industry": cast.user("industry_head"),
            "manager": manager,
            "stranger": stranger,
        }.items()
    }
    assert audiences == {
        "hr": [3, 3], "bureau": [3, 2], "head": [2, 2], "industry": [1, 1], "manager": [3, 3], "stranger": [0, 0],
    }  # fmt: skip
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    assert [row[4] for row in counted(cast.bureau_hr, unit=Unit.SESSION)][:2] == [2, 1]


def test_a_list_of_nobody_has_no_share(cast: Cast) -> None:
    made = held(stage.course(rule={"grade_is": ["tmg.kyokucho"]}, title_ja="無人"), FIRST)
    freeze_audience(session_id=made.pk, by=None)
    assert counted(cast.hr) == [("無人", None, None, 1, 0, 0, 0, 0, 0, None)]


def test_the_statements_do_not_grow(course: Course, cast: Cast) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            counted(cast.hr, unit=Unit.SESSION, across=Across.BUREAU_AND_GRADE)
        return len(captured)

    few = statements()
    for number in range(3):
        made = held(stage.course(title_ja=f"講座{number}"), FIRST)
        freeze_audience(session_id=made.pk, by=None)
    assert statements() == few == 6  # and one of them reads the grants


STATES = ["applied", "enrolled", "attended", "completed", "not_completed", "absent", "withdrawn"]
SEATS = {"enrolled", "attended", "completed", "not_completed", "absent"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_second_count_from_the_rows_agrees(cast: Cast, seed: int) -> None:
    """Sets of people in Python, for each unit and division, sharing no code with the report."""
    chance = random.Random(seed)
    people = crowd(cast, 10)
    courses = [stage.course(title_ja=f"講座{number}") for number in range(2)]
    for _ in range(5):
        session = held(chance.choice(courses), FIRST)
        frozen = AudienceFreeze.objects.create(session=session, on=session.starts_on, rule={}, people=0)
        for person in chance.sample(people, 7):
            bureau = chance.choice([cast.digital, cast.industry])
            AudienceMember.objects.create(
                freeze=frozen, staff=person, organization=bureau, bureau=bureau,
                grade=chance.choice([cast.grades["shuji"], cast.grades["kacho"]]), job_family=cast.ict_family,
            )  # fmt: skip
        for person in chance.sample(people, 6):
            enrollment = entry(cast, session, person, chance.choice(STATES))
            mark(enrollment, session.meetings.get(), chance.choice(list(Mark)))
    enrollments = {(each.session_id, each.staff_id): each for each in Enrollment.objects.all()}
    for unit in Unit:
        for across in Across:
            expected: dict[tuple[Any, ...], list[set[int]]] = {}
            for member in AudienceMember.objects.select_related("freeze__session__course", "bureau", "grade"):
                session = member.freeze.session
                key = (
                    session.public_id if unit == Unit.SESSION else session.course.public_id,
                    member.bureau.public_id if across in (Across.BUREAU, Across.BUREAU_AND_GRADE) else None,
                    member.grade.public_id if across in (Across.GRADE, Across.BUREAU_AND_GRADE) else None,
                )
                sets = expected.setdefault(key, [set() for _ in range(5)])
                sets[0].add(member.staff_id)
                seat = enrollments.get((session.pk, member.staff_id))
                if seat is None or seat.status not in SEATS:
                    continue
                there = seat.attendances.get().mark in (Mark.PRESENT, Mark.LATE)
                for place, holds in enumerate(
                    (True, there, seat.status == "attended", seat.status == "completed"), start=1
                ):
                    if holds:
                        sets[place].add(member.staff_id)
            rows = audience_coverage.rows(Params(unit=unit, across=across), viewer=Viewer(cast.hr))
            assert {(row.id, row.bureau, row.grade): figures(row)[:5] for row in rows} == {
                key: tuple(len(each) for each in sets) for key, sets in expected.items()
            }
