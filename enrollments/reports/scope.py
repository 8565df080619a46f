"""Which enrolments the reports count: the parameters that they share, and the words that they share."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from academy.access import Viewer
from academy.clock import BusinessNow
from academy.errors import Faults
from enrollments.access import enrollments_reported_to
from enrollments.models import JUDGED, THERE, Attendance, Enrollment, Exemption, LessonProgress, Status
from enrollments.reports.fields import check_bounds, says

# 決定: a seat was given and is held, or was held to the end. An offer not yet accepted is no decision, and whoever
# withdrew or was cancelled afterwards holds none.
UNDER_WAY = (Status.ENROLLED, Status.IN_PROGRESS)
DECIDED = Q(status__in=[*UNDER_WAY, *JUDGED])
GIVEN_UP = Q(status__in=[Status.WITHDRAWN, Status.CANCELLED], decided_at__isnull=False)

# 免除: whoever completed or participated in spite of an exemption counts like everybody.
EXEMPT = Q(status__in=[*UNDER_WAY, Status.NOT_COMPLETED, Status.ABSENT])


def exempted() -> Exists:
    """With an exemption that holds and has begun, by the business date in Tokyo of the statement."""
    today = TruncDate(BusinessNow(), tzinfo=settings.BUSINESS_TIME_ZONE)
    return Exists(Exemption.objects.filter(enrollment=OuterRef("pk"), superseded_at=None, from_on__lte=today))


def was_there() -> Exists | Any:
    """受講: present or late, by the mark that holds, at one live meeting or its archive; or one lesson opened."""
    later = Attendance.objects.filter(
        enrollment=OuterRef("enrollment"), meeting=OuterRef("meeting"), revision__gt=OuterRef("revision")
    )
    marks = Attendance.objects.filter(
        ~Exists(later), enrollment=OuterRef("pk"), mark__in=THERE, meeting__cancelled_at=None
    )
    return Exists(marks) | Exists(LessonProgress.objects.filter(enrollment=OuterRef("pk")))


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The filters of both reports; an empty one leaves nothing out."""

    fiscal_year: int | None = field(
        default=None,
        metadata=says("年度(講座の実施年度)", "Fiscal year of the session", minimum=2000, maximum=2100),
    )
    program: UUID | None = field(default=None, metadata=says("研修", "Programme"))
    session: UUID | None = field(default=None, metadata=says("回", "Session"))
    first_day: dt.date | None = field(
        default=None, metadata=says("基準日がこの日以後", "Reference date on or after", name="from")
    )
    last_day: dt.date | None = field(
        default=None, metadata=says("基準日がこの日以前", "Reference date on or before", name="to")
    )

    def __post_init__(self) -> None:
        faults = Faults()
        check_bounds(self, faults)
        if self.first_day and self.last_day and self.last_day < self.first_day:
            faults.add("to", "before_from", "from より前の日付です。", "It is before `from`.")
        faults.refuse()

    def enrollments(self, viewer: Viewer) -> QuerySet[Enrollment]:
        """The enrolments that the viewer sees and the filters leave. Hidden and missing filter values alike leave none."""
        conditions: dict[str, Any] = {
            "fiscal_year": self.fiscal_year,
            "course__program__public_id": self.program,
            "session__public_id": self.session,
            "reference_date__gte": self.first_day,
            "reference_date__lte": self.last_day,
        }
        given = {path: value for path, value in conditions.items() if value is not None}
        return enrollments_reported_to(viewer).filter(**given)
