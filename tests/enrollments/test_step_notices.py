"""What people are told of their enrolments: written from the steps, once, in words, and nothing of anybody else."""

import datetime as dt
import itertools
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from academy.models import AuditEvent, Notice, Staff
from academy.notices import WORDS, text_of, title_of
from enrollments.models import ENDED, EndedAs, Enrollment, EnrollmentStep, SeatOffer, Status
from enrollments.models.enrollments import TRANSITIONS
from enrollments.operations import answers, changes, leaving, sessions, step_notices
from enrollments.operations.changes import Action, Resolution
from enrollments.operations.step_notices import tell_of_all_steps, told_since
from enrollments.step_kinds import SEATS, TOLD, WITH_REASON, kind_of_step
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments import approving
from tests.enrollments.changes import meetings_of, reschedule, stays, three_days
from tests.enrollments.scene import apply, assign, crowd, open_session, withdraw
from tests.enrollments.threads import at_once, elsewhere

BEGINNING = stage.tokyo("2022-06-01 00:00")


def sweep() -> None:
    tell_of_all_steps(BEGINNING)


def told(staff: Staff) -> list[str]:
    return list(Notice.objects.filter(recipient=staff).order_by("pk").values_list("kind", flat=True))


def last(staff: Staff) -> Notice:
    return Notice.objects.filter(recipient=staff).latest("pk")


def lines(notice: Notice) -> list[str]:
    return text_of(notice.kind, notice.facts).en.splitlines()


def test_a_seat_a_place_in_the_queue_and_a_promotion(cast: Cast) -> None:
    session = open_session(capacity=1, title_ja="統計の基礎", title_en="Statistics")
    [other] = crowd(cast, 1)
    seat, second, third = (apply(session, each) for each in (cast.ict, cast.ict2, other))
    sweep()
    assert lines(last(cast.ict)) == [
        "You applied for “Statistics” and have a seat.",
        "When: 2022-07-14 14:00–16:00",
    ]
    assert [lines(last(each.staff))[1:] for each in (second, third)] == [
        ["Your place in the queue: 1"],
        ["Your place in the queue: 2"],
    ]
    withdraw(seat)
    sweep()
    assert told(cast.ict) == ["seat_taken", "withdrawal_confirmed"]
    assert told(cast.ict2) == ["waitlisted", "seat_given"]
    assert told(other) == ["waitlisted"]
    notice = last(cast.ict2)
    step = EnrollmentStep.objects.filter(subject=second).latest("pk")
    assert (notice.occasion, notice.subject_kind, notice.subject) == (
        f"enrollments.enrollmentstep:{step.pk}", "enrollments.enrollment", second.public_id,
    )  # fmt: skip
    assert title_of(notice.kind, notice.facts).ja == "受講が決定しました:統計の基礎"
    assert lines(notice)[1:] == ["When: 2022-07-14 14:00–16:00"], "the queue's own remark is no reason"


def test_ten_calls_tell_once_and_write_nothing_more(cast: Cast) -> None:
    session = open_session(capacity=1)
    apply(session, cast.ict)
    apply(session, cast.ict2)
    sweep()
    events = AuditEvent.objects.count()
    for _ in range(10):
        sweep()
    assert (Notice.objects.count(), AuditEvent.objects.count()) == (2, events)
    assert AuditEvent.objects.latest("pk").detail == {"steps": 2, "told": 2}


