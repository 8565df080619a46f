"""Everything at once on a few sessions: no seat is sold twice, nobody jumps the queue, no seat idles, no promise is broken."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import groupby
from operator import attrgetter

import pytest
from django.db.models import F

from academy import clock
from academy.errors import DomainError
from academy.models import Staff
from courses.models import Session
from courses.models.sessions import SessionQuerySet
from courses.operations.quotas import Quota
from enrollments import promotion
from enrollments.invariants import violations
from enrollments.models import Approval, Enrollment, EnrollmentStep, SeatOffer, Status
from enrollments.operations import answers, queue
from enrollments.operations.quotas import set_quotas
from enrollments.operations.sessions import change_capacity
from tests.cast import Cast
from tests.enrollments import approving
from tests.enrollments.scene import apply, crowd, line, open_session, withdraw
from tests.enrollments.test_quota_races import both_bureaus
from tests.enrollments.threads import at_once, counting_seats_without, without_the_lock

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 32
PROMOTIONS = (Status.ENROLLED, Status.OFFERED)


class Player:
    """Makes moves by chance on some sessions, each as whoever may."""

    def __init__(self, seed: int, cast: Cast, sessions: list[Session], people: list[Staff]) -> None:
        self.chance, self.cast, self.sessions, self.people = random.Random(seed), cast, sessions, people
        self.arrangements = [
            [Quota(cast.digital, 2, ceiling=5), Quota(cast.industry, 1)],
            [Quota(cast.industry, 2, ceiling=4)],
            [],
        ]

    def play(self, attempts: int) -> Counter[str]:
        met = Counter[str]()
        for _ in range(attempts):
            move = self.chance.choices(MOVES, WEIGHTS)[0]
            try:
                met[f"{move.__name__}:{move(self) or 'nothing'}"] += 1
            except DomainError as refusal:
                met[f"{move.__name__}:{refusal.code}"] += 1
        return met

    def come_or_go(self) -> str:
        session, person = self.chance.choice(self.sessions), self.chance.choice(self.people)
        held = Enrollment.objects.live().filter(session=session, staff=person).first()
        return withdraw(held).status if held else apply(session, person).status

    def approve(self) -> str | None:
        waiting = list(Approval.objects.pending().select_related("enrollment").order_by("pk")[:5])
        if not waiting:
            return None
        one = self.chance.choice(waiting)
        elsewhere = one.enrollment.bureau_id == self.cast.industry.pk
        approving.approve(one, self.cast.industry_head if elsewhere else self.cast.head)
        return "approved"

    def answer(self) -> str | None:
        offered = list(Enrollment.objects.filter(status=Status.OFFERED).select_related("staff")[:5])
        if not offered:
            return None
        one, answer = self.chance.choice(offered), self.chance.choice([answers.accept_offer, answers.decline_offer])
        return str(answer(enrollment_id=one.pk, by=one.staff.user).status)

    def expire(self) -> str:
        session = self.chance.choice(self.sessions)
        theirs = SeatOffer.objects.filter(enrollment__session=session, enrollment__status=Status.OFFERED)
        theirs.update(expires_at=F("made_at") + dt.timedelta(microseconds=1))
        answers.expire_offers(session_id=session.pk, by=None)
        return "swept"

    def capacity(self) -> str:
        change_capacity(session_id=self.chance.choice(self.sessions).pk, capacity=self.chance.randint(4, 10), by=None)
        return "changed"

    def quotas(self) -> str:
        quotas = self.chance.choice(self.arrangements)
        set_quotas(session_id=self.chance.choice(self.sessions).pk, quotas=quotas, by=None)
        return "set"


MOVES: list[Callable[[Player], str | None]] = [
    Player.come_or_go, Player.approve, Player.answer, Player.expire, Player.capacity, Player.quotas,
]  # fmt: skip
WEIGHTS = [60, 14, 10, 4, 6, 6]


def jumps(sessions: Iterable[Session]) -> list[tuple[int, int]]:
    """Who got a seat while somebody of the same bureau with an earlier number waited, by the steps: (seated, passed over)."""
    found = []
    for session in sessions:
        rows = {each.pk: each for each in Enrollment.objects.filter(session=session)}
        waiting: set[int] = set()
        steps = EnrollmentStep.objects.filter(subject__session=session).order_by("pk")
        for _, together in groupby(steps, attrgetter("at", "new", "old")):
            batch = list(together)
            moved = {step.subject_id for step in batch}
            waiting -= moved
            if batch[0].old in ("", Status.WAITLISTED) and batch[0].new in PROMOTIONS:
                found += [
                    (one, other)
                    for one in moved
                    for other in waiting
                    if rows[other].bureau_id == rows[one].bureau_id and rows[other].queue_no < rows[one].queue_no
                ]
            if batch[0].new == Status.WAITLISTED:
                waiting |= moved
    return found


def sessions_of(cast: Cast) -> list[Session]:
    plain = open_session(capacity=6, times=())
    approved = approving.session(policy={"offer_hours": 48}, capacity=6, times=())
    offering = approving.session("none", policy={"offer_hours": 48}, capacity=6, times=())
    return [plain, approved, offering]


def rush(cast: Cast, attempts: int, threads: int = THREADS) -> tuple[list[Session], Counter[str]]:
    sessions, people = sessions_of(cast), both_bureaus(cast)
    each = -(-attempts // threads)
    met = at_once([partial(Player(seed, cast, sessions, people).play, each) for seed in range(threads)])
    total = sum((one for one in met if isinstance(one, Counter)), Counter[str]())
    assert total.total() == threads * each, "every attempt ended in an answer"
    return sessions, total


def faults(sessions: list[Session], met: Iterable[str]) -> set[str]:
    """What is wrong after a rush: invariants that are broken, a jump of the queue, a seat that idles while people wait, and
    what only the database stopped, because somebody decided by what was true no more."""
    found = {each.invariant.code for each in violations()} | ({"jump"} if jumps(sessions) else set())
    for session in sessions:
        before = line(session)
        queue.reconcile_queue(session_id=session.pk, by=None)
        found |= {"idle_seat"} if line(session) != before else set()
    return found | ({"stopped_by_the_database"} if STALE & set(met) else set())


STALE = {"come_or_go:session_full", "come_or_go:quota_full"} | {
    f"{move}:illegal_transition" for move in ("approve", "answer", "expire")
}


def check(sessions: list[Session], total: Counter[str]) -> None:
    assert faults(sessions, total) == set()
    moves = {name.split(":")[0] for name, number in total.items() if number}
    assert moves == {each.__name__ for each in MOVES}
    happened = {name.split(":")[1] for name in total}
    assert {"enrolled", "waitlisted", "withdrawn", "applied", "approved", "swept", "changed", "set"} <= happened


def test_two_thousand_mixed_attempts(cast: Cast) -> None:
    check(*rush(cast, 2000))


@pytest.mark.long
def test_a_million_mixed_attempts(cast: Cast) -> None:
    check(*rush(cast, 1_000_000))


def test_the_oracle_sees_a_jump(cast: Cast) -> None:
    """The control of the replay: a later number is seated before an earlier one."""
    session = open_session(capacity=1, times=())
    _, early, late = (apply(session, each) for each in crowd(cast, 3))
    Session.objects.filter(pk=session.pk).update(capacity=2)
    Enrollment.objects.filter(pk=late.pk).move_to(Status.ENROLLED, by=None, decided_at=clock.now())
    assert jumps([session]) == [(late.pk, early.pk)]


@contextmanager
def no_lock() -> Iterator[None]:
    """Of who takes or frees a seat; whoever changes the limit or the quotas waits for everybody as before."""
    whole = SessionQuerySet.locked_whole
    with pytest.MonkeyPatch.context() as patch:
        without_the_lock(patch)
        patch.setattr(SessionQuerySet, "locked_whole", whole)
        yield


@contextmanager
def no_strict_queue() -> Iterator[None]:
    look = promotion.queue_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(promotion, "queue_of", lambda session: look(session)[::-1])
        yield


@contextmanager
def no_reconciling() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queue, "reconcile", lambda session, **more: 0)
        yield


no_count_of_seats = partial(counting_seats_without, "UPDATE courses_session SET seats_taken.*?capacity IS NOT NULL;")
no_count_of_quotas = partial(counting_seats_without, "IF EXISTS .SELECT FROM courses_seatquota.*?END IF;")


@pytest.mark.parametrize(
    ("taken_away", "wrong"),
    [
        pytest.param(no_lock, {"jump", "idle_seat", "stopped_by_the_database"}, id="lock"),
        pytest.param(no_count_of_seats, {"session_over_capacity"}, id="count of seats"),
        pytest.param(
            no_count_of_quotas,
            {"quota_over_ceiling", "kept_seat_given_away", "quota_seats_differ"},
            id="count of quotas",
        ),
        pytest.param(no_strict_queue, {"jump"}, id="strict queue"),
        pytest.param(no_reconciling, {"idle_seat"}, id="reconciling"),
    ],
)
def test_control_without_a_guard_the_same_rush_goes_wrong(
    cast: Cast, taken_away: Callable[[], AbstractContextManager[None]], wrong: set[str]
) -> None:
    """Nearly always in the first of the rushes."""

    def rushed() -> set[str]:
        with taken_away():
            sessions, met = rush(cast, 160, threads=16)
        return faults(sessions, met)

    assert any(wrong & rushed() for _ in range(5))
