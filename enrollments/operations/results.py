"""Deriving results: the one place where evidence becomes a state, with the same few statements for one and for many.

Whoever writes evidence locks the enrolments concerned first (`lock_participants`: by key, so that two writers never wait
for each other in a circle), writes, then calls `derive_results`.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    Min,
    OuterRef,
    Q,
    QuerySet,
)

from academy import clock, statements
from academy.clock import BusinessNow
from academy.models import User
from academy.operations.base import note, operation
from academy.statements import AmongGiven, Asking, Given, Statement
from courses.models import Meeting, MeetingForm, Session
from enrollments.completion import Evidence, Held, Marked, Verdict, judge
from enrollments.models import (
    JUDGED,
    PARTICIPATING,
    Attendance,
    Enrollment,
    ExamAttempt,
    ExamSource,
    LessonProgress,
    Mark,
    MeetingExemption,
    Presentation,
    Status,
)

CORRECTED = "evidence corrected"
# By name, because the attribute is declared on the model.
_NOW = {"now": BusinessNow()}


def lock_participants(enrollments: QuerySet[Enrollment]) -> list[Enrollment]:
    """Those of the enrolments that take part, locked in the order of their keys, with their people and business time."""
    chosen = Enrollment.objects.filter(pk__in=enrollments.order_by().values("pk"), status__in=PARTICIPATING)
    locked = chosen.select_for_update(of=("self",), no_key=True).order_by("pk")
    return list(locked.select_related("staff", "course__policy").annotate(**_NOW))


def derive_results(enrollment_ids: Collection[int], *, by: User | None, begun: bool = True) -> None:
    """Judge enrolments anew from their evidence; who is not judged yet and has `begun` is in progress."""
    moves: dict[tuple[Status, str], list[int]] = defaultdict(list)
    rows = _judged_rows(enrollment_ids)
    for row in rows:
        new = _next(row.status, row.verdict, begun=begun)
        if new is not None and new != row.status:
            moves[new, CORRECTED if row.status in JUDGED else ""].append(row.pk)
    for (new, reason), ids in sorted(moves.items()):
        judged_at = {"judged_at": rows[0].now} if new in JUDGED else {}
        Enrollment.objects.filter(pk__in=ids).move_to(new, by=by, reason=reason, **judged_at)


def verdicts_of(enrollment_ids: Collection[int]) -> dict[int, Verdict]:
    """What the evidence says of each enrolment that takes part, with the criteria one by one; by key."""
    return {row.pk: row.verdict for row in _judged_rows(enrollment_ids)}


def first_verdict_of(enrollment: Enrollment) -> Verdict | None:
    """The same of one that was just made: there is no evidence yet, only what the session asks for."""
    if enrollment.status not in PARTICIPATING:
        return None
    sessions = [enrollment.session_id]
    meetings = _meetings(sessions, enrollment.applied_at)
    nothing_yet = _Records(meetings, {}, {}, _lessons(sessions), {}, set(), {})
    return judge(enrollment.course.policy, nothing_yet.of_one(enrollment))


def asking_first_verdict(enrollment: Enrollment) -> list[Asking]:
    """What `first_verdict_of` asks: for `statements.ahead`."""
    if enrollment.status not in PARTICIPATING:
        return []
    sessions = [enrollment.session_id]
    return [_asking_meetings(sessions, enrollment.applied_at), _LESSONS.asked(sessions=sessions)]


@operation
def judge_session(*, session_id: int, by: User | None) -> Session:
    """Judge who takes part in a session from what there is, as its last meeting is over and no mark may follow."""
    session = Session.objects.locked().get(pk=session_id)
    waiting = session.enrollments.filter(status__in=(Status.ENROLLED, Status.IN_PROGRESS))
    rows = lock_participants(waiting)
    derive_results([row.pk for row in rows], by=by, begun=False)
    note(session, looked_at=len(rows))
    return session


def judge_ended_sessions() -> int:
    """For the clock: a result that hangs on a meeting being over comes with no new evidence. Returns how many sessions.

    However long ago the last meeting was: what one run missed, the next one finds.
    """
    now = clock.now()
    live = Meeting.objects.live().order_by()
    ended = live.exclude(session__in=live.filter(_to_come(now)).values("session"))
    waiting = Enrollment.objects.filter(
        status__in=(Status.ENROLLED, Status.IN_PROGRESS), session__in=ended.values("session")
    )
    sessions = dict(waiting.values_list("pk", "session_id"))
    decided = {sessions[pk] for pk, verdict in verdicts_of(sessions).items() if verdict.status}
    for session_id in sorted(decided):
        judge_session(session_id=session_id, by=None)
    return len(decided)


def _next(status: str, verdict: Verdict, *, begun: bool) -> Status | None:
    """A judged person stays judged: evidence taken back leaves what stands without it."""
    if status in JUDGED:
        return verdict.status or verdict.standing
    if verdict.status is None and begun:
        return Status.IN_PROGRESS
    return verdict.status


@dataclass(frozen=True)
class _Judged:
    pk: int
    status: str
    now: dt.datetime
    verdict: Verdict


def _judged_rows(enrollment_ids: Collection[int]) -> list[_Judged]:
    chosen = Enrollment.objects.filter(pk__in=list(enrollment_ids), status__in=PARTICIPATING)
    rows = list(chosen.select_related("course__policy").annotate(**_NOW).order_by("pk"))
    if not rows:
        return []
    found = _Records.of(rows, rows[0].now)
    return [_Judged(row.pk, row.status, row.now, judge(row.course.policy, found.of_one(row))) for row in rows]


@dataclass(frozen=True)
class _Records:
    """The records of a set of enrolments, each kind read with one statement."""

    meetings: dict[int, dict[int, Held]]  # by session: the live ones
    marks: dict[int, list[Marked]]
    exemptions: dict[int, set[int]]  # by enrolment: meetings that need not be attended
    lessons: dict[int, int]  # by session, of the version it is held with
    viewed: dict[int, int]
    passes: set[tuple[int, int]]  # enrolment, scheme
    presented: dict[int, dt.date]

    @classmethod
    def of(cls, rows: Sequence[Enrollment], now: dt.datetime) -> "_Records":
        ids = [row.pk for row in rows]
        policies = [row.course.policy for row in rows]
        examined = any(policy.exam_id for policy in policies)
        proposing = any(policy.proposal for policy in policies)
        return cls(
            meetings=_meetings({row.session_id for row in rows}, now),
            marks=_marks(ids),
            exemptions=_exemptions(ids),
            lessons=_lessons({row.session_id for row in rows}),
            viewed=_counted(LessonProgress.objects.filter(enrollment__in=ids, viewed_at__isnull=False), "enrollment"),
            passes=_passes(ids) if examined else set(),
            presented=_presented(ids) if proposing else {},
        )

    def of_one(self, row: Enrollment) -> Evidence:
        evidence = Evidence(
            lessons=self.lessons.get(row.session_id, 0),
            lessons_viewed=self.viewed.get(row.pk, 0),
            exam_passed=(row.pk, row.course.policy.exam_id) in self.passes,
            presented_on=self.presented.get(row.pk),
        )
        held, marked = self.meetings.get(row.session_id, {}), self.marks.get(row.pk, ())
        return evidence.of_meetings(held, marked, self.exemptions.get(row.pk, ()))


def _counted(rows: QuerySet[LessonProgress], by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(number=Count("pk")))


def _lessons(sessions: Collection[int]) -> dict[int, int]:
    return dict(_LESSONS.rows(sessions=list(sessions)))


_LESSONS = Statement(
    lambda: (
        Session.objects.filter(AmongGiven("pk", "sessions"))
        .values_list("pk")
        .annotate(number=Count("content__modules__lessons"))
    )
)


def _meetings(sessions: Iterable[int], now: dt.datetime) -> dict[int, dict[int, Held]]:
    found: dict[int, dict[int, Held]] = defaultdict(dict)
    for session, pk, to_come, archive_open in statements.run(*_asking_meetings(sessions, now)):
        found[session][pk] = Held(over=not to_come, archive_open=archive_open)
    return found


def _to_come(now: dt.datetime) -> Q:
    """Meetings that are not over."""
    return _ends_after(now, _month_of(now))


def _ends_after(now: dt.datetime | Given, month: dt.date | Given) -> Q:
    return Q(during__endswith__gt=now) | Q(month__gte=month)


def _live_meetings() -> QuerySet[Meeting, tuple[int, int, bool, bool]]:
    to_come = _ends_after(Given("now", DateTimeField()), Given("month", DateField()))
    archives = Meeting.objects.archives().filter(to_come, archive_of=OuterRef("pk"))
    live = Meeting.objects.live().filter(AmongGiven("session_id", "sessions")).order_by()
    return live.values_list("session_id", "pk", ExpressionWrapper(to_come, BooleanField()), Exists(archives))


_MEETINGS = Statement(_live_meetings)


def _asking_meetings(sessions: Iterable[int], now: dt.datetime) -> Asking:
    return _MEETINGS.asked(sessions=sorted(set(sessions)), now=now, month=_month_of(now))


def _month_of(now: dt.datetime) -> dt.date:
    """Of a meeting whose day is not known the month decides: over when the next one has begun."""
    return clock.business_date(now).replace(day=1)


def _marks(ids: Collection[int]) -> dict[int, list[Marked]]:
    """The marks that hold; those at an archive with the meeting that was recorded, an archive of none is no evidence."""
    found: dict[int, list[Marked]] = defaultdict(list)
    current = Attendance.objects.filter(enrollment__in=ids, meeting__cancelled_at=None).current()
    columns = ("enrollment_id", "meeting_id", "mark", "meeting__form", "meeting__archive_of_id")
    for enrollment, meeting, mark, form, recorded in current.values_list(*columns):
        archive = form == MeetingForm.ARCHIVE
        at = recorded if archive else meeting
        if at is not None:
            found[enrollment].append(Marked(at, Mark(mark), archive))
    return found


def _exemptions(ids: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = MeetingExemption.objects.filter(enrollment__in=ids).values_list("enrollment_id", "meeting_id")
    for enrollment, meeting in rows:
        found[enrollment].add(meeting)
    return found


def _passes(ids: Collection[int]) -> set[tuple[int, int]]:
    """Passes by official notice: a self-report is a claim, that decides nothing until the office records the result."""
    official = ExamAttempt.objects.standing().filter(enrollment__in=ids, passed=True, source=ExamSource.OFFICIAL)
    return set(official.values_list("enrollment_id", "scheme_id"))


def _presented(ids: Collection[int]) -> dict[int, dt.date]:
    member = "proposal__team__members__enrollment"
    presented = Presentation.objects.filter(**{f"{member}__in": ids}).order_by()
    return dict(presented.values_list(member).annotate(first=Min("presented_on")))
