"""A decision over all applicants: drafted, changed for reasons, published with a number, and invisible until then."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from academy.errors import InvalidInput
from academy.models import AuditEvent, Notice, RoleGrant, Staff
from courses.models import SeatQuota, Session
from enrollments.errors import NotEligible, SessionBegun
from enrollments.errors.decisions import (
    ApplicationsOpen,
    ApprovalsPending,
    DecisionOutdated,
    DecisionSettled,
    DraftExists,
    DrawMissing,
    NobodyApplied,
    NotByDecision,
    SessionsApart,
)
from enrollments.models import Decision, DecisionLine, Enrollment, EnrollmentStep
from enrollments.operations import decisions, windows
from tests import stage
from tests.cast import ALWAYS, Cast, repost
from tests.enrollments import approving
from tests.enrollments.deciding import (
    CLOSED,
    Clock,
    change,
    outcomes,
    propose,
    publish,
    screening,
    states,
)
from tests.enrollments.scene import apply, assign, crowd, line, open_session, withdraw
from tests.enrollments.test_draws import drawn, lottery_session, places
from tests.enrollments.test_wishes import wish

APPLIED, SEAT, WAITS = ("applied", ""), ("enrolled", ""), ("waitlisted", "")


def test_a_draft_is_published_with_number_and_date(cast: Cast, at: Clock) -> None:
    session, applied = screening(cast)
    at(CLOSED)
    decision = propose(cast, session)
    assert outcomes(decision, applied) == ["seat", "seat", "reserve", "reserve"]
    assert [row.codes for row in decision.lines.order_by("position")] == [[], [], ["session_full"], ["session_full"]]
    assert states(applied) == [APPLIED] * 4
    published = publish(cast, decision)
    assert (published.status, published.fiscal_year, published.number) == ("published", 2022, 1)
    assert str(published.decided_on) == "2022-07-10"
    assert states(applied) == [SEAT, SEAT, WAITS, WAITS]
    first = Enrollment.objects.get(pk=applied[0].pk)
    assert first.decided_at is not None
    step = first.steps.latest("pk")
    assert (step.old, step.new, step.by) == ("applied", "enrolled", cast.hr)
    event = AuditEvent.objects.get(action="enrollments.publish_decision")
    assert event.detail == {"seats": 2, "lines": 4, "left_out": 0, "promoted": 0}
    with pytest.raises(DecisionSettled):
        publish(cast, decision)
    with pytest.raises(DecisionSettled):
        change(cast.hr, decision, (applied[0], "not_selected"))


def test_numbers_have_no_gap_and_a_discarded_draft_takes_none(cast: Cast, at: Clock) -> None:
    sessions = [screening(cast)[0] for _ in range(3)]
    at(CLOSED)
    drafts = [propose(cast, each) for each in sessions]
    decisions.discard_decision(decision_id=drafts[0].pk, by=cast.hr)
    assert [publish(cast, each).number for each in drafts[1:]] == [1, 2]
    assert publish(cast, propose(cast, sessions[0])).number == 3


def test_reserves_move_up_in_the_order_of_the_list(cast: Cast, at: Clock) -> None:
    session, applied = screening(cast, 5)
    at(CLOSED)
    decision = propose(cast, session)
    change(cast.hr, decision, (applied[0], "reserve"), (applied[4], "seat"))
    assert outcomes(decision, applied) == ["reserve", "seat", "reserve", "reserve", "seat"]
    publish(cast, decision)
    assert states(applied) == [WAITS, SEAT, WAITS, WAITS, SEAT]
    withdraw(Enrollment.objects.get(pk=applied[1].pk))
    withdraw(Enrollment.objects.get(pk=applied[4].pk))
    assert states(applied)[0] == states(applied)[2] == SEAT
    assert states(applied)[3] == WAITS


def test_without_reserves_the_rest_is_not_selected(cast: Cast, at: Clock) -> None:
    session, applied = screening(cast, 3)
    at(CLOSED)
    publish(cast, propose(cast, session, reserves=False))
    assert states(applied) == [SEAT, SEAT, ("rejected", "not_selected")]


def test_who_does_not_pass_the_rules_is_out(cast: Cast, at: Clock) -> None:
    session, applied = screening(cast, 3, rule={"job_family": ["ict"]})
    repost(applied[0].staff, job_family=cast.office_family)
    at(CLOSED)
    decision = propose(cast, session)
    assert outcomes(decision, applied) == ["ineligible", "seat", "seat"]
    row = DecisionLine.objects.get(enrollment=applied[0])
    assert (row.position, row.codes) == (3, ["other_job_family"])
    with pytest.raises(InvalidInput) as refused:
        change(cast.hr, decision, (applied[0], "seat"))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/changes/0/line", "not_eligible")]
    publish(cast, decision)
    assert states(applied) == [("rejected", "ineligible"), SEAT, SEAT]


def test_ranks_and_kept_seats_decide_among_the_nominated(cast: Cast, at: Clock) -> None:
    """Two seats, one kept for the industry bureau: its first comes before the second of the other bureau."""
    session, applied = screening(cast, 3, selection="nomination")
    outsider = apply(session, cast.staff)
    Enrollment.objects.filter(pk=applied[2].pk).update(rank=1)
    Enrollment.objects.filter(pk=applied[0].pk).update(rank=2)
    SeatQuota.objects.create(session=session, organization=cast.industry, seats=1)
    at(CLOSED)
    decision = propose(cast, session)
    assert outcomes(decision, [*applied, outsider]) == ["reserve", "reserve", "seat", "seat"]
    assert [row.enrollment_id for row in decision.lines.order_by("position")] == [
        applied[2].pk, applied[0].pk, applied[1].pk, outsider.pk,
    ]  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        change(cast.hr, decision, (applied[0], "seat"))
    assert [fault.code for fault in refused.value.faults] == ["session_full"]
    with pytest.raises(InvalidInput) as refused:
        change(cast.hr, decision, (applied[0], "seat"), (outsider, "reserve"))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/changes/0/line", "seats_kept_for_others")
    ]
    assert outcomes(decision, [*applied, outsider]) == ["reserve", "reserve", "seat", "seat"]


def test_several_sessions_give_one_seat_to_a_person(cast: Cast, at: Clock) -> None:
    course = stage.course()
    early = open_session(course=course, selection="screening", capacity=1)
    late = open_session(
        course=course, selection="screening", capacity=1, times=(("2022-07-21 14:00", "2022-07-21 16:00"),)
    )
    one, two = crowd(cast, 2)
    here = [apply(early, one), apply(early, two)]
    there = [apply(late, one), apply(late, two)]
    at(CLOSED)
    decision = propose(cast, late, early)
    assert outcomes(decision, [*here, *there]) == ["seat", "reserve", "other_wish", "seat"] or outcomes(
        decision, [*here, *there]
    ) == ["seat", "other_wish", "other_wish", "seat"]
    change(cast.hr, decision, (here[0], "not_selected"))
    assert outcomes(decision, [*here, *there])[2] == "reserve"
    publish(cast, decision)
    assert Enrollment.objects.seated().filter(staff=two).count() == 1


def test_the_wishes_of_one_application_are_decided_together(cast: Cast, at: Clock) -> None:
    """Who gets the first wish ends the others, whatever their lines say; who does not gets the second."""
    course = stage.course()
    first = open_session(course=course, selection="screening", capacity=1)
    second = open_session(
        course=course, selection="screening", capacity=1, times=(("2022-07-21 14:00", "2022-07-21 16:00"),)
    )
    one, two, three = crowd(cast, 3)
    for person, order in ((one, (first, second)), (two, (first, second)), (three, (second, first))):
        wish(list(order), person)
    here, there = (list(Enrollment.objects.filter(session=each).order_by("staff")) for each in (first, second))
    at(CLOSED)
    decision = propose(cast, first, second)
    assert outcomes(decision, here) == ["seat", "other_wish", "reserve"]
    assert outcomes(decision, there) == ["other_wish", "seat", "reserve"]
    DecisionLine.objects.filter(enrollment=there[0]).update(
        proposed="ineligible", outcome="ineligible", codes=["job_family"]
    )
    publish(cast, decision)
    gone = ("withdrawn", "other_wish")
    assert states(here) == [SEAT, gone, WAITS]
    assert states(there) == [("rejected", "ineligible"), SEAT, WAITS]
    assert sorted(Notice.objects.filter(recipient=two).values_list("kind", flat=True)) == [
        "other_wish_decided", "seat_decided",
    ]  # fmt: skip
    withdraw(Enrollment.objects.get(pk=there[1].pk))
    assert (states(here)[2], states(there)[2]) == (gone, SEAT)


def test_a_lottery_is_decided_after_its_draw(cast: Cast, at: Clock) -> None:
    session, _ = screening(cast, selection="lottery")
    at(CLOSED)
    with pytest.raises(DrawMissing):
        propose(cast, session)


def test_seats_go_in_the_order_of_the_draw(cast: Cast, at: Clock) -> None:
    """The reserves too; nobody gets a seat past somebody who was drawn before, and the next moves up for who loses one."""
    session, people = lottery_session(capacity=2), crowd(cast, 5)
    order = places(drawn(session, cast, at, *people))
    of = {each.staff_id: each for each in Enrollment.objects.filter(session=session)}
    applied = [of[staff_id] for staff_id in order]
    decision = propose(cast, session)
    assert outcomes(decision, applied) == ["seat", "seat", "reserve", "reserve", "reserve"]
    with pytest.raises(InvalidInput) as refused:
        change(cast.hr, decision, (applied[0], "not_selected"), (applied[3], "seat"))
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/changes/1/line", "out_of_order")]
    change(cast.hr, decision, (applied[0], "not_selected"), (applied[2], "seat"))
    publish(cast, decision)
    assert states(applied) == [("rejected", "not_selected"), SEAT, SEAT, WAITS, WAITS]
    withdraw(Enrollment.objects.get(pk=applied[1].pk))
    assert states(applied)[3:] == [SEAT, WAITS]


def test_what_is_not_decided(cast: Cast, at: Clock) -> None:
    session, _ = screening(cast)
    with pytest.raises(ApplicationsOpen):
        propose(cast, session)
    pending = approving.session(selection="screening")
    apply(pending, cast.ict)
    at(CLOSED)
    with pytest.raises(ApprovalsPending):
        propose(cast, pending)
    with pytest.raises(SessionsApart):
        propose(cast, session, pending)
    with pytest.raises(NotByDecision):
        propose(cast, open_session())
    with pytest.raises(NobodyApplied):
        propose(cast, open_session(selection="screening"))
    propose(cast, session)
    with pytest.raises(DraftExists):
        propose(cast, session)
    at(stage.tokyo("2022-07-14 14:01"))
    with pytest.raises(SessionBegun):
        publish(cast, Decision.objects.get())


def test_an_outdated_draft_is_not_published_in_part(cast: Cast, at: Clock) -> None:
    session, applied = screening(cast, 3, rule={"job_family": ["ict"]})
    at(CLOSED)
    decision = propose(cast, session)
    Session.objects.filter(pk=session.pk).update(capacity=1)
    repost(applied[1].staff, job_family=cast.office_family)
    newcomer = crowd(cast, 1)[0]
    Session.objects.filter(pk=session.pk).update(apply_until=stage.tokyo("2022-07-12 17:00"))
    late = apply(session, newcomer)
    with pytest.raises(DecisionOutdated) as refused:
        publish(cast, decision)
    seat = DecisionLine.objects.get(enrollment=applied[1])
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        (f"/enrollments/{late.public_id}", "new_applicant"),
        (f"/lines/{seat.public_id}", "not_eligible"),
    ]
    assert states(applied) == [APPLIED] * 3
    assert Decision.objects.get().number is None


def test_who_left_or_was_seated_meanwhile_is_left_out(cast: Cast, at: Clock) -> None:
    session, applied = screening(cast, 4)
    other, more = screening(cast, 3)
    at(CLOSED)
    decision = propose(cast, session)
    withdraw(applied[0])
    publish(cast, decision)
    assert states(applied) == [("withdrawn", "before_decision"), SEAT, SEAT, WAITS]
    assert AuditEvent.objects.get(action="enrollments.publish_decision").detail["left_out"] == 1
    decision = propose(cast, other)
    assign(other, [more[2].staff], cast)
    with pytest.raises(DecisionOutdated) as refused:
        publish(cast, decision)
    assert [fault.code for fault in refused.value.faults] == ["session_full"]
    change(cast.hr, decision, (more[1], "reserve"))
    publish(cast, decision)
    assert states(more) == [SEAT, WAITS, SEAT]


def test_a_second_round_comes_after_the_reserves_of_the_first(cast: Cast, at: Clock) -> None:
    session, applied = screening(cast, 3, capacity=2)
    at(CLOSED)
    publish(cast, propose(cast, session))
    Session.objects.filter(pk=session.pk).update(capacity=4)
    windows.reopen_session(session_id=session.pk, apply_until=stage.tokyo("2022-07-12 17:00"), by=cast.hr)
    assert states(applied) == [SEAT, SEAT, SEAT]
    further = [apply(session, each) for each in crowd(cast, 2)]
    at(stage.tokyo("2022-07-12 17:01"))
    second = propose(cast, session)
    assert outcomes(second, further) == ["seat", "reserve"]
    assert publish(cast, second).number == 2


def test_nobody_changes_their_own_line(cast: Cast, at: Clock) -> None:
    session = open_session(selection="screening", capacity=1)
    own = apply(session, cast.trainer)
    at(CLOSED)
    decision = propose(cast, session)
    with pytest.raises(InvalidInput) as refused:
        change(cast.trainer, decision, (own, "not_selected"))
    assert [fault.code for fault in refused.value.faults] == ["own_application"]


def test_everybody_is_told_once_with_number_and_date(cast: Cast, at: Clock) -> None:
    session = open_session(selection="screening", capacity=1)
    seat, reserve = apply(session, cast.ict), apply(session, cast.ict2)
    at(CLOSED)
    decision = publish(cast, propose(cast, session))
    told = {each.recipient_id: each for each in Notice.objects.exclude(kind="application_received")}
    assert {pk: each.kind for pk, each in told.items()} == {
        cast.ict.pk: "seat_decided",
        cast.ict2.pk: "waitlisted",
        cast.head.pk: "decision_for_unit",
    }
    mine = told[cast.ict.pk]
    step = EnrollmentStep.objects.filter(subject=seat).latest("pk")
    assert mine.occasion == f"enrollments.enrollmentstep:{step.pk}"
    assert (mine.facts["decision"], mine.facts["decided_on"]) == ("2022-1", "2022-07-10")
    assert told[cast.ict2.pk].facts["position"] == 1
    head = told[cast.head.pk].facts
    assert (head["seats"], head["reserves"], head["others"]) == (1, 1, 0)
    assert (decision.number, reserve.status) == (1, "applied")


def test_statements_do_not_grow_with_the_people(cast: Cast, at: Clock) -> None:
    numbers = []
    for people in (3, 12):
        session, _ = screening(cast, people)
        at(CLOSED)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            publish(cast, propose(cast, session))
        numbers.append(len(asked))
        at(stage.tokyo("2022-06-28 10:00"))
    assert numbers[0] == numbers[1]
    assert line(session)[0][1] == "enrolled"


def test_a_refused_publication_names_the_rule(cast: Cast, at: Clock) -> None:
    session, applied = screening(cast, 1, rule={"job_family": ["ict"]})
    at(CLOSED)
    decision = propose(cast, session)
    repost(applied[0].staff, job_family=cast.office_family)
    with pytest.raises(DecisionOutdated) as refused:
        publish(cast, decision)
    assert [fault.code for fault in refused.value.faults] == [NotEligible.code]


def test_hr_of_a_bureau_is_told_of_its_people_as_one_list(cast: Cast, at: Clock) -> None:
    """Of the bureau's own as they serve today, without who is hidden; nobody whose bureau has no part in it."""
    made: dict[str, Staff] = {"digital": cast.trainer, "industry": cast.industry_head, "nobody": cast.head}
    scopes = {"digital": cast.digital, "industry": cast.industry, "nobody": cast.planning}
    for name, staff in made.items():
        RoleGrant.objects.create(
            user=approving.account(staff), role="bureau_hr", organization=scopes[name], during=ALWAYS
        )
    RoleGrant.objects.filter(organization=cast.planning).update(job_family=cast.office_family)
    session = open_session(selection="screening", capacity=2)
    for person in (cast.ict, cast.staff, cast.ict2):
        apply(session, person)
    Staff.objects.filter(pk=cast.ict2.pk).update(directory_hidden=True)
    at(CLOSED)
    decision = publish(cast, propose(cast, session))
    told = Notice.objects.filter(kind="decision_for_bureau").order_by("recipient")
    facts = {
        "session_ja": session.course.title_ja,
        "session_en": session.course.title_en,
        "decision": "2022-1",
        "decided_on": "2022-07-10",
        "seats": 1,
        "reserves": 0,
        "others": 0,
    }
    assert {each.recipient_id: each.facts for each in told} == {cast.trainer.pk: facts, cast.industry_head.pk: facts}
    assert {(each.subject_kind, each.subject) for each in told} == {("enrollments.decision", decision.public_id)}


def test_statements_do_not_grow_with_the_hr_of_bureaus(cast: Cast, at: Clock) -> None:
    numbers = []
    for holders in ((cast.trainer,), (cast.head, cast.industry_head, cast.staff)):
        for staff in holders:
            RoleGrant.objects.create(
                user=approving.account(staff), role="bureau_hr", organization=cast.digital, during=ALWAYS
            )
        session, _ = screening(cast, 3)
        at(CLOSED)
        decision = propose(cast, session)
        with CaptureQueriesContext(connection) as asked:
            publish(cast, decision)
        numbers.append(len(asked))
        at(stage.tokyo("2022-06-28 10:00"))
    assert numbers[0] == numbers[1]
    assert Notice.objects.filter(kind="decision_for_bureau").count() == 1 + 4
