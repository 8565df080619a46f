"""After any changes everybody is bound by the live meetings that they are not exempted from, and by no others."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from academy.errors import DomainError
from academy.models import Notice, Staff
from courses.models import Meeting, Session, SessionInstructor
from courses.operations.places import take_places
from courses.rescheduling import Wanted
from enrollments.models import JUDGED, LIVE, Enrollment, MeetingExemption
from enrollments.operations.changes import Action, Resolution
from tests import stage
from tests.cast import Cast
from tests.enrollments.changes import meetings_of, new, preview, reschedule, spans, to
from tests.enrollments.scene import apply, crowd, open_session, withdraw

PEOPLE = 4
# A failing play is not shortened: each step of this takes long.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
WHO, WHICH = st.integers(0, PEOPLE - 1), st.integers(0, 1)
# So few times that changes of two sessions often meet; the last two overlap.
TIMES = [
    (f"2022-08-0{day} {begin}", f"2022-08-0{day} {end}") for day in (1, 2, 3) for begin, end in (("10:00", "12:00"),)
]
TIMES += [("2022-08-03 11:00", "2022-08-03 13:00")]
TIME = st.sampled_from(TIMES)
FATE = st.one_of(st.just("keep"), st.just("cancel"), TIME)


def refusals_of(move: Callable[[], object]) -> set[str]:
    """The codes of what was refused, place by place where there are places."""
    try:
        move()
    except DomainError as refusal:
        return {fault.code for fault in refusal.faults} | ({refusal.code} - {"invalid_input"})
    return set()


class Play(RuleBasedStateMachine):
    cast: Cast
    people: list[Staff]

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.sessions = [open_session(capacity=3, times=TIMES[:2]), open_session(capacity=3, times=TIMES[2:3])]
        for number, session in enumerate(self.sessions):
            teacher = stage.instructor(f"講師{number}")
            SessionInstructor.objects.create(session=session, instructor=teacher)
            take_places(session.pk)

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)

    @initialize()
    def people_apply(self) -> None:
        for who in range(PEOPLE):
            for which in (0, 1):
                self.somebody_applies(who, which)

    @rule(who=WHO, which=WHICH)
    def somebody_applies(self, who: int, which: int) -> None:
        refused = refusals_of(lambda: apply(self.sessions[which], self.people[who]))
        assert refused <= {"already_applied", "person_clash"}

    @rule(who=WHO, which=WHICH)
    def somebody_withdraws(self, who: int, which: int) -> None:
        held = Enrollment.objects.live().filter(session=self.sessions[which], staff=self.people[who]).first()
        if held:
            withdraw(held)

    @rule(
        which=WHICH, fates=st.lists(FATE, max_size=4), more=st.lists(TIME, max_size=1), action=st.sampled_from(Action)
    )
    def the_office_reschedules(self, which: int, fates: list[Any], more: list[tuple[str, str]], action: Action) -> None:
        session = self.sessions[which]
        wanted = [each for meeting, fate in self._with_fates(session, fates) if (each := self._wanted(meeting, fate))]
        wanted += [new(*times) for times in more]
        told, state, number = Notice.objects.count(), self._state(), 0

        def change() -> None:
            nonlocal number
            impact = preview(self.cast, session, meetings=wanted)
            resolutions = [self._resolution(key, action) for key in sorted(impact.unresolved)]
            seen = preview(self.cast, session, meetings=wanted, resolutions=resolutions)
            number = len(seen.told)
            assert self._state() == state
            reschedule(self.cast, session, meetings=wanted, resolutions=resolutions, confirmed=seen.digest)

        refused = refusals_of(change)
        assert refused <= {"required", "meetings_overlap", "no_meeting_left", "no_clash"}
        assert not refused or self._state() == state
        assert Notice.objects.count() == told + (0 if refused else number)

    @staticmethod
    def _with_fates(session: Session, fates: list[Any]) -> list[tuple[Meeting, Any]]:
        return [(meeting, [*fates, *["keep"] * 9][place]) for place, meeting in enumerate(meetings_of(session)[:9])]

    @staticmethod
    def _wanted(meeting: Meeting, fate: Any) -> Wanted | None:
        if fate == "cancel":
            return None
        return Wanted(meeting.public_id) if fate == "keep" else to(meeting, *fate)

    @staticmethod
    def _resolution(key: int, action: Action) -> Resolution:
        return Resolution(Enrollment.objects.get(pk=key).public_id, action, "理由")

    @staticmethod
    def _state() -> list[Any]:
        rows = Enrollment.objects.order_by("pk").values_list("pk", "status", "busy", "reference_date")
        meetings = Meeting.objects.order_by("pk").values_list("pk", "during", "sequence", "cancelled_at")
        return [*rows, *meetings, MeetingExemption.objects.count(), Notice.objects.count()]

    @invariant()
    def everybody_is_bound_by_the_live_meetings_less_the_exempted(self) -> None:
        exempted = set(MeetingExemption.objects.values_list("enrollment_id", "meeting_id"))
        for session in self.sessions:
            live = sorted(meetings_of(session), key=lambda meeting: meeting.during)
            for row in Enrollment.objects.filter(session=session, status__in=[*LIVE, *JUDGED]):
                bound = [meeting.during for meeting in live if (row.pk, meeting.pk) not in exempted]
                assert bound
                assert spans(row.busy) == spans(bound)

    @invariant()
    def instructors_are_bound_by_the_live_meetings(self) -> None:
        for session in self.sessions:
            live = sorted(meeting.during for meeting in meetings_of(session))
            assert spans(SessionInstructor.objects.get(session=session).busy) == spans(live)

    @invariant()
    def no_seat_is_left_over_and_none_oversold(self) -> None:
        for session in self.sessions:
            session.refresh_from_db()
            assert session.seats_taken == Enrollment.objects.filter(session=session).seated().count() <= 3

    @invariant()
    def the_days_are_those_of_the_meetings(self) -> None:
        for session in self.sessions:
            days = sorted(meeting.during.lower.astimezone(stage.TOKYO).date() for meeting in meetings_of(session))
            assert (session.starts_on, session.ends_on) == (days[0], days[-1])
            live = Enrollment.objects.live().filter(session=session)
            assert set(live.values_list("reference_date", flat=True)) <= {days[0]}


def test_any_order_of_changes_binds_everybody_rightly(cast: Cast) -> None:
    Play.cast, Play.people = cast, crowd(cast, PEOPLE)
    run_state_machine_as_test(
        Play,
        settings=settings(
            max_examples=20,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=PHASES,
        ),
    )
