"""A draw is committed to, frozen and held, once each and in this order; what is published stays on every path."""

import datetime as dt
from functools import partial
from typing import Any

import pytest

from academy import clock
from academy.errors import DomainError, InvalidInput
from academy.models import AuditEvent, Staff
from courses.models import AudiencePerson, PriorityClass, Session
from enrollments import lottery
from enrollments.models import Approval, Draw
from enrollments.operations import draws
from enrollments.tasks import freeze_draws
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.scene import apply, crowd, open_session, withdraw

SOURCE, BEACON = "日経平均終値(2022-07-12、小数2桁)", "26336.66"
BEACON_ON = dt.date(2022, 7, 12)
CLOSED, KNOWN = stage.tokyo("2022-07-11 09:00"), stage.tokyo("2022-07-12 18:00")


def lottery_session(**fields: Any) -> Session:
    """Its applications close on 10 July at 17:00."""
    made = open_session(selection="lottery", **{"capacity": 2, **fields})
    assert made.apply_from is not None
    made.rounds.create(number=1, apply_from=made.apply_from, apply_until=made.apply_until)
    return made


def commit(session: Session, cast: Cast, **fields: Any) -> Draw:
    given = {"beacon_source": SOURCE, "beacon_on": BEACON_ON, "by": cast.hr, **fields}
    return draws.commit_draw(session_id=session.pk, **given)


def freeze(draw: Draw, cast: Cast) -> Draw:
    return draws.freeze_draw(draw_id=draw.pk, by=cast.hr)


def hold(draw: Draw, cast: Cast, beacon: str = BEACON) -> Draw:
    return draws.hold_draw(draw_id=draw.pk, beacon=beacon, by=cast.bureau_hr)


