"""抽選: committed to before applications close, frozen before the beacon is known, held by another person; each once.

The arithmetic is in `enrollments.lottery`. A draw gives an order and no seat: seats are given by the decision, and later
by the queue, in that order; who has left meanwhile keeps the place in it and is passed over.
"""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection

from academy import clock
from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.models import ApplicationRound, Course, PriorityClass, Selection, Session, SessionStatus
from enrollments import eligibility, lottery
from enrollments.approval_deadlines import CLOSING_TIME
from enrollments.errors import SessionOver
from enrollments.errors.draws import (
    BeaconKnown,
    BeaconNotKnown,
    DrawCommitted,
    DrawCommitTooLate,
    DrawFreezeTooEarly,
    DrawHappensOnce,
    DrawListChanged,
    DrawListFrozen,
    DrawListNotFrozen,
    DrawNeedsAClose,
    DrawTakesTwoPeople,
    NotALottery,
    OwnDraw,
)
from enrollments.evidence import evidence_for
from enrollments.models import Approval, Draw, DrawEntrant, DrawOmission, Enrollment, Status
from enrollments.priority_classes import classed

APPROVAL_PENDING = "approval_pending"
DRAWN_BEFORE = "drawn_before"  # in an earlier round: the order of that draw stands
LONGEST = 300
OVER = (SessionStatus.CANCELLED, SessionStatus.FINISHED)
_CLASS = ("label_ja", "label_en", "rule", "not_selected_before", "within_years")


@operation
def commit_draw(*, session_id: int, beacon_source: str, beacon_on: dt.date, by: User | None) -> Draw:
    """Commit to a draw of the session's round: seal a secret, and fix the classes and the public value that decides with it.

    Before applications close; the value comes to be known on a later day than they do. The secret is shown to nobody.
    """
    course = Course.objects.select_for_update(no_key=True).get(sessions=session_id)  # its classes stay as they are
    session = Session.objects.locked().get(pk=session_id)
    if session.status in OVER:
        raise SessionOver
    if session.selection != Selection.LOTTERY:
        raise NotALottery
    number, until = _round(session)
    if session.now >= until:
        raise DrawCommitTooLate(until=eligibility.time_text(until))
    _check_beacon(beacon_source, beacon_on, after=clock.business_date(until))
    if Draw.objects.filter(session=session, round=number).exists():
        raise DrawCommitted
    secret = secrets.token_hex(lottery.SECRET_BYTES)
    draw = Draw.objects.create(
        session=session,
        round=number,
        commitment=lottery.commitment_of(secret),
        secret=secret,
        beacon_source=beacon_source,
        beacon_on=beacon_on,
        classes=[
            {"number": each.position, **{name: getattr(each, name) for name in _CLASS}} for each in _classes(course)
        ],
        committed_by=by,
    )
    note(draw, session=session.public_id, round=number, classes=len(draw.classes), beacon_on=beacon_on.isoformat())
    return draw


@operation
def put_off_beacon(*, draw_id: int, beacon_on: dt.date, by: User | None) -> Draw:
    """Take the public value of a later day, as long as there is no list: who is to be drawn is not known then either."""
    session, draw = _locked(draw_id)
    _refuse_frozen(draw)
    after = max(clock.business_date(_until(session, draw)), clock.business_date(session.now), draw.beacon_on)
    _check_day(beacon_on, after=after)
    note(draw, before=draw.beacon_on.isoformat(), after=beacon_on.isoformat())
    draw.beacon_on = beacon_on
    draw.save(update_fields=["beacon_on"])
    return draw


