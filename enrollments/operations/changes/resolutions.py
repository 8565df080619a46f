"""What HR decides about each person who stands in the way of a change: withdrawn from the session, or exempted."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models

from academy.access import Viewer
from academy.errors import Fault, Faults
from academy.models import Staff, User
from academy.text import Text, bilingual
from courses.models import Meeting, Session
from courses.rescheduling import Plan
from enrollments import access
from enrollments.endings import withdrawn_as
from enrollments.errors import CourseTaken, PersonClash
from enrollments.errors.changes import PersonWouldClash
from enrollments.impact import NOTHING_LEFT, TEACHES, Clash, Numbers, Seat
from enrollments.models import LIVE, EndedAs, Enrollment, MeetingExemption, Status
from enrollments.operations import approvals

MOST_SHOWN = 500


class Action(models.TextChoices):
    WITHDRAW = "withdraw", bilingual("辞退扱いにする", "Withdraw")
    EXEMPT = "exempt", bilingual("重なるコマの出席を免除する", "Exempt from the meetings that clash")


@dataclass(frozen=True)
class Resolution:
    enrollment: UUID
    action: Action
    reason: str


@dataclass(frozen=True)
class Resolved:
    """Who is withdrawn, and who is exempted of which numbers of the plan; with the reasons, by enrolment."""

    withdrawn: Mapping[int, str]
    exempted: Mapping[int, frozenset[int]]
    reasons: Mapping[int, str]

    def unresolved(self, clashes: Collection[Clash]) -> frozenset[int]:
        """Who still stands in the way. An exemption frees of meetings: not of a second seat in a year, nor of nothing left."""
        return frozenset(
            clash.enrollment
            for clash in clashes
            if clash.enrollment not in self.withdrawn and not (clash.numbers and clash.enrollment in self.exempted)
        )


def resolve(
    given: Sequence[Resolution],
    *,
    session: Session,
    plan: Plan,
    seats: Sequence[Seat],
    clashes: Sequence[Clash],
    exempted: Numbers,
    by: User | None,
) -> Resolved:
    """Check every resolution and name all that is wrong; an exemption is of the meetings that clash, and leaves one."""
    known = {seat.public_id: seat for seat in seats}
    named = [known[each.enrollment].pk for each in given if each.enrollment in known]
    shown = shown_to(by, session, named)
    own = set(Staff.objects.filter(user=by).values_list("pk", flat=True)) if by and given else set()
    numbers: dict[int, set[int]] = {}
    for clash in clashes:
        numbers.setdefault(clash.enrollment, set()).update(clash.numbers)
    faults = Faults()
    withdrawn: dict[int, str] = {}
    freed: dict[int, frozenset[int]] = {}
    reasons: dict[int, str] = {}
    for index, each in enumerate(given):
        at, seat = f"/resolutions/{index}", known.get(each.enrollment)
        if seat is None or seat.pk not in shown:
            faults.add(f"{at}/enrollment", "not_found", "この回の受講ではありません。", "No enrolment of this session.")
            continue
        if seat.pk in reasons:
            faults.add(f"{at}/enrollment", "repeated", "同じ人が二度あります。", "The same person is named twice.")
        if not each.reason.strip():
            faults.add(f"{at}/reason", "required", "理由が必要です。", "A reason is needed.")
        reasons[seat.pk] = each.reason.strip()
        if each.action == Action.WITHDRAW:
            _check_withdrawal(seat, faults, at)
            withdrawn[seat.pk] = each.reason.strip()
        else:
            freed[seat.pk] = frozenset(numbers.get(seat.pk, ()))
            _check_exemption(freed[seat.pk], exempted.get(seat.pk, frozenset()), plan, faults, at)
            if seat.staff_id in own:
                faults.add(f"{at}/enrollment", "own_enrollment", "自分を免除できません。", "Nobody exempts themselves.")
    faults.refuse()
    return Resolved(withdrawn, freed, reasons)


def _check_withdrawal(seat: Seat, faults: Faults, at: str) -> None:
    if seat.status not in LIVE:
        faults.add(f"{at}/action", "judged", "結果の出た人は辞退にできません。", "Who has a result is not withdrawn.")


def _check_exemption(numbers: frozenset[int], already: frozenset[int], plan: Plan, faults: Faults, at: str) -> None:
    if not numbers:
        text = (
            "重なるコマがないため、免除するものがありません。",
            "No meeting clashes: there is nothing to be exempted from.",
        )
        faults.add(f"{at}/action", "no_clash", *text)
    elif len(numbers | already) >= len(plan.live):
        text = "免除すると出席するコマが残りません。", "The exemption would leave no meeting to attend."
        faults.add(f"{at}/action", "no_meeting_left", *text)


def shown_to(by: User | None, session: Session, enrollments: Collection[int]) -> frozenset[int]:
    """Those of the enrolments that who acts sees in the session's roster; the system sees all."""
    if by is None or not enrollments:
        return frozenset(enrollments)
    seen = access.seats_visible_to(Viewer(by), session).filter(pk__in=enrollments)
    return frozenset(seen.values_list("pk", flat=True))


