"""What was published of a draw stays on every path: raw SQL, and moves at the same instant."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from academy.operations.base import constraint_of
from enrollments import lottery
from enrollments.errors.draws import DrawListChanged
from enrollments.models import Approval, Draw, DrawEntrant, Enrollment
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.scene import apply, crowd
from tests.enrollments.test_draws import BEACON_ON, CLOSED, KNOWN, commit, drawn, freeze, hold, lottery_session
from tests.enrollments.threads import at_once, codes, elsewhere

FROZEN, ONCE = "draw_list_is_frozen", "draw_happens_once"


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE enrollments_draw SET classes = '[1]'", ONCE),
        ("UPDATE enrollments_draw SET secret = repeat('0', 64)", ONCE),
        ("UPDATE enrollments_draw SET committed_by_id = NULL", ONCE),
        ("UPDATE enrollments_draw SET beacon_on = beacon_on + 1", ONCE),
        ("UPDATE enrollments_draw SET list_digest = repeat('0', 64)", ONCE),
        ("UPDATE enrollments_draw SET round = 2", ONCE),
        ("UPDATE enrollments_draw SET seed = repeat('0', 64), beacon = 'x'", "draw_is_whole"),
        (
            "UPDATE enrollments_draw SET seed = repeat('0', 64), beacon = 'x', drawn_at = now(), drawn_by_id = committed_by_id",
            "draw_takes_two_people",
        ),
        ("UPDATE enrollments_drawentrant SET priority_class = 0", FROZEN),
        ("UPDATE enrollments_drawentrant SET position = id", FROZEN),  # before the draw
        ("DELETE FROM enrollments_drawentrant", FROZEN),
        ("DELETE FROM enrollments_drawomission", FROZEN),
        ("UPDATE enrollments_drawomission SET codes = '[]'", FROZEN),
        (
            """INSERT INTO enrollments_drawentrant (public_id, draw_id, enrollment_id, ticket, priority_class)
            SELECT academy_uuid7(), draw_id, enrollment_id, gen_random_uuid(), 1 FROM enrollments_drawomission""",
            FROZEN,
        ),
    ],
)
def test_a_frozen_draw_stays_on_every_path(cast: Cast, at: Clock, statement: str, constraint: str) -> None:
    session = lottery_session()
    draw = commit(session, cast)
    apply(session, cast.ict)
    Approval.objects.create(enrollment=apply(session, cast.ict2), level="unit_head")
    at(CLOSED)
    freeze(draw, cast)
    assert_kept(statement, constraint)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE enrollments_draw SET beacon = 'y'", ONCE),
        ("UPDATE enrollments_drawentrant SET position = position + 10", FROZEN),
        ("UPDATE enrollments_drawentrant SET position = NULL", FROZEN),
        ("DELETE FROM enrollments_drawentrant", FROZEN),
    ],
)
def test_a_draw_that_was_held_stays_on_every_path(cast: Cast, at: Clock, statement: str, constraint: str) -> None:
    drawn(lottery_session(), cast, at, cast.ict, cast.ict2)
    assert_kept(statement, constraint)


def test_nobody_is_moved_out_of_a_frozen_list_into_another(cast: Cast, at: Clock) -> None:
    session, other = lottery_session(), lottery_session()
    draw, open_one = commit(session, cast), commit(other, cast)
    apply(session, cast.ict)
    at(CLOSED)
    freeze(draw, cast)
    assert_kept(f"UPDATE enrollments_drawentrant SET draw_id = {open_one.pk}", FROZEN)


def test_a_draw_begins_with_its_commitment(cast: Cast) -> None:
    draw = commit(lottery_session(), cast)
    columns = "session_id, commitment, secret, beacon_source, beacon_on, committed_at, classes, beacon, seed"
    copied = f"INSERT INTO enrollments_draw (public_id, round, {columns}, list_digest, frozen_at, entrants_count)"
    assert_kept(f"{copied} SELECT academy_uuid7(), 2, {columns}, repeat('0', 64), now(), 0 FROM enrollments_draw", ONCE)
    with pytest.raises(IntegrityError, match="draw_secret_is_the_committed"), transaction.atomic():
        Draw.objects.create(session=draw.session, round=3, commitment="0" * 64, secret="1" * 64, beacon_on=BEACON_ON)


def assert_kept(statement: str, constraint: str) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert constraint in str(refusal.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


# At once.


@pytest.mark.django_db(transaction=True)
def test_two_who_hold_it_at_once_draw_once(cast: Cast, at: Clock) -> None:
    session = lottery_session()
    draw = commit(session, cast)
    for each in crowd(cast, 5):
        apply(session, each)
    at(CLOSED)
    assert codes(at_once([partial(freeze, draw, cast)] * 2)) == ["draw_list_frozen"]
    at(KNOWN)
    assert codes(at_once([partial(hold, draw, cast, str(number)) for number in range(4)])) == ["draw_happens_once"] * 3
    draw.refresh_from_db()
    assert draw.seed == lottery.seed_of(draw.secret, draw.beacon)
    entrants = [lottery.Entrant(each.priority_class, each.ticket) for each in draw.entrants.order_by("position")]
    assert entrants == lottery.order(draw.seed, entrants)


ENTER = """
    INSERT INTO enrollments_drawentrant (public_id, draw_id, enrollment_id, ticket, priority_class)
    SELECT academy_uuid7(), %s, %s, gen_random_uuid(), 1
"""
LOCKS = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def enter(draw: Draw, seat: Enrollment) -> str:
    """Enter somebody past the operations: the name of what refused it, or nothing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(ENTER, [draw.pk, seat.pk])
    except IntegrityError as error:
        return constraint_of(error)
    return ""


def entered_beside_a_freeze(cast: Cast, at: Clock, *, waits: bool) -> str:
    """Enter somebody while a freeze is done and not committed; where the other waits for it, commit once it does."""
    draw = commit(lottery_session(), cast)
    seat = apply(draw.session, cast.ict)
    Approval.objects.create(enrollment=seat, level="unit_head")
    at(CLOSED)
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            freeze(draw, cast)
            found = threads.submit(elsewhere, partial(enter, draw, seat))
            while waits and not found.done() and not waiting():
                pass
            early = None if waits else found.result(timeout=30)
        return str(found.result(timeout=30) if early is None else early)


def waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(LOCKS)
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_nobody_is_entered_beside_a_list_that_is_being_frozen(cast: Cast, at: Clock) -> None:
    assert entered_beside_a_freeze(cast, at, waits=True) == FROZEN
    assert not DrawEntrant.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_somebody_is_entered_beside_the_freeze(cast: Cast, at: Clock) -> None:
    """The control: the trigger as it is, but for its FOR SHARE."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'pgtrigger_draw_list_is_frozen%'"
        )
        [guarded] = cursor.fetchone()
        cursor.execute(guarded.replace("FOR SHARE", ""))
    try:
        assert entered_beside_a_freeze(cast, at, waits=False) == ""
        assert DrawEntrant.objects.filter(draw__entrants_count=0).count() == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute(guarded)


def test_a_list_that_was_changed_below_the_triggers_is_not_drawn(cast: Cast, at: Clock) -> None:
    session = lottery_session()
    draw = commit(session, cast)
    apply(session, cast.ict)
    at(CLOSED)
    freeze(draw, cast)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE enrollments_drawentrant DISABLE TRIGGER USER")
        cursor.execute("UPDATE enrollments_drawentrant SET priority_class = 9")
        cursor.execute("ALTER TABLE enrollments_drawentrant ENABLE TRIGGER USER")
    at(KNOWN)
    with pytest.raises(DrawListChanged):
        hold(draw, cast)
