"""Whether a person completed a course: a decision from evidence under the course's policy, that writes nothing.

A criterion is what the policy asks for: a share of the live meetings, every lesson, an examination, a presented
proposal. An examination is passed by official notice, never by a self-report alone. A policy that asks for nothing asks
that the person was there: at one meeting or, where there are no meetings, at one lesson. What has nothing to count yet
(no meeting, no lesson) is not fulfilled.

The meetings of a person are the live ones that they are not exempted from. Who was there is who was marked so at the
meeting or at an archive of it, once; what a mark says of no such meeting is not evidence (see `Evidence.of_meetings`).

* fulfilled: every criterion is met and, where meetings count, each is marked, or all are over and the share stands
  whatever the missing marks would say. → 修了, or 参加 where the policy does not certify.
* failed: the share of meetings is missed, all meetings being over and marked, whatever the archives that are still shown
  may add. Then who was at none is 欠席; who was at some is 未修了, or 欠席 where the policy does not certify: there the
  share is what counts as having taken part.
* anything else is undecided: lessons, examinations and presentations may still come.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from academy.text import Text
from courses.models import CompletionPolicy
from enrollments.models import THERE, Mark, Status


@dataclass(frozen=True)
class Held:
    """A live meeting: whether it is over, and whether an archive of it is or will still be shown."""

    over: bool
    archive_open: bool = False


@dataclass(frozen=True)
class Marked:
    """The mark that holds at a meeting, or at the archive of one; `meeting` is the live one."""

    meeting: int
    mark: Mark
    archive: bool = False


@dataclass(frozen=True)
class Evidence:
    """What the records show of one person in one session. Meetings are the person's; marks are by meeting.

    `by_archive`: of those at which the person was there, how many only by an archive. `catchable`: missed so far, with
    an archive that is not over.
    """

    meetings: int = 0
    over: int = 0
    marks: Mapping[int, Mark] = field(default_factory=dict)
    by_archive: int = 0
    catchable: int = 0
    lessons: int = 0
    lessons_viewed: int = 0
    exam_passed: bool = False
    presented_on: date | None = None

    def of_meetings(self, held: Mapping[int, Held], marked: Iterable[Marked], exempt: Container[int]) -> "Evidence":
        """With the meetings of a session that bind the person, and the marks at them and at their archives.

        An archive adds that somebody was there; an absence from it takes nothing away and is no mark at the meeting.
        """
        own = {meeting: each for meeting, each in held.items() if meeting not in exempt}
        marks = {each.meeting: each.mark for each in marked if not each.archive and each.meeting in own}
        caught_up = {
            each.meeting: each.mark
            for each in marked
            if each.archive and each.mark in THERE and each.meeting in own and marks.get(each.meeting) not in THERE
        }
        missed = own.keys() - caught_up.keys() - {meeting for meeting, mark in marks.items() if mark in THERE}
        return replace(
            self,
            meetings=len(own),
            over=sum(each.over for each in own.values()),
            marks={**marks, **caught_up},
            by_archive=len(caught_up),
            catchable=sum(own[meeting].archive_open for meeting in missed),
        )

    @property
    def there(self) -> int:
        return sum(mark in THERE for mark in self.marks.values())

    @property
    def all_marked(self) -> bool:
        return len(self.marks) == self.meetings

    @property
    def all_over(self) -> bool:
        return self.over == self.meetings


@dataclass(frozen=True)
class Finding:
    """One criterion: how much there is, how much it takes."""

    code: str
    actual: int
    required: int
    text: Text

    @property
    def met(self) -> bool:
        return 0 < self.required <= self.actual


@dataclass(frozen=True)
class Verdict:
    """`status` is the result, None while undecided; `standing` the result if nothing more came."""

    status: Status | None
    standing: Status
    findings: tuple[Finding, ...]


def judge(policy: CompletionPolicy, evidence: Evidence) -> Verdict:
    return _Judgement(policy, evidence).verdict


def meetings_needed(policy: CompletionPolicy, meetings: int) -> int:
    """The smallest whole number of meetings whose share reaches the policy's fraction."""
    return -(-policy.attendance_numerator * meetings // policy.attendance_denominator)


def within_reach(policy: CompletionPolicy, meetings: int, missed: int) -> bool:
    """Whether the share of meetings can still be met by who was absent from `missed` of them."""
    asked = _Judgement(policy, Evidence(meetings=meetings))
    return not asked.meetings_count or meetings - missed >= asked.needed


@dataclass(frozen=True)
class _Judgement:
    policy: CompletionPolicy
    evidence: Evidence

    @property
    def verdict(self) -> Verdict:
        met = all(finding.met for finding in self.findings)
        if met and self._attendance_settled:
            status: Status | None = self._fulfilled
        else:
            status = self._failed if self._attendance_failed else None
        return Verdict(status, self._fulfilled if met else self._failed, self.findings)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        policy, evidence = self.policy, self.evidence
        found = []
        if self.meetings_count:
            found.append(_attendance(evidence, self.needed))
        if policy.all_lessons:
            found.append(_lessons(evidence.lessons_viewed, evidence.lessons))
        if policy.exam_id is not None:
            found.append(_exam(passed=evidence.exam_passed))
        if policy.proposal:
            found.append(_proposal(presented=evidence.presented_on is not None))
        return tuple(found) or (_lessons(evidence.lessons_viewed, 1),)

    @cached_property
    def meetings_count(self) -> bool:
        policy = self.policy
        if policy.attendance_numerator:
            return True
        asks_nothing = not (policy.all_lessons or policy.exam_id or policy.proposal)
        return asks_nothing and self.evidence.meetings > 0

    @property
    def needed(self) -> int:
        return meetings_needed(self.policy, self.evidence.meetings) or min(1, self.evidence.meetings)

    @property
    def _attendance_settled(self) -> bool:
        """The share, being met, cannot be lost any more."""
        return not self.meetings_count or self.evidence.all_marked or self.evidence.all_over

    @property
    def _attendance_failed(self) -> bool:
        evidence = self.evidence
        if not self.meetings_count or not evidence.meetings:
            return False
        possible = evidence.there + evidence.catchable
        return possible < self.needed and evidence.all_over and evidence.all_marked

    @property
    def _fulfilled(self) -> Status:
        return Status.COMPLETED if self.policy.certifies else Status.ATTENDED

    @property
    def _failed(self) -> Status:
        if not self.policy.certifies:
            return Status.ABSENT
        never_there = self.meetings_count and self.evidence.meetings > 0 and self.evidence.there == 0
        return Status.ABSENT if never_there else Status.NOT_COMPLETED


_BY_ARCHIVE = Text(
    "出席 {there}/{meetings} 回(うちアーカイブ {archive} 回、必要 {needed} 回)",
    "{there} of {meetings} meetings attended, {archive} of them by archive, {needed} needed",
)
_LIVE = Text("出席 {there}/{meetings} 回(必要 {needed} 回)", "{there} of {meetings} meetings attended, {needed} needed")


def _attendance(evidence: Evidence, needed: int) -> Finding:
    there, archive = evidence.there, evidence.by_archive
    text = (_BY_ARCHIVE if archive else _LIVE).format(
        there=there, meetings=evidence.meetings, archive=archive, needed=needed
    )
    return Finding("attendance", there, needed, text)


def _lessons(viewed: int, needed: int) -> Finding:
    text = Text("視聴 {viewed} 本(必要 {needed} 本)", "{viewed} lessons viewed, {needed} needed")
    return Finding("lessons", viewed, needed, text.format(viewed=viewed, needed=needed))


def _exam(*, passed: bool) -> Finding:
    text = (
        Text("試験に合格", "The examination is passed")
        if passed
        else Text("試験に未合格", "No pass in the examination")
    )
    return Finding("exam", int(passed), 1, text)


def _proposal(*, presented: bool) -> Finding:
    text = (
        Text("成果発表済み", "The proposal was presented")
        if presented
        else Text("成果発表が未了", "No proposal presented")
    )
    return Finding("proposal", int(presented), 1, text)
