"""Both reports against a second count: pandas from the raw rows, on random rosters, sharing no code with them."""

import datetime as dt
import math
import random
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from academy.access import Viewer
from academy.models import Staff
from courses.models import Session
from enrollments.models import Attendance, Enrollment, EnrollmentStep, Exemption, LessonProgress, Mark
from enrollments.reports import cohort_completion, completion
from enrollments.reports.cohort_completion import Cohort, Outcome
from enrollments.reports.completion import By
from tests import stage
from tests.cast import Cast
from tests.conftest import THE_DAY
from tests.enrollments.reports.roster import entry, mark, opened
from tests.records import crowd, lessons

STATUSES = ["applied", "waitlisted", "offered", "enrolled", "in_progress", "attended", "completed", "not_completed", "absent", "rejected", "withdrawn", "cancelled", "lapsed"]  # fmt: skip
SEATS = {"enrolled", "in_progress", "attended", "completed", "not_completed", "absent"}
SEEDS = [1, 2, 3]
PATHS = {
    "course__program__public_id": "program",
    "session__public_id": "session",
    "bureau__public_id": "organization",
    "grade__public_id": "grade",
    "course__program__pillar": "pillar",
    "staff__hired_on": "hired",
}


def rate(part: int, whole: int) -> float | None:
    return None if whole == 0 else math.floor(Fraction(part, whole) * 10_000 + Fraction(1, 2)) / 10_000


def random_roster(cast: Cast, chance: random.Random) -> None:
    people = crowd(cast, 12)
    for person in people:
        person.hired_on = dt.date(2019, 1, 1) + dt.timedelta(days=chance.randrange(1000))
    Staff.objects.bulk_update(people, ["hired_on"])
    sessions = [_session(chance) for _ in range(6)]
    chapters = {session: lessons(session.course, 60)[0] for session in sessions}
    for session in sessions:
        for person in chance.sample(people, 9):
            enrollment = _entry(cast, chance, session, person)
            for meeting in session.meetings.all():
                mark(enrollment, meeting, *chance.choices(list(Mark), k=chance.randrange(3)))
            if chance.random() < 0.4:
                _exempt(chance, enrollment)
            if chance.random() < 0.3:
                opened(enrollment, chapters[session])
    cancelled = chance.choice(sessions)
    cancelled.meetings.update(cancelled_at=THE_DAY)


def _exempt(chance: random.Random, enrollment: Enrollment) -> None:
    """Long ago, from today or from tomorrow on; some taken back."""
    from_on = THE_DAY.date() + dt.timedelta(days=chance.choice([-100, -1, 0, 1]))
    ended = chance.choice([None, None, THE_DAY])
    Exemption.objects.create(enrollment=enrollment, kind="leave", reason="休職", from_on=from_on, superseded_at=ended)


def _session(chance: random.Random) -> Session:
    of = stage.program(chance.choice("ABC"), pillar=chance.choice(["training", "training", "self_development"]))
    times = (("2022-06-20 09:00", "2022-06-20 12:00"), ("2022-06-21 09:00", "2022-06-21 12:00"))
    return stage.session(stage.course(of), times=times[: chance.randrange(3)])


def _entry(cast: Cast, chance: random.Random, session: Session, person: Staff) -> Enrollment:
    status = chance.choice(STATUSES)
    decided = THE_DAY - dt.timedelta(seconds=chance.randrange(12 * 7 * 24 * 3600))
    seated = status in SEATS or (status in {"withdrawn", "cancelled"} and chance.random() < 0.5)
    at, steps = decided, []
    for _ in range(chance.randrange(3)):
        at += dt.timedelta(seconds=chance.randrange(4 * 7 * 24 * 3600))
        steps.append((chance.choice(["attended", "completed", "not_completed"]), at))
    return entry(
        cast,
        session,
        person,
        status,
        decided=decided if seated else None,
        steps=[*steps, (status, at)],
        bureau=chance.choice([cast.digital, cast.industry]),
        grade=chance.choice(list(cast.grades.values())),
    )