def refuse_unresolved(
    unresolved: frozenset[int],
    *,
    clashes: Sequence[Clash],
    seats: Sequence[Seat],
    session: Session,
    by: User | None,
) -> None:
    """409 with the people, one by one; those whom who acts does not see are counted."""
    if not unresolved:
        return
    shown, public = shown_to(by, session, unresolved), {seat.pk: seat.public_id for seat in seats}
    listed = described([clash for clash in clashes if clash.enrollment in unresolved & shown], session, by)
    faults = [
        Fault(f"/resolutions/{public[clash.enrollment]}", clash.code, text) for clash, text in listed[:MOST_SHOWN]
    ]
    if len(listed) > MOST_SHOWN:
        text = Text("ほかに{n}件あります。", "{n} more.").format(n=len(listed) - MOST_SHOWN)
        faults.append(Fault("/resolutions", "truncated", text))
    if hidden := len(unresolved - shown):
        text = Text(
            "ほかに、あなたには表示できない{n}人がいます。研修所の担当が決められます。",
            "{n} more whom you do not see: academy HR decides about them.",
        )
        faults.append(Fault("/resolutions", "not_shown", text.format(n=hidden)))
    raise PersonWouldClash(people=len(unresolved), faults=faults)


def described(clashes: Sequence[Clash], session: Session, by: User | None) -> list[tuple[Clash, Text]]:
    """Each clash in words: with the title of the other session where who acts sees that the person is in it.

    Who teaches is public in the catalogue.
    """
    titled = _titled(clashes, session, by)
    return [(each, _text(each, named=(each.enrollment, each.other) in titled)) for each in clashes]


def _titled(clashes: Sequence[Clash], session: Session, by: User | None) -> Collection[tuple[int, int]]:
    if not clashes:
        return []
    keys, others = {each.enrollment for each in clashes}, {each.other for each in clashes}
    staff = dict(Enrollment.objects.filter(pk__in=keys).values_list("staff_id", "pk"))
    there = Enrollment.objects.all() if by is None else access.enrollments_visible_to(Viewer(by))
    pairs = there.filter(staff__in=staff, session__in=others).values_list("staff_id", "session_id")
    return {(staff[person], other) for person, other in pairs}


_TEXTS: Mapping[str, Text] = {
    PersonClash.code: Text("同じ時間に受講します:{o}。", "Attends at the same time: {o}."),
    TEACHES: Text("同じ時間に講師を務めます:{o}。", "Teaches at the same time: {o}."),
    CourseTaken.code: Text("移る年度に同じ講座の席があります:{o}。", "Has a seat of the course in that year: {o}."),
    NOTHING_LEFT: Text("残るコマはすべて免除されています。", "Exempted from every meeting that stays."),
}
_ANOTHER = Text("別の回", "another session")


def _text(clash: Clash, *, named: bool) -> Text:
    return _TEXTS[clash.code].format(o=clash.title if named or clash.code == TEACHES else _ANOTHER)


def withdraw(resolved: Resolved, *, by: User | None) -> None:
    """Those withdrawn, with a step by the office for each; a statement for each reason and kind of end."""
    held = Enrollment.objects.filter(pk__in=resolved.withdrawn).values_list("pk", "status")
    alike: dict[tuple[str, EndedAs], list[int]] = defaultdict(list)
    for key, status in held:
        alike[resolved.withdrawn[key], withdrawn_as(status)].append(key)
    for (reason, ended_as), keys in sorted(alike.items()):
        Enrollment.objects.filter(pk__in=keys).move_to(Status.WITHDRAWN, by=by, reason=reason, ended_as=ended_as)
    approvals.close(list(resolved.withdrawn), by=by)


def exempt(resolved: Resolved, meetings: Mapping[int, Meeting], *, by: User | None) -> None:
    MeetingExemption.objects.bulk_create(
        MeetingExemption(enrollment_id=key, meeting=meetings[number], reason=resolved.reasons[key], by=by)
        for key, numbers in sorted(resolved.exempted.items())
        for number in sorted(numbers)
    )