def test_an_offer_is_told_with_its_end_and_what_became_of_it(cast: Cast, at: Clock) -> None:
    session = approving.session("none", {"offer_hours": 24}, capacity=1)
    first = apply(session, cast.ict)
    [other] = crowd(cast, 1)
    second, third = apply(session, cast.ict2), apply(session, other)
    sweep()
    withdraw(first)
    sweep()
    assert told(cast.ict2) == ["waitlisted", "seat_offered"]
    expires = SeatOffer.objects.get(enrollment=second).expires_at
    assert lines(last(cast.ict2))[2] == f"Answer by: {expires.astimezone(stage.TOKYO):%Y-%m-%d %H:%M}"
    at(expires + dt.timedelta(minutes=1))
    answers.expire_offers(session_id=session.pk, by=None)
    sweep()
    assert told(cast.ict2)[2:] == ["offer_expired"]
    assert lines(last(cast.ict2)) == [f"The seat in “{session.title_ja}” was not accepted in time."]
    answers.accept_offer(enrollment_id=third.pk, by=cast.hr)
    sweep()
    assert told(other) == ["waitlisted", "seat_offered", "offer_accepted"]


def test_an_application_its_approval_and_its_refusal(cast: Cast) -> None:
    session = approving.session()
    agreed, refused = apply(session, cast.ict), apply(session, cast.ict2)
    sweep()
    assert (told(cast.ict), told(cast.ict2)) == (["application_received"], ["application_received"])
    approving.approve(approving.pending(agreed), cast.head)
    approving.refuse(approving.pending(refused), cast.head, "業務多忙")
    sweep()
    # Agreed to, an application joins the queue and gets its seat in one go: that it waited for no time is not told.
    assert told(cast.ict) == ["application_received", "seat_given"]
    assert told(cast.ict2) == ["application_received", "application_not_approved"]
    assert lines(last(cast.ict2))[1:] == ["Reason: 業務多忙"]
    assert cast.head.family_name not in str(list(Notice.objects.values_list("facts", flat=True)))


def test_what_was_overtaken_before_it_was_told_is_not_told(cast: Cast) -> None:
    session = open_session(capacity=1)
    withdraw(apply(session, cast.ict))
    sweep()
    assert told(cast.ict) == ["withdrawal_confirmed"]


def test_what_the_office_does_is_told_with_its_reason(cast: Cast) -> None:
    session = open_session()
    for person in (cast.ict, cast.ict2):
        assign(session, [person], cast)
    sweep()
    assert (told(cast.ict), told(cast.ict2)) == (["seat_assigned"], ["seat_assigned"])
    seat = Enrollment.objects.get(staff=cast.ict)
    leaving.withdraw(enrollment_id=seat.pk, reason="長期出張", by=cast.hr)
    other = Enrollment.objects.get(staff=cast.ict2)
    [colleague] = crowd(cast, 1)
    leaving.substitute(enrollment_id=other.pk, staff_id=colleague.pk, reason="私事", by=cast.hr)
    sweep()
    assert told(cast.ict)[1:] == ["seat_withdrawn_by_office"]
    assert lines(last(cast.ict))[1:] == ["Reason: 長期出張"]
    assert told(cast.ict2)[1:] == ["seat_substituted"]
    assert "私事" not in str(last(cast.ict2).facts)
    assert told(colleague) == ["seat_assigned"]


def test_a_cancelled_session_is_told_of_once(cast: Cast) -> None:
    session = open_session(capacity=1)
    apply(session, cast.ict)
    apply(session, cast.ict2)
    sweep()
    changes.cancel_session(session_id=session.pk, reason="台風", by=cast.hr)
    sweep()
    assert (told(cast.ict)[1:], told(cast.ict2)[1:]) == (["session_cancelled"], ["session_cancelled"])


def test_a_reschedule_tells_of_the_steps_that_it_makes_itself(cast: Cast) -> None:
    session = three_days(capacity=1)
    gone, waits = apply(session, cast.ict), apply(session, cast.ict2)
    sweep()
    resolution = Resolution(enrollment=gone.public_id, action=Action.WITHDRAW, reason="重なるため")
    reschedule(cast, session, *[stays(each) for each in meetings_of(session)], resolutions=[resolution])
    assert (told(cast.ict)[1:], told(cast.ict2)[1:]) == (["seat_withdrawn_by_office"], ["seat_given"])
    occasion = f"enrollments.enrollmentstep:{EnrollmentStep.objects.filter(subject=waits).latest('pk').pk}"
    assert last(cast.ict2).occasion == occasion
    sweep()
    assert Notice.objects.count() == 4


