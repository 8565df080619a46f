"""The completion decision: exact at its boundaries, and never worse for more evidence."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.models import CompletionPolicy
from enrollments.completion import Evidence, judge, meetings_needed
from enrollments.models import Mark, Status

P, L, A = Mark.PRESENT, Mark.LATE, Mark.ABSENT
PRESENTED = dt.date(2022, 9, 30)


def policy(
    share: tuple[int, int] = (0, 1),
    *,
    certifies: bool = True,
    lessons: bool = False,
    exam: bool = False,
    proposal: bool = False,
) -> CompletionPolicy:
    return CompletionPolicy(
        certifies=certifies,
        attendance_numerator=share[0],
        attendance_denominator=share[1],
        all_lessons=lessons,
        exam_id=1 if exam else None,
        proposal=proposal,
    )


def attended(meetings: int, *marks: Mark, over: int | None = None) -> Evidence:
    return Evidence(meetings=meetings, over=meetings if over is None else over, marks=dict(enumerate(marks)))


SEMINAR = policy((1, 1), certifies=False)
STUDY_SESSION = policy(certifies=False)
THREE_QUARTERS = policy((3, 4))
TWELVE_OF_FOURTEEN = policy((12, 14))
LEADERS = policy((3, 4), proposal=True)
ON_DEMAND = policy(lessons=True)
IT_PASSPORT = policy(exam=True)


@pytest.mark.parametrize(
    ("rule", "evidence", "result"),
    [
        pytest.param(SEMINAR, attended(1, P), Status.ATTENDED, id="who was at the seminar attended"),
        pytest.param(SEMINAR, attended(1, L), Status.ATTENDED, id="a late comer was there"),
        pytest.param(SEMINAR, attended(1, A), Status.ABSENT, id="who was not is absent"),
        pytest.param(SEMINAR, attended(1), None, id="over, but nobody marked"),
        pytest.param(SEMINAR, attended(1, P, over=0), Status.ATTENDED, id="marked while it goes on"),
        pytest.param(SEMINAR, attended(1, A, over=0), None, id="who is missing may still come late"),
        pytest.param(SEMINAR, attended(2, P, A), Status.ABSENT, id="below the share of a course without certificate"),
        pytest.param(SEMINAR, attended(0), None, id="no meeting, nothing to attend"),
        pytest.param(STUDY_SESSION, attended(3, A, P, A), Status.ATTENDED, id="asks nothing: one meeting is enough"),
        pytest.param(STUDY_SESSION, attended(3, A, A, A), Status.ABSENT, id="asks nothing, but one was never there"),
        pytest.param(
            STUDY_SESSION, Evidence(lessons=3, lessons_viewed=1), Status.ATTENDED, id="asks nothing, one lesson"
        ),
        pytest.param(STUDY_SESSION, Evidence(lessons=3), None, id="asks nothing, and there is nothing"),
        pytest.param(THREE_QUARTERS, attended(4, P, P, L, A), Status.COMPLETED, id="exactly three quarters"),
        pytest.param(THREE_QUARTERS, attended(4, P, P, A, A), Status.NOT_COMPLETED, id="one less than three quarters"),
        pytest.param(THREE_QUARTERS, attended(4, A, A, A, A), Status.ABSENT, id="never there"),
        pytest.param(THREE_QUARTERS, attended(4, P, P, P, over=3), None, id="enough, but a meeting is to come"),
        pytest.param(
            THREE_QUARTERS, attended(4, P, P, P), Status.COMPLETED, id="enough whatever the missing mark says"
        ),
        pytest.param(THREE_QUARTERS, attended(4, A, A, over=2), None, id="hopeless, but two meetings are to come"),
        pytest.param(THREE_QUARTERS, attended(4, A, A, P), None, id="hopeless, but a mark is missing"),
        pytest.param(THREE_QUARTERS, attended(5, P, P, P, A, A), Status.NOT_COMPLETED, id="3/5 is below 3/4"),
        pytest.param(TWELVE_OF_FOURTEEN, attended(14, *[P] * 12, A, A), Status.COMPLETED, id="12 of 14 days"),
        pytest.param(TWELVE_OF_FOURTEEN, attended(14, *[P] * 11, A, A, A), Status.NOT_COMPLETED, id="11 of 14 days"),
        pytest.param(TWELVE_OF_FOURTEEN, attended(7, *[P] * 6, A), Status.COMPLETED, id="12/14 is 6/7"),
        pytest.param(ON_DEMAND, Evidence(lessons=3, lessons_viewed=2), None, id="on demand has no end"),
        pytest.param(ON_DEMAND, Evidence(lessons=3, lessons_viewed=3), Status.COMPLETED, id="all lessons viewed"),
        pytest.param(ON_DEMAND, Evidence(), None, id="a course without lessons is not completed by nothing"),
        pytest.param(IT_PASSPORT, Evidence(), None, id="not passed yet: one may sit again"),
        pytest.param(IT_PASSPORT, Evidence(exam_passed=True), Status.COMPLETED, id="passed"),
        pytest.param(LEADERS, attended(4, P, P, P, P), None, id="attended, not yet presented"),
        pytest.param(
            LEADERS,
            replace(attended(4, P, P, P, A), presented_on=PRESENTED),
            Status.COMPLETED,
            id="attended and presented",
        ),
        pytest.param(
            LEADERS,
            replace(attended(4, P, P, A, A), presented_on=PRESENTED),
            Status.NOT_COMPLETED,
            id="presented, but not there often enough",
        ),
        pytest.param(
            LEADERS,
            replace(attended(4, P, P, P, over=3), presented_on=PRESENTED),
            None,
            id="presented before the last meeting",
        ),
    ],
)
def test_the_result_follows_from_the_evidence(
    rule: CompletionPolicy, evidence: Evidence, result: Status | None
) -> None:
    assert judge(rule, evidence).status == result


def test_the_findings_say_what_there_is_and_what_it_takes() -> None:
    rule = policy((3, 4), lessons=True, exam=True, proposal=True)
    evidence = replace(attended(4, P, P, A, A), lessons=5, lessons_viewed=5, exam_passed=True)
    found = judge(rule, evidence).findings
    assert [(each.code, each.actual, each.required, each.met) for each in found] == [
        ("attendance", 2, 3, False),
        ("lessons", 5, 5, True),
        ("exam", 1, 1, True),
        ("proposal", 0, 1, False),
    ]
    assert [each.text.ja for each in found] == [
        "出席 2/4 回(必要 3 回)",
        "視聴 5 本(必要 5 本)",
        "試験に合格",
        "成果発表が未了",
    ]
    assert found[0].text.en == "2 of 4 meetings attended, 3 needed"


@settings(deadline=None)
@given(numerator=st.integers(1, 30), denominator=st.integers(1, 30), meetings=st.integers(1, 200))
def test_the_share_is_exact(numerator: int, denominator: int, meetings: int) -> None:
    numerator = min(numerator, denominator)
    needed = meetings_needed(policy((numerator, denominator)), meetings)
    assert needed * denominator >= numerator * meetings > (needed - 1) * denominator


@st.composite
def policies(draw: st.DrawFn) -> CompletionPolicy:
    denominator = draw(st.integers(1, 14))
    share = (draw(st.integers(0, denominator)), denominator)
    flags = {name: draw(st.booleans()) for name in ("certifies", "lessons", "exam", "proposal")}
    return policy(share, **flags)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    meetings, lessons = draw(st.integers(0, 6)), draw(st.integers(0, 4))
    marked = draw(st.lists(st.integers(0, meetings - 1), unique=True)) if meetings else []
    return Evidence(
        meetings=meetings,
        over=draw(st.integers(0, meetings)),
        marks={meeting: draw(st.sampled_from(Mark)) for meeting in marked},
        lessons=lessons,
        lessons_viewed=draw(st.integers(0, lessons)),
        exam_passed=draw(st.booleans()),
        presented_on=draw(st.sampled_from([None, PRESENTED])),
    )


@st.composite
def more(draw: st.DrawFn, evidence: Evidence) -> Evidence:
    """The same evidence and some more in the person's favour; time may have gone on."""
    gained = draw(st.sets(st.integers(0, evidence.meetings - 1))) if evidence.meetings else set()
    return replace(
        evidence,
        over=draw(st.integers(evidence.over, evidence.meetings)),
        marks={**evidence.marks, **dict.fromkeys(gained, draw(st.sampled_from([P, L])))},
        lessons_viewed=draw(st.integers(evidence.lessons_viewed, evidence.lessons)),
        exam_passed=evidence.exam_passed or draw(st.booleans()),
        presented_on=evidence.presented_on or draw(st.sampled_from([None, PRESENTED])),
    )


RANKS = {Status.ABSENT: 0, Status.NOT_COMPLETED: 1, Status.ATTENDED: 2, Status.COMPLETED: 2}


@settings(deadline=None)
@given(rule=policies(), data=st.data())
def test_more_evidence_never_worsens_a_result(rule: CompletionPolicy, data: st.DataObject) -> None:
    before = data.draw(evidences())
    after = data.draw(more(before))
    was, now = judge(rule, before), judge(rule, after)
    assert RANKS[now.standing] >= RANKS[was.standing]
    if was.status in {Status.COMPLETED, Status.ATTENDED}:
        assert now.status == was.status
    for old, new in zip(was.findings, now.findings, strict=True):
        assert new.actual >= old.actual


@settings(deadline=None)
@given(rule=policies(), evidence=evidences())
def test_a_result_is_what_stands_and_a_course_without_certificate_is_never_completed(
    rule: CompletionPolicy, evidence: Evidence
) -> None:
    verdict = judge(rule, evidence)
    assert verdict.status in {None, verdict.standing}
    outcomes = (
        {Status.COMPLETED, Status.NOT_COMPLETED, Status.ABSENT} if rule.certifies else {Status.ATTENDED, Status.ABSENT}
    )
    assert verdict.standing in outcomes
