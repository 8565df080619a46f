"""A play of the whole life of an enrolment, without its moves: those are in `test_life_model`."""

import datetime as dt
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any, ClassVar, NamedTuple, TypeVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from academy.errors import DomainError
from academy.models import Staff, User
from courses.models import EnrollmentPolicy
from courses.operations.quotas import Quota
from enrollments import tasks
from enrollments.invariants import violations
from enrollments.models import Approval, Enrollment
from enrollments.operations.quotas import set_quotas
from tests import stage
from tests.cast import Cast
from tests.conftest import THE_DAY, Clock
from tests.enrollments import approving
from tests.enrollments.life import World
from tests.enrollments.places import FIRST_DAY, HELD, PEOPLE, Kept, Kind, Place, Refused, Run, bureau_of
from tests.enrollments.scene import apply, open_session

T = TypeVar("T")
ANY = (*HELD, "rejected", "withdrawn", "cancelled", "lapsed")
# How many weeks have gone by when a play begins: by whether there is a decision, which comes after the applications.
BEGINNINGS = {False: [(), (), (), (3, 3, 3), (3, 3, 3)], True: [(), (2,), (2,), (2,), (2,), (3, 3, 3)]}
BEGIN_WITH = st.sampled_from([1, 1, 2, 2, 3, None])
KEPT = st.sampled_from([Kept(1, None), Kept(2, None), Kept(0, 1), Kept(1, 1), Kept(1, 2), Kept(2, 2)])
QUOTAS = st.dictionaries(st.sampled_from(["digital", "industry"]), KEPT, max_size=2)
SWEEPS: dict[str, tuple[Callable[[], None], Callable[[World], None]]] = {
    "queues": (tasks.reconcile_queues, World.move_all_up),
    "offers": (tasks.expire_offers, World.end_offers),
    "approvals": (tasks.end_overdue_approvals, World.end_what_is_overdue),
    "results": (tasks.judge_ended_sessions, World.judge_what_is_over),
}
CHAINS = ("none", "unit_head", "unit_head_and_bureau")


def day_of(number: int, time: str = "10:00") -> dt.datetime:
    day = (THE_DAY + dt.timedelta(days=number)).date()
    return stage.tokyo(f"{day} {time}")


def one_of(meant: Sequence[T], everything: Sequence[T], number: int) -> T:
    """What a number points at; every fourth points at everything, so that moves are refused as well."""
    among = meant if meant and number % 4 else everything
    return among[number % len(among)]


Condition = Callable[["Play"], object]


class Move(NamedTuple):
    make: Callable[..., None]
    when: tuple[Condition, ...]
    often: int
    given: dict[str, st.SearchStrategy[Any]]


MOVES: dict[str, Move] = {}


