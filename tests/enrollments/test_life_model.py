"""The whole life of an enrolment, moves in any order, against the lists of `tests.enrollments.life`."""

from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from courses.models import AudiencePerson
from enrollments.models import Decision, EndedAs, Enrollment, ExemptionKind, Mark, SeatBatch
from enrollments.operations import (
    answers,
    attendance,
    batches,
    decisions,
    exemptions,
    leaving,
    publishing,
    sessions,
)
from enrollments.operations.attendance import Marking
from enrollments.operations.changes import cancel_session
from tests import cast as members
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments.life import World
from tests.enrollments.living import QUOTAS, SWEEPS, Play, move, some_are
from tests.enrollments.places import FIRST_DAY, LIVE, PEOPLE, TAKING_PART, Kept, Kind, bureau_of
from tests.enrollments.scene import assign, crowd, withdraw

# A failing play is not shortened: each step of this takes long.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
WHO, WHICH = st.integers(0, PEOPLE - 1), st.integers(0, 1)
NUMBER = st.integers(0, 11)
NUMBERS = st.lists(NUMBER, min_size=1, max_size=3)
CAPACITY = st.sampled_from([0, 1, 2, 2, 3, 3, 4, None])
OVERDUE = st.sampled_from(["escalate", "pass", "drop"])
TOLD = {
    "already_applied", "course_taken_this_year", "not_eligible", "person_clash",
    "session_full", "quota_full", "seats_kept_for_others",
}  # fmt: skip


def a_kind(decided: bool, stages: st.SearchStrategy[int]) -> st.SearchStrategy[Kind]:
    return st.builds(
        Kind,
        decided=st.just(decided),
        stages=stages,
        overdue=st.fixed_dictionaries({"unit_head": OVERDUE, "bureau": OVERDUE}),
        offers=st.sampled_from([True, True, False]),
        repeatable=st.booleans(),
        together=st.booleans(),
    )


