"""What a roster does to the schedule: instructors who leave, with what they were to teach."""

from django.db.models import Q

from academy.clock import start_of
from academy.rosters.effects import Change, Told, Watch, roster_effect
from academy.text import Text
from courses.models import Meeting, SessionInstructor, SessionStatus

SESSION = "courses.session"


@roster_effect(trainer_gone=Text("講師がいなくなる回", "A session whose instructor leaves"))
def trainers_gone(change: Change) -> Watch:
    """Sessions with a live meeting on or after the day that somebody who leaves was to teach."""
    yield
    to_come = Meeting.objects.live().filter(
        Q(during__startswith__gte=start_of(change.effective_on)) | Q(month__gte=change.effective_on.replace(day=1))
    )
    taught = SessionInstructor.objects.filter(
        instructor__staff_id__in=change.leavers,
        session__status__in=(SessionStatus.DRAFT, SessionStatus.PUBLISHED),
        session__in=to_come.values("session_id"),
    )
    rows = taught.order_by("session__starts_on", "pk").values_list(
        "instructor__staff_id", "session__public_id", "session__title_ja"
    )
    return [Told("trainer_gone", staff, SESSION, session, {"title_ja": title}) for staff, session, title in rows]