@operation
def freeze_draw(*, draw_id: int, by: User | None) -> Draw:
    """Write and hash the list: everybody who applied in the round, needs no further approval and passes the rules now.

    After applications closed and before the beacon is known. The others are kept with what stood in the way. The clock
    does it (`draws_to_freeze`) where nobody did before.
    """
    session, draw = _locked(draw_id)
    _refuse_frozen(draw)
    if session.status in OVER:
        raise SessionOver
    until = _until(session, draw)
    if session.now < until:
        raise DrawFreezeTooEarly(until=eligibility.time_text(until))
    if clock.business_date(session.now) >= draw.beacon_on:
        raise BeaconKnown(on=draw.beacon_on.isoformat())
    entrants, omitted = _entered(session, draw, until)
    DrawEntrant.objects.bulk_create(entrants)
    DrawOmission.objects.bulk_create(omitted)
    draw.list_digest = lottery.digest_of(lottery.list_text(head_of(draw), [_entrant(each) for each in entrants]))
    draw.frozen_at, draw.entrants_count = session.now, len(entrants)
    draw.save(update_fields=["list_digest", "frozen_at", "entrants_count"])
    note(draw, entrants=len(entrants), left_out=len(omitted), digest=draw.list_digest)
    return draw


def draws_to_freeze(now: dt.datetime) -> list[int]:
    """The draws whose list the clock freezes: applications have closed, and nobody's approval is pending any more.

    From 17:00 of the last day before the beacon is known on, it does not wait for approvals: afterwards there is no list.
    """
    today = clock.business_date(now)
    open_ = Draw.objects.filter(frozen_at=None, beacon_on__gt=today).exclude(session__status__in=OVER)
    found = []
    for draw in open_.select_related("session").order_by("beacon_on", "pk"):
        until = _close(draw.session, draw)
        if until is None or until > now:
            continue
        pending = Approval.objects.pending().filter(
            enrollment__session=draw.session_id, enrollment__applied_at__lt=until
        )
        if now >= _last_call(draw) or not pending.exists():
            found.append(draw.pk)
    return found


def _last_call(draw: Draw) -> dt.datetime:
    day = draw.beacon_on - dt.timedelta(days=1)
    return dt.datetime.combine(day, CLOSING_TIME, tzinfo=settings.BUSINESS_TIME_ZONE)


@operation
def hold_draw(*, draw_id: int, beacon: str, by: User | None) -> Draw:
    """Draw: put everybody of the list in their order by the secret and the beacon, and publish both.

    From the day of the beacon on; not by whoever committed, nor by anybody of the list.
    """
    _, draw = _locked(draw_id)
    _refuse_to_hold(draw, by)
    _check_text(beacon, "/beacon")
    rows = list(DrawEntrant.objects.filter(draw=draw).order_by("pk"))
    if lottery.digest_of(lottery.list_text(head_of(draw), [_entrant(each) for each in rows])) != draw.list_digest:
        raise DrawListChanged
    draw.beacon, draw.seed, draw.drawn_by = beacon, lottery.seed_of(draw.secret, beacon), by
    draw.drawn_at = clock.now()
    draw.save(update_fields=["beacon", "seed", "drawn_by", "drawn_at"])
    keys = {each.ticket: each.pk for each in rows}
    _write_positions([keys[each.ticket] for each in lottery.order(draw.seed, [_entrant(each) for each in rows])])
    note(draw, entrants=len(rows), seed=draw.seed)
    return draw


def head_of(draw: Draw) -> lottery.Head:
    return lottery.Head(draw.session.public_id, draw.round, draw.classes)


def _entrant(row: DrawEntrant) -> lottery.Entrant:
    return lottery.Entrant(row.priority_class, row.ticket)


def _locked(draw_id: int) -> tuple[Session, Draw]:
    """A draw with its session, both locked, the session first."""
    session_id = Draw.objects.values_list("session_id", flat=True).get(pk=draw_id)
    session = Session.objects.locked().with_audience().get(pk=session_id)
    draw = Draw.objects.select_for_update(no_key=True).get(pk=draw_id)
    draw.session = session
    return session, draw


def _round(session: Session) -> tuple[int, dt.datetime]:
    """The number of the latest round of a session, and its end."""
    latest = session.rounds.order_by("-number").first()
    if session.apply_from is None or session.apply_until is None:
        raise DrawNeedsAClose
    return (latest.number if latest else 1), session.apply_until


