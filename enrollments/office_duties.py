"""What waits for the office of sessions whose seats are decided about, and until when: a draw, a decision, its publication.

    draw_commit       a lottery without a draw in its round; once applications have closed there can be none
    draw_put_off      a draw whose list was not frozen before the day of its public value
    draw_hold         a draw whose day has come, for who did not commit to it and is not in its list
    decide            applications that wait for nobody else: the round has ended, everybody agreed, a lottery is drawn
    publish_decision  a draft

All but the first are to be done before the session begins. It reads, in a fixed number of statements, and writes nothing;
what is due here the operations may still refuse.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max

from academy.access import Viewer
from academy.clock import business_date
from academy.text import Text
from courses.access import may_schedule, programs_planned_by
from courses.models import BY_DECISION, ApplicationRound, Course, Selection, Session
from enrollments.approval_deadlines import beginnings_of
from enrollments.models import Approval, DecidedSession, Decision, DecisionStatus, Draw, DrawEntrant, Enrollment, Status

_TITLES = {
    "draw_commit": Text("「{title}」の抽選の公約", "Commit to the draw of “{title}”"),
    "draw_put_off": Text("「{title}」の抽選の公表値の日を延ばす", "Put off the day of the draw of “{title}”"),
    "draw_hold": Text("「{title}」の抽選", "Hold the draw of “{title}”"),
    "decide": Text("「{title}」の受講決定案の作成", "Decide about the applications to “{title}”"),
    "publish_decision": Text("「{title}」の受講決定の公表", "Publish the decision about “{title}”"),
}


@dataclass(frozen=True)
class Duty:
    """`id`: the draw's or the draft's where there is one, else the session's. `due_at`: before this instant, where known."""

    kind: str
    id: UUID
    title: Text
    since: dt.datetime
    due_at: dt.datetime | None


def office_duties_of(viewer: Viewer, now: dt.datetime) -> list[Duty]:
    """What waits in the sessions that the viewer plans."""
    if not may_schedule(viewer, None):
        return []
    planned = programs_planned_by(viewer).order_by().values("pk")
    published = Session.objects.published().filter(selection__in=BY_DECISION, undated=False, apply_from__lte=now)
    sessions = list(
        published.filter(
            course__program__in=planned, apply_until__isnull=False, ends_on__gte=business_date(now)
        ).order_by("starts_on", "pk")
    )
    begins = beginnings_of(each.pk for each in sessions)
    ahead = [each for each in sessions if each.pk not in begins or begins[each.pk] > now]
    draws = _draws(each for each in ahead if each.selection == Selection.LOTTERY)
    drafts = Decision.objects.filter(status=DecisionStatus.DRAFT, course__program__in=planned).select_related("course")
    return [
        *_about_draws(viewer, ahead, draws, begins, now),
        *_to_decide(ahead, draws, begins, now),
        *_to_publish(drafts.order_by("pk")),
    ]


def _draws(lotteries: Iterable[Session]) -> dict[int, Draw]:
    """The draw of the latest round of each, where there is one."""
    keys = [each.pk for each in lotteries]
    numbers = (
        ApplicationRound.objects.filter(session__in=keys).order_by().values_list("session").annotate(Max("number"))
    )
    latest = dict(numbers)
    found = Draw.objects.filter(session__in=keys).defer("secret")
    return {each.session_id: each for each in found if each.round == latest.get(each.session_id, 1)}


def _about_draws(
    viewer: Viewer,
    sessions: Iterable[Session],
    draws: Mapping[int, Draw],
    begins: Mapping[int, dt.datetime],
    now: dt.datetime,
) -> Iterable[Duty]:
    entered = DrawEntrant.objects.filter(draw__in=draws.values(), enrollment__staff=viewer.staff_id)
    not_mine = set(entered.values_list("draw", flat=True)) if draws and viewer.staff_id else set()
    for session in sessions:
        draw, opened, closes = draws.get(session.pk), session.apply_from, session.apply_until
        if session.selection != Selection.LOTTERY or opened is None or closes is None:
            continue
        if draw is None:
            if now < closes:
                yield _duty("draw_commit", session.public_id, session, opened, closes)
        elif draw.drawn_at is None and draw.beacon_on <= business_date(now):
            if draw.frozen_at is None:
                yield _duty("draw_put_off", draw.public_id, session, closes, begins.get(session.pk))
            elif draw.committed_by_id != viewer.user.pk and draw.pk not in not_mine:
                yield _duty("draw_hold", draw.public_id, session, draw.frozen_at, begins.get(session.pk))


def _to_decide(
    sessions: Iterable[Session], draws: Mapping[int, Draw], begins: Mapping[int, dt.datetime], now: dt.datetime
) -> Iterable[Duty]:
    ended = {each.pk: each for each in sessions if (since := _ended(each, draws)) is not None and since <= now}
    applied = Enrollment.objects.filter(session__in=ended, status=Status.APPLIED).order_by()
    waiting = Approval.objects.pending().filter(enrollment__session__in=ended).order_by()
    drafted = DecidedSession.objects.filter(session__in=ended, open=True)
    undecided = set(applied.values_list("session", flat=True).distinct())
    undecided -= {*waiting.values_list("enrollment__session", flat=True), *drafted.values_list("session", flat=True)}
    for pk, session in ended.items():
        since = _ended(session, draws)
        if pk in undecided and since is not None:
            yield _duty("decide", session.public_id, session, since, begins.get(pk))


def _ended(session: Session, draws: Mapping[int, Draw]) -> dt.datetime | None:
    """When the last of what a decision waits for is over by the clock: applications, lists, the draw; None: not known."""
    ends = [session.apply_until, session.nominate_until]
    if session.selection == Selection.LOTTERY:
        drawn_at = draws[session.pk].drawn_at if session.pk in draws else None
        if drawn_at is None:
            return None
        ends.append(drawn_at)
    return max((each for each in ends if each is not None), default=None)


def _to_publish(drafts: Iterable[Decision]) -> Iterable[Duty]:
    of_draft: dict[int, list[int]] = {each.pk: [] for each in drafts}
    for decision, session in DecidedSession.objects.filter(decision__in=of_draft).values_list("decision", "session"):
        of_draft[decision].append(session)
    begins = beginnings_of(key for keys in of_draft.values() for key in keys)
    for each in drafts:
        first = min((begins[key] for key in of_draft[each.pk] if key in begins), default=None)
        yield _duty("publish_decision", each.public_id, each.course, each.created_at, first)


def _duty(kind: str, id: UUID, about: Session | Course, since: dt.datetime, due_at: dt.datetime | None) -> Duty:
    title = Text(about.title_ja, about.title_en or about.title_ja)
    return Duty(kind, id, _TITLES[kind].format(title=title), since, due_at)