class Life(Play):
    """What people, the office and time may do."""

    # Coming.

    @move(lambda life: life.world.day <= life.world.kind.closes, often=2, which=WHICH, number=NUMBER)
    def somebody_applies(self, which: int, number: int) -> None:
        self.comes(which, self.person(which, number))

    @move(which=WHICH, numbers=NUMBERS)
    def the_office_assigns(self, which: int, numbers: list[int]) -> None:
        who = list(dict.fromkeys(self.person(which, each) for each in numbers))
        staff = [self.people[each] for each in who]
        self.both(
            lambda: [TOLD & set(codes) for codes in assign(self.sessions[which], staff, self.cast)],
            lambda to: to.assign(which, who),
        )

    @move(
        some_are("applied"),
        lambda life: life.world.kind.stages,
        often=3,
        number=NUMBER,
        agrees=st.sampled_from([True, True, True, False]),
    )
    def somebody_in_charge_decides(self, number: int, agrees: bool) -> None:
        self.decided_by_who_is_in_charge(*self.place(number, ("applied",)), agrees=agrees)

    # Offers and seats.

    @move(some_are("offered"), often=5, number=NUMBER, accepts=st.booleans())
    def somebody_answers_an_offer(self, number: int, accepts: bool) -> None:
        answer = answers.accept_offer if accepts else answers.decline_offer
        self.of_a_place(
            number,
            ("offered",),
            lambda row: answer(enrollment_id=row.pk, by=None),
            lambda to, which, place: to.answer(which, place, accepts=accepts),
        )

    @move(which=WHICH, capacity=CAPACITY)
    def the_limit_changes(self, which: int, capacity: int | None) -> None:
        session = self.sessions[which]
        self.both(
            lambda: sessions.change_capacity(session_id=session.pk, capacity=capacity, by=self.cast.hr),
            lambda to: to.limit(which, capacity),
        )

    @move(often=2, which=WHICH, quotas=QUOTAS)
    def seats_are_kept(self, which: int, quotas: dict[str, Kept]) -> None:
        self.seats_are_kept_for_bureaus(which, quotas)

    @move(who=WHO)
    def somebody_leaves_or_joins_the_audience(self, who: int) -> None:
        audience, person = self.sessions[0].course.audience, self.people[who]
        if who in self.world.excluded:
            AudiencePerson.objects.filter(audience=audience, staff=person).delete()
        else:
            AudiencePerson.objects.create(audience=audience, staff=person, kind="exclude", reason="対象外")
        self.world.excluded ^= {who}

    # Leaving.

    @move(some_are(*LIVE), number=NUMBER)
    def somebody_withdraws(self, number: int) -> None:
        self.of_a_place(number, LIVE, withdraw, World.withdraw)

    @move(some_are("waitlisted"), often=2, number=NUMBER)
    def somebody_gives_a_seat_up(self, number: int) -> None:
        self.of_a_place(number, ("enrolled",), withdraw, World.withdraw)

    @move(some_are("enrolled"), number=NUMBER, instead=NUMBER)
    def somebody_else_takes_the_seat(self, number: int, instead: int) -> None:
        which, at = self.place(number, ("enrolled",))
        who = self.person(which, instead, bureau_of(self.world.runs[which].places[at].who))
        staff = self.people[who].pk
        self.of_a_place(
            number,
            ("enrolled",),
            lambda row: leaving.substitute(enrollment_id=row.pk, staff_id=staff, reason="業務", by=self.cast.hr),
            lambda to, which, place: to.substitute(which, place, who),
        )

    @move(some_are("enrolled"), number=NUMBER)
    def somebody_moves_to_the_other_session(self, number: int) -> None:
        which, _ = self.place(number, ("enrolled",))
        target = self.sessions[1 - which].pk
        self.of_a_place(
            number,
            ("enrolled",),
            lambda row: leaving.transfer(enrollment_id=row.pk, session_id=target, by=self.cast.hr),
            World.transfer,
        )

    @move(some_are("offered", "enrolled", "in_progress"), numbers=NUMBERS)
    def the_office_cancels_seats(self, numbers: list[int]) -> None:
        found = [self.place(each, ("offered", "enrolled", "in_progress")) for each in numbers]
        which, _ = found[0]
        places = list({at for session, at in found if session == which})
        keys = [self.row(which, at).pk for at in places]

        def real() -> list[str]:
            done = batches.cancel_seats(
                session_id=self.sessions[which].pk, enrollment_ids=keys, reason="業務", by=self.cast.hr
            )
            return sorted("".join(each.codes) for each in done)

        self.both(real, lambda to: sorted(to.cancel_seats(which, [to.runs[which].places[at] for at in places])))

    @move(lambda life: life.world.batches, number=NUMBER)
    def an_assignment_is_undone(self, number: int) -> None:
        which = number % len(self.world.batches)
        batch = SeatBatch.objects.order_by("pk")[which]

        def real() -> list[str]:
            done = batches.undo_batch(batch_id=batch.pk, reason="誤り", by=self.cast.hr)
            return sorted("".join(each.codes) for each in done)

        self.both(real, lambda to: sorted(to.undo(which)))

    @move(some_are("enrolled"), some_are("waitlisted"), often=2, number=NUMBER)
    def somebody_is_taken_out_past_the_operations(self, number: int) -> None:
        """A seat that is freed behind the queue's back stays free until somebody looks."""
        seats = self.places(("enrolled",))
        which, at = seats[number % len(seats)]
        row = Enrollment.objects.filter(pk=self.row(which, at).pk)
        row.move_to("cancelled", by=None, ended_as=EndedAs.BY_OFFICE)
        self.world.runs[which].places[at].end("cancelled", "by_office")

    @move(number=st.integers(0, 5))
    def a_session_is_cancelled(self, number: int) -> None:
        """Seldom, because little happens afterwards."""
        if number in (2, 3):
            which = number - 2
            session = self.sessions[which].pk
            self.both(
                lambda: cancel_session(session_id=session, reason="台風", by=self.cast.hr), lambda to: to.cancel(which)
            )

    # Decisions.

    @move(lambda life: life.world.kind.decided, often=2, which=WHICH, reserves=st.booleans())
    def a_decision_is_proposed(self, which: int, reserves: bool) -> None:
        keys = [self.sessions[which].pk]
        self.both(
            lambda: decisions.propose_decision(session_ids=keys, reserves=reserves, by=self.cast.hr),
            lambda to: to.propose(which, reserves=reserves),
        )

    @move(lambda life: any(run.draft is not None for run in life.world.runs), often=4, which=WHICH)
    def a_decision_is_published(self, which: int) -> None:
        which = which if self.world.runs[which].draft is not None else 1 - which
        draft = Decision.objects.get(sessions__session=self.sessions[which], sessions__open=True)
        self.both(
            lambda: publishing.publish_decision(decision_id=draft.pk, by=self.cast.hr), lambda to: to.publish(which)
        )

    # Time, and what became of it.

    @move(weeks=st.sampled_from([1, 1, 2]), swept=st.booleans())
    def time_goes_on(self, weeks: int, swept: bool) -> None:
        self.time_goes_by(weeks, swept=swept)

    @move(over=st.sampled_from(sorted(SWEEPS)))
    def one_sweep_passes(self, over: str) -> None:
        self.a_sweep_passes(over)

    @move(
        some_are(*TAKING_PART),
        lambda life: life.world.day >= FIRST_DAY,
        often=4,
        number=NUMBER,
        meeting=st.integers(0, 1),
        there=st.sampled_from([True, True, False]),
    )
    def somebody_is_marked(self, number: int, meeting: int, there: bool) -> None:
        which, _ = self.place(number, TAKING_PART)
        session = self.sessions[which]
        held = session.meetings.order_by("position")[meeting].pk
        mark = Mark.PRESENT if there else Mark.ABSENT
        self.of_a_place(
            number,
            TAKING_PART,
            lambda row: attendance.mark_attendance(
                session_id=session.pk, meeting_id=held, marks=[Marking(row.public_id, mark, "確認")], by=self.cast.hr
            ),
            lambda to, which, place: to.mark(which, place, meeting, there=there),
        )

    @move(some_are(*TAKING_PART), lambda life: life.world.day >= FIRST_DAY, number=NUMBER)
    def somebody_is_exempted(self, number: int) -> None:
        self.of_a_place(
            number,
            TAKING_PART,
            lambda row: exemptions.exempt(
                enrollment_id=row.pk, kind=ExemptionKind.OTHER, reason="業務", by=self.cast.hr
            ),
            lambda to, _, place: to.exempt(place),
        )


