"""What waits for a person in the skill map, while it can be done: the cycle is open.

`assessment_review`: submitted to the person as unit head of today. `assessment_returned`: their own, given back.
`since` is when it came to be so, `waits_until` when it can be done, if it waits for a roster. The oldest comes first.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from academy import clock
from academy.access import Viewer
from academy.text import Text
from academy.waiting import Pause, pauses_over_staff, waits_until
from skills import access
from skills.models import Assessment, AssessmentCycle, AssessmentStatus, AssessmentStep

NAME = "waiting"


@dataclass(frozen=True)
class Task:
    kind: str
    id: UUID
    title: Text
    since: dt.datetime
    waits_until: dt.datetime | None


def rows(*, viewer: Viewer) -> list[Task]:
    if viewer.staff_id is None:
        return []
    now = clock.now()
    open_now = Assessment.objects.filter(cycle__in=AssessmentCycle.objects.open_at(now))
    own = Q(staff_id=viewer.staff_id, status=AssessmentStatus.RETURNED)
    submitted = Q(staff_id__in=access.led_by(viewer, open_now), status=AssessmentStatus.SUBMITTED)
    found = list(open_now.filter(own | submitted).select_related("cycle", "staff"))
    steps = AssessmentStep.objects.filter(subject__in=found).order_by("pk")
    since = dict(steps.values_list("subject_id", "at"))  # the last step of each
    pauses = pauses_over_staff({each.staff_id for each in found})
    tasks = [_task(each, since[each.pk], viewer, pauses.get(each.staff_id, []), now) for each in found]
    return sorted(tasks, key=lambda task: (task.since, task.id))


def _task(assessment: Assessment, since: dt.datetime, viewer: Viewer, pauses: list[Pause], now: dt.datetime) -> Task:
    cycle = Text(assessment.cycle.name_ja, assessment.cycle.name_en or assessment.cycle.name_ja)
    if viewer.is_self(assessment.staff_id):
        title = Text("{cycle}: 自己評価が差し戻されました", "{cycle}: your self-assessment was returned")
        return Task("assessment_returned", assessment.public_id, title.format(cycle=cycle), since, None)
    title = Text("{cycle}: {name}さんの自己評価の確認", "{cycle}: review the self-assessment of {name}")
    named = title.format(cycle=cycle, name=assessment.staff.name)
    return Task("assessment_review", assessment.public_id, named, since, waits_until(pauses, since=since, now=now))
