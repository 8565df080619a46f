"""`completion`: its figures against a roster worked out by hand, and who counts for whom."""

import datetime as dt
from dataclasses import asdict
from uuid import UUID

import pytest
from django.utils import timezone

from academy.access import Viewer
from academy.errors import InvalidInput
from academy.models import Role, RoleGrant
from courses.models import Meeting, Session
from enrollments.models import Exemption, Mark
from enrollments.reports import completion
from enrollments.reports.completion import By, Params
from tests import stage
from tests.cast import ALWAYS, Cast, repost
from tests.enrollments.reports.roster import entry, mark, opened
from tests.records import lessons

COUNTS = [
    "applied",
    "applied_people",
    "decided",
    "decided_people",
    "attended",
    "attended_people",
    "completed",
    "completed_people",
    "participated",
    "not_completed",
    "absent",
    "in_progress",
    "given_up",
]
DAYS = (("2022-06-20 09:00", "2022-06-20 12:00"), ("2022-06-21 09:00", "2022-06-21 12:00"))


def counted(cast: Cast, **params: object) -> list[tuple[object, ...]]:
    """Of each row as central HR sees it: name, pillar, total, the counts, the two rates."""
    rows = completion.rows(Params(**params), viewer=Viewer(cast.hr))  # type: ignore[arg-type]
    return [
        (
            row.name_ja,
            str(row.pillar),
            row.total,
            [asdict(row)[name] for name in COUNTS],
            row.attendance_rate,
            row.completion_rate,
        )
        for row in rows
    ]


@pytest.fixture
def seminar(cast: Cast) -> Session:
    """研修A: two meetings, one lesson."""
    return stage.session(stage.course(stage.program("研修A")), times=DAYS)


@pytest.fixture
def leaders(cast: Cast) -> Session:
    """研修B: one meeting, which was cancelled; in the next fiscal year."""
    made = stage.session(stage.course(stage.program("研修B")), times=DAYS[:1], fiscal_year=2023)
    made.meetings.update(cancelled_at=timezone.now())
    return made


@pytest.fixture
def study(cast: Cast) -> Session:
    """自己啓発: one meeting; it ends in 参加."""
    return stage.session(stage.course(stage.program("勉強会", pillar="self_development")), times=DAYS[:1])


@pytest.fixture
def roster(cast: Cast, seminar: Session, leaders: Session, study: Session) -> None:
    """Who was where, with what evidence and result.

    | person        | 研修A                                   | 研修B (meeting cancelled)   | 勉強会                   |
    |---------------|-----------------------------------------|----------------------------|--------------------------|
    | staff    産業  | completed, present twice                | completed, present there   | attended, present        |
    | ict           | in progress, opened the lesson          | rejected                   | offered                  |
    | ict2     主任  | enrolled, nothing yet                   |                            | withdrew, then attended  |
    | head     課長  | not completed, late corrected to absent |                            |                          |
    | trainer       | absent, marked absent                   |                            |                          |
    | ind. head 産業 | withdrew after the decision, was present|                            |                          |
    """
    first, second = seminar.meetings.order_by("position")
    (lesson,) = lessons(seminar.course, 60)
    industry, grades = cast.industry, cast.grades
    done = entry(cast, seminar, cast.staff, "completed", bureau=industry)
    mark(done, first, Mark.PRESENT)
    mark(done, second, Mark.PRESENT)
    opened(entry(cast, seminar, cast.ict, "in_progress"), lesson)
    entry(cast, seminar, cast.ict2, "enrolled", grade=grades["shunin"])
    mark(entry(cast, seminar, cast.head, "not_completed", grade=grades["kacho"]), first, Mark.LATE, Mark.ABSENT)
    mark(entry(cast, seminar, cast.trainer, "absent"), first, Mark.ABSENT)
    mark(entry(cast, seminar, cast.industry_head, "withdrawn", bureau=industry), first, Mark.PRESENT)
    mark(entry(cast, leaders, cast.staff, "completed", bureau=industry), leaders.meetings.get(), Mark.PRESENT)
    entry(cast, leaders, cast.ict, "rejected", decided=None)
    mark(entry(cast, study, cast.staff, "attended", bureau=industry), study.meetings.get(), Mark.PRESENT)
    entry(cast, study, cast.ict, "offered", decided=None)
    entry(cast, study, cast.ict2, "withdrawn", decided=None, grade=grades["shunin"])
    again = entry(cast, study, cast.ict2, "attended", grade=grades["shunin"])
    mark(again, study.meetings.get(), Mark.LATE)