def move(
    *when: Condition, often: int = 1, **given: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """What may happen in a play where all conditions hold, and so many times as often as something else.

    No rules of their own: of those Hypothesis leaves out half in each play, and a life takes many kinds, one after another.
    """

    def remember(make: Callable[..., None]) -> Callable[..., None]:
        MOVES[make.__name__] = Move(make, when, often, given)
        return make

    return remember


def some_are(*statuses: str) -> Condition:
    return lambda life: life.places(statuses)


class Play(RuleBasedStateMachine):
    """Each move is made with the operations and in the lists; both have to end alike."""

    kinds: ClassVar[st.SearchStrategy[Kind]]

    def __init__(self, cast: Cast, people: list[Staff], at: Clock) -> None:
        super().__init__()
        self.cast, self.people, self.at = cast, people, at
        self.before = transaction.savepoint()
        at(THE_DAY)

    def teardown(self) -> None:
        try:
            assert violations() == []
        finally:
            transaction.savepoint_rollback(self.before)

    @initialize(data=st.data(), capacities=st.tuples(BEGIN_WITH, BEGIN_WITH), who=st.permutations(range(PEOPLE)))
    def two_sessions_open_and_people_apply(
        self, data: st.DataObject, capacities: tuple[int | None, int | None], who: list[int]
    ) -> None:
        kind = data.draw(self.kinds)
        begins = (FIRST_DAY, FIRST_DAY if kind.together else FIRST_DAY + 2)
        self.world = World(kind, [Run(*each) for each in zip(begins, capacities, strict=True)])
        program = stage.program()
        EnrollmentPolicy.objects.create(
            program=program,
            approval=CHAINS[kind.stages],
            unit_head_days=2,
            unit_head_overdue=kind.overdue["unit_head"],
            bureau_days=2,
            bureau_overdue=kind.overdue["bureau"],
            offer_hours=40 if kind.offers else None,
        )
        course = stage.course(program, repeatable=kind.repeatable, policy=stage.policy(certifies=True))
        self.sessions = [
            open_session(
                course=course,
                capacity=run.capacity,
                selection="screening" if kind.decided else "first_come",
                apply_until=day_of(kind.closes, "17:00"),
                times=[
                    (f"{day_of(day):%Y-%m-%d} 09:00", f"{day_of(day):%Y-%m-%d} 17:00") for day in (run.first, run.last)
                ],
            )
            for run in self.world.runs
        ]
        self.seats_are_kept_for_bureaus(0, data.draw(QUOTAS))
        for which, each in [*((0, each) for each in who[:4]), *((1, each) for each in who[3:5])]:
            self.comes(which, each)
        for _ in range(data.draw(st.integers(0, kind.stages))):
            for which, at in self.places(("applied",)):
                self.decided_by_who_is_in_charge(which, at, agrees=True)
        for weeks in data.draw(st.sampled_from(BEGINNINGS[kind.decided])):
            self.time_goes_by(weeks, swept=False)

    def comes(self, which: int, who: int) -> None:
        self.both(lambda: apply(self.sessions[which], self.people[who]), lambda to: to.apply(which, who))

    def seats_are_kept_for_bureaus(self, which: int, quotas: dict[str, Kept]) -> None:
        bureaus = {"digital": self.cast.digital, "industry": self.cast.industry}
        made = [Quota(bureaus[each], kept.seats, ceiling=kept.most) for each, kept in quotas.items()]
        self.both(
            lambda: set_quotas(session_id=self.sessions[which].pk, quotas=made, by=self.cast.hr),
            lambda to: to.keep(which, quotas),
        )

    def both(self, real: Callable[[], object], model: Callable[[World], object]) -> None:
        """Make a move twice, in the lists on a copy that is kept unless the move is refused. Lists answer for each person."""
        after = deepcopy(self.world)
        try:
            expected = model(after)
            self.world = after
        except Refused as refusal:
            expected = refusal.code
        try:
            answered = real()
        except DomainError as refusal:
            answered = refusal.code
        assert (answered if isinstance(answered, str | list) else None) == expected

    def of_a_place(
        self,
        number: int,
        statuses: tuple[str, ...],
        real: Callable[[Enrollment], object],
        model: Callable[[World, int, Place], object],
    ) -> None:
        """The same with a place: one with some of the statuses, or sometimes any."""
        which, at = self.place(number, statuses)
        row = self.row(which, at)
        self.both(lambda: real(row), lambda to: model(to, which, to.runs[which].places[at]))

    def places(self, statuses: tuple[str, ...]) -> list[tuple[int, int]]:
        """Which session, and which place of its list."""
        return [
            (which, at)
            for which, run in enumerate(self.world.runs)
            for at, each in enumerate(run.places)
            if each.status in statuses
        ]

    def place(self, number: int, statuses: tuple[str, ...]) -> tuple[int, int]:
        return one_of(self.places(statuses), self.places(ANY), number)

    def person(self, which: int, number: int, bureau: str = "") -> int:
        """Somebody who has no place in a session, or sometimes anybody."""
        here = {each.who for each in self.world.runs[which].places if each.status in HELD}
        others = [each for each in range(PEOPLE) if each not in here and bureau in ("", bureau_of(each))]
        return one_of(others, range(PEOPLE), number)

    def row(self, which: int, at: int) -> Enrollment:
        rows = Enrollment.objects.select_related("staff").filter(session=self.sessions[which])
        return rows.get(queue_no=self.world.runs[which].places[at].number)

    def decided_by_who_is_in_charge(self, which: int, at: int, *, agrees: bool) -> None:
        place = self.world.runs[which].places[at]
        if not place.stages:
            return
        head = self.cast.head if bureau_of(place.who) == "digital" else self.cast.industry_head
        in_charge: dict[str, Staff | User] = {"unit_head": head, "bureau": self.cast.bureau_hr, "office": self.cast.hr}
        by = in_charge[place.stages[-1][0]]
        asked = Approval.objects.filter(enrollment=self.row(which, at)).latest("pk")
        move = approving.approve if agrees else approving.refuse
        self.both(lambda: move(asked, by), lambda to: to.decide(which, to.runs[which].places[at], agrees=agrees))

    def time_goes_by(self, weeks: int, swept: bool) -> None:
        """By weeks until the sessions begin, then by days; with or without what happens at night."""
        day = self.world.day
        self.world.day = min(day + 7 * weeks, FIRST_DAY) if day < FIRST_DAY else min(day + 1, FIRST_DAY + 4)
        self.at(day_of(self.world.day))
        for over in SWEEPS if swept else ():
            self.a_sweep_passes(over)

    def a_sweep_passes(self, over: str) -> None:
        self.both(*SWEEPS[over])

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        possible = [
            name for name, each in MOVES.items() if all(holds(self) for holds in each.when) for _ in range(each.often)
        ]
        chosen = MOVES[data.draw(st.sampled_from(possible))]
        chosen.make(self, **{name: data.draw(strategy, label=name) for name, strategy in chosen.given.items()})

    @invariant()
    def everybody_is_where_the_lists_have_them(self) -> None:
        numbers = {person.pk: number for number, person in enumerate(self.people)}
        stages: dict[int, list[tuple[str, str]]] = {}
        for enrollment, *stage_of in Approval.objects.order_by("pk").values_list("enrollment_id", "level", "status"):
            stages.setdefault(enrollment, []).append((stage_of[0], stage_of[1]))
        for session, run in zip(self.sessions, self.world.runs, strict=True):
            rows = Enrollment.objects.filter(session=session).order_by("queue_no")
            found = [
                (numbers[staff], number, status, ended_as, stages.get(pk, []))
                for pk, staff, number, status, ended_as in rows.values_list(
                    "pk", "staff_id", "queue_no", "status", "ended_as"
                )
            ]
            places = sorted(run.places, key=lambda place: place.number)
            assert found == [(each.who, each.number, each.status, each.ended_as, each.stages) for each in places]

    @invariant()
    def the_counter_is_the_count(self) -> None:
        for session, run in zip(self.sessions, self.world.runs, strict=True):
            session.refresh_from_db(fields=["seats_taken", "capacity"])
            assert (session.capacity, session.seats_taken) == (
                run.capacity,
                run.taken() if run.capacity is not None else 0,
            )
