"""Watching lessons."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Max
from psycopg.types.multirange import Multirange

from academy.errors import Faults
from academy.models import User
from academy.operations.base import note, operation
from courses.models import Lesson
from enrollments.access.records import learning_in
from enrollments.errors import NotTakingPart, WatchedFasterThanTime
from enrollments.models import Enrollment, LessonProgress
from enrollments.models.records import SecondsIn, watched_with
from enrollments.operations.results import derive_results, lock_participants

FASTEST = 2  # players go to double speed
GRACE = 5  # seconds: a player reports at intervals, and clocks of networks are not exact
WHOLE = 99  # per cent of the length: the last second of a video is often not played out

Stretch = tuple[int, int]


@operation
def report_progress(
    *, lesson_id: int, staff_id: int, stretches: Sequence[Stretch] = (), by: User | None
) -> LessonProgress:
    """Add watched stretches `[from, to)` in seconds to what one has seen: no faster than time allows, never less.

    The first report opens the lesson. What was reported before adds nothing and changes nothing. There is one account of
    time for all lessons of an enrolment, so that several lessons at once gain nothing.
    """
    lesson = Lesson.objects.select_related("module__version").get(pk=lesson_id)
    enrollment = _lock_enrollment(lesson, staff_id)
    _refuse_impossible(lesson, stretches)
    since = _accounted_until(enrollment)
    progress, opened = LessonProgress.objects.get_or_create(
        enrollment=enrollment, lesson=lesson, defaults={"watched": Multirange()}
    )
    viewed = _watch(progress, lesson, stretches, since=since, now=enrollment.now)
    if opened or viewed:
        derive_results([enrollment.pk], by=by)
    note(progress, lesson=lesson.public_id, opened=opened, viewed=viewed)
    return progress


def _lock_enrollment(lesson: Lesson, staff_id: int) -> Enrollment:
    best = Enrollment.objects.filter(pk__in=learning_in(lesson, staff_id).values("pk")[:1])
    rows = lock_participants(best)
    # Under the lock: while we waited for it, the session may have been moved to another version.
    if not rows or not learning_in(lesson, staff_id).filter(pk=rows[0].pk).exists():
        raise NotTakingPart
    return rows[0]


def _accounted_until(enrollment: Enrollment) -> dt.datetime:
    """The latest report of any lesson; before the first one, and at the earliest, when the seat was given."""
    seated = enrollment.decided_at or enrollment.applied_at
    latest = enrollment.lesson_progress.aggregate(latest=Max("reported_at"))["latest"]
    return max(seated, latest or seated)


def _refuse_impossible(lesson: Lesson, stretches: Sequence[Stretch]) -> None:
    faults = Faults()
    for index, (begin, end) in enumerate(stretches):
        at = f"/stretches/{index}"
        if begin >= end:
            faults.add(at, "reversed", "終わりは始まりより後です。", "A stretch ends after it begins.")
        elif begin < 0 or end > lesson.seconds:
            length = lesson.seconds
            faults.add(at, "out_of_bounds", f"0から{length}秒までです。", f"It lies within 0 and {length} seconds.")
    faults.refuse()


def _watch(
    progress: LessonProgress, lesson: Lesson, stretches: Sequence[Stretch], *, since: dt.datetime, now: dt.datetime
) -> bool:
    """Write the union of what was and is reported; True when with it the whole lesson has been viewed."""
    joined = watched_with(stretches)
    seconds = LessonProgress.objects.filter(pk=progress.pk).values_list(SecondsIn(joined), flat=True).get()
    new = seconds - progress.seconds_watched
    if not new:
        return False
    borrowed = _refuse_too_fast(new, since=since, now=now)
    viewed = progress.viewed_at is None and 100 * seconds >= WHOLE * lesson.seconds
    viewed_at = now if viewed else progress.viewed_at
    LessonProgress.objects.filter(pk=progress.pk).update(
        watched=joined, seconds_watched=SecondsIn(joined), reported_at=now + borrowed, viewed_at=viewed_at
    )
    return viewed


def _refuse_too_fast(new: int, *, since: dt.datetime, now: dt.datetime) -> dt.timedelta:
    """The grace that was used, as time borrowed from the next report, so that many small reports gain nothing."""
    played = (now - since).total_seconds() * FASTEST
    allowed = max(0, int(played + GRACE))
    if new > allowed:
        raise WatchedFasterThanTime(new=new, allowed=allowed)
    return dt.timedelta(seconds=max(0.0, new - played) / FASTEST)