def raw() -> pd.DataFrame:
    """Every enrolment with what the definitions speak of, worked out from rows one by one."""
    frame = pd.DataFrame(Enrollment.objects.values("id", "staff_id", "status", "decided_at", *PATHS)).rename(
        columns=PATHS
    )
    marks = pd.DataFrame(
        list(Attendance.objects.values("enrollment_id", "meeting_id", "revision", "mark", "meeting__cancelled_at"))
    ).rename(columns={"meeting__cancelled_at": "cancelled"})
    last = marks.sort_values("revision").groupby(["enrollment_id", "meeting_id"]).tail(1)
    there = set(last[last["mark"].isin(["present", "late"]) & last["cancelled"].isna()]["enrollment_id"])
    there |= set(LessonProgress.objects.values_list("enrollment_id", flat=True))
    frame["decided"] = frame["status"].isin(SEATS)
    frame["attended"] = frame["decided"] & frame["id"].isin(there)
    frame["completed"] = frame["status"] == "completed"
    frame["given_up"] = frame["status"].isin(["withdrawn", "cancelled"]) & frame["decided_at"].notna()
    exempt = Exemption.objects.filter(superseded_at=None, from_on__lte=THE_DAY.date())
    open_ones = frame["status"].isin(["enrolled", "in_progress", "not_completed", "absent"])
    frame["exempt"] = open_ones & frame["id"].isin(set(exempt.values_list("enrollment_id", flat=True)))
    return frame


def _figures(group: pd.DataFrame) -> dict[str, Any]:
    def people(which: "pd.Series[bool]") -> int:
        return int(group[which]["staff_id"].nunique())

    counts: dict[str, Any] = {"applied": len(group), "applied_people": int(group["staff_id"].nunique())}
    for name in ("decided", "attended", "completed"):
        counts |= {name: int(group[name].sum()), f"{name}_people": people(group[name])}
    counts |= {
        "participated": int((group["status"] == "attended").sum()),
        "not_completed": int((group["status"] == "not_completed").sum()),
        "absent": int((group["status"] == "absent").sum()),
        "in_progress": int(group["status"].isin(["enrolled", "in_progress"]).sum()),
        "given_up": int(group["given_up"].sum()),
        "exempt": int(group["exempt"].sum()),
    }
    counts["attendance_rate"] = rate(counts["attended"], counts["decided"])
    counts["completion_rate"] = rate(counts["completed"], counts["decided"])
    counts["adjusted_completion_rate"] = rate(counts["completed"], counts["decided"] - counts["exempt"])
    return counts


@pytest.mark.parametrize("seed", SEEDS)
def test_completion_equals_a_recount_from_raw_rows(cast: Cast, seed: int) -> None:
    random_roster(cast, random.Random(seed))
    frame = raw()
    totals = {(None, pillar): _figures(group) for pillar, group in frame.groupby("pillar")}
    for by in By:
        expected = {key: _figures(group) for key, group in frame.groupby([by.value, "pillar"])} | totals
        rows = completion.rows(completion.Params(by=by), viewer=Viewer(cast.hr))
        found = {
            (row.id, str(row.pillar)): {name: getattr(row, name) for name in next(iter(totals.values()))}
            for row in rows
        }
        assert len(rows) == len(found)
        assert found == expected


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("seed", SEEDS)
def test_cohorts_equal_a_recount_from_raw_rows(cast: Cast, seed: int, outcome: Outcome) -> None:
    random_roster(cast, random.Random(seed))
    results = {"completed", "attended"} if outcome == Outcome.EITHER else {outcome.value}
    frame = raw()
    frame = frame[frame["decided"]]
    frame["hiring_year"] = [str(day.year - (day.month < 4)) for day in frame["hired"]]
    frame["grade"] = frame["grade"].astype(str)
    first: dict[int, dt.datetime] = {}
    for subject, new, at in EnrollmentStep.objects.order_by("at", "pk").values_list("subject_id", "new", "at"):
        if new in results:
            first.setdefault(subject, at)
    for cohort in Cohort:
        expected = {}
        for (key, pillar), group in frame.groupby([cohort.value, "pillar"]):
            for week in range(13):
                expected[key, pillar, week] = _point(group, week, results, first)
        rows = cohort_completion.rows(cohort_completion.Params(cohort=cohort, result=outcome), viewer=Viewer(cast.hr))
        found = {
            (row.cohort, str(row.pillar), row.week): (row.size, row.observed, row.reached, row.share) for row in rows
        }
        assert len(rows) == len(found)
        assert found == expected


def _point(
    group: pd.DataFrame, week: int, results: set[str], first: dict[int, dt.datetime]
) -> tuple[int, int, int | None, float | None]:
    at = dt.timedelta(days=7 * week)
    observed = sum(seat + at <= THE_DAY for seat in group["decided_at"])
    reached = sum(
        status in results and first[key] <= seat + at <= THE_DAY
        for key, status, seat in zip(group["id"], group["status"], group["decided_at"], strict=True)
    )
    if observed == 0:
        return len(group), observed, None, None
    return len(group), observed, reached, rate(reached, observed)
