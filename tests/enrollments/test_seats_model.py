"""Applications, withdrawals, limits and assignments in any order, against a model of a few lines in plain Python."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from academy.errors import DomainError
from academy.models import Staff
from courses.models import AudiencePerson
from enrollments import tasks
from enrollments.models import Enrollment
from enrollments.operations import sessions
from tests.cast import Cast
from tests.enrollments.scene import apply, assign, crowd, line, open_session, withdraw

PEOPLE = 6
WHO = st.integers(0, PEOPLE - 1)
EVERYBODY = float("inf")


@dataclass
class Model:
    """What the queue promises: seats in the order of coming, a free seat to the queue first, rules for everybody."""

    capacity: float = 2
    rows: list[list[Any]] = field(default_factory=list)  # [person, status] in the order of coming
    excluded: set[int] = field(default_factory=set)
    elsewhere: set[int] = field(default_factory=set)  # seated in a session at the same time

    def among(self, *statuses: str) -> list[int]:
        return [person for person, status in self.rows if status in statuses]

    @property
    def free(self) -> float:
        return self.capacity - len(self.among("enrolled"))

    def why_not(self, person: int, *, here: bool = True) -> list[str]:
        found = ["already_applied"] if here and person in self.among("enrolled", "waitlisted") else []
        found += ["not_eligible"] if person in self.excluded else []
        return found + (["person_clash"] if person in self.elsewhere else [])

    def promote(self) -> None:
        for row in self.rows:
            if row[1] == "waitlisted" and self.free > 0 and not self.why_not(row[0], here=False):
                row[1] = "enrolled"

    def apply(self, person: int) -> str:
        if refused := self.why_not(person):
            return refused[0]
        self.promote()
        self.rows.append([person, "enrolled" if self.free > 0 else "waitlisted"])
        return str(self.rows[-1][1])

    def withdraw(self, person: int) -> None:
        [row] = [row for row in self.rows if row[0] == person and row[1] in {"enrolled", "waitlisted"}]
        row[1] = "withdrawn"
        self.promote()

    def cancel(self, person: int) -> None:
        """A seat that is freed behind the queue's back stays free until somebody looks."""
        [row] = [row for row in self.rows if row == [person, "enrolled"]]
        row[1] = "cancelled"

    def limit(self, capacity: float) -> str:
        if capacity < len(self.among("enrolled")):
            return "capacity_below_seats_taken"
        self.capacity = capacity
        self.promote()
        return "done"

    def assign(self, people: list[int]) -> list[bool]:
        passed = {person for person in people if not self.why_not(person)}
        self.promote()
        seated = []
        for person in people:
            seated.append(person in passed and self.free > 0)
            if seated[-1]:
                self.rows.append([person, "enrolled"])
        return seated


class Play(RuleBasedStateMachine):
    cast: Cast
    people: list[Staff]

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.model = Model()
        self.session = open_session(capacity=2)
        self.other = open_session(capacity=None)

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)

    @initialize(who=st.permutations(range(PEOPLE)))
    def a_crowd_applies(self, who: list[int]) -> None:
        for each in who[:4]:
            self.somebody_applies(each)

    def outcome(self, move: Any) -> str:
        try:
            result = move()
        except DomainError as refusal:
            return refusal.code
        return str(result.status) if isinstance(result, Enrollment) else "done"

    @rule(who=WHO)
    def somebody_applies(self, who: int) -> None:
        assert self.outcome(lambda: apply(self.session, self.people[who])) == self.model.apply(who)

    @rule(who=WHO)
    def somebody_withdraws(self, who: int) -> None:
        held = Enrollment.objects.live().filter(session=self.session, staff=self.people[who]).first()
        if held:
            withdraw(held)
            self.model.withdraw(who)

    @rule(who=WHO)
    def somebody_is_taken_out_past_the_operations(self, who: int) -> None:
        if who in self.model.among("enrolled"):
            held = Enrollment.objects.filter(session=self.session, staff=self.people[who], status="enrolled")
            held.move_to("cancelled", by=None)
            self.model.cancel(who)

    @rule()
    def the_sweep_passes(self) -> None:
        tasks.reconcile_queues()
        self.model.promote()

    @rule(capacity=st.integers(0, 5) | st.none())
    def the_limit_changes(self, capacity: int | None) -> None:
        limit = EVERYBODY if capacity is None else capacity
        real = self.outcome(
            lambda: sessions.change_capacity(session_id=self.session.pk, capacity=capacity, by=self.cast.hr)
        )
        assert real == self.model.limit(limit)

    @rule(who=st.lists(WHO, min_size=1, max_size=4, unique=True))
    def the_office_assigns(self, who: list[int]) -> None:
        real = assign(self.session, [self.people[each] for each in who], self.cast)
        assert [not codes for codes in real] == self.model.assign(who)

    @rule(who=WHO)
    def somebody_leaves_or_joins_the_audience(self, who: int) -> None:
        audience, person = self.session.course.audience, self.people[who]
        if who in self.model.excluded:
            AudiencePerson.objects.filter(audience=audience, staff=person).delete()
        else:
            AudiencePerson.objects.create(audience=audience, staff=person, kind="exclude", reason="対象外")
        self.model.excluded ^= {who}

    @rule(who=WHO)
    def somebody_sits_elsewhere_or_comes_back(self, who: int) -> None:
        held = Enrollment.objects.live().filter(session=self.other, staff=self.people[who]).first()
        if held:
            withdraw(held)
            self.model.elsewhere.discard(who)
        elif who in self.model.among("enrolled"):
            assert self.outcome(lambda: apply(self.other, self.people[who])) == "person_clash"
        else:
            apply(self.other, self.people[who])
            self.model.elsewhere.add(who)

    @invariant()
    def everybody_is_where_the_model_has_them(self) -> None:
        names = {person.pk: number for number, person in enumerate(self.people)}
        assert [[names[staff], status] for staff, status in line(self.session)] == self.model.rows

    @invariant()
    def the_counter_is_the_count(self) -> None:
        self.session.refresh_from_db()
        seated = len(self.model.among("enrolled"))
        assert self.session.seats_taken == (0 if self.session.capacity is None else seated)
        assert seated <= self.model.capacity


def test_any_order_of_moves_ends_where_the_model_says(cast: Cast) -> None:
    Play.cast, Play.people = cast, crowd(cast, PEOPLE)
    run_state_machine_as_test(
        Play,
        settings=settings(
            max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