def refused(move: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        move()
    return refusal.value.code


def drawn(session: Session, cast: Cast, at: Clock, *people: Staff) -> Draw:
    draw = commit(session, cast)
    for each in people:
        apply(session, each)
    at(CLOSED)
    freeze(draw, cast)
    at(KNOWN)
    return hold(draw, cast)


def places(draw: Draw) -> list[int]:
    """Who was drawn, the first first."""
    return list(draw.entrants.order_by("position").values_list("enrollment__staff_id", flat=True))


# Committing.


def test_a_secret_is_sealed_and_the_classes_are_fixed(cast: Cast) -> None:
    session = lottery_session()
    PriorityClass.objects.create(
        course=session.course, position=1, label_ja="管理職", rule={"grade_at_least": "tmg.kacho"}
    )
    draw = commit(session, cast)
    assert (draw.round, draw.beacon_source, draw.beacon_on, draw.committed_by) == (1, SOURCE, BEACON_ON, cast.hr)
    assert (draw.commitment, len(draw.secret)) == (lottery.commitment_of(draw.secret), 64)
    assert draw.classes == [
        {
            "number": 1, "label_ja": "管理職", "label_en": "", "rule": {"grade_at_least": "tmg.kacho"},
            "not_selected_before": False, "within_years": None,
        }
    ]  # fmt: skip
    event = AuditEvent.objects.get(action="enrollments.commit_draw")
    assert draw.secret not in str(event.detail)
    assert commit(lottery_session(), cast).secret != draw.secret


def test_what_is_not_committed_to(cast: Cast, at: Clock) -> None:
    session = lottery_session()
    commit(session, cast)
    assert refused(partial(commit, session, cast)) == "draw_committed"
    assert refused(partial(commit, open_session(), cast)) == "not_a_lottery"
    assert refused(partial(commit, lottery_session(apply_until=None), cast)) == "draw_needs_a_close"
    assert refused(partial(commit, lottery_session(status="cancelled"), cast)) == "session_over"
    late = lottery_session()
    at(stage.tokyo("2022-07-10 17:02"))
    assert refused(partial(commit, late, cast)) == "draw_commit_too_late"


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"beacon_on": dt.date(2022, 7, 10)}, "/beacon_on", "too_early"),  # applications close that day
        ({"beacon_source": " x"}, "/beacon_source", "not_one_line"),
        ({"beacon_source": "x\ny"}, "/beacon_source", "not_one_line"),
        ({"beacon_source": ""}, "/beacon_source", "not_one_line"),
    ],
)
def test_the_beacon_is_one_that_nobody_knows_before_the_close(
    cast: Cast, fields: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        commit(lottery_session(), cast, **fields)
    assert [(each.pointer, each.code) for each in refusal.value.faults] == [(pointer, code)]


# Freezing.


def test_everybody_who_applied_and_may_enters_with_a_ticket_and_the_class(cast: Cast, at: Clock) -> None:
    session = lottery_session()
    PriorityClass.objects.create(
        course=session.course, position=1, label_ja="管理職", rule={"grade_at_least": "tmg.kacho"}
    )
    draw = commit(session, cast)
    PriorityClass.objects.update(rule={})  # the draw goes by what was published
    people = [cast.head, cast.ict, cast.ict2]
    for each in people:
        apply(session, each)
    gone = apply(session, cast.trainer)
    withdraw(gone)
    at(CLOSED)
    frozen = freeze(draw, cast)
    rows = list(frozen.entrants.order_by("enrollment__queue_no"))
    assert [(each.enrollment.staff, each.priority_class, each.position) for each in rows] == [
        (cast.head, 1, None), (cast.ict, 2, None), (cast.ict2, 2, None),
    ]  # fmt: skip
    entrants = [lottery.Entrant(each.priority_class, each.ticket) for each in rows]
    assert frozen.list_digest == lottery.digest_of(lottery.list_text(draws.head_of(frozen), entrants))
    assert (frozen.entrants_count, frozen.drawn_at, frozen.seed) == (3, None, "")


def test_who_is_left_out_is_kept_with_the_reason(cast: Cast, at: Clock) -> None:
    session = lottery_session(rule={"job_family": ["ict"]})
    draw = commit(session, cast)
    waits, moved = apply(session, cast.ict), apply(session, cast.ict2)
    Approval.objects.create(enrollment=waits, level="unit_head")
    AudiencePerson.objects.create(audience=session.course.audience, staff=cast.ict2, kind="exclude", reason="対象外")
    at(CLOSED)
    frozen = freeze(draw, cast)
    assert frozen.entrants_count == 0
    assert dict(frozen.omissions.values_list("enrollment", "codes")) == {
        waits.pk: ["approval_pending"],
        moved.pk: ["excluded_by_name"],
    }


def test_the_list_is_frozen_after_the_close_and_before_the_beacon(cast: Cast, at: Clock) -> None:
    draw = commit(lottery_session(), cast)
    assert refused(partial(freeze, draw, cast)) == "draw_freeze_too_early"
    at(stage.tokyo("2022-07-12 00:02"))
    assert refused(partial(freeze, draw, cast)) == "beacon_known"
    put_off = partial(draws.put_off_beacon, draw_id=draw.pk, by=cast.hr)
    for day in (11, 12):
        assert refused(partial(put_off, beacon_on=dt.date(2022, 7, day))) == "invalid_input"
    put_off(beacon_on=dt.date(2022, 7, 13))
    freeze(draw, cast)
    assert refused(partial(freeze, draw, cast)) == "draw_list_frozen"
    assert refused(partial(put_off, beacon_on=dt.date(2022, 7, 14))) == "draw_list_frozen"


def test_the_statements_do_not_grow_with_the_people(cast: Cast, at: Clock, django_assert_max_num_queries: Any) -> None:
    counts = []
    for size in (1, 40):
        session = lottery_session()
        draw = commit(session, cast)
        for each in crowd(cast, size):
            apply(session, each)
        at(CLOSED)
        with django_assert_max_num_queries(60) as captured:
            freeze(draw, cast)
            at(KNOWN)
            hold(draw, cast)
        counts.append(len(captured))
        at(stage.tokyo("2022-06-28 10:00"))
    assert counts[0] == counts[1]


# Freezing by the clock.


def test_the_clock_freezes_the_list_once_applications_have_closed(cast: Cast, at: Clock) -> None:
    draw = commit(lottery_session(), cast)
    entered = apply(draw.session, cast.ict)
    at(stage.tokyo("2022-07-10 16:58"))
    freeze_draws()
    draw.refresh_from_db()
    assert draw.frozen_at is None
    at(stage.tokyo("2022-07-10 17:01"))
    freeze_draws()
    freeze_draws()
    draw.refresh_from_db()
    assert (draw.entrants_count, list(draw.entrants.values_list("enrollment", flat=True))) == (1, [entered.pk])
    event = AuditEvent.objects.get(action="enrollments.freeze_draw")
    assert (event.target, event.by_id, event.detail["entrants"]) == (draw.public_id, None, 1)
    at(KNOWN)
    assert hold(draw, cast).drawn_at is not None


def test_the_clock_waits_for_approvals_until_five_on_the_day_before_the_beacon(cast: Cast, at: Clock) -> None:
    draw = commit(lottery_session(), cast)
    agreed, pending = apply(draw.session, cast.ict), apply(draw.session, cast.ict2)
    Approval.objects.create(enrollment=pending, level="unit_head")
    for moment in ("2022-07-10 18:00", "2022-07-11 16:59"):
        at(stage.tokyo(moment))
        assert draws.draws_to_freeze(clock.now()) == []
    at(stage.tokyo("2022-07-11 17:00"))
    assert draws.draws_to_freeze(clock.now()) == [draw.pk]
    freeze_draws()
    draw.refresh_from_db()
    assert list(draw.entrants.values_list("enrollment", flat=True)) == [agreed.pk]
    assert dict(draw.omissions.values_list("enrollment", "codes")) == {pending.pk: ["approval_pending"]}


def test_what_the_clock_leaves_alone(cast: Cast, at: Clock) -> None:
    """A cancelled session, one whose window has no end any more, and a draw whose beacon is known."""
    cancelled, endless, _known, due = (commit(lottery_session(), cast) for _ in range(4))
    for draw in (cancelled, endless, due):
        draws.put_off_beacon(draw_id=draw.pk, beacon_on=dt.date(2022, 7, 14), by=cast.hr)
    Session.objects.filter(pk=cancelled.session_id).update(status="cancelled")
    Session.objects.filter(pk=endless.session_id).update(apply_until=None)
    endless.session.rounds.update(apply_until=None)
    at(stage.tokyo("2022-07-12 00:02"))
    assert draws.draws_to_freeze(clock.now()) == [due.pk]


def test_a_list_that_somebody_froze_meanwhile_stops_no_other(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (commit(lottery_session(), cast) for _ in range(2))
    at(CLOSED)
    due = draws.draws_to_freeze(clock.now())
    freeze(first, cast)
    monkeypatch.setattr(draws, "draws_to_freeze", lambda now: due)
    freeze_draws()
    assert f"the list of draw {first.pk} is not frozen: draw_list_frozen" in caplog.text
    second.refresh_from_db()
    assert second.entrants_count == 0


# Holding.


def test_the_order_is_that_of_the_arithmetic_and_all_of_it_is_published(cast: Cast, at: Clock) -> None:
    session = lottery_session()
    draw = drawn(session, cast, at, cast.ict, cast.ict2, cast.head, cast.trainer)
    assert (draw.beacon, draw.seed, draw.drawn_by) == (BEACON, lottery.seed_of(draw.secret, BEACON), cast.bureau_hr)
    rows = list(draw.entrants.order_by("position"))
    assert [each.position for each in rows] == [1, 2, 3, 4]
    entrants = [lottery.Entrant(each.priority_class, each.ticket) for each in rows]
    assert entrants == lottery.order(draw.seed, entrants[::-1])


def test_a_draw_is_held_by_another_person_from_the_day_of_the_beacon_on_and_once(cast: Cast, at: Clock) -> None:
    session = lottery_session()
    draw = commit(session, cast)
    apply(session, cast.ict)
    at(CLOSED)
    assert refused(partial(hold, draw, cast)) == "draw_list_not_frozen"
    freeze(draw, cast)
    assert refused(partial(hold, draw, cast)) == "beacon_not_known"
    at(KNOWN)
    assert refused(partial(draws.hold_draw, draw_id=draw.pk, beacon=BEACON, by=cast.hr)) == "draw_takes_two_people"
    assert refused(partial(draws.hold_draw, draw_id=draw.pk, beacon=BEACON, by=None)) == "draw_takes_two_people"
    assert refused(partial(draws.hold_draw, draw_id=draw.pk, beacon=BEACON, by=cast.ict.user)) == "own_draw"
    assert refused(partial(hold, draw, cast, " ")) == "invalid_input"
    hold(draw, cast)
    assert refused(partial(hold, draw, cast, "26336.67")) == "draw_happens_once"
    assert refused(partial(commit, session, cast)) == "draw_commit_too_late"


def test_who_leaves_after_the_freeze_keeps_the_entry(cast: Cast, at: Clock) -> None:
    session = lottery_session()
    draw = commit(session, cast)
    seats = [apply(session, each) for each in (cast.ict, cast.ict2, cast.head)]
    at(CLOSED)
    digest = freeze(draw, cast).list_digest
    withdraw(seats[0])
    at(KNOWN)
    held = hold(draw, cast)
    assert (held.list_digest, len(places(held))) == (digest, 3)


def test_a_draw_that_broke_off_gives_the_same_order_again(
    cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = lottery_session()
    draw = commit(session, cast)
    for each in crowd(cast, 8):
        apply(session, each)
    at(CLOSED)
    freeze(draw, cast)
    at(KNOWN)
    tried: list[list[Any]] = []
    write = draws._write_positions

    def broken(keys: Any) -> None:
        tried.append(keys)
        write(keys)
        raise ConnectionError

    monkeypatch.setattr(draws, "_write_positions", broken)
    with pytest.raises(ConnectionError):
        hold(draw, cast)
    draw.refresh_from_db()
    assert (draw.drawn_at, draw.seed, draw.entrants.filter(position__isnull=False).count()) == (None, "", 0)
    monkeypatch.undo()
    hold(draw, cast)
    assert list(draw.entrants.order_by("position").values_list("pk", flat=True)) == tried[0]


def test_a_further_round_has_a_draw_of_its_own_and_draws_nobody_again(cast: Cast, at: Clock) -> None:
    session = lottery_session(times=(("2022-08-01 14:00", "2022-08-01 16:00"),))
    first = drawn(session, cast, at, cast.ict)
    again = {"apply_from": stage.tokyo("2022-07-13 09:00"), "apply_until": stage.tokyo("2022-07-20 17:00")}
    session.rounds.create(number=2, **again)
    Session.objects.filter(pk=session.pk).update(**again)
    second = commit(session, cast, beacon_on=dt.date(2022, 7, 22))
    at(stage.tokyo("2022-07-14 09:00"))
    apply(session, cast.ict2)
    at(stage.tokyo("2022-07-21 09:00"))
    freeze(second, cast)
    assert (second.round, list(second.entrants.values_list("enrollment__staff", flat=True))) == (2, [cast.ict2.pk])
    assert list(second.omissions.values_list("enrollment__staff", "codes")) == [(cast.ict.pk, ["drawn_before"])]
    assert places(first) == [cast.ict.pk]
