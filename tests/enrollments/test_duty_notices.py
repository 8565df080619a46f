"""What waits for one's approval: told once a business day, where something is new or ends soon."""

from academy.models import AuditEvent, Notice, Staff
from academy.notices import text_of
from enrollments.tasks import tell_of_waiting_approvals
from tests import stage
from tests.cast import Cast
from tests.conftest import Clock
from tests.enrollments import approving
from tests.enrollments.scene import apply

AT_NIGHT, IN_THE_MORNING = "2022-06-29 07:59", "2022-06-29 08:00"


def told(staff: Staff) -> list[str]:
    return [text_of(each.kind, each.facts).en for each in Notice.objects.filter(recipient=staff).order_by("pk")]


def run(at: Clock, *moments: str) -> None:
    for moment in moments:
        at(stage.tokyo(moment))
        tell_of_waiting_approvals()


def test_a_head_is_told_once_in_the_morning(cast: Cast, at: Clock) -> None:
    session = approving.session(policy={"unit_head_days": 10, "unit_head_overdue": "drop"})
    apply(session, cast.ict)
    apply(session, cast.ict2)
    run(at, AT_NIGHT)
    assert told(cast.head) == []
    run(at, IN_THE_MORNING, IN_THE_MORNING, "2022-06-29 17:00")
    assert told(cast.head) == [
        "Applications that wait for your approval: 2.\nThe first is due: 2022-07-12 17:00",
    ]
    assert Notice.objects.count() == 1, "nobody but who is in charge"
    notice = Notice.objects.get()
    assert (notice.kind, notice.subject, notice.occasion) == (
        "approvals_waiting", cast.head.public_id, "enrollments.approval:waiting:2022-06-29",
    )  # fmt: skip
    assert cast.ict.family_name not in str(notice.facts)


def test_old_news_is_told_again_only_when_it_ends_soon(cast: Cast, at: Clock) -> None:
    session = approving.session(policy={"unit_head_days": 7, "unit_head_overdue": "drop"})
    apply(session, cast.ict)  # due on Thursday, 7 July, 17:00
    days = ["06-29", "06-30", "07-01", "07-02", "07-04", "07-05", "07-06"]
    run(at, *[f"2022-{day} 09:00" for day in days])
    told_on = [each.rpartition(":")[2] for each in Notice.objects.order_by("pk").values_list("occasion", flat=True)]
    assert told_on == ["2022-06-29", "2022-07-05", "2022-07-06"]
    assert told(cast.head)[-1].endswith("Due soon: 1")


def test_what_came_today_is_told_tomorrow(cast: Cast, at: Clock) -> None:
    at(stage.tokyo("2022-06-29 08:30"))
    apply(approving.session(), cast.ict)
    run(at, "2022-06-29 09:00")
    assert told(cast.head) == []
    run(at, "2022-06-30 09:00")
    assert len(told(cast.head)) == 1


def test_nothing_waits_and_nothing_is_written(cast: Cast, at: Clock) -> None:
    enrollment = apply(approving.session(), cast.ict)
    approving.approve(approving.pending(enrollment), cast.head)
    before = AuditEvent.objects.count()
    run(at, IN_THE_MORNING)
    assert (told(cast.head), AuditEvent.objects.count()) == ([], before)


def test_a_bureau_s_own_stage_is_told_to_its_hr(cast: Cast, at: Clock) -> None:
    Staff.objects.filter(pk=cast.trainer.pk).update(user=cast.bureau_hr)
    enrollment = apply(approving.session("unit_head_and_bureau"), cast.ict)
    approving.approve(approving.pending(enrollment), cast.head)
    run(at, IN_THE_MORNING)
    assert [each.splitlines()[0] for each in told(cast.trainer)] == ["Applications that wait for your approval: 1."]
    assert told(cast.head) == []
