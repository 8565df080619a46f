"""Who sees draws, and who runs them: published to everybody who sees the session, run by who runs it."""

from django.db.models import Case, F, QuerySet, When

from academy.access import Viewer
from courses.access import may_see_session, sessions_visible_to
from enrollments.access.seats import runs
from enrollments.models import Draw


def draws_visible_to(viewer: Viewer) -> QuerySet[Draw]:
    """The draws of the sessions that one sees. The secret stays in the database until it is published with the draw."""
    published = Case(When(drawn_at__isnull=False, then=F("secret")))
    seen = Draw.objects.defer("secret").annotate(published_secret=published)
    return seen.filter(session__in=sessions_visible_to(viewer).values("pk"))


def may_see_draw(viewer: Viewer, draw: Draw) -> bool:
    """The predicate beside `draws_visible_to`."""
    return may_see_session(viewer, draw.session)


def runs_draw(viewer: Viewer, draw: Draw) -> bool:
    return runs(viewer, draw.session)
