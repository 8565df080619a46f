"""欠講届: telling before a meeting that one will not be there, and taking it back."""

from academy import clock
from academy.errors import Fault, InvalidInput
from academy.models import User
from academy.operations.base import note, operation
from academy.text import Text
from courses.models import Meeting, MeetingForm, Session
from enrollments.errors import MeetingCancelled, NotTakingPart
from enrollments.errors.leaving import AbsenceNoticeClosed, NoAbsenceNotice
from enrollments.models import AbsenceNotice, Enrollment, Status


@operation
def give_absence_notice(*, enrollment_id: int, meeting_id: int, reason: str, by: User | None) -> AbsenceNotice:
    """Say of a meeting that has not begun that one will not be there, and why; once for each meeting.

    The seat stays, and so does what completing takes: a notice is no exemption.
    """
    meeting = _meeting_to_come(enrollment_id, meeting_id)
    if not Enrollment.objects.filter(pk=enrollment_id, status__in=[Status.ENROLLED, Status.IN_PROGRESS]).exists():
        raise NotTakingPart
    notice = AbsenceNotice.objects.create(enrollment_id=enrollment_id, meeting=meeting, reason=reason, by=by)
    note(notice, meeting=meeting.public_id)
    return notice


@operation
def take_absence_notice_back(*, enrollment_id: int, meeting_id: int, by: User | None) -> AbsenceNotice:
    """One will be there after all: until the meeting begins."""
    meeting = _meeting_to_come(enrollment_id, meeting_id)
    notice = AbsenceNotice.objects.filter(enrollment=enrollment_id, meeting=meeting, withdrawn_at=None).first()
    if notice is None:
        raise NoAbsenceNotice
    notice.withdrawn_at = clock.now()
    notice.save(update_fields=["withdrawn_at"])
    note(notice, meeting=meeting.public_id)
    return notice


def _meeting_to_come(enrollment_id: int, meeting_id: int) -> Meeting:
    """A live meeting of the session, which is locked: meanwhile it is neither moved nor does the seat end."""
    at = Session.objects.filter(enrollments=enrollment_id).values("pk")
    session = Session.objects.locked().get(pk__in=at)
    meeting = session.meetings.filter(pk=meeting_id, form=MeetingForm.LIVE).first()
    if meeting is None:
        text = Text("この回のコマではありません。", "No meeting of this session.")
        raise InvalidInput(faults=[Fault("/meeting", "not_found", text)])
    if meeting.cancelled_at is not None:
        raise MeetingCancelled
    if _begun(meeting, session):
        raise AbsenceNoticeClosed
    return meeting


def _begun(meeting: Meeting, session: Session) -> bool:
    """One of which only the month is known begins with the first day of the month."""
    if meeting.during is not None:
        return bool(meeting.during.lower <= session.now)
    return meeting.month is not None and meeting.month <= clock.business_date(session.now)