# Name, pillar, total, then: applied, people, decided, people, attended, people, completed, people,
# participated, not completed, absent, in progress, given up; attendance rate, completion rate.
A = ("研修A", "training", False, [6, 6, 5, 5, 2, 2, 1, 1, 0, 1, 1, 2, 1], 0.4, 0.2)
B = ("研修B", "training", False, [2, 2, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0], 0.0, 1.0)
S = ("勉強会", "self_development", False, [4, 3, 2, 2, 2, 2, 0, 0, 2, 0, 0, 0, 0], 1.0, 0.0)
# staff and ict are in both trainings: 8 applications of 6 people, 2 completions of one person.
TRAINING = ("計", "training", True, [8, 6, 6, 5, 2, 2, 2, 1, 0, 1, 1, 2, 1], 0.3333, 0.3333)
STUDY = ("計", "self_development", True, S[3], 1.0, 0.0)


@pytest.mark.usefixtures("roster")
def test_by_programme_the_figures_are_those_worked_out_by_hand(cast: Cast) -> None:
    assert counted(cast, by=By.PROGRAM) == [A, B, S, TRAINING, STUDY]


@pytest.mark.usefixtures("roster")
def test_by_organisation_the_pillars_stand_apart_in_official_order(cast: Cast) -> None:
    cast.industry.position = -1
    cast.industry.save()
    assert counted(cast, by=By.ORGANIZATION) == [
        ("産業労働局", "training", False, [3, 2, 2, 1, 1, 1, 2, 1, 0, 0, 0, 0, 1], 0.5, 1.0),
        ("産業労働局", "self_development", False, [1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0], 1.0, 0.0),
        ("デジタルサービス局", "training", False, [5, 4, 4, 4, 1, 1, 0, 0, 0, 1, 1, 2, 0], 0.25, 0.0),
        ("デジタルサービス局", "self_development", False, [3, 2, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0], 1.0, 0.0),
        TRAINING,
        STUDY,
    ]


@pytest.mark.usefixtures("roster")
def test_by_grade_the_order_is_that_of_the_ranks(cast: Cast) -> None:
    assert counted(cast, by=By.GRADE) == [
        ("主事", "training", False, [6, 4, 4, 3, 2, 2, 2, 1, 0, 0, 1, 1, 1], 0.5, 0.5),
        ("主事", "self_development", False, [2, 2, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0], 1.0, 0.0),
        ("主任級", "training", False, [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0], 0.0, 0.0),
        ("主任級", "self_development", False, [2, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0], 1.0, 0.0),
        ("課長級", "training", False, [1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0], 0.0, 0.0),
        TRAINING,
        STUDY,
    ]


@pytest.mark.usefixtures("roster")
def test_the_grade_is_that_of_the_day_not_todays(cast: Cast) -> None:
    before = counted(cast, by=By.GRADE)
    repost(cast.staff, grade=cast.grades["bucho"], organization=cast.skills)
    assert counted(cast, by=By.GRADE) == before


@pytest.mark.usefixtures("roster")
def test_by_session_the_filters_leave_what_they_name(cast: Cast, seminar: Session, study: Session) -> None:
    (row, total) = completion.rows(Params(by=By.SESSION, session=seminar.public_id), viewer=Viewer(cast.hr))
    assert (row.id, row.name_ja, row.total, row.applied) == (seminar.public_id, seminar.title_ja, False, 6)
    assert (total.id, total.name_ja, total.name_en, total.total, total.applied) == (None, "計", "Total", True, 6)
    program = study.course.program.public_id
    assert counted(cast, program=program) == [S, STUDY]
    assert [row[0] for row in counted(cast, fiscal_year=2023)] == ["研修B", "計"]
    day = dt.date(2022, 6, 20)
    assert counted(cast, first_day=day, last_day=day) == counted(cast)
    assert counted(cast, first_day=day + dt.timedelta(days=1)) == []
    assert counted(cast, last_day=day - dt.timedelta(days=1)) == []
    assert counted(cast, session=UUID(int=0)) == []


def test_nobody_enrolled_gives_no_rows(cast: Cast) -> None:
    assert counted(cast) == []


def test_without_a_decision_there_is_no_rate(cast: Cast, seminar: Session) -> None:
    entry(cast, seminar, cast.ict, "applied", decided=None)
    nothing = [1, 1, *[0] * 11]
    assert counted(cast) == [
        ("研修A", "training", False, nothing, None, None),
        ("計", "training", True, nothing, None, None),
    ]


