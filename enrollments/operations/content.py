"""Moving a session that runs to another version of its content."""

from collections.abc import Sequence

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from academy.text import in_both
from courses.errors import SessionNotPublished
from courses.models import ContentVersion, Session, SessionStatus
from enrollments.errors.content import ContentIsWatched
from enrollments.models import Enrollment, LessonProgress
from enrollments.operations.results import lock_participants


@operation
def use_version(*, session_id: int, version_id: int, by: User | None) -> Session:
    """Hold a published session with another published version of its course, while nobody in it has opened a lesson.

    What somebody has watched counts for the lessons of the version it was watched in: there is no saying which lessons
    of another version it would stand for.
    """
    session = Session.objects.locked().get(pk=session_id)
    learners = lock_participants(session.enrollments.all())
    if session.status != SessionStatus.PUBLISHED:
        raise SessionNotPublished(status=in_both(SessionStatus(session.status).label))
    version = _version_of(session, version_id)
    if session.content_id != version.pk:
        _refuse_watched(learners)
    before = session.content and session.content.public_id
    session.content = version
    session.save(update_fields=["content"])
    note(session, before=before and str(before), after=str(version.public_id))
    return session


def _refuse_watched(learners: Sequence[Enrollment]) -> None:
    opened = LessonProgress.objects.filter(enrollment__in=[each.pk for each in learners])
    if watching := opened.values("enrollment").distinct().count():
        raise ContentIsWatched(learners=watching)


def _version_of(session: Session, version_id: int) -> ContentVersion:
    faults = Faults()
    version = ContentVersion.objects.published().filter(pk=version_id, course=session.course_id).first()
    if version is None:
        faults.add(
            "/version", "not_found", "この講座の公開済みの版ではありません。", "No published version of the course."
        )
    faults.refuse()
    return version  # type: ignore[return-value] # refused above where there is none