class FirstCome(Life):
    """Nobody has to agree: seats in the order of coming, a free one to the queue first."""

    kinds = a_kind(decided=False, stages=st.just(0))


class Approved(Life):
    """Somebody has to agree before there is a seat, or a place in the queue by the early number."""

    kinds = a_kind(decided=False, stages=st.integers(1, 2))


class Decided(Life):
    """A decision over everybody who applied, and a queue of those who were left."""

    kinds = a_kind(decided=True, stages=st.integers(0, 2))


LIVES = [FirstCome, Approved, Decided]


def play(life: type[Life], cast: Cast, at: Clock, **more: Any) -> None:
    people = crowd(cast, PEOPLE)
    for number, person in enumerate(people):
        if bureau_of(number) == "industry":
            members.repost(person, organization=cast.trade)
    more = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": PHASES, **more}
    run_state_machine_as_test(partial(life, cast, people, at), settings=settings(**more))  # type: ignore[arg-type] # what makes one will do


@pytest.mark.parametrize("life", LIVES)
def test_any_order_of_moves_ends_where_the_lists_say(cast: Cast, at: Clock, life: type[Life]) -> None:
    play(life, cast, at, max_examples=20, stateful_step_count=20)


@pytest.mark.long
@pytest.mark.parametrize("life", LIVES)
def test_many_orders_of_many_moves(cast: Cast, at: Clock, life: type[Life]) -> None:
    play(life, cast, at, max_examples=1000, stateful_step_count=50)
