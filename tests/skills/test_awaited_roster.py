"""While a roster is awaited, the reviewer of before does not decide what is the new one's."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from academy.access import Viewer
from academy.errors import Forbidden, IllegalTransition, RosterAwaited
from academy.models import RosterWindow, User
from academy.operations.roster_windows import announce_roster, close_roster_window
from skills.errors import CycleNotOpen
from skills.models import Assessment, AssessmentCycle
from skills.operations import assessments, cycles
from skills.reports import waiting
from tests.cast import SINCE, Cast, post, repost
from tests.conftest import TOKYO, Clock
from tests.skills.small_map import submitted

# Business time in SQL is the start of the transaction, and a test is one transaction.
A_MINUTE = dt.timedelta(minutes=1)
FIRST = dt.date(2022, 7, 1)


def tokyo(day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2022, 7, day, hour, tzinfo=TOKYO)


def confirm(assessment: Assessment, by: User) -> str:
    return assessments.confirm(assessment_id=assessment.pk, ratings=[], by=by).status


def return_(assessment: Assessment, by: User) -> str:
    return assessments.return_(assessment_id=assessment.pk, reason="根拠", by=by).status


def awaited(cast: Cast) -> RosterWindow:
    return announce_roster(root=cast.digital, effective_on=FIRST, by=cast.bureau_hr)


def tasks(user: User) -> list[tuple[str, dt.datetime | None]]:
    return [(task.kind, task.waits_until) for task in waiting.rows(viewer=Viewer(user))]


def test_what_was_handed_in_before_waits_until_the_end_of_the_last_day(
    cast: Cast, cycle: AssessmentCycle, at: Clock
) -> None:
    head = cast.user("head")
    assessment = submitted(cast, cycle)
    awaited(cast)
    assert tasks(head) == [("assessment_review", None)]
    at(tokyo(5))
    for decide in (confirm, return_):
        with pytest.raises(RosterAwaited) as refusal:
            decide(assessment, head)
        assert refusal.value.detail.en.endswith("by 2022-07-11 00:00 at the latest.")
    assert tasks(head) == [("assessment_review", tokyo(11, 0))]
    at(tokyo(11, 0) + A_MINUTE)
    assert tasks(head) == [("assessment_review", None)]
    assert confirm(assessment, head) == "confirmed"


def test_the_new_reviewer_decides_once_the_roster_is_there(cast: Cast, cycle: AssessmentCycle, at: Clock) -> None:
    assessment = submitted(cast, cycle)
    window = awaited(cast)
    at(tokyo(5))
    repost(cast.ict, during=DateRange(SINCE, FIRST))
    post(cast.ict, cast.trade, cast.grades["shuji"], cast.ict_family, during=DateRange(FIRST, None))
    with pytest.raises(RosterAwaited):
        confirm(assessment, cast.user("industry_head"))
    close_roster_window(window_id=window.pk, by=cast.bureau_hr)
    at(tokyo(5) + A_MINUTE)
    with pytest.raises(Forbidden):
        confirm(assessment, cast.user("head"))
    assert confirm(assessment, cast.user("industry_head")) == "confirmed"


def test_what_is_handed_in_since_does_not_wait(cast: Cast, cycle: AssessmentCycle, at: Clock) -> None:
    awaited(cast)
    at(tokyo(1, 0) + A_MINUTE)
    assert confirm(submitted(cast, cycle), cast.user("head")) == "confirmed"


def test_what_was_returned_and_handed_in_again_since_does_not_wait(
    cast: Cast, cycle: AssessmentCycle, at: Clock
) -> None:
    assessment = submitted(cast, cycle)
    return_(assessment, cast.user("head"))
    awaited(cast)
    at(tokyo(5))
    assessments.submit(assessment_id=assessment.pk, by=cast.user("ict"))
    assert confirm(assessment, cast.user("head")) == "confirmed"


def test_another_organisations_roster_stops_nothing(cast: Cast, cycle: AssessmentCycle, at: Clock) -> None:
    assessment = submitted(cast, cycle)
    announce_roster(root=cast.industry, effective_on=FIRST, by=cast.hr)
    at(tokyo(5))
    assert confirm(assessment, cast.user("head")) == "confirmed"


def test_what_is_decided_already_is_refused_as_ever(cast: Cast, cycle: AssessmentCycle, at: Clock) -> None:
    assessment = submitted(cast, cycle)
    confirm(assessment, cast.user("head"))
    awaited(cast)
    at(tokyo(5))
    with pytest.raises(IllegalTransition):
        confirm(assessment, cast.user("head"))


def test_a_cycle_that_closes_meanwhile_is_closed_until_its_office_moves_it(
    cast: Cast, cycle: AssessmentCycle, at: Clock
) -> None:
    """A closed period is read-only for all, and the database keeps it so."""
    head = cast.user("head")
    assessment = submitted(cast, cycle)
    cycles.move_cycle(cycle_id=cycle.pk, closes_at=tokyo(3), by=None)
    awaited(cast)
    at(tokyo(5))
    assert tasks(head) == []
    with pytest.raises(CycleNotOpen):
        confirm(assessment, head)
    cycles.move_cycle(cycle_id=cycle.pk, closes_at=tokyo(20), by=None)
    assert tasks(head) == [("assessment_review", tokyo(11, 0))]
