"""Opening cycles of assessment and moving their windows."""

import datetime as dt

from django.conf import settings

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from skills.errors import FrameworkNotPublished
from skills.models import AssessmentCycle, FrameworkStatus, SkillFramework


@operation
def open_cycle(
    *,
    framework_id: int,
    fiscal_year: int,
    name_ja: str,
    name_en: str = "",
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    by: User | None,
) -> AssessmentCycle:
    """Set up a round of assessment on a published framework, with the window in which it is written."""
    framework = SkillFramework.objects.select_for_update(no_key=True).get(pk=framework_id)
    _refuse_disorder(opens_at, closes_at)
    if framework.status != FrameworkStatus.PUBLISHED:
        raise FrameworkNotPublished
    cycle = AssessmentCycle.objects.create(
        framework=framework,
        fiscal_year=fiscal_year,
        name_ja=name_ja,
        name_en=name_en,
        opens_at=opens_at,
        closes_at=closes_at,
    )
    note(cycle, window=_window(cycle))
    return cycle


@operation
def move_cycle(
    *, cycle_id: int, opens_at: dt.datetime | None = None, closes_at: dt.datetime | None = None, by: User | None
) -> AssessmentCycle:
    """Move the window of a cycle, also of one that has closed: the audit trail keeps both windows."""
    cycle = AssessmentCycle.objects.select_for_update(no_key=True).get(pk=cycle_id)
    before = _window(cycle)
    cycle.opens_at, cycle.closes_at = opens_at or cycle.opens_at, closes_at or cycle.closes_at
    _refuse_disorder(cycle.opens_at, cycle.closes_at)
    cycle.save(update_fields=["opens_at", "closes_at"])
    note(cycle, before=before, after=_window(cycle))
    return cycle


def _window(cycle: AssessmentCycle) -> list[str]:
    return [
        instant.astimezone(settings.BUSINESS_TIME_ZONE).isoformat() for instant in (cycle.opens_at, cycle.closes_at)
    ]


def _refuse_disorder(opens_at: dt.datetime, closes_at: dt.datetime) -> None:
    faults = Faults()
    if closes_at <= opens_at:
        faults.add("/closes_at", "before_start", "終了が開始より前です。", "The end lies before the start.")
    faults.refuse()