def test_more_seats_are_told_by_the_steps(cast: Cast) -> None:
    session = open_session(capacity=0)
    apply(session, cast.ict)
    sessions.change_capacity(session_id=session.pk, capacity=1, by=cast.hr)
    sweep()
    assert told(cast.ict) == ["seat_given"]


@pytest.mark.django_db(transaction=True)
def test_a_step_that_commits_late_is_told_of(cast: Cast) -> None:
    """The order of keys is not the order of commits: another step is told of first, and the late one next."""
    early, late = open_session(), open_session(times=(("2022-07-20 14:00", "2022-07-20 16:00"),))
    with transaction.atomic():
        apply(late, cast.ict)
        elsewhere(lambda: apply(early, cast.ict2))
        elsewhere(sweep)
        assert Notice.objects.count() == 1
    sweep()
    assert (told(cast.ict), told(cast.ict2)) == (["seat_taken"], ["seat_taken"])


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_tell_once(cast: Cast) -> None:
    session = open_session()
    for person in crowd(cast, 40):
        apply(session, person)
    assert at_once([sweep] * 4) == [None] * 4
    assert Notice.objects.count() == 40


def test_history_is_not_told(cast: Cast, at: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(open_session(), cast.ict)
    assert told_since() >= stage.tokyo("2022-06-21 10:00")
    at(stage.tokyo("2022-07-06 10:00"))
    tell_of_all_steps(told_since())
    assert Notice.objects.count() == 0
    at(stage.tokyo("2022-07-04 10:00"))
    monkeypatch.setattr(step_notices, "_BEGAN", ("enrollments", "none"))
    tell_of_all_steps(told_since())
    assert told(cast.ict) == ["seat_taken"]


def test_telling_begins_with_the_service(cast: Cast) -> None:
    """Steps of before the release that began to tell are history, however short ago."""
    apply(open_session(), cast.ict)
    EnrollmentStep.objects.update(at=told_since() - dt.timedelta(seconds=1))
    tell_of_all_steps(told_since())
    assert Notice.objects.count() == 0


def test_as_many_statements_for_many(cast: Cast) -> None:
    def statements(size: int) -> int:
        session = open_session(capacity=size // 2)
        for person in crowd(cast, size):
            apply(session, person)
        with CaptureQueriesContext(connection) as queries:
            sweep()
        return len(queries)

    assert statements(4) == statements(12)


Move = tuple[str, str, str, bool]


def moves() -> Iterator[Move]:
    """Every move that the table of transitions has, as every end, by the person and by others."""
    starts: dict[str, set[str]] = {"": {Status.APPLIED, Status.WAITLISTED, Status.ENROLLED}}
    for old, news in {**TRANSITIONS, **starts}.items():
        for new, own in itertools.product(news, (True, False)):
            for ended_as in EndedAs.values if new in ENDED else [""]:
                yield str(old), str(new), ended_as, own


def kind_of(move: Move) -> str | None:
    old, new, ended_as, own = move
    return kind_of_step(old=old, new=new, ended_as=ended_as, own=own)


def test_every_move_is_told_in_words_or_on_purpose_not() -> None:
    silent = {move for move in moves() if kind_of(move) is None}
    assert {new for _, new, ended_as, _ in silent if ended_as != EndedAs.SESSION_CANCELLED} == {
        "in_progress", "attended", "completed", "not_completed", "absent",
    }  # fmt: skip
    kinds = {kind for move in moves() if (kind := kind_of(move))}
    assert kinds <= WORDS.keys()
    assert kinds >= (SEATS | WITH_REASON)
    assert {new for _, new, _, _ in set(moves()) - silent} <= set(TOLD)


def test_an_unchanged_state_is_no_news() -> None:
    assert kind_of_step(old="enrolled", new="enrolled", ended_as="", own=False) is None