def test_a_rate_has_four_digits_and_halves_go_up(cast: Cast, seminar: Session) -> None:
    others = [stage.session(seminar.course, times=DAYS) for _ in range(31)]
    for session in others:
        entry(cast, session, cast.ict, "absent")
    entry(cast, seminar, cast.ict, "completed")
    assert [row[5] for row in counted(cast)] == [0.0313, 0.0313]  # 1/32 = 0.03125


def test_the_exempt_leave_the_denominator_of_the_adjusted_rate(cast: Cast, seminar: Session) -> None:
    """Business date 2022-06-28. Decided 6, completed 2, exempt 2 (ict and ict2): 2 ÷ 6 and 2 ÷ 4.

    | person        | status        | exempted from     |                          |
    |---------------|---------------|-------------------|--------------------------|
    | staff         | completed     |                   |                          |
    | head          | completed     | 2022-06-01        | completed all the same   |
    | ict           | not completed | 2022-06-28        | counts: begins today     |
    | ict2          | in progress   | 2022-06-01        | counts                   |
    | trainer       | absent        | 2022-06-29        | begins tomorrow          |
    | industry head | enrolled      | 2022-06-01        | taken back               |
    """
    first, tomorrow = dt.date(2022, 6, 1), dt.date(2022, 6, 29)
    entry(cast, seminar, cast.staff, "completed")
    for person, status, from_on, ended in (
        (cast.head, "completed", first, None),
        (cast.ict, "not_completed", dt.date(2022, 6, 28), None),
        (cast.ict2, "in_progress", first, None),
        (cast.trainer, "absent", tomorrow, None),
        (cast.industry_head, "enrolled", first, timezone.now()),
    ):
        seat = entry(cast, seminar, person, status)
        Exemption.objects.create(enrollment=seat, kind="leave", reason="休職", from_on=from_on, superseded_at=ended)
    rows = completion.rows(Params(), viewer=Viewer(cast.hr))
    found = [
        (row.decided, row.completed, row.exempt, row.completion_rate, row.adjusted_completion_rate) for row in rows
    ]
    assert found == [(6, 2, 2, 0.3333, 0.5)] * 2


def test_where_everybody_is_exempt_there_is_no_adjusted_rate(cast: Cast, seminar: Session) -> None:
    seat = entry(cast, seminar, cast.ict, "absent")
    Exemption.objects.create(enrollment=seat, kind="duty", reason="災害対応", from_on=dt.date(2022, 6, 1))
    rows = completion.rows(Params(), viewer=Viewer(cast.hr))
    assert [(row.exempt, row.completion_rate, row.adjusted_completion_rate) for row in rows] == [(1, 0.0, None)] * 2


@pytest.mark.usefixtures("roster")
def test_bureau_hr_counts_its_own_people_only(cast: Cast) -> None:
    rows = completion.rows(Params(by=By.ORGANIZATION), viewer=Viewer(cast.bureau_hr))
    assert [(row.name_ja, str(row.pillar), row.applied, row.applied_people) for row in rows] == [
        ("デジタルサービス局", "training", 5, 4),
        ("デジタルサービス局", "self_development", 3, 2),
        ("計", "training", 5, 4),
        ("計", "self_development", 3, 2),
    ]


@pytest.mark.usefixtures("roster")
def test_a_scope_that_holds_nobody_gives_no_rows(cast: Cast, study: Session) -> None:
    cast.auditor.grants.all().delete()
    RoleGrant.objects.create(user=cast.auditor, role=Role.ACADEMY_HR, program=study.public_id, during=ALWAYS)
    assert completion.rows(Params(), viewer=Viewer(cast.auditor)) == []


def test_a_meeting_of_another_person_is_no_evidence(cast: Cast, seminar: Session) -> None:
    meeting: Meeting = seminar.meetings.order_by("position").first()  # type: ignore[assignment]
    entry(cast, seminar, cast.ict, "enrolled")
    mark(entry(cast, seminar, cast.ict2, "enrolled"), meeting, Mark.PRESENT)
    assert [row[3][4:6] for row in counted(cast)] == [[1, 1], [1, 1]]  # type: ignore[index]


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"fiscal_year": 1999}, "fiscal_year", "out_of_range"),
        ({"fiscal_year": 2101}, "fiscal_year", "out_of_range"),
        ({"first_day": dt.date(2022, 4, 2), "last_day": dt.date(2022, 4, 1)}, "to", "before_from"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(given: dict[str, object], pointer: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Params(**given)  # type: ignore[arg-type]
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]


def test_the_docstring_is_the_definition_that_readers_get() -> None:
    assert completion.DEFINITION.en == (completion.__doc__ or "").strip()