def _until(session: Session, draw: Draw) -> dt.datetime:
    """When the applications of the draw's round close."""
    until = _close(session, draw)
    if until is None:
        raise DrawNeedsAClose
    return until


def _close(session: Session, draw: Draw) -> dt.datetime | None:
    """As the draw's round says, and the session where it is the latest; None: never."""
    ended = ApplicationRound.objects.filter(session=session, number=draw.round).values_list("apply_until", flat=True)
    return ended.first() or session.apply_until


def _classes(course: Course) -> list[PriorityClass]:
    return list(PriorityClass.objects.filter(course=course).order_by("position"))


def _refuse_frozen(draw: Draw) -> None:
    if draw.frozen_at is not None:
        raise DrawListFrozen


def _refuse_to_hold(draw: Draw, by: User | None) -> None:
    if draw.drawn_at is not None:
        raise DrawHappensOnce
    if draw.frozen_at is None:
        raise DrawListNotFrozen
    if clock.today() < draw.beacon_on:
        raise BeaconNotKnown(on=draw.beacon_on.isoformat())
    if by is None or by.pk == draw.committed_by_id:
        raise DrawTakesTwoPeople
    if DrawEntrant.objects.filter(draw=draw, enrollment__staff__user=by).exists():
        raise OwnDraw


def _check_beacon(source: str, day: dt.date, *, after: dt.date) -> None:
    _check_text(source, "/beacon_source")
    _check_day(day, after=after)


def _check_day(day: dt.date, *, after: dt.date) -> None:
    faults = Faults()
    if day <= after:
        faults.add(
            "/beacon_on", "too_early", f"{after.isoformat()}より後の日です。", f"A day after {after.isoformat()}."
        )
    faults.refuse()


def _check_text(text: str, at: str) -> None:
    """One line without a space around it: what is hashed can be read off and typed again."""
    faults = Faults()
    if not text or text != text.strip() or not text.isprintable() or len(text) > LONGEST:
        faults.add(
            at,
            "not_one_line",
            f"前後に空白のない{LONGEST}字までの一行です。",
            f"One line of at most {LONGEST} characters, with no space around it.",
        )
    faults.refuse()


def _entered(session: Session, draw: Draw, until: dt.datetime) -> tuple[list[DrawEntrant], list[DrawOmission]]:
    """Those who enter, each with a random ticket and the class, and those who do not, in as many statements for any number."""
    applied = Enrollment.objects.filter(session=session, status=Status.APPLIED, applied_at__lt=until)
    rows = list(applied.order_by("queue_no").values_list("pk", "staff_id"))
    pending = set(Approval.objects.pending().filter(enrollment__in=applied).values_list("enrollment_id", flat=True))
    drawn = set(DrawEntrant.objects.filter(enrollment__in=applied).values_list("enrollment_id", flat=True))
    evidence = evidence_for(session, [staff_id for _, staff_id in rows], now=session.now)
    classes = [PriorityClass(**{name: each[name] for name in _CLASS}) for each in draw.classes]
    numbers = classed(session, classes, evidence.facts)
    entrants, omitted = [], []
    for pk, staff_id in rows:
        found = eligibility.blocking(eligibility.personal_findings(evidence, staff_id, waiting_here=True))
        codes = [DRAWN_BEFORE] * (pk in drawn) + [APPROVAL_PENDING] * (pk in pending) + [each.code for each in found]
        if codes:
            omitted.append(DrawOmission(draw=draw, enrollment_id=pk, codes=codes))
        else:
            number = numbers[staff_id]
            entrants.append(DrawEntrant(draw=draw, enrollment_id=pk, ticket=uuid4(), priority_class=number))
    return entrants, omitted


_POSITIONS = """
    UPDATE enrollments_drawentrant AS entrant SET position = placed.position
    FROM unnest(%s::bigint[]) WITH ORDINALITY AS placed (id, position) WHERE placed.id = entrant.id
"""


def _write_positions(keys: Sequence[Any]) -> None:
    """The places of entrants, by their order, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS, [list(keys)])
