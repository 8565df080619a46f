"""The audiences of the sessions whose reference date is past, kept by the operation and dated back into the story.

The one of the day before the story stays to be kept by the nightly task, as that of any other session.
"""

import datetime as dt

import pgtrigger

from academy import clock
from academy.models import User
from courses.models import AudienceFreeze
from courses.operations.frozen_audiences import freeze_audience, sessions_to_freeze
from enrollments.demo.repeatable import STORY_DAY, moment, story_id

_DAY = dt.timedelta(days=1)
YESTERDAY = STORY_DAY - _DAY
MOST = 100
APPEND_ONLY = "courses.AudienceFreeze:audience_freezes_are_append_only"


def freeze_audiences(by: User) -> None:
    for session in sessions_to_freeze(min(YESTERDAY, clock.today()), most=MOST):
        made = freeze_audience(session_id=session.pk, by=by)
        with pgtrigger.ignore(APPEND_ONLY):
            AudienceFreeze.objects.filter(pk=made.pk).update(
                public_id=story_id("audience_freeze", str(session.public_id)), taken_at=moment(made.on + _DAY, 1)
            )
